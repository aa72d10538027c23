"""How do we know it works?

The proving ground: invented lives in an invented town, what a device would have reported of them,
the rules of other systems as baselines, and the scoring of all of them against the truth.

    town, lives ─→ sky ─→ device ─→ delivery ─→ demo          one person's fortnight
    streets ─→ days ─→ journeys ─→ truth ──┐
    homes ─→ errors ─→ sources ─→ carried ─┴→ received ─→ towns     many persons' days
    towns ─→ judging ─→ results ─→ simulate                   what the judge makes of them
    towns, real_traces ─→ calibration_trials ─→ calibration_tables   what a calibrated home buys
    readings ─→ baseline ─→ peers ─→ sweeps ─┐
    real_traces ─────────────────────────────┴→ score         who is right, how often, how soon
    whole            one seed lives the whole service, with faults
    score_folder ─→ score_cases ─→ score_rules ─→ score_run ─→ score_report   all rules

One seed, same bytes: chance comes from `dice` and, by the column, from `columns`, which use nothing
that differs from one machine or Python to the next.
"""
