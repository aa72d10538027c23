"""Where is it kept?

`interface` says what every store does, a file for each topic; `values` are what it takes and gives.
Two stores keep to it, each written natively for its database, with no shared base class: `sqlite`
and `postgres`, with the same file for the same topic. One suite of tests asks both the same. Only
`service` chooses between them. `writing` is what both do before their SQL, `commitments` binds rows
to the audit log, and `schema` brings a database to the present form.

Nobody reads what is kept without a key: `keyring` keeps them, apart from the data, and seals and
opens. `backup` copies both, and brings both back.

Invariant: what a caller was told is kept is on the disk, once, and whole.
Promises and tables: docs/specs/store.md
Decision: docs/decisions/0013-two-native-stores-one-contract.md
Decision: docs/decisions/0027-one-writer-and-shared-commits.md
Decision: docs/decisions/0028-one-register-for-what-is-administered.md
"""
