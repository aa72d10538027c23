"""Judging live by a cluster: Spark schedules, and the store keeps the state.

`slice_turns` is what an executor does, with nothing of Spark in it; `turn_source` is how Spark sees
that, a source of batches of which each is a turn; `live_run` is the driver.

Decision: docs/decisions/0066-spark-schedules-and-the-store-keeps-the-state.md
"""
