"""The order of a precedent as the text of an order file, and of one for each variation.

A precedent writes what it is about; what every order has besides is filled in here. The texts are
read by the reader of order files like any other.
"""

from collections.abc import Iterator
from datetime import date

import yaml

from tests.precedents.values import Fields, Value, fields, items

ORDER_KEYS = ("places", "conditions", "absences", "in_force")
VARIATION_KEYS = ("places", "conditions", "absences", "until")


def texts(order: Fields, varied: Value, day: date) -> Iterator[str]:
    """Yield the order's text, then that of every variation.

    An order is in force for the whole year of its night, if it does not say otherwise. A variation
    keeps what it does not change.
    """
    order_fields = fields(order, needed=("time_zone", "places", "conditions"), allowed=ORDER_KEYS)
    year: Fields = {"from": f"{day.year}-01-01", "until": f"{day.year + 1}-01-01"}
    whole: Fields = {"order": "TEST-0001", "person": "P-0001", "in_force": year, **order_fields}
    yield _text(whole)
    for item in items(varied):
        change = dict(fields(item, needed=("from",), allowed=VARIATION_KEYS))
        in_force = dict(fields(whole["in_force"], needed=("from", "until")))
        in_force["from"] = change.pop("from")
        in_force["until"] = change.pop("until", in_force["until"])
        whole = {**whole, **change, "in_force": in_force}
        yield _text(whole)


def _text(order: Fields) -> str:
    return yaml.safe_dump(order, allow_unicode=True, default_style='"', sort_keys=False, width=100)
