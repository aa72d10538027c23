"""How do we know it works?

The proving ground: invented lives in an invented town, the reports of a device on them, the rules
of other systems as baselines, and the scoring of all of them against the truth.

    demonstration    a fortnight of somebody, and a town that reports live to a service
    whole            one seed lives the whole service, with faults
    tables           the figures of the documentation, page by page
    trials           one question each: zones, visits, a calibrated home
    scoring          every rule on every case: who is right, how often, how soon
    simulation       towns of many persons, and what the judge makes of them
    carrying         what a device reports of a life
    ground           the town, its people's orders, and their days
    traces           what real devices reported
    rules            other systems' rules, and one definition of every figure

Each room uses those below it. One seed, same bytes: chance comes from `dice` and, by the column,
from `columns`, which use nothing that differs from one machine or Python to the next.
"""
