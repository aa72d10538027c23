"""Where is it kept?

Nothing is built here yet: `replay` reads files and keeps nothing.

What will stand here: one Protocol, and two stores that are each written natively for their
database, SQLite and PostgreSQL, with no shared base class. One suite of tests holds both to the
same contract. Only `runtime` chooses between them.
Decision: docs/decisions/0013-two-native-stores-one-contract.md
"""
