"""The report of a replay: totals, timeline, deciding fixes, unused rows, and short words."""
