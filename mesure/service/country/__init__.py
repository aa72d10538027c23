"""A whole country judged again under another policy, from the archive of its trails.

`judge_partition` is the work: one partition of persons, in one process. `process_pool` has it done
on one machine, and `spark_cluster` on several; both only say who judges which partition. The
results lie sealed in a folder, from which `rejudge_run` continues an interrupted run.

Decision: docs/decisions/0061-a-country-is-judged-again-from-files.md
"""
