"""A store as the rest of the program has it, whichever database it is in.

`store` is what it does, and `sql` says how; one suite of tests holds both stores to it.
`verify_rows` holds its rows against the audit log, and `bind_existing` binds those that were there.
"""
