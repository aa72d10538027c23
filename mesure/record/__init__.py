"""What does a record say?

A record of files is judged against an order, end to end, and shown.

    replay ─→ output ─┬─→ terminal    a table on 80 columns
                      ├─→ as_json     one object, the same bytes for the same input
                      └─→ page        one HTML file that opens from disk
"""
