"""Judging live by a cluster: Spark says whose turn it is, and the store keeps the rest.

`slice_turns` is what an executor does, with nothing of Spark in it; `turn_source` is how Spark sees
that, a source of batches of which each is a turn; `live_run` is the driver.

Decision: docs/decisions/0066-spark-schedules-and-the-store-keeps-the-state.md
"""
