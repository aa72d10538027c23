"""Where is it kept?

`interface` is a store as the rest of the program has it; `values` are what it takes and gives. What
it does stands in `sql`, a file for each topic: what a database is asked is written once, for both.
`sqlite` and `postgres` are what is different: connections, locks, commits, copies. One suite of
tests asks both the same, and only `service` chooses between them. `writing` is what is done before
anything is asked, `commitments` binds rows to the audit log, and `schema` brings a database to the
present form.

Nobody reads what is kept without a key: `keyring` keeps them, apart from the data, and seals and
opens. `backup` copies both, and brings both back.

Invariant: what a caller was told is kept is on the disk, once, and whole.
Promises and tables: docs/specs/store.md
Decision: docs/decisions/0013-two-native-stores-one-contract.md
Decision: docs/decisions/0027-one-writer-and-shared-commits.md
Decision: docs/decisions/0028-one-register-for-what-is-administered.md
Decision: docs/decisions/0046-one-statement-serves-both-databases.md
"""
