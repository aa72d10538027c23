"""Statements for both databases, written once in SQLAlchemy Core, a file for each topic.

`statements` makes text of it for each database; `asking` says what a connection has to do with it.
Decision: docs/decisions/0046-what-both-databases-are-asked-is-written-once.md
"""
