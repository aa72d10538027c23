"""The store in one file, by SQLite: nothing to install, one machine.

`store` opens it, and `connection` runs the statements of `sql`, one row after the other.
"""
