"""Was the condition met?

Met, not met or unknown over spans of time, from an order, a policy, fixes, and the moment of
looking. `advance` judges a whole record; the service goes on from a `checkpoint` and says the same.

    rules ─→ evidence ─→ filter ─→ evaluate ─→ episodes ─→ late_evidence
    what     columns     how sure, met, not    possible    what stood before
    binds    of fixes    intervals met, un-    breaches    late evidence
                         of status known

`kinds` has one file for each kind of condition, found by its name; all have the same inside. A new
kind is one more, and its class in `orders.model.conditions`. `breakdown` says what counted;
`next_wakeup` when something changes though nothing comes; `fix_requests` when a device should be
asked for more; `feasibility` what positions can tell of a zone before anybody is judged by it.
Every threshold is in `policy.yaml`, with a reason.
Decision: docs/decisions/0022-the-first-judge.md
"""
