"""Turn plan: what executors receive and return; nothing secret, and nothing personal.

Every process that Spark starts reads this module, also those that judge nothing: it loads little.
"""

from typing import NamedTuple

import msgspec

from mesure.machine.clock import CatchUpClock
from mesure.store.values.partitions import PARTITIONS


class TurnPlan(msgspec.Struct, frozen=True):
    """The instructions to the executors of a job."""

    data: str  # The folder of the installation,
    settings: str | None  # and its settings file, as executors find them.
    term: int | None  # Under which they claim; None: they get ready, and judge nothing.
    slices: int
    turn_s: float  # How long a slice is judged at a time; 0: one look at the log.
    shown: CatchUpClock | None = None  # How to see time; None: as it is.

    def partitions(self, number: int) -> frozenset[int]:
        """Return the partitions of a slice.

        >>> plan = TurnPlan("data", None, 1, 3, 0.0)
        >>> [(min(part), max(part), len(part)) for part in map(plan.partitions, range(3))]
        [(0, 84, 85), (85, 169, 85), (170, 255, 86)]
        """
        first, end = (PARTITIONS * each // self.slices for each in (number, number + 1))
        return frozenset(range(first, end))


class TurnReport(NamedTuple):
    """What a slice did since its last report."""

    slice: int
    steps: int
    judged: int
    failed: int
    taken_up: int  # 1 where it was claimed in this turn: all that is in memory is read anew.
    cpu_s: float
