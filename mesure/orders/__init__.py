"""What does the court order say?

The law as data. An order file becomes frozen values that never change, or every fault in it at
once, each in one sentence; the values become spans of time and boundaries of places.

    strings ─→ entries ─→ reading ─┬─→ order, conditions, places, timetable    what was ordered
    geojson, venue_categories ─────┘
    schedule ─→ wall_clock         the spans in which a condition binds
    wording                        the order read back as sentences, to compare with the paper

Dates and hours are those of the clock on the wall until `schedule` turns them into instants. What
a text leaves in doubt is read in the person's favour; what contradicts itself is refused.
docs/specs/order_file.md is the form of the file.
"""
