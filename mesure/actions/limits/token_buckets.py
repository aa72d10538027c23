"""Rate limit by token buckets: one for each caller, which fills with time.

Nobody is shut out for ever; a caller who asks for too much learns when to come again. Where
several processes let in the same callers, each tells the others what was taken, and they take it
from their own buckets as well: so a caller has one bucket, wherever they ask, except for what was
taken while the news was on its way, which has to be earned like everything taken beyond the limit.
"""

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

BUCKETS_MAX: Final = 100_000  # The one that was used the longest ago goes first, full again.
TOLD_SHARE: Final = 100  # A smaller part of a bucket waits until there is more to tell.


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many at once, and how many a second in the long run."""

    burst: int
    per_s: float


class TokenBucket:
    """One bucket, full at first. Times are those of any one clock."""

    __slots__ = ("_at_s", "_left", "_rate")

    def __init__(self, rate: RateLimit) -> None:
        self._rate, self._left, self._at_s = rate, float(rate.burst), -math.inf

    def take(self, now_s: float, count: int = 1) -> float:
        """Take `count` if there is one at least, and return 0; or return when there will be one.

        What is taken beyond what there is has to be earned before the next is given.

        >>> bucket = TokenBucket(RateLimit(burst=2, per_s=0.5))
        >>> [bucket.take(0.0), bucket.take(0.0), bucket.take(0.0), bucket.take(1.0)]
        [0.0, 0.0, 2.0, 1.0]
        """
        wait_s = self.wait_s(now_s)
        if wait_s == 0.0:
            self._left -= count
        return wait_s

    def debit(self, now_s: float, count: int) -> None:
        """Take `count`, whether there are any or not: they were taken elsewhere."""
        self.wait_s(now_s)
        self._left -= count

    def wait_s(self, now_s: float) -> float:
        """Return after how many seconds there is one; 0: now."""
        rate = self._rate
        passed_s, self._at_s = now_s - self._at_s, now_s
        if passed_s > 0.0:
            left = self._left + rate.per_s * passed_s
            self._left = left if left < rate.burst else float(rate.burst)
        return 0.0 if self._left >= 1.0 else (1.0 - self._left) / rate.per_s


# Has buckets be one with those of other processes: what they are called, and their clock.
ShareBuckets = Callable[[str, "TokenBuckets", Callable[[], float]], None]


def keep_apart(_name: str, _buckets: "TokenBuckets", _now_s: Callable[[], float]) -> None:
    """Share nothing: there is one process."""


class TokenBuckets:
    """The buckets of one rate, by who asks."""

    def __init__(self, rate: RateLimit) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()
        self._blind: Callable[[str], str] | None = None
        self._untold: Counter[str] = Counter()  # What was taken here, by the name of its bucket.

    def share(self, blind: Callable[[str], str]) -> None:
        """Report what is taken to other processes: under names from which nobody is known."""
        self._blind = blind

    def drain(self) -> Mapping[str, int]:
        """Return what was taken and is to be reported now; it is not reported again."""
        least = max(1, self._rate.burst // TOLD_SHARE)
        due = {name: count for name, count in self._untold.items() if count >= least}
        for name in due:
            del self._untold[name]
        if len(self._untold) > BUCKETS_MAX:
            self._untold.clear()
        return due

    def debit(self, name: str, now_s: float, count: int) -> None:
        """Take from a bucket what was taken elsewhere; `name` is as reported."""
        self._of(name).debit(now_s, count)

    def take(self, who: str, now_s: float, count: int = 1) -> float:
        """Take `count` from somebody's bucket, or return after how many seconds there is one."""
        name = self._name(who)
        wait_s = self._of(name).take(now_s, count)
        if wait_s == 0.0 and self._blind is not None:
            self._untold[name] += count
        return wait_s

    def wait_s(self, who: str, now_s: float) -> float:
        """Return after how many seconds somebody may ask; 0: now."""
        bucket = self._buckets.get(self._name(who))
        return 0.0 if bucket is None else bucket.wait_s(now_s)

    def _name(self, who: str) -> str:
        return who if self._blind is None else self._blind(who)

    def _of(self, name: str) -> TokenBucket:
        bucket = self._buckets.get(name)
        if bucket is not None:
            self._buckets.move_to_end(name)
            return bucket
        bucket = self._buckets[name] = TokenBucket(self._rate)
        if len(self._buckets) > BUCKETS_MAX:
            self._buckets.popitem(last=False)
        return bucket


# --- Devices -----------------------------------------------------------------------------------

MESSAGES: Final = RateLimit(burst=10_000, per_s=50.0)  # A week of one a minute comes in at once.
# 170 MB a day: several times what an app sends that reports each second. A hundred times as much
# would fill a disk within days, and a full one stops everybody.
BYTES: Final = RateLimit(burst=64 << 20, per_s=2_000.0)


class DeviceRateLimiter:
    """How much each device may send, whichever way it comes; charged for what is its own only."""

    def __init__(self, messages: RateLimit = MESSAGES, sizes: RateLimit = BYTES) -> None:
        self.messages, self.bytes = TokenBuckets(messages), TokenBuckets(sizes)

    def wait_s(self, device: str, now_s: float) -> float:
        """Return after how many seconds a device may send again; 0: now."""
        return max(self.messages.wait_s(device, now_s), self.bytes.wait_s(device, now_s))

    def take(self, device: str, now_s: float, size: int, count: int = 1) -> float:
        """Count messages of a device, of `size` bytes in all, or return when it may send again."""
        wait_s = self.wait_s(device, now_s)
        if not wait_s:
            self.messages.take(device, now_s, count)
            self.bytes.take(device, now_s, size)
        return wait_s
