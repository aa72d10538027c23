"""Limits: how much somebody may ask for, and how much memory requests may hold together."""
