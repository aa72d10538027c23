"""The store in PostgreSQL 15 or later, for a programme that runs a database server.

`store` opens it, and `connection` puts what `sql` asks, many rows at once.
"""
