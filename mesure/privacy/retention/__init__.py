"""Retention: how long each kind of data is kept, and what of a trail inside the home is left."""
