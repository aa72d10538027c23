"""Trails: access to a part of a person's trail, for a recorded ground, as a page or a file."""
