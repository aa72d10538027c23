"""Statements for both databases, written once in SQLAlchemy Core, a file for each topic.

`composing` turns them into text for each database; `connection` runs them there.
Decision: docs/decisions/0046-one-statement-serves-both-databases.md
"""
