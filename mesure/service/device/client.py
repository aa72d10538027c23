"""Reference client of device protocol 1: it signs, stores, forwards, and reads its commands.

Written to be read by makers of devices, and used for tests and pilots. A message is on disk, under
its counter, before it is sent; it is deleted only when the other side has kept it.
Protocol: docs/specs/device_protocol.md
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from mesure.devices.message import envelope, messages, public_keys, uplink
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.downlink import Down, Receipt
from mesure.devices.message.envelope import Envelope
from mesure.devices.message.messages import DownlinkMessage, UplinkMessage
from mesure.devices.message.uplink import CommandAnswer, CommandOutcome, Introduction, NewKey, Up
from mesure.machine.signatures import EnrolledKeyVerifier, SecretKey
from mesure.service.device import client_state as device_state
from mesure.service.device.client_state import (
    ClientFacts,
    ClientState,
    DeviceStateError,
    QueuedMessage,
)

TRIES_MAX: Final = 10  # Of a message, answered by receipts that don't name it.
_UNNAMED: Final = "named in no receipt"


class Transport(Protocol):
    """What takes messages to the other side."""

    def carry(self, messages: Sequence[QueuedMessage]) -> bytes | None:
        """Hand messages over and return what the other side says to it.

        None: nobody answers on this way, and all of them are kept for good. It raises where they
        can't be handed over; then they wait.
        """
        ...


@dataclass(frozen=True, slots=True)
class TransferResult:
    """What became of the messages that waited, after a transfer or after several."""

    kept: int
    set_aside: int
    waiting: int
    refused: tuple[DeviceRefusal, ...]  # Why some of what the device received is not believed.
    receipts: int = 0  # How many were believed.


def cannot(_told: Down) -> CommandOutcome:
    """Answer that nothing of the kind can be done here."""
    return CommandOutcome.CANNOT


class DeviceClient:
    """A device that was enrolled; `act` carries out commands, and returns the result."""

    def __init__(
        self,
        state: ClientState,
        now_us: Callable[[], int],
        act: Callable[[Down], CommandOutcome] = cannot,
    ) -> None:
        self._state, self._now_us, self._act = state, now_us, act

    @property
    def facts(self) -> ClientFacts:
        """Return who the device is and how far it has counted."""
        facts = self._state.facts()
        assert facts is not None, "a client has a device"
        return facts

    @property
    def waiting(self) -> int:
        """Return how many messages nobody has acknowledged yet."""
        return self._state.count_waiting()

    # --- Saying ---

    def say(self, payloads: Iterable[tuple[Up, int]]) -> int:
        """Sign and keep what is said, each with its time, all or none; return how many."""
        count = 0
        with self._state.transaction():
            for what, sent_us in payloads:
                self._say(what, sent_us)
                count += 1
        return count

    def _say(self, what: Up, sent_us: int) -> None:
        counter = self.facts.counter + 1
        signer = SecretKey.from_seed(self._state.seeds()[0])
        self._state.keep(counter, sign_message(what, counter, sent_us, signer))

    def change_key(self, seed: bytes, sent_us: int) -> None:
        """Announce another key, signed by both; it signs all that follows."""
        old, new = (SecretKey.from_seed(one) for one in (self._state.seeds()[0], seed))
        proof = new.sign(uplink.new_key_proof(old.key, new.key))
        with self._state.transaction():
            self._say(NewKey(new.key, proof), sent_us)
            self._state.add_seed(self.facts.counter + 1, seed)

    # --- Forwarding ---

    def forward(self, transport: Transport) -> TransferResult:
        """Hand over what waits now, oldest first, each once; what is not acknowledged waits on."""
        kept_count = aside = last = receipts = 0
        refused: list[DeviceRefusal] = []
        until = self.facts.counter  # What is answered on the way goes the next time.
        while batch := self._next(last, until):
            reply = transport.carry(batch)
            last = batch[-1].counter
            if reply is None:
                with self._state.transaction():
                    kept_count += sum(self._state.let_go(one.counter, one.counter) for one in batch)
                continue
            forwarded = self.hear(reply)
            kept_count, aside = kept_count + forwarded.kept, aside + forwarded.set_aside
            refused += forwarded.refused
            receipts += forwarded.receipts
            if forwarded.receipts:
                aside += self._set_aside_in_vain(batch)
        return TransferResult(kept_count, aside, self.waiting, tuple(refused), receipts)

    def _next(self, after: int, last: int) -> list[QueuedMessage]:
        """Return the messages of the next transfer."""
        batch, size = [], 0
        for waiting in self._state.next_messages(after, last, envelope.MESSAGES_PER_TRANSFER_MAX):
            size += len(waiting.message)
            if size > envelope.TRANSFER_BYTES_MAX:
                break
            batch.append(waiting)
        return batch

    def _set_aside_in_vain(self, batch: Sequence[QueuedMessage]) -> int:
        """Set aside what no receipt names, so that one odd message stops none behind it.

        A reply that is lost, or was not the installation's, is no try: what nobody answered waits
        for ever.
        """
        with self._state.transaction():
            vain = self._state.count_try([one.counter for one in batch], TRIES_MAX)
            return sum(self._state.set_aside(counter, _UNNAMED) for counter in vain)

    # --- Hearing ---

    def hear(self, reply: bytes) -> TransferResult:
        """Check, carry out and answer commands to the device; a forged receipt deletes nothing."""
        transfer = envelope.split(reply)
        kept_count = aside = receipts = 0
        refused = [] if transfer.rest is None else [transfer.rest]
        for data in transfer.messages:
            with self._state.transaction():
                downlink_message = self._believed(data)
                if isinstance(downlink_message, DeviceRefusal):
                    refused.append(downlink_message)
                    continue
                self._state.record_command_counter(downlink_message.counter)
                if isinstance(downlink_message.what, Receipt):
                    receipts += 1
                    kept_count += sum(
                        self._state.let_go(*span) for span in downlink_message.what.kept
                    )
                    aside += sum(
                        self._state.set_aside(*span) for span in downlink_message.what.refused
                    )
                else:
                    self._say(
                        CommandAnswer(downlink_message.counter, self._act(downlink_message.what)),
                        self._now_us(),
                    )
        return TransferResult(kept_count, aside, self.waiting, tuple(refused), receipts)

    def _believed(self, data: bytes) -> DownlinkMessage | DeviceRefusal:
        facts, read = self.facts, envelope.read(data)
        if isinstance(read, DeviceRefusal):
            return read
        if facts.server is None or read.key_name != public_keys.name(facts.server):
            return DeviceRefusal(
                DeviceRefusalReason.UNKNOWN_KEY, "it is not signed by the installation's key"
            )
        if not self._is_for_me(read, facts.server):
            return DeviceRefusal(
                DeviceRefusalReason.FORGED, "the installation did not sign this for this device"
            )
        downlink_message = messages.read_downlink(read.payload)
        if (
            not isinstance(downlink_message, DeviceRefusal)
            and downlink_message.counter <= facts.heard
        ):
            return DeviceRefusal(
                DeviceRefusalReason.COUNTER_SPENT,
                f"counter {downlink_message.counter} was heard before",
            )
        return downlink_message

    def _is_for_me(self, read: Envelope, server: bytes) -> bool:
        """Tell whether it is for one of the device's keys: new ones may not be known there yet."""
        return any(
            envelope.is_from(
                read, server, envelope.down(SecretKey.from_seed(seed).key), EnrolledKeyVerifier()
            )
            for seed in self._state.seeds()
        )


def sign_message(what: Up, counter: int, sent_us: int, signer: SecretKey) -> bytes:
    """Return a signed message."""
    return envelope.seal(
        messages.encode(UplinkMessage(counter, sent_us, what)), signer, envelope.UP
    )


def enrol(
    folder: Path, introduction: tuple[str, str, str], server: bytes | None, seed: bytes, now_us: int
) -> bytes:
    """Write down a new device in a folder and return the message with which it introduces itself.

    `introduction` is its name, its class and the code that an officer gave out. A folder in which a
    device is written down already is refused: its key would be lost.
    """
    name, device_class, code = introduction
    with device_state.create(folder) as state, state.transaction():
        if state.facts() is not None:
            what, why = "there is a device here already", "its key would be lost"
            raise DeviceStateError(folder, what, why, "name another folder with --out")
        state.begin(name, device_class, server, seed)
    signer = SecretKey.from_seed(seed)
    return sign_message(Introduction(name, device_class, signer.key, code), 1, now_us, signer)
