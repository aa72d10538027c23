"""Zones in a report: what positions can show about each, in words and figures."""
