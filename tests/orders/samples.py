"""Orders to read in tests: a small good one, and what is wrong with it once it was changed."""

from collections.abc import Mapping
from typing import Final

import pytest

from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.text.order_faults import FileFault, OrderError

ORDER: Final = """\
order: ALM-2026-0042
person: P-0042
court: Almaly district court no. 2
decision: {number: 1-234/2026, date: 2026-01-05}
legal_basis: Criminal Code article 44
time_zone: Asia/Almaty
in_force: {from: 2026-01-05, until: 2027-01-05}
places:
  home: {lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}
  office: {lat_deg: 43.26000, lon_deg: 76.93000, radius_m: 80}
conditions:
  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}
  C2: {appointment: {at: office, every: mon, from: 10:00, until: 10:30, present_min: 10}}
absences:
  A1: {allows: C1, from: 2026-02-10T22:00, until: 2026-02-11T02:00, reason: work, by: O-7}
"""

FILE: Final = "order.yaml"


def replace_once(old: str, new: str, order: str = ORDER) -> str:
    """Return an order in which one text stands instead of another."""
    assert order.count(old) == 1, f"{old!r} stands {order.count(old)} times in the order"
    return order.replace(old, new)


def read(order: str, files: Mapping[str, bytes] | None = None) -> OrderVersion:
    """Read an order from its text."""
    return read_order.read(FILE, order.encode(), files or {})


def faults(order: str | bytes, files: Mapping[str, bytes] | None = None) -> tuple[FileFault, ...]:
    """Return all that is wrong with an order."""
    data = order.encode() if isinstance(order, str) else order
    with pytest.raises(OrderError) as caught:
        read_order.read(FILE, data, files or {})
    return caught.value.faults


def only_fault(order: str | bytes, files: Mapping[str, bytes] | None = None) -> FileFault:
    """Return the one thing that is wrong with an order; it is said in one sentence."""
    [fault] = faults(order, files)
    assert "\n" not in str(fault)
    return fault
