"""Readiness: is the work being done? Measured by stored data, not by statements of processes.

The store shows what is not judged yet: records of the log that the judges have not reached, and
persons whose moment has passed. Whether the disk can be written is tried, not asked. A caller that
asks often gets what was measured a moment ago: the page of readiness is open to everybody.
"""

import threading
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from mesure.actions.judging import judging_position
from mesure.actions.judging.judging_position import JudgingPosition
from mesure.instants import US_PER_S
from mesure.machine import clock
from mesure.store.interface.store import ReadTransaction, Store
from mesure.store.values.faults import StoreError
from mesure.store.values.partitions import PARTITIONS

T = TypeVar("T")

BEHIND_S_MAX: Final = 60.0
"""How long the oldest may wait to be judged: a look is due to the minute, not the second."""

MEASURED_EVERY_S: Final = 1.0
WRITTEN_EVERY_S: Final = 5.0


class ReadinessProbe:
    """What waits, how long it has waited, and whether anything can be kept."""

    def __init__(self, store: Store, groups: int) -> None:
        self._store, self._groups = store, groups
        self._lags_s = _Now(MEASURED_EVERY_S, self._measured_lags_s)
        self._writes = _Now(WRITTEN_EVERY_S, self._tried)
        self._not_judged = _Now(MEASURED_EVERY_S, self._counted_not_judged)

    @property
    def store_writes(self) -> bool:
        """Tell whether the store can be written: it was, a moment ago."""
        return self._writes.value()

    @property
    def is_judged_in_time(self) -> bool:
        """Tell whether nothing has waited for long to be judged; false where that is not known."""
        if clock.true_us() - clock.now_us() > US_PER_S:
            return True  # A demo that catches up: a minute passes in no time.
        try:
            return max(self.lags_s().values()) <= BEHIND_S_MAX
        except StoreError:
            return False

    @property
    def is_everybody_judged(self) -> bool:
        """Tell whether judging failed for nobody at the last try; false where that is not known.

        Those who watch the status alone must see it, though it concerns one person: nothing new is
        said of them, and no incident reported. The service goes on for all others meanwhile.
        """
        try:
            return self.not_judged() == 0
        except StoreError:
            return False

    def not_judged(self) -> int:
        """Return for how many persons judging failed at the last try."""
        return self._not_judged.value()

    def _counted_not_judged(self) -> int:
        with self._store.read() as reading:
            return len(judging_position.not_judged(reading))

    def lags_s(self) -> dict[int, float]:
        """Return by judge the age of the oldest that waits to be judged; 0 where nothing does."""
        return self._lags_s.value()

    def queue_sizes(self) -> dict[str, int]:
        """Return how much waits: records and persons to be judged, and what is to be sent."""
        now_us = clock.now_us()
        with self._store.read() as reading:
            behind = _behind(reading, judging_position.read(reading, range(PARTITIONS)))
            persons, sent = reading.due_by(now_us), reading.queue_sizes(now_us)
        records = sum(end - after for after, end in behind.values())
        return {"record": records, "person": persons, **sent}

    def _measured_lags_s(self) -> dict[int, float]:
        now_us = clock.now_us()
        waits_us = dict.fromkeys(range(self._groups), now_us)  # Since when, by judge.
        with self._store.read() as reading:
            known = judging_position.read(reading, range(PARTITIONS))
            after = {part: where for part, (where, _) in _behind(reading, known).items()}
            oldest = [(one.place.partition, one.received_us) for one in reading.logs(after, 1)]
            oldest += reading.oldest_due().items()
        for part, since_us in oldest:
            group = part % self._groups  # As `JudgeInstruction.partitions` deals them out.
            waits_us[group] = min(waits_us[group], since_us)
        return {group: (now_us - since_us) / US_PER_S for group, since_us in waits_us.items()}

    def _tried(self) -> bool:
        try:
            self._store.write(lambda work: work.touch())
        except StoreError:
            return False
        return True


def _behind(reading: ReadTransaction, position: JudgingPosition) -> dict[int, tuple[int, int]]:
    """Return how far partitions were judged and how far they reach, where that is not the same."""
    ends = reading.ends().items()
    known = ((part, position.after.get(part, 0), end) for part, end in ends)
    return {part: (after, end) for part, after, end in known if after < end}


class _Now(Generic[T]):
    """Something that is measured when it is asked for, and not again within some seconds."""

    def __init__(self, every_s: float, measure: Callable[[], T]) -> None:
        self._every_s, self._measure = every_s, measure
        self._lock = threading.Lock()  # Many may ask at once; one of them measures.
        self._measured: tuple[float, T] | None = None

    def value(self) -> T:
        with self._lock:
            now_s = time.monotonic()
            if self._measured is None or now_s - self._measured[0] >= self._every_s:
                self._measured = now_s, self._measure()
            return self._measured[1]
