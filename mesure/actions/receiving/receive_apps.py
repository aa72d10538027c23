"""Receiving from apps of a pilot: kept like what is signed, and marked *unsigned*.

These apps send their oldest record until somebody takes it. So what an enrolled phone sends is
kept, or set aside with its reason, and answered as taken; only strangers are turned away.
Decision: docs/decisions/0030-receiving.md
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from mesure.actions.devices import device_commands
from mesure.actions.limits.group_requests import QueueBounds, RequestBatcher
from mesure.actions.limits.token_buckets import TokenBucket
from mesure.actions.receiving import message_ownership
from mesure.actions.receiving.receipt_transaction import (
    QUARANTINE,
    STRANGERS_BYTES_MAX,
    ReceiverDependencies,
    printable,
)
from mesure.actions.receiving.receive_messages import STRANGERS, THREADS, ReceiverConfig
from mesure.actions.records import app_records
from mesure.actions.records.app_records import PILOT, AppFamily, UnsignedApp
from mesure.actions.records.record_types import RegisterReader, Stored
from mesure.actions.refusals import unavailable
from mesure.actions.refusals.unavailable import StoreUnavailableError
from mesure.audit import commitments
from mesure.audit.commitments import Value
from mesure.devices import device_state, health
from mesure.devices.device_state import DeviceState
from mesure.devices.message.device_refusal import DeviceRefusalReason
from mesure.devices.message.downlink import Configuration, Down, FixBurst
from mesure.devices.message.packed import I64
from mesure.devices.message.uplink import UplinkEvent
from mesure.instants import US_PER_S
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import bounds
from mesure.store.values.faults import LostKeyError, StoreError
from mesure.store.values.records import PUT_OFF, AppendOutcome, ReceivedMessage, RefusedMessage

UNSIGNED: Final = "unsigned"  # The programme's key by which the same bytes are recognised.
PILOTS_MAX: Final = 100_000  # Remembered.
NOT_ENROLLED: Final = "not_enrolled"
KEY_BACK: Final = "key_back"  # How many messages waited for a key, and are done with.
WAITING_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class UnsignedAppMessage:
    """What one piece of a request says, of one enrolled phone; or of nobody who is enrolled."""

    pilot: Stored[UnsignedApp] | None
    form: str
    data: bytes  # What is kept, so that it reads again.
    times_us: I64  # When the things that it reports were.
    is_kept: bool  # Whether anything in it can be used.
    faults: tuple[str, ...] = ()  # Why something in it cannot.
    claimed: str = ""
    how: tuple[UplinkEvent, ...] = ()  # How the phone is: battery and charger.
    fix_us: int | None = None  # Its latest fix; None: there is none in it.
    occasion: bytes = b""  # Which of several with the same data it is, where they count apart.


@dataclass(frozen=True, slots=True)
class WaitingAppMessage:
    """What a phone sent while its carrier's key was lost, as it is set aside."""

    number: int
    refused: RefusedMessage
    data: bytes  # Opened.


@dataclass(frozen=True, slots=True)
class _Handed:
    letters: tuple[UnsignedAppMessage, ...]
    received_us: int
    comes_again: bool


class StaleEnrolmentError(Exception):
    """The phone is enrolled otherwise meanwhile; ask anew."""


class UnsignedAppReceiver:
    """Takes what phones send, from many callers at once; one for each process."""

    def __init__(self, config: ReceiverConfig, bounds: QueueBounds | None = None) -> None:
        self._config = config
        self._known: dict[str, Stored[UnsignedApp]] = {}
        self._strangers = TokenBucket(STRANGERS)
        self._pool = ThreadPoolExecutor(THREADS, "receiving pilots")
        self._batching: RequestBatcher[_Handed, tuple[Down, ...] | None] = RequestBatcher(
            self._take,
            lambda handed: len(handed.letters),
            bounds or QueueBounds(),
            lambda fault: isinstance(fault, StoreError),
        )
        self.counts: Counter[str] = Counter()  # Since the start.

    @property
    def now_us(self) -> int:
        """Return what time it is here."""
        return self._config.now_us()

    # --- Who it is -----------------------------------------------------------------------------

    async def find_app(self, family: AppFamily, claimed: str) -> Stored[UnsignedApp] | None:
        """Return how a phone is enrolled that calls itself so, if one is."""
        if not claimed:
            return None
        name = app_records.lookup_key(self._config.means.keyring, family, claimed)
        if name not in self._known:
            loop = asyncio.get_running_loop()
            with unavailable.convert_errors():
                pilot = await loop.run_in_executor(self._pool, self._looked_up, name)
            if pilot is None:
                return None
            if len(self._known) >= PILOTS_MAX:
                self._known = {}
            self._known[name] = pilot
        return self._known[name]

    def _looked_up(self, name: str) -> Stored[UnsignedApp] | None:
        with self._config.store.read() as reading:
            rows = RegisterReader(reading, self._config.means.keyring)
            return next(iter(rows.find(PILOT, "found_by", name)), None)

    def _forget(self, letters: Iterable[UnsignedAppMessage]) -> None:
        for letter in letters:
            if letter.pilot is not None:
                self._known.pop(letter.pilot.value.found_by, None)

    # --- Handing in ----------------------------------------------------------------------------

    async def hand_in(
        self, letters: Sequence[UnsignedAppMessage], address: str, *, comes_again: bool = True
    ) -> tuple[Down, ...]:
        """Return the answer to the phone, once what it sent is on the disk.

        Raises `StaleEnrolmentError` where it is enrolled otherwise by now, `BusyError` where too
        much waits, and `StoreUnavailableError` where nothing could be kept, also where the key of
        the phone's carrier is lost. `comes_again`: whether the phone sends again then;
        otherwise it is set aside.
        """
        self._config.passing("handed_in")
        accepted_letters = tuple(
            letter for letter in letters if letter.pilot is not None or self._is_quarantined()
        )
        if not accepted_letters:
            self.counts[NOT_ENROLLED] += len(letters)
            return ()
        pilot = accepted_letters[0].pilot
        source = f"{address} {'' if pilot is None else pilot.id}"
        try:
            with unavailable.convert_errors():
                handed = _Handed(accepted_letters, self._config.now_us(), comes_again)
                downlinks = await self._batching.hand_in(source, handed)
        except StaleEnrolmentError:
            self._forget(letters)
            raise
        if downlinks is None:
            raise StoreUnavailableError(sealing.NO_KEY)
        return downlinks

    async def tell(self, pilot: Stored[UnsignedApp]) -> tuple[Down, ...]:
        """Return what waits for a phone and is due; it is sent once, for phones do not answer."""
        config, now_us = self._config, self._config.now_us()
        change = lambda work: _Change(work, config.means, now_us).commands_for(pilot.value)  # noqa: E731
        with unavailable.convert_errors():
            return tuple(await asyncio.wrap_future(config.store.submit(change)))

    def _is_quarantined(self) -> bool:
        return self._strangers.take(self._config.now_us() / US_PER_S) == 0

    # --- What waits for a key ------------------------------------------------------------------

    def list_waiting(self, after: int) -> tuple[WaitingAppMessage, ...]:
        """Return, opened, what is set aside because a key was lost; what follows this number.

        Raises `LostKeyError` where the programme's own key is lost too.
        """
        key = self._config.means.keyring.programme_key(QUARANTINE)
        with self._config.store.read() as reading:
            rows = reading.quarantine_for(PUT_OFF, after, WAITING_AT_ONCE)
        return tuple(
            WaitingAppMessage(
                row.number,
                row.refused,
                sealing.unseal(
                    key,
                    row.refused.body,
                    sealing.seal_context(QUARANTINE, row.refused.form, row.refused.digest),
                ),
            )
            for row in rows
        )

    def receive_again(self, waiting: Sequence[tuple[WaitingAppMessage, I64]]) -> int:
        """Keep what waited for a key that is here again, and return how much it was.

        Each comes with the times of what it reports. What still waits stays as it is.
        """

        def change(work: WriteTransaction) -> Counter[str]:
            taking = _Change(work, self._config.means, self._config.now_us())
            for message, times_us in waiting:
                taking.hear_again(message, times_us)
            taking.keep()
            return taking.counts

        counts = self._config.store.write(change)
        self.counts.update(counts)
        return counts[KEY_BACK]

    async def close(self) -> None:
        """Answer the callers that wait, and end."""
        await self._batching.drain()
        self._pool.shutdown()

    async def _take(self, handed: Sequence[_Handed]) -> list[tuple[Down, ...] | None]:
        config = self._config
        now_us = config.now_us()

        def change(work: WriteTransaction) -> tuple[list[tuple[Down, ...] | None], Counter[str]]:
            taking = _Change(work, config.means, now_us)
            downlinks = [taking.hear(one) for one in handed]
            taking.keep()
            config.passing("changed")
            return downlinks, taking.counts

        downlinks, counts = await asyncio.wrap_future(config.store.submit(change))
        config.passing("committed")
        self.counts.update(counts)
        return downlinks


class _Change:
    """One change while it is made."""

    def __init__(self, work: WriteTransaction, means: ReceiverDependencies, now_us: int) -> None:
        self._work, self._means, self._now_us = work, means, now_us
        self._sealing = message_ownership.MessageSealer(means.keyring, means.salts)
        self._digests: list[bytes] = []
        self._standings: dict[str, DeviceState] = {}
        self.counts: Counter[str] = Counter()

    def hear(self, handed: _Handed) -> tuple[Down, ...] | None:
        """Store what was handed in, and return the answer to the phone; None: it comes again.

        A request with nothing new gets no command: it may be a copy that somebody else has.
        """
        try:
            return self._heard(handed)
        except LostKeyError:
            self.counts[PUT_OFF] += 1
            return None

    def _heard(self, handed: _Handed) -> tuple[Down, ...]:
        devices: set[str] = set()
        new: dict[str, UnsignedApp] = {}
        for letter in handed.letters:
            pilot = letter.pilot
            if pilot is None:
                self._refuse(letter, NOT_ENROLLED, handed.received_us)
                continue
            if pilot.id not in devices:
                self._check(pilot)
                devices.add(pilot.id)
            for fault in letter.faults:
                self._refuse(letter, fault, handed.received_us)
            if letter.is_kept and self._keep(letter, pilot.id, handed):
                new[pilot.id] = pilot.value
                self._remember(letter, pilot.id, handed.received_us)
        return tuple(down for one in new.values() for down in self.commands_for(one))

    def _check(self, pilot: Stored[UnsignedApp]) -> None:
        entry = self._work.entry(PILOT.name, pilot.id)
        if entry is None or entry.revision != pilot.revision:
            raise StaleEnrolmentError(pilot.id)

    def hear_again(self, waiting: WaitingAppMessage, times_us: I64) -> None:
        """Keep what waited for a key; where the key is still lost it waits on.

        It is received once more: the log of its person has gone on since.
        """
        refused = waiting.refused
        letter = UnsignedAppMessage(
            None, refused.form, waiting.data, times_us, True, claimed=refused.claimed
        )
        try:
            if self._append(letter, refused.claimed, refused.received_us):
                self._remember(letter, refused.claimed, refused.received_us)
        except LostKeyError:
            return
        self._work.unrefuse(waiting.number)
        self.counts[KEY_BACK] += 1

    def _keep(self, letter: UnsignedAppMessage, device: str, handed: _Handed) -> bool:
        """Keep what a phone sent, or set it aside where a key is lost and it never comes again.

        Tells whether it was not kept before.
        """
        try:
            return self._append(letter, device, handed.received_us)
        except LostKeyError:
            if handed.comes_again:
                raise
            self._refuse(letter, PUT_OFF, handed.received_us)
            return False

    def _append(self, letter: UnsignedAppMessage, device: str, received_us: int) -> bool:
        """Keep what a phone sent, and tell whether it was not kept before."""
        same = letter.data + letter.occasion
        digest = sealing.digest(self._means.keyring.programme_key(UNSIGNED), same)
        carried = message_ownership.carriers(self._work, self._means.keyring, [device])[device]
        parts = message_ownership.of_times(carried, device, letter.times_us, received_us)
        if self._sealing.has_erased(parts):
            self._refuse(letter, DeviceRefusalReason.ERASED, received_us, has_body=False)
            return False
        sealed = self._sealing.seal(letter.data, parts, device, digest)
        received = ReceivedMessage(device, None, letter.form, received_us, digest, sealed)
        [appended] = self._work.append([received])
        if appended.outcome is AppendOutcome.AGAIN:
            self.counts["again"] += 1
            return False
        self.counts["kept"] += 1
        self._digests.append(digest)
        if any(part.person is None for part in parts):
            self.counts[DeviceRefusalReason.NO_ORDER_IN_FORCE] += 1
        return True

    def _remember(self, letter: UnsignedAppMessage, device: str, received_us: int) -> None:
        """Remember the phone's last report and its state, as of a device that signs."""
        known = self._standings.get(device)
        if known is None:
            packed_state = self._work.standings([device]).get(device)
            known = DeviceState() if packed_state is None else device_state.unpack(packed_state)
        health_ = health.hear_unsigned(known.health, letter.how, letter.fix_us, received_us)
        self._standings[device] = known._replace(health=health_)

    def _refuse(
        self, letter: UnsignedAppMessage, reason: str, received_us: int, *, has_body: bool = True
    ) -> None:
        keyring, salts = self._means.keyring, self._means.salts
        digest = sealing.digest(keyring.programme_key(UNSIGNED), letter.data)
        body = letter.data if letter.pilot else letter.data[:STRANGERS_BYTES_MAX]
        bound = sealing.seal_context(QUARANTINE, letter.form, digest)
        key = keyring.programme_key(QUARANTINE)
        claimed = letter.pilot.id if letter.pilot else printable(letter.claimed)
        self._work.refuse(
            RefusedMessage(
                letter.form,
                claimed[: bounds.NAME_CHARS_MAX],
                reason,
                "",
                received_us,
                digest,
                sealing.seal(key, body if has_body else b"", bound, salts),
            )
        )
        self.counts[reason] += 1

    def commands_for(self, pilot: UnsignedApp) -> list[Down]:
        """Return what waits for a phone; there is no answer to wait for, so it is sent once."""
        downlinks: list[Down] = []
        waiting = device_commands.due_commands(self._work, [pilot.device], self._now_us)
        for outgoing in waiting.get(pilot.device, [])[: device_commands.AT_ONCE_MAX]:
            keyring, now_us = self._means.keyring, self._now_us
            what = device_commands.take_command(self._work, outgoing, keyring, now_us)
            if what is None:
                continue
            if pilot.family is AppFamily.OWNTRACKS and isinstance(what, FixBurst | Configuration):
                downlinks.append(what)
                self._work.finish(device_commands.KIND, outgoing.key, "told")
            else:
                self._work.finish(device_commands.KIND, outgoing.key, "cannot")
        return downlinks

    def keep(self) -> None:
        """Enter in the audit log how much came, and of which bytes; keep how the phones are."""
        if self._standings:
            packed = {one: device_state.pack(known) for one, known in self._standings.items()}
            self._work.keep_standings(packed)
        if self.counts.total() == self.counts["again"] + self.counts[PUT_OFF]:
            return
        record: dict[str, Value] = {
            "action": "receive_unsigned",
            "at_us": self._now_us,
            "counts": {str(name): count for name, count in self.counts.items()},
            "digest": hashlib.sha256(b"".join(self._digests)).hexdigest(),
        }
        self._work.record([commitments.canonical(record)])
