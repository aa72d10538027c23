"""Receiving signed messages: checked, kept in one change with others, and acknowledged.

Signatures are checked before the change and outside it. A change then takes those messages of all
who came meanwhile (`receipt_transaction`), 512 at most, and the sender is answered after its
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
from mesure.actions.devices.device_key_cache import DeviceKeyCache
from mesure.actions.limits.group_requests import QueueBounds, RequestBatcher
from mesure.actions.limits.token_buckets import DeviceRateLimiter, RateLimit, TokenBucket
from mesure.actions.receiving import receipt_transaction
from mesure.actions.receiving.receipt_transaction import (
    DeviceReply,
    IncomingMessage,
    ReceiverDependencies,
    ReceiveResult,
)
from mesure.actions.refusals import unavailable
from mesure.devices import message_verification
from mesure.devices.message import envelope, messages
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.envelope import Envelope
from mesure.devices.message.public_keys import MessageSigner
from mesure.devices.message_verification import Keys, SignedMessage
from mesure.instants import US_PER_S
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values.faults import StoreError

THREADS: Final = 2
TOO_OFTEN: Final = "too_often"
STRANGERS: Final = RateLimit(burst=100, per_s=1.0)  # Refused messages of strangers, set aside.


def ignore_point(_point: str) -> None:
    """Let a point between receipt and acknowledgement go by."""


@dataclass(frozen=True, slots=True)
class ReceiverConfig:
    """What receiving works with."""

    store: Store
    means: ReceiverDependencies
    signer: MessageSigner  # Signs what is sent to devices.
    now_us: Callable[[], int]
    # What happens at named points on the way: nothing, but where a test ends the process there.
    passing: Callable[[str], None] = ignore_point


@dataclass(frozen=True, slots=True)
class TransferReply:
    """The answer to a transfer: one for each device that signed something in it.

    Where no known device signed anything, nobody can be answered, and `refused` says why.
    """

    by_device: dict[str, bytes]
    refused: tuple[DeviceRefusalReason, ...] = ()
    messages: dict[str, int] = field(default_factory=dict)  # How many each device signed.
    key_names: dict[str, bytes] = field(default_factory=dict)  # By which key each was known.
    late_s: float = 0.0  # After this, a device of which something was left may send again.
    is_put_off: bool = False  # Something cannot be kept now, and is to come again.
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

    def __init__(self, config: ReceiverConfig, bounds: QueueBounds | None = None) -> None:
        self._config = config
        self._known = DeviceKeyCache(config.store)
        self._strangers = TokenBucket(STRANGERS)
        self.rates = DeviceRateLimiter()  # A listener may set others.
        self._pool = ThreadPoolExecutor(THREADS, "receiving")
        self._batching: RequestBatcher[_Handed, TransferReply] = RequestBatcher(
            self._take,
            _weight,
            bounds or QueueBounds(),
            lambda fault: isinstance(fault, StoreError),
        )
        self.counts: Counter[str] = Counter()  # Since the start: kept, again, refused by reason.

    async def transfer(self, data: bytes, address: str) -> TransferReply:
        """Return what is answered to a transfer, once what it kept is on the disk.

        Raises `BusyError` where too much waits, and `StoreUnavailableError` where nothing could be
        kept.
        """
        self._config.passing("handed_in")
        source = f"{address} {envelope.first_key_name(data).hex()}"
        with unavailable.convert_errors():
            return await self._batching.hand_in(source, _Handed(data, self._config.now_us()))

    async def tell(self, keys_of: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return what waits for some devices, each known by the name of a key, and is due now.

        It is for a transport on which devices listen; otherwise it comes with their next receipt.
        """
        config, now_us = self._config, self._config.now_us()

        def change(work: WriteTransaction) -> tuple[DeviceReply, ...]:
            return receipt_transaction.hand_out(work, keys_of, config.means, now_us)

        with unavailable.convert_errors():
            answers = await asyncio.wrap_future(config.store.submit(change))
        return {one.device: self._sealed(one) for one in answers}

    async def due_devices(self) -> frozenset[str]:
        """Return for which devices something is due."""
        loop = asyncio.get_running_loop()
        with unavailable.convert_errors():
            return await loop.run_in_executor(self._pool, self._waiting)

    def _waiting(self) -> frozenset[str]:
        with self._config.store.read() as reading:
            due = reading.due(
                device_commands.KIND, self._config.now_us(), device_commands.OF_ALL_MAX
            )
        return frozenset(one.to for one in due)

    def device(self, data: bytes) -> str | None:
        """Return which device a transfer claims to be from, if it is known."""
        return self._known.device(envelope.first_key_name(data))

    async def whose(self, data: bytes) -> str | None:
        """Return which device a transfer claims to be from, if there is one."""
        loop = asyncio.get_running_loop()
        with unavailable.convert_errors():
            await loop.run_in_executor(
                self._pool, self._known.keys, [envelope.first_key_name(data)]
            )
        return self.device(data)

    async def close(self) -> None:
        """Answer the callers that wait, and end."""
        await self._batching.drain()
        self._pool.shutdown()

    # --- One change --------------------------------------------------------------------------

    async def _take(self, handed: Sequence[_Handed]) -> list[TransferReply]:
        config, loop = self._config, asyncio.get_running_loop()
        opened = await loop.run_in_executor(self._pool, self._opened, handed)
        letters, late_s = self._within_rates(opened, loop.time())
        config.passing("checked")
        now_us = config.now_us()

        admitted_letters = self._without_crowd(letters)

        def change(work: WriteTransaction) -> ReceiveResult:
            result = receipt_transaction.take(work, admitted_letters, config.means, now_us)
            config.passing("changed")
            return result

        if admitted_letters:
            result = await asyncio.wrap_future(config.store.submit(change))
        else:
            result = ReceiveResult({}, Counter())
        config.passing("committed")
        self.counts.update(result.counts)
        replies = await loop.run_in_executor(
            self._pool, self._replies, len(handed), letters, result, late_s
        )
        config.passing("sealed")
        return replies

    def _without_crowd(self, letters: Iterable[IncomingMessage]) -> list[IncomingMessage]:
        """Return what is stored; strangers beyond those that it keeps leave no trace.

        They would not be set aside, but each change would have its entry in the audit log, and
        entries are for ever.
        """
        admitted: list[IncomingMessage] = []
        for letter in letters:
            if letter.is_quarantined:
                admitted.append(letter)
            elif isinstance(letter.found, DeviceRefusal):
                self.counts[letter.found.reason] += 1
        return admitted

    def _within_rates(
        self, opened: Sequence[IncomingMessage], now_s: float
    ) -> tuple[list[IncomingMessage], dict[int, float]]:
        """Return what is taken, and who handed in more than a device may send; the excess is left.

        Only here is it known who signed: a transfer may begin with what names another device. What
        is left is in no receipt, so it comes again.
        """
        letters: list[IncomingMessage] = []
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

    def _opened(self, handed: Sequence[_Handed]) -> list[IncomingMessage]:
        """Return the messages of some transfers, with whose signature each has."""
        split = [envelope.split(one.data) for one in handed]
        envelopes = [[envelope.read(data) for data in transfer.messages] for transfer in split]
        names = {one.key_name for some in envelopes for one in some if isinstance(one, Envelope)}
        known = self._known.keys(names)
        signed = [
            [self._signed(*one, known) for one in zip(transfer.messages, read, strict=True)]
            for transfer, read in zip(split, envelopes, strict=True)
        ]
        all_signed = [one for some in signed for one in some if isinstance(one, SignedMessage)]
        understood = iter(message_verification.understood_together(all_signed))
        letters: list[IncomingMessage] = []
        for caller, (delivery, transfer) in enumerate(zip(handed, split, strict=True)):
            for data, outcome in zip(transfer.messages, signed[caller], strict=True):
                letters.append(
                    IncomingMessage(caller, data, delivery.received_us, outcome, next(understood))
                    if isinstance(outcome, SignedMessage)
                    else self._strange(caller, data, delivery.received_us, outcome)
                )
            if transfer.rest is not None:
                rest = delivery.data[sum(map(len, transfer.messages)) :]
                letters.append(self._strange(caller, rest, delivery.received_us, transfer.rest))
        return letters

    def _signed(
        self, data: bytes, read: Envelope | DeviceRefusal, known: Keys
    ) -> SignedMessage | DeviceRefusal:
        if isinstance(read, DeviceRefusal):
            return read
        return message_verification.verify_envelope(data, read, known, self._config.means.verifier)

    def _strange(
        self, caller: int, data: bytes, received_us: int, refusal: DeviceRefusal
    ) -> IncomingMessage:
        """Return what no known device signed; only a limited amount of it is kept."""
        is_kept = self._strangers.take(received_us / US_PER_S) == 0
        return IncomingMessage(caller, data, received_us, None, refusal, is_kept)

    def _replies(
        self,
        count: int,
        letters: Iterable[IncomingMessage],
        result: ReceiveResult,
        late_s: Mapping[int, float],
    ) -> list[TransferReply]:
        refused: list[dict[DeviceRefusalReason, None]] = [{} for _ in range(count)]
        signed: list[dict[str, int]] = [{} for _ in range(count)]
        names: list[dict[str, bytes]] = [{} for _ in range(count)]
        for letter in letters:
            if isinstance(letter.found, DeviceRefusal):
                refused[letter.caller][letter.found.reason] = None
            if letter.signed is not None:
                device, of_caller = letter.signed.device, signed[letter.caller]
                of_caller[device] = of_caller.get(device, 0) + 1
                names[letter.caller][device] = letter.signed.key_name
        return [
            TransferReply(
                {one.device: self._sealed(one) for one in result.answers.get(caller, ())},
                tuple(refused[caller]),
                signed[caller],
                names[caller],
                late_s.get(caller, 0.0),
                caller in result.put_off,
                frozenset(one.device for one in result.answers.get(caller, ()) if one.is_heard),
            )
            for caller in range(count)
        ]

    def _sealed(self, answer: DeviceReply) -> bytes:
        to = envelope.down(answer.public_key)
        return b"".join(
            envelope.seal(messages.encode(downlink_message), self._config.signer, to)
            for downlink_message in answer.told
        )


def _weight(handed: _Handed) -> int:
    """Return about how many messages a transfer has: none is smaller than a sign of life."""
    return max(1, min(envelope.MESSAGES_PER_TRANSFER_MAX, len(handed.data) // 128))
