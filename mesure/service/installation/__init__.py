"""One installation: its folder, settings, keys and store, which fit each other.

What it signed last is kept beside its key.
"""
