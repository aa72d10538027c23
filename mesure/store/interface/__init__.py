"""The interface of every store: what SQLite and PostgreSQL both do, topic by topic.

`store` is the whole of it; one suite of tests holds both stores to it.
"""
