"""The store in one file, by SQLite: nothing to install, one machine.

`store` opens it; each other file is a topic of the interface, in SQLite's own SQL.
"""
