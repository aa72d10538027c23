"""How do we know it works?

The proving ground: invented lives in an invented town, what a device would have reported of them,
the rules of other systems as baselines, and the scoring of all of them against the truth.

    town, lives ─→ sky ─→ device ─→ delivery ─→ demo      what happened, what was reported
    readings ─→ baseline ─→ peers ─┐
    real_traces ───────────────────┴─→ score              who is right, how often, how soon

One seed, same bytes: chance comes from `dice` alone, which uses nothing that differs from one
machine or Python to the next.
"""
