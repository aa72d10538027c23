"""Device reports: what a device said of its own state, shown beside the fixes of a trail."""

from datetime import datetime
from enum import StrEnum

import msgspec


class DeviceReportKind(StrEnum):
    """What a device says of how it is, as far as it explains a trail."""

    BATTERY = "battery"  # The percentage that is left.
    CHARGING = "charging"  # 1: it charges; 0: it does not.
    STRAP = "strap"  # 1: it is closed; 0: it is open.
    STILL = "still"  # Seconds for which nothing has moved it; -1: it moves.
    # What apps of a pilot report besides, of a moment; the words are in `said`.
    ENTERED = "entered"  # The app's opinion of a region that it keeps: no evidence.
    LEFT = "left"
    CONNECTION_LOST = "connection_lost"
    STATUS = "status"  # What the phone lets the app do.
    BEACON = "beacon"
    WARNING = "warning"  # A call for help, or for attention.


class DeviceReport(msgspec.Struct, frozen=True):
    """Something that a device said of how it was."""

    device: str
    observed_at: datetime
    told: DeviceReportKind
    value: int
    said: str = ""  # In the device's own words, which nobody has checked.
