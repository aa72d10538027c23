"""Where is it kept?

`contract` and the files `contract_*` say what every store does; what is kept stands in `records`,
`register` (what is administered), `effects` (what was judged) and `outgoing` (what is to be sent).
Two stores keep to it, each written natively for its database, with no shared base class: `sqlite`
and `postgres`, with what they read in `*_reading`, what they change in `*_writing`, and a file for
each large subject. One suite of tests asks both the same. Only `runtime` chooses between them.

`gathering` lets changes that come together share a commit, `appending` says where messages go in
the log, `partitions` in which part of it, `judging` which rows judging changes, `growth` what an
entry adds to the audit log, `checks` what contradicts what is kept, `bounds` what is never kept.
`schema` brings a database to the present form, with the steps in `migrations`. `faults` are the
ways to fail, each in a sentence.

Nobody reads what is kept without a key: `sealing` closes and opens it, `keyring` says who has the
keys, `keyring_file` and `master_key` keep them, apart from the data. `backup` copies both, and
brings both back.

Invariant: what a caller was told is kept is on the disk, once, and whole.
Promises and tables: docs/specs/store.md
Decision: docs/decisions/0013-two-native-stores-one-contract.md
Decision: docs/decisions/0027-one-writer-and-shared-commits.md
Decision: docs/decisions/0028-one-register-for-what-is-administered.md
"""
