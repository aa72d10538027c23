"""What a device said of how it was, as a look at a trail shows it beside the fixes."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Told(StrEnum):
    """What a device says of how it is, as far as it explains a trail."""

    BATTERY = "battery"  # So many percent are left.
    CHARGING = "charging"  # 1: it charges; 0: it does not.
    STRAP = "strap"  # 1: it is closed; 0: it is open.


class DeviceTold(msgspec.Struct, frozen=True):
    """Something that a device said of how it was."""

    device: str
    observed_at: datetime
    told: Told
    value: int
