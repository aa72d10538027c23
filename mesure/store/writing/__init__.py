"""Writing in every store: append plans, audit entries, group commits, checks.

Nothing here has SQL: that is in `sql`.
"""
