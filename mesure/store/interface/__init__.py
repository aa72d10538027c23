"""A store as the rest of the program has it, whichever database it is in.

`store` is what it does, and `sql` says how; one suite of tests runs against both stores.
`verify_rows` checks its rows against the audit log; `bind_existing` binds existing ones.
"""
