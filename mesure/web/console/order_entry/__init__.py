"""How does an order get from the court's paper into the service?

Step by step, without a script: the decision, the dates, places, conditions and absences one by one,
then everything read back as sentences beside the map, with what to expect of each place.
`drafting` holds the text of the order while it grows; each step reads its part of it and puts it
back. `order_versions` is what was entered: confirmed by a second officer, compared, read as of a
day.
Decision: docs/decisions/0037-orders-are-entered-as-their-file.md
"""
