"""Statements for both databases, written once in SQLAlchemy Core, a file for each topic.

`composing` makes text of it for each database; `connection` is what runs it there.
Decision: docs/decisions/0046-one-statement-serves-both-databases.md
"""
