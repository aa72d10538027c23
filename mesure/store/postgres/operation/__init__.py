"""The operation of a PostgreSQL database: its backup, and the lease of the service that uses it.

A backup is one moment of the whole, read in one transaction.
"""
