"""Who judges now?

A worker judges the persons of some partitions again and again, and stores what a replay would say.

    worker ─→ due_list           who is due
       ├────→ batch_check        what came, and whether it changes anything
       ├────→ evaluate_person    one person under one order, from what is in hand (`person_state`)
       │         └─→ incident_updates, device_notices
       └────→ write_coalescing   what only grew waits a moment to be kept

Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""
