"""Data rights: everything kept about a person, retention, erasure, outside requests."""
