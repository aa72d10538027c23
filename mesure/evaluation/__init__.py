"""Was the condition met?

Met, not met or unknown over spans of time, from an order, a policy, fixes, and the moment of
looking. `pipeline.evaluate` is the one entry: a replay starts it from the empty state, the service
from a `checkpoint`, and both say the same.

    rules ─→ evidence ─→ filter ─→ judgement ─→ late_evidence ─→ episodes
    what     columns     how sure, met, not     results          possible
    binds    of fixes    intervals met, un-     before it        breaches
                         of status known

`kinds` has one file for each kind of condition, found by its name; all have the same inside. A new
kind is one more, and its class in `orders.model.conditions`. `breakdown` says what counted;
`next_wakeup` when something changes although no fix arrives; `fix_requests` when a device should be
asked for more; `feasibility` what positions can show about a zone before anybody is judged by it.
Every threshold is in `policy.yaml`, with a reason.
Decision: docs/decisions/0022-the-first-judge.md
"""
