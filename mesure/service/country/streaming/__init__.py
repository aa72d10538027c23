"""Judging live by the executors of a cluster: Spark says whose turn it is, the store keeps the rest.

`turns` is what an executor does, with nothing of Spark in it; `turn_source` is how Spark sees it,
a source of batches of which each is a turn; `live_run` is the driver.

Decision: docs/decisions/0066-spark-says-whose-turn-it-is.md
"""
