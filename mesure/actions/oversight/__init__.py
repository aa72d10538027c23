"""Oversight: reading the audit log, inspection, handing a programme on, and regular upkeep."""
