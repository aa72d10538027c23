"""Who may change or look at what?

Nothing is built here yet.

What will stand here: one file for each use, named as a verb. An action is one transaction; it asks
whether this officer or person may do this for this purpose, does it, and enters it in the audit
log, the attempt too when it was refused. `web` and `ingest` reach the store in no other way.

`actions/review.py` alone will make a finding, and only because a person decided.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""
