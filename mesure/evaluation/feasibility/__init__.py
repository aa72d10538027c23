"""Feasibility: what positions can show about a zone, before anybody is judged by it."""
