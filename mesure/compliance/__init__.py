"""Was the condition met?

Met, not met or unknown over spans of time, from an order, a policy, fixes, and the moment of
looking. `advance` is the one way in.

    rules ─→ tracks ─→ lanes ─→ spells ─→ judge ─→ episodes ─→ history
    what     columns   how      met, not  by       possible    what stood before
    binds    of fixes  sure     met, un-  condi-   breaches    late evidence
                                known     tion

Beside them `asking`: when a live device should be asked for more fixes, because the judge is in
doubt; and `zone_check` (with `zone_errors`, `errors_at_rest`, `zone_ground`): what positions can
tell of each zone, before anybody is judged by it. `home_calibration` measures where a device shows
a home, for officers to enter.

One file for each kind of condition (`curfew`, `residence`, `exclusion`, `appointment`), found by
its name; all have the same inside. A new kind is one more, and its class in `orders.conditions`.
Every threshold is in `policy.yaml`, with a date and a reason.
Decision: docs/decisions/0022-the-first-judge.md
"""
