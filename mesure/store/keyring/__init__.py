"""The keyring: each person's own key, and the sealing of everything about them under it.

`interface` is what a keyring does, `file` the one beside the database, `master_key` what wraps it.
"""
