"""The schema of a database: its versions, the migrations to each, and its shape as they make it.

`versions` runs the steps in `migrations`, which `spelling` spells as each database does; `shape`
compares what is there with what they make.
"""
