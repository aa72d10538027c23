"""Judging: what the judges of the service read from the store, and what they leave there."""
