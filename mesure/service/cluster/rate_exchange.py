"""Rate exchange: the nodes of a cluster tell each other how much of which rate each caller used.

Each node takes from its own buckets what was taken elsewhere, so that three nodes let nobody in
three times as often. Callers are named by a keyed hash: no address and no device goes through the
database. While the database is away, each node counts alone.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import Annotated, Final, Protocol

import msgspec
import structlog

from mesure.actions.limits.token_buckets import TokenBuckets
from mesure.store.values.faults import UnavailableError

TOLD_EVERY_S: Final = 0.25
TOGETHER: Final = 150  # This many fit into one notice.
NAME_BYTES: Final = 12
PURPOSE: Final = "rates of nodes"

# Of which rate, by whom, how much.
TakenShare = tuple[int, str, Annotated[int, msgspec.Meta(ge=1)]]


class NodeChannel(Protocol):
    """How nodes speak to each other; what is said may be lost."""

    def exchange(self, payloads: Sequence[str]) -> list[str]:
        """Say something to all others, and return what they said."""
        ...

    def close(self) -> None:
        """Receive nothing more."""
        ...


class RateExchange:
    """The rates of this node that are one with those of the others."""

    def __init__(self, channel: NodeChannel | None, key: bytes) -> None:
        """`channel`: None where there is one service only; then nothing is shared."""
        self._channel, self._key = channel, key
        self._shared: dict[int, tuple[TokenBuckets, Callable[[], float]]] = {}
        self._ending = asyncio.Event()
        self._log = structlog.get_logger()

    def share(self, name: str, buckets: TokenBuckets, now_s: Callable[[], float]) -> None:
        """Report what is taken of a rate, and take here what others took of it."""
        if self._channel is not None:
            number = int.from_bytes(blake2b(name.encode(), digest_size=4).digest())
            self._shared[number] = buckets, now_s
            buckets.share(self._blind)

    def _blind(self, who: str) -> str:
        return blake2b(who.encode(), key=self._key, digest_size=NAME_BYTES).hexdigest()

    async def run(self) -> None:
        """Send and receive, until `stop`."""
        while self._channel is not None and not self._ending.is_set():
            payloads = list(self._payloads())
            try:
                payloads = await asyncio.to_thread(self._channel.exchange, payloads)
            except UnavailableError as error:
                self._log.warning("later", error=type(error).__name__, step="rates")
            else:
                self._take(payloads)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), TOLD_EVERY_S)
        if self._channel is not None:
            self._channel.close()
        await self._ending.wait()

    def stop(self) -> None:
        """Have `run` end."""
        self._ending.set()

    def _payloads(self) -> Iterator[str]:
        shares: list[TakenShare] = [
            (number, name, count)
            for number, (buckets, _) in self._shared.items()
            for name, count in buckets.drain().items()
        ]
        for start in range(0, len(shares), TOGETHER):
            yield msgspec.json.encode(shares[start : start + TOGETHER]).decode()

    def _take(self, payloads: Sequence[str]) -> None:
        for payload in payloads:
            try:
                shares = msgspec.json.decode(payload, type=list[TakenShare])
            except msgspec.DecodeError:
                self._log.warning("rates_not_read")  # Somebody else says something there.
                continue
            for number, name, count in shares:
                if number in self._shared:
                    buckets, now_s = self._shared[number]
                    buckets.debit(name, now_s(), count)
