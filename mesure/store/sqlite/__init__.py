"""The store in one file, by SQLite: nothing to install, one machine.

`store` opens it, and `connection` puts what `sql` asks, one row after the other.
"""
