"""Receipt transaction: signed messages are verified, assigned, sealed and numbered in one step.

It reads everything that it decides on within the change, so two processes that take from one device
at once agree. What was kept before is acknowledged again; what is refused is set aside with its
reason; the audit log says how much came and what was odd about it, and not whose it was.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from mesure.actions.devices import device_commands
from mesure.actions.receiving import message_ownership
from mesure.audit import commitments
from mesure.devices import device_state, enrolment, message_verification, signed_form
from mesure.devices.clocks import ClockLimits
from mesure.devices.counters import CounterTurn
from mesure.devices.device_state import DeviceState
from mesure.devices.message import downlink, public_keys
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.downlink import Down, Receipt
from mesure.devices.message.messages import DownlinkMessage
from mesure.devices.message.public_keys import MessageVerifier
from mesure.devices.message.uplink import CommandAnswer, NewKey
from mesure.devices.message_verification import AcceptedMessage, SignedMessage, VerifiedMessage
from mesure.devices.signed_form import FORM
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.values.faults import LostKeyError
from mesure.store.values.outgoing import Outgoing
from mesure.store.values.records import PUT_OFF, AppendOutcome, ReceivedMessage, RefusedMessage
from mesure.store.writing.audit_append import Salts

QUARANTINE: Final = "quarantine"  # The programme's key that seals what was refused.
STRANGERS_BYTES_MAX: Final = 1_024  # Kept of a message that no known device signed.
NOTED_MAX: Final = 64  # In one entry of the audit log.

_NOBODY: Final[Mapping[str, bytes]] = {}


@dataclass(frozen=True, slots=True)
class ReceiverDependencies:
    """What receiving needs besides a store; the same for every change."""

    keyring: Keyring
    verifier: MessageVerifier
    limits: ClockLimits
    salts: Salts


class IncomingMessage(NamedTuple):
    """A message that was handed in, as far as it can be known before the change."""

    caller: int  # Which of those who share the change handed it in.
    data: bytes
    received_us: int
    signed: SignedMessage | None  # None: no known device signed it.
    found: VerifiedMessage | DeviceRefusal
    is_quarantined: bool = True  # Whether it is set aside if it is refused.


class DeviceReply(NamedTuple):
    """The answer to one device that handed in something: the receipt, and what waited for it."""

    device: str
    public_key: bytes
    told: tuple[DownlinkMessage, ...]
    is_heard: bool = False  # It said something new just now, and is in service.


@dataclass(frozen=True, slots=True)
class ReceiveResult:
    """What became of a change, for each caller and in all."""

    answers: dict[int, tuple[DeviceReply, ...]]
    counts: Counter[str]  # Kept, again, and refused or odd by reason.
    put_off: frozenset[int] = frozenset()  # Callers of whom something waits for a key.


@dataclass(slots=True)
class _Named:
    """What the receipt of one device in one transfer names."""

    kept: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    is_new: bool = False  # Something in it was not kept before.


def take(
    work: WriteTransaction,
    letters: Sequence[IncomingMessage],
    means: ReceiverDependencies,
    now_us: int,
) -> ReceiveResult:
    """Store what is accepted, and return the answer to each device."""
    change = _Change(work, letters, means, now_us)
    for letter in letters:
        change.hear(letter)
    return change.keep()


def hand_out(
    work: WriteTransaction, keys_of: Mapping[str, bytes], means: ReceiverDependencies, now_us: int
) -> tuple[DeviceReply, ...]:
    """Return what waits for some devices, each known by the name of a key, and is due."""
    change = _Change(work, (), means, now_us, keys_of)
    return change.hand_out(keys_of)


class _Change:
    """One change while it is made."""

    def __init__(
        self,
        work: WriteTransaction,
        letters: Sequence[IncomingMessage],
        means: ReceiverDependencies,
        now_us: int,
        keys_of: Mapping[str, bytes] = _NOBODY,
    ) -> None:
        self._work, self._means, self._now_us = work, means, now_us
        signed = [letter.signed for letter in letters if letter.signed is not None]
        verified_messages = [
            letter.found for letter in letters if isinstance(letter.found, VerifiedMessage)
        ]
        devices = {*keys_of, *(one.device for one in signed)}
        names = {*keys_of.values(), *(one.key_name for one in signed)}
        self._enrolled = work.enrolments_with_keys(names) if names else {}
        self._keys = enrolment.by_key_name(self._enrolled)
        packed_states = work.standings(devices) if devices else {}
        self._standings = {
            device: device_state.unpack(packed_states[device])
            if device in packed_states
            else DeviceState()
            for device in devices
        }
        self._carried = message_ownership.carriers(work, means.keyring, devices) if devices else {}
        counted = [(one.device, one.said.counter) for one in verified_messages]
        self._digests = work.digests(counted) if counted else {}
        self._sealing = message_ownership.MessageSealer(means.keyring, means.salts)
        self._sealing.expect({one.person for some in self._carried.values() for one in some})
        self._named: dict[tuple[int, str], _Named] = {}
        self._received: list[ReceivedMessage] = []
        self._refused: list[RefusedMessage] = []
        self._noted: list[list[str]] = []
        self._counts: Counter[str] = Counter()
        self._put_off: set[tuple[int, str]] = set()

    # --- One message -------------------------------------------------------------------------

    def hear(self, letter: IncomingMessage) -> None:
        """Believe a message, or refuse it with its reason."""
        if letter.signed is not None:
            self._named.setdefault((letter.caller, letter.signed.device), _Named())
        refusal = self._heard(letter)
        if refusal is None:
            return
        self._counts[refusal.reason] += 1
        if letter.is_quarantined:
            self._refused.append(self._beside(letter, refusal))

    def _heard(self, letter: IncomingMessage) -> DeviceRefusal | None:
        signed, verification = letter.signed, letter.found
        if signed is None or isinstance(verification, DeviceRefusal):
            assert isinstance(verification, DeviceRefusal), "what nobody signed is not verified"
            return verification
        current = self._keys[signed.key_name][1]
        verified = message_verification.in_force(current, verification)
        if isinstance(verified, DeviceRefusal):
            return verified
        named = self._named[(letter.caller, signed.device)]
        counter, received = verified.said.counter, len(self._received)
        try:
            refusal = self._believed(letter, verified)
        except LostKeyError:  # Nothing was done yet. The device keeps it, and sends it again.
            self._put_off.add((letter.caller, signed.device))
            self._counts[PUT_OFF] += 1
            return None
        if refusal is None:
            named.kept.append(counter)
            named.is_new = named.is_new or len(self._received) > received
        else:
            named.refused[counter] = refusal.reason
        return refusal

    def _believed(self, letter: IncomingMessage, verified: VerifiedMessage) -> DeviceRefusal | None:
        device, content = verified.device, verified.said
        known_digest = self._digests.get((device, content.counter))
        carried = self._carried.get(device, ())
        believed = message_verification.believe(
            verified,
            self._standings[device],
            known_digest,
            letter.received_us,
            self._means.limits,
            carried,
        )
        if isinstance(believed, DeviceRefusal):
            return believed
        if believed.turn is CounterTurn.AGAIN:
            self._counts["again"] += 1
            return None
        belongs = message_ownership.of_message(verified, believed, carried, letter.received_us)
        if self._sealing.has_erased(belongs):
            return DeviceRefusal(
                DeviceRefusalReason.ERASED, "everything about this person was erased"
            )
        refusal = self._acted(verified)
        if refusal is None:
            self._count(verified, believed)
            self._standings[device] = believed.standing
            self._digests[(device, content.counter)] = verified.digest
            parts = self._sealing.seal(letter.data, belongs, device, content.counter)
            came = device, content.counter, signed_form.of(believed.ahead_us), letter.received_us
            self._received.append(ReceivedMessage(*came, verified.digest, parts))
        return refusal

    def _acted(self, verified: VerifiedMessage) -> DeviceRefusal | None:
        """Do what a message asks for besides being kept."""
        what = verified.said.what
        if isinstance(what, NewKey):
            return self._rotated(verified, what)
        if isinstance(what, CommandAnswer):
            to = (verified.device, what.to, what.outcome)
            is_in_service = self._enrolled[verified.device].is_in_service
            if (
                not is_in_service
                or device_commands.record_answer(self._work, *to, self._now_us) is None
            ):
                self._counts["answer_to_nothing"] += 1
        return None

    def _rotated(self, verified: VerifiedMessage, new: NewKey) -> DeviceRefusal | None:
        """Make another key the device's from the next counter on."""
        name = public_keys.name(new.public_key)
        others = self._work.enrolments_with_keys([name])
        rotated = enrolment.rotate(
            {**others, **self._enrolled},
            verified.device,
            new,
            verified.said.counter,
            self._means.verifier,
        )
        if isinstance(rotated, DeviceRefusal):
            return rotated
        self._work.keep_enrolment(rotated)
        self._enrolled = {**self._enrolled, verified.device: rotated}
        self._keys = enrolment.by_key_name(self._enrolled)
        self._counts["new_key"] += 1
        return None

    def _count(self, verified: VerifiedMessage, believed: AcceptedMessage) -> None:
        self._counts["kept"] += 1
        what = verified.said.what
        if isinstance(what, FixBatch):
            self._counts["fixes"] += len(what)
        if believed.unassigned is not None:
            self._counts[believed.unassigned.reason] += 1
        for note in believed.notes:
            self._counts[note.oddity] += 1
            self._noted.append([verified.digest.hex(), note.oddity.value, str(note.by_us)])

    def _beside(self, letter: IncomingMessage, refusal: DeviceRefusal) -> RefusedMessage:
        digest = hashlib.sha256(letter.data).digest()
        body = letter.data if letter.signed else letter.data[:STRANGERS_BYTES_MAX]
        if refusal.reason is DeviceRefusalReason.ERASED:
            body = b""  # Nothing about them is kept again, under whatever key.
        bound = sealing.seal_context(QUARANTINE, FORM, digest)
        key = self._means.keyring.programme_key(QUARANTINE)
        return RefusedMessage(
            FORM,
            letter.signed.device if letter.signed else "",
            refusal.reason,
            printable(refusal.said),
            letter.received_us,
            digest,
            sealing.seal(key, body, bound, self._means.salts),
        )

    # --- All of them -------------------------------------------------------------------------

    def keep(self) -> ReceiveResult:
        """Store all of it, and return the answer to each device."""
        work = self._work
        appended = work.append(self._received) if self._received else ()
        assert all(one.outcome is AppendOutcome.KEPT for one in appended), "known before"
        for refused in self._refused:
            work.refuse(refused)
        answers = self._answers()
        self._keep_standings(self._standings)
        if self._received or self._counts.total() > self._counts["again"] + self._counts[PUT_OFF]:
            work.record([self._record()])
        callers = frozenset(caller for caller, _ in self._put_off)
        return ReceiveResult(answers, self._counts, callers)

    def hand_out(self, devices: Iterable[str]) -> tuple[DeviceReply, ...]:
        """Return what waits for some devices, for those that have anything waiting."""
        waiting = device_commands.due_commands(self._work, devices, self._now_us)
        answers: list[DeviceReply] = []
        for device, outgoing_rows in waiting.items():
            if device not in self._enrolled or not self._enrolled[device].is_in_service:
                continue  # It is no longer known by this key, so nothing can be sent to it.
            downlink_messages = [
                downlink_message
                for outgoing in outgoing_rows[: device_commands.AT_ONCE_MAX]
                for downlink_message in self._handed_out(outgoing)
            ]
            if downlink_messages:
                public_key = self._enrolled[device].keys[-1].public_key
                answers.append(DeviceReply(device, public_key, tuple(downlink_messages)))
        self._keep_standings(one.device for one in answers)
        return tuple(answers)

    def _keep_standings(self, devices: Iterable[str]) -> None:
        packed = {one: device_state.pack(self._standings[one]) for one in devices}
        if packed:
            self._work.keep_standings(packed)

    def _answers(self) -> dict[int, tuple[DeviceReply, ...]]:
        """Return the answer to each device, under counters that only rise.

        What waits goes only to a device that says something new: an old message may be a copy, and
        its sender would fetch what waits, and keep it from the device.
        """
        new = {name for name, named in self._named.items() if named.is_new}
        devices = {device for _, device in new if self._enrolled[device].is_in_service}
        waiting = device_commands.due_commands(self._work, devices, self._now_us) if devices else {}
        answers_by_caller: dict[int, tuple[DeviceReply, ...]] = {}
        for (caller, device), named in self._named.items():
            if (caller, device) in self._put_off:
                continue  # A receipt without it would have the device set it aside.
            downlink_messages = [self._told(device, receipt(named.kept, named.refused))]
            is_heard = named.is_new and device in devices
            for outgoing in (
                waiting.pop(device, [])[: device_commands.AT_ONCE_MAX] if is_heard else ()
            ):
                downlink_messages += self._handed_out(outgoing)
            public_key = self._enrolled[device].keys[-1].public_key
            answer = DeviceReply(device, public_key, tuple(downlink_messages), is_heard)
            answers_by_caller[caller] = (*answers_by_caller.get(caller, ()), answer)
        return answers_by_caller

    def _handed_out(self, outgoing: Outgoing) -> list[DownlinkMessage]:
        keyring, now_us = self._means.keyring, self._now_us
        what = device_commands.take_command(self._work, outgoing, keyring, now_us)
        if what is None:
            return []
        downlink_message = self._told(outgoing.to, what)
        device_commands.record_sent(self._work, outgoing, downlink_message.counter, self._now_us)
        return [downlink_message]

    def _told(self, device: str, what: Down) -> DownlinkMessage:
        known = self._standings[device]
        self._standings[device] = known._replace(told=known.told + 1)
        return DownlinkMessage(known.told + 1, self._now_us, what)

    def _record(self) -> bytes:
        """Return what the audit log has of this: how much, which bytes, and what was odd."""
        digests = hashlib.sha256()
        for message in self._received:
            digests.update(message.digest)
        return commitments.canonical(
            {
                "action": "receive",
                "at_us": self._now_us,
                "counts": {str(name): count for name, count in self._counts.items()},
                "digest": digests.hexdigest(),
                "noted": self._noted[:NOTED_MAX],
            }
        )


def receipt(counters: Sequence[int], refused: Mapping[int, str]) -> Receipt:
    """Return the receipt of a transfer; a counter under which something is kept is kept.

    >>> receipt([2], {2: "counter_reused", 3: "erased"})
    Receipt(kept=((2, 2),), refused=((3, 'erased'),))
    """
    return downlink.receipt(counters, {one: refused[one] for one in refused if one not in counters})


def printable(text: str) -> str:
    """Return a sentence as a store takes it: what cannot be printed is left out."""
    return "".join(sign for sign in text if sign.isprintable()) or "-"
