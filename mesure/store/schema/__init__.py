"""The schema of a database: its versions, the migrations to each, and its shape as they make it.

`versions` runs the steps in `migrations`; `shape` compares what is there with what they make.
"""
