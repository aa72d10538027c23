"""The store in PostgreSQL 15 or later, for a programme that runs a database server.

`store` opens it, and `connection` runs the statements of `sql`, many rows at once.
"""
