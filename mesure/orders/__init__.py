"""What does the court order say?

The law as data. An order file becomes frozen values that never change, or every fault in it at
once, each in one sentence; the values become spans of time and boundaries of places.

    text ─→ fields ─→ reading ─→ model      order, conditions, and the spans in which each binds
    venues ─┘            │
    values, clock        └─→ wording        the order read back as sentences, to compare with paper

Dates and hours are those of the clock on the wall until `model.schedule` turns them into instants.
Doubt in a text is read in the person's favour; contradictions are refused.
docs/specs/order_file.md is the form of the file.
"""
