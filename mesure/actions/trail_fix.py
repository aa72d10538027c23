"""A fix as a look at a trail shows it, and as a person is handed it."""

from datetime import datetime

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
