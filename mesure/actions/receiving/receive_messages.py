"""The one way in for what devices sign: checked, kept in one change with others, and acknowledged.

Signatures are checked before the change and outside it. A change then takes those messages of all
who came meanwhile (`receipt_transaction`), 512 at the most, and the sender is answered after its
commit: what is in a receipt is on the disk. Nothing here is done by an account; a device's
signature is what counts.
Decision: docs/decisions/0030-receiving.md
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from mesure.actions.devices import device_commands
from mesure.actions.devices.device_key_cache import KnownDevices
from mesure.actions.limits.group_requests import Batching, Bounds
from mesure.actions.limits.token_buckets import Bucket, DeviceRates, Rate
from mesure.actions.receiving import receipt_transaction
from mesure.actions.receiving.receipt_transaction import Answered, Letter, Means, Taken
from mesure.actions.refusals import unavailable
from mesure.devices import message_verification
from mesure.devices.message import envelope, messages
from mesure.devices.message.device_refusal import Reason, Refusal
from mesure.devices.message.envelope import Envelope
from mesure.devices.message.public_keys import Signer
from mesure.devices.message_verification import Keys, Signed
from mesure.store.interface.store import Store, Work
from mesure.store.values.faults import StoreError

THREADS: Final = 2
TOO_OFTEN: Final = "too_often"
STRANGERS: Final = Rate(burst=100, per_s=1.0)  # Refused messages of nobody known, kept beside.


def unremarked(_point: str) -> None:
    """Let a point between receipt and acknowledgement go by."""


@dataclass(frozen=True, slots=True)
class House:
    """What receiving works with."""

    store: Store
    means: Means
    signer: Signer  # Signs what devices are told.
    now_us: Callable[[], int]
    # What happens at named points on the way: nothing, but where a test ends the process there.
    passing: Callable[[str], None] = unremarked


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered to a transfer: for each device that signed something in it, what it is told.

    Where no device that is known signed anything, there is nobody to tell, and `refused` says why.
    """

    by_device: dict[str, bytes]
    refused: tuple[Reason, ...] = ()
    messages: dict[str, int] = field(default_factory=dict)  # How many each device signed.
    key_names: dict[str, bytes] = field(default_factory=dict)  # By which key each was known.
    late_s: float = 0.0  # After which a device may send again of which something was left.
    heard: frozenset[str] = frozenset()  # Who said something new, and is in service.

    @property
    def transfer(self) -> bytes:
        """Return all of it, one message after the other."""
        return b"".join(self.by_device.values())


@dataclass(frozen=True, slots=True)
class _Handed:
    """A transfer that was handed in."""

    data: bytes
    received_us: int


class Receiver:
    """Takes transfers from many callers at once; one for each process, on its event loop."""

    def __init__(self, house: House, bounds: Bounds | None = None) -> None:
        self._house = house
        self._known = KnownDevices(house.store)
        self._strangers = Bucket(STRANGERS)
        self.rates = DeviceRates()  # Whoever listens may set others.
        self._pool = ThreadPoolExecutor(THREADS, "receiving")
        self._batching: Batching[_Handed, Reply] = Batching(
            self._take, _weight, bounds or Bounds(), lambda fault: isinstance(fault, StoreError)
        )
        self.counts: Counter[str] = Counter()  # Since the start: kept, again, refused by reason.

    async def transfer(self, data: bytes, address: str) -> Reply:
        """Return what is answered to a transfer, once what it kept is on the disk.

        Raises `BusyError` where too much waits, and `AwayError` where nothing could be kept.
        """
        self._house.passing("handed_in")
        source = f"{address} {envelope.claimed(data).hex()}"
        with unavailable.told():
            return await self._batching.hand_in(source, _Handed(data, self._house.now_us()))

    async def tell(self, keys_of: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return what waits for some devices, each known by the name of a key, and is due now.

        It is for a way on which devices listen; otherwise it comes with their next receipt.
        """
        house, now_us = self._house, self._house.now_us()

        def change(work: Work) -> tuple[Answered, ...]:
            return receipt_transaction.hand_out(work, keys_of, house.means, now_us)

        with unavailable.told():
            answers = await asyncio.wrap_future(house.store.submit(change))
        return {one.device: self._sealed(one) for one in answers}

    async def waiting(self) -> frozenset[str]:
        """Return for which devices something is due."""
        loop = asyncio.get_running_loop()
        with unavailable.told():
            return await loop.run_in_executor(self._pool, self._waiting)

    def _waiting(self) -> frozenset[str]:
        with self._house.store.read() as reading:
            due = reading.due(
                device_commands.KIND, self._house.now_us(), device_commands.OF_ALL_MAX
            )
        return frozenset(one.to for one in due)

    def device(self, data: bytes) -> str | None:
        """Return which device a transfer claims to be from, if it was heard of before."""
        return self._known.device(envelope.claimed(data))

    async def whose(self, data: bytes) -> str | None:
        """Return which device a transfer claims to be from, if there is one."""
        loop = asyncio.get_running_loop()
        with unavailable.told():
            await loop.run_in_executor(self._pool, self._known.keys, [envelope.claimed(data)])
        return self.device(data)

    async def close(self) -> None:
        """Answer whoever waits, and end."""
        await self._batching.drain()
        self._pool.shutdown()

    # --- One change --------------------------------------------------------------------------

    async def _take(self, handed: Sequence[_Handed]) -> list[Reply]:
        house, loop = self._house, asyncio.get_running_loop()
        opened = await loop.run_in_executor(self._pool, self._opened, handed)
        letters, late_s = self._within_rates(opened, loop.time())
        house.passing("checked")
        now_us = house.now_us()

        admitted_letters = self._without_crowd(letters)

        def change(work: Work) -> Taken:
            result = receipt_transaction.take(work, admitted_letters, house.means, now_us)
            house.passing("changed")
            return result

        if admitted_letters:
            result = await asyncio.wrap_future(house.store.submit(change))
        else:
            result = Taken({}, Counter(), new_keys=False)
        house.passing("committed")
        self.counts.update(result.counts)
        replies = await loop.run_in_executor(
            self._pool, self._replies, len(handed), letters, result, late_s
        )
        house.passing("sealed")
        return replies

    def _without_crowd(self, letters: Iterable[Letter]) -> list[Letter]:
        """Return what the store hears of; strangers beyond those that it keeps leave no trace.

        They would not be kept beside, but each change would have its entry in the audit log, and
        entries are for ever.
        """
        admitted: list[Letter] = []
        for letter in letters:
            if letter.is_quarantined:
                admitted.append(letter)
            elif isinstance(letter.found, Refusal):
                self.counts[letter.found.reason] += 1
        return admitted

    def _within_rates(
        self, opened: Sequence[Letter], now_s: float
    ) -> tuple[list[Letter], dict[int, float]]:
        """Return what is taken, and who handed in more than a device may send, which is left.

        Only here is it known who signed: a transfer may begin with what names another device. What
        is left is in no receipt, so it comes again.
        """
        letters: list[Letter] = []
        late_s: dict[int, float] = {}
        for letter in opened:
            device = None if letter.signed is None else letter.signed.device
            size = len(letter.data)
            wait_s = 0.0 if device is None else self.rates.take(device, now_s, size)
            if wait_s:
                late_s[letter.caller] = max(wait_s, late_s.get(letter.caller, 0.0))
                self.counts[TOO_OFTEN] += 1
            else:
                letters.append(letter)
        return letters, late_s

    def _opened(self, handed: Sequence[_Handed]) -> list[Letter]:
        """Return the messages of some transfers, with whose signature each has."""
        split = [envelope.split(one.data) for one in handed]
        envelopes = [[envelope.read(data) for data in transfer.messages] for transfer in split]
        names = {one.key_name for some in envelopes for one in some if isinstance(one, Envelope)}
        known = self._known.keys(names)
        signed = [
            [self._signed(*one, known) for one in zip(transfer.messages, read, strict=True)]
            for transfer, read in zip(split, envelopes, strict=True)
        ]
        all_signed = [one for some in signed for one in some if isinstance(one, Signed)]
        understood = iter(message_verification.understood_together(all_signed))
        letters: list[Letter] = []
        for caller, (delivery, transfer) in enumerate(zip(handed, split, strict=True)):
            for data, outcome in zip(transfer.messages, signed[caller], strict=True):
                letters.append(
                    Letter(caller, data, delivery.received_us, outcome, next(understood))
                    if isinstance(outcome, Signed)
                    else self._strange(caller, data, delivery.received_us, outcome)
                )
            if transfer.rest is not None:
                rest = delivery.data[sum(map(len, transfer.messages)) :]
                letters.append(self._strange(caller, rest, delivery.received_us, transfer.rest))
        return letters

    def _signed(self, data: bytes, read: Envelope | Refusal, known: Keys) -> Signed | Refusal:
        if isinstance(read, Refusal):
            return read
        return message_verification.signed_by(data, read, known, self._house.means.verifier)

    def _strange(self, caller: int, data: bytes, received_us: int, refusal: Refusal) -> Letter:
        """Return what nobody known signed; only so much of it is kept, whoever sends how much."""
        is_kept = self._strangers.take(received_us / 1e6) == 0
        return Letter(caller, data, received_us, None, refusal, is_kept)

    def _replies(
        self, count: int, letters: Iterable[Letter], result: Taken, late_s: Mapping[int, float]
    ) -> list[Reply]:
        refused: list[dict[Reason, None]] = [{} for _ in range(count)]
        signed: list[dict[str, int]] = [{} for _ in range(count)]
        names: list[dict[str, bytes]] = [{} for _ in range(count)]
        for letter in letters:
            if isinstance(letter.found, Refusal):
                refused[letter.caller][letter.found.reason] = None
            if letter.signed is not None:
                device, of_caller = letter.signed.device, signed[letter.caller]
                of_caller[device] = of_caller.get(device, 0) + 1
                names[letter.caller][device] = letter.signed.key_name
        return [
            Reply(
                {one.device: self._sealed(one) for one in result.answers.get(caller, ())},
                tuple(refused[caller]),
                signed[caller],
                names[caller],
                late_s.get(caller, 0.0),
                frozenset(one.device for one in result.answers.get(caller, ()) if one.is_heard),
            )
            for caller in range(count)
        ]

    def _sealed(self, answer: Answered) -> bytes:
        to = envelope.down(answer.public_key)
        return b"".join(
            envelope.seal(messages.encode(downlink_message), self._house.signer, to)
            for downlink_message in answer.told
        )


def _weight(handed: _Handed) -> int:
    """Return about how many messages a transfer has: none is smaller than a sign of life."""
    return max(1, min(envelope.MESSAGES_PER_TRANSFER_MAX, len(handed.data) // 128))
