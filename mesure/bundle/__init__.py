"""What may a court check?

An evidence bundle is made, and checked on any machine without a network.

`make` and `verify` run `evaluate_again` and nothing else, so both judge alike. `forms` are the
forms of its JSON, `papers` its PDFs, `archive` the file; `turns` and `pieces` limit the cost of
making one.
Decision: docs/decisions/0036-one-bundle-for-both-sides.md
"""
