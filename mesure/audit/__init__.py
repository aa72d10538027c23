"""Could anyone have changed it quietly?

`tree.py` is an append-only tree of hashes as in RFC 6962; `entries.py` and `commitments.py` say
what stands in it, `growing.py` how it goes on. `checkpoints.py` is what the log signs and a witness
cosigns, `witness.py` what goes to and fro between them. `proofs.py` shows that an entry is in the
log and that a later log extends an earlier one; `proof_file.py` hands such a proof on with a
record. `log_file.py` is the form that an outsider gets, and `verification.py` how it is checked to
the last entry.

The log holds no personal data, only salted commitments. Erasing a person removes the record and
its salt; the commitment stays and says nothing, and the erasure is an entry of its own.
Decision: docs/decisions/0011-the-audit-log-holds-no-personal-data.md
"""
