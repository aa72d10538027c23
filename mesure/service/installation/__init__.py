"""One installation: its folder, settings, keys and store, which fit each other.

Its last signed checkpoint is stored beside its key.
"""
