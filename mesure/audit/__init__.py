"""Could anyone have changed it quietly?

`tree` is an append-only tree of hashes as in RFC 6962; `entries` and `commitments` say what is in
it. `checkpoints` is what the log signs and a witness cosigns (`signing`), `witness` the exchange
between them. `proofs` shows that an entry is in the log and that a later log extends an earlier
one; `proof_file` exports such a proof with a record. `log_file` is the form that an outsider gets,
and `log_verification` checks it to the last entry.

The log holds no personal data, only salted commitments. Erasing a person removes the record and
its salt; the commitment stays and says nothing, and the erasure is an entry of its own.
Decision: docs/decisions/0011-the-audit-log-holds-no-personal-data.md
"""
