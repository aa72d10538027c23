"""Feasibility: what positions can tell of a zone, before anybody is judged by it."""
