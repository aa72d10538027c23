"""Device commands: kept until the device has answered, or cannot any more.

A command goes with the next answer to the device, under a counter of that moment, and again after a
while until the device answers. A counter is never used twice, so one command may have had several;
an answer to any of them counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mesure.devices.message import cbor, downlink
from mesure.devices.message.downlink import Down, FixBurst
from mesure.devices.message.uplink import CommandOutcome
from mesure.instants import MAX_US, US_PER_DAY, US_PER_S
from mesure.store.interface.store import ReadTransaction, WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring, owner_of_unassigned
from mesure.store.values.faults import LostKeyError
from mesure.store.values.outgoing import Outgoing
from mesure.store.writing.audit_append import Salts

KIND: Final = "downlink"
AGAIN_US: Final = 60 * US_PER_S  # As long as an answer may take, before it is sent again.
SHOWN_AGAIN_US: Final = 7 * US_PER_DAY  # It is on the screen; whether it was read is open.
AT_ONCE_MAX: Final = 8  # In one answer.
OF_ALL_MAX: Final = 200  # Looked through for all devices together, before each is asked for.
COUNTERS_MAX: Final = 8  # Of one thing; an answer to an older one comes too late to be known.


@dataclass(frozen=True, slots=True)
class DeviceCommand:
    """A command for a device. `key` identifies it: one given twice is sent once."""

    key: str
    device: str
    what: Down
    person: str | None  # Whom it is about, and with whom it is erased.


def tell(
    work: WriteTransaction, keyring: Keyring, salts: Salts, telling: DeviceCommand, due_us: int
) -> bool:
    """Queue a command for a device; False where the same one was queued before."""
    owner = telling.person or owner_of_unassigned(telling.device)
    plain = cbor.encode([downlink.kind(telling.what), downlink.to_item(telling.what)])
    body = sealing.seal(keyring.key_of(owner), plain, seal_context(owner, telling.key), salts)
    return work.enqueue(
        Outgoing(KIND, telling.key, due_us, body, to=telling.device, person=telling.person)
    )


def due_commands(
    reading: ReadTransaction, devices: Iterable[str], now_us: int
) -> dict[str, list[Outgoing]]:
    """Return what is due for some devices, the longest due first.

    Usually little waits in all, and one question finds it.
    """
    distinct_devices = set(devices)
    due_rows = reading.due(KIND, now_us, OF_ALL_MAX)
    outgoing_by_device: dict[str, list[Outgoing]] = {}
    if len(due_rows) < OF_ALL_MAX:
        for outgoing in due_rows:
            if outgoing.to in distinct_devices:
                outgoing_by_device.setdefault(outgoing.to, []).append(outgoing)
    else:
        for device in distinct_devices:
            outgoing_by_device[device] = list(reading.due(KIND, now_us, AT_ONCE_MAX, to=device))
    return outgoing_by_device


def take_command(
    work: WriteTransaction, outgoing: Outgoing, keyring: Keyring, now_us: int
) -> Down | None:
    """Return what is to be sent now, if anything; what is past or of an erased person is dropped.

    Where a key is lost the command waits until the key is back; others are sent meanwhile.
    """
    try:
        what = open_command(outgoing, keyring, now_us)
    except LostKeyError:
        work.again(KIND, outgoing.key, now_us + AGAIN_US, _said(work, outgoing))
        return None
    if what is None:
        work.finish(KIND, outgoing.key, "past")
    return what


def open_command(outgoing: Outgoing, keyring: Keyring, now_us: int) -> Down | None:
    """Return what is to be sent; None where it is past, or its person was erased.

    Raises `LostKeyError` where it cannot be read now.
    """
    owner = outgoing.person or owner_of_unassigned(outgoing.to)
    key = keyring.find_key(owner)
    if key is None and keyring.is_erased(owner):
        return None
    item = cbor.decode(sealing.unseal(key, outgoing.body, seal_context(owner, outgoing.key)))
    assert isinstance(item, list), "what is to be told was written here"
    kind, content = item
    assert isinstance(kind, int), "what is to be told was written here"
    what = downlink.of_item(kind, content)
    return None if isinstance(what, FixBurst) and what.until_us <= now_us else what


def record_sent(work: WriteTransaction, outgoing: Outgoing, counter: int, now_us: int) -> None:
    """Store the counter under which a command is sent; it is sent again if no answer comes."""
    counters = [*_counters(_said(work, outgoing)), counter][-COUNTERS_MAX:]
    work.again(KIND, outgoing.key, now_us + AGAIN_US, " ".join(map(str, counters)))


def _said(work: WriteTransaction, outgoing: Outgoing) -> str:
    before = work.send_status(KIND, outgoing.key)
    return before.said if before else ""


def record_answer(
    work: WriteTransaction, device: str, to: int, outcome: CommandOutcome, now_us: int
) -> str | None:
    """Store the result of the command sent under a counter; return the key of that command."""
    for outgoing in work.due(KIND, MAX_US, OF_ALL_MAX, to=device):
        sent = work.send_status(KIND, outgoing.key)
        if sent is not None and to in _counters(sent.said):
            if outcome is CommandOutcome.SHOWN:
                work.again(KIND, outgoing.key, now_us + SHOWN_AGAIN_US, sent.said)
            else:
                work.finish(KIND, outgoing.key, outcome.name.lower())
            return outgoing.key
    return None


def _counters(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def seal_context(owner: str, key: str) -> bytes:
    """Return where a command belongs."""
    return sealing.seal_context("downlink", owner, key)
