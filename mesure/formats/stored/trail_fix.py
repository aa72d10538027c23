"""Trail fix: one fix, or one rest claim, as a viewed or exported trail shows it."""

from datetime import date, datetime
from typing import NamedTuple

import msgspec


class TrailFix(msgspec.Struct, frozen=True):
    """A fix as a look at a trail shows it."""

    device: str
    observed_at: datetime
    received_at: datetime
    lat_deg: float
    lon_deg: float
    radius95_m: float | None  # None: the device did not say.
    provider: str
    signed: bool
    beacon: bool | None = None  # The home beacon was heard; None: the device did not say.
    speed_mps: float | None = None  # None: the device did not say.
    moving: bool | None = None
    row: int = -1  # By which an incident names its evidence; -1: it is not known here.
    ahead_s: float = 0.0  # So much later the device's clock said it was, which is ahead by that.
    device_class: str = ""  # What kind of device reported it; empty: it is not known here.


class TrailRest(msgspec.Struct, frozen=True):
    """A rest claim as a look at a trail shows it: the device says that it lies still."""

    device: str
    observed_at: datetime
    received_at: datetime
    still_since: int  # Microseconds since 1970; 0: since its last fix; 2^59: it moves.
    signed: bool
    row: int = -1  # As of a fix.
    ahead_s: float = 0.0  # As of a fix.
    device_class: str = ""  # As of a fix.


class JudgedBy(msgspec.Struct, frozen=True):
    """By whose thresholds an order is judged: those of a day, for a class of device."""

    day: date
    device_class: str


class TrailMessage(NamedTuple):
    """A kept message, opened: the bytes as the device sent them."""

    device: str
    form: str
    counter: int | None  # None: no device signed it.
    received_us: int
    body: bytes
    sequence: int = 0  # Its place in the log of the person's partition.
    judged_by: JudgedBy | None = None  # None: no order was judged by it.
