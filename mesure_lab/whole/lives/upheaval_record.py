"""Upheaval record: the upheavals of a life, as those who caused them know them."""

from contextlib import ExitStack
from dataclasses import dataclass, field

from mesure.version import VERSION


@dataclass
class UpheavalRecord:
    """What was turned over in a life."""

    seen_us: dict[str, int] = field(default_factory=dict)  # Who was judged up to when, before.
    version: str = VERSION  # Of the program that judges now.
    is_judged_anew: bool = False  # By another policy, or version that meets new evidence first.
    has_leapt: bool = False  # The clock was wrong by hours once.
    lost: dict[str, int] = field(default_factory=dict)  # Device: its last counter that counts.
    retired: dict[str, tuple[str, int]] = field(default_factory=dict)  # Who carried it; when.
    in_place_of: dict[str, str] = field(default_factory=dict)  # Lost device: the one after it.
    stood_and_is_gone: list[str] = field(default_factory=list)
    let_in_again: list[str] = field(
        default_factory=list
    )  # Retired, and enrolled anew all the same.
    torn: list[str] = field(default_factory=list)  # What a torn write left that must not be.
    program: ExitStack = field(default_factory=ExitStack)  # The versions that hold now.
