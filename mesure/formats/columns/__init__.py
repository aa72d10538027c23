"""Columns of fixes: one schema, values of cells, limits, and faults of a file."""
