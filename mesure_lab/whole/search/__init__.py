"""Which seeds break something, and what is the least that breaks it?

A seed is tried, a broken one is cut to the fewest events, and its story is written.
"""
