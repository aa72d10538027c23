"""The pages on which an order is entered: those of a draft, and those beside it."""

PERSON = "/console/orders/of/P-0042"
STEPS = (
    "", "/decision", "/dates", "/places", "/place?shape=circle", "/place?shape=area",
    "/place?shape=way", "/place?shape=map", "/place?name=home", "/measured?name=home",
    "/conditions", "/condition?kind=curfew", "/condition?kind=residence",
    "/condition?kind=exclusion", "/condition?kind=venues", "/condition?kind=appointment",
    "/condition?name=C1", "/absences", "/absence", "/absence?name=A1",
    "/text?under=conditions&name=C1",
)  # fmt: skip
OTHERS = (
    "/console/orders", "/console/orders/new-person", "/console/orders/venues", PERSON,
    f"{PERSON}/version?order=ALM-2026-0042&number=1", f"{PERSON}/on?order=ALM-2026-0042",
    f"{PERSON}/move?order=ALM-2026-0042", f"{PERSON}/suspend?order=ALM-2026-0042",
    f"{PERSON}/end?order=ALM-2026-0042", f"{PERSON}/end/change?order=ALM-2026-0043",
)  # fmt: skip
