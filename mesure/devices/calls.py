"""Calls: a device says that somebody needs help, or that something was done to it.

Apps of a pilot say so in their own words. The device protocol has no such thing: a device that
signs says how it is, and what changed.
"""

from dataclasses import dataclass
from enum import StrEnum


class Call(StrEnum):
    """What is called for, or reported."""

    HELP = "help"  # Somebody calls for help.
    TAMPERED = "tampered"  # The strap was cut or opened, the device removed or interfered with.
    RUNS_LOW = "runs_low"  # The battery is low; nobody says how low.
    POWER_CUT = "power_cut"
    GOES_OFF = "goes_off"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A call, and when it was by the device's clock."""

    call: Call
    observed_us: int
