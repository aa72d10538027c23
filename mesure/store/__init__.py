"""Where is it kept?

`contract` says what every store does, `records` what is kept. Two stores keep to it, each written
natively for its database, with no shared base class: `sqlite` and `postgres`, with what they read
in `*_reading` and what they change in `*_writing`. One suite of tests asks both the same. Only
`runtime` chooses between them.

`gathering` lets changes that come together share a commit, `appending` says where messages go in
the log, `partitions` in which part of it, `growth` what an entry adds to the audit log, `checks`
what contradicts what is kept. `schema` brings a database to the present form, with the steps in
`migrations`. `faults` are the ways to fail, each in a sentence.

Invariant: what a caller was told is kept is on the disk, once, and whole.
Promises and tables: docs/specs/store.md
Decision: docs/decisions/0013-two-native-stores-one-contract.md
Decision: docs/decisions/0027-one-writer-and-shared-commits.md
"""
