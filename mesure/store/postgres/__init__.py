"""The store in PostgreSQL 15 or later, for a programme that runs a database server.

`store` opens it; each other file is a topic of the interface, in PostgreSQL's own SQL.
"""
