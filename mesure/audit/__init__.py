"""Could anyone have changed it quietly?

Nothing is built here yet.

What will stand here: an append-only tree of hashes as in RFC 6962, signed checkpoints, and the
proofs that an entry is in the log and that a later log extends an earlier one.

The log holds no personal data, only salted commitments. Erasing a person removes the record and
its salt; the commitment stays and says nothing, and the erasure is an entry of its own.
Decision: docs/decisions/0011-the-audit-log-holds-no-personal-data.md
"""
