"""The operation of a SQLite database: its write-ahead log and its shape.

The log is kept short however busy readers are.
"""
