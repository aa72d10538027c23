"""Zones in a report: what positions can tell of each, in words and figures."""
