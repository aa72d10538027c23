"""Where is it kept?

`interface` is a store as the rest of the program has it; `values` are what it takes and gives.
`sql` has its statements, a file for each topic, written once for both databases. `sqlite` and
`postgres` are the differences: connections, locks, commits, copies. One suite of tests runs against
both, and only `service` chooses between them. `writing` prepares and checks every change,
`commitments` binds rows to the audit log, and `schema` brings a database to the present form.

Nobody can read the data without a key: `keyring` has them, apart from the data, and seals and
opens. `backup` copies both, and brings both back.

Invariant: what was acknowledged to a caller is on the disk, once, and whole.
Promises and tables: docs/specs/store.md
Decision: docs/decisions/0013-two-native-stores-one-contract.md
Decision: docs/decisions/0027-one-writer-and-shared-commits.md
Decision: docs/decisions/0028-one-register-for-what-is-administered.md
Decision: docs/decisions/0046-one-statement-serves-both-databases.md
"""
