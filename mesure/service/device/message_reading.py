"""Message reading: a folder of signed messages, verified and read back, with every refusal.

It is what a server will do, without a store: signatures, keys one after the other, once is once,
gaps. There is no receipt to hold a clock against, and nobody is assigned.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mesure.devices import enrolment, message_verification
from mesure.devices.clocks import ClockLimits, ClockNote
from mesure.devices.counters import CounterGap, CounterTurn
from mesure.devices.device_state import DeviceState
from mesure.devices.enrolment import Enrolment
from mesure.devices.message.batch import NOT_KNOWN, FixBatch, ReportedProvider
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.envelope import MESSAGE_BYTES_MAX
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.public_keys import KEY_BYTES
from mesure.devices.message.uplink import Introduction, NewKey
from mesure.formats.columns.file_faults import excerpt
from mesure.instants import US_PER_S, to_datetime
from mesure.machine import file_loading
from mesure.machine.signatures import EnrolledKeyVerifier
from mesure.service.device import message_json as device_json
from mesure.service.device.client_state import DeviceStateError
from mesure.service.device.message_folder import SUFFIX

ANYBODY: Final = "the device with this key"
INTRODUCTION: Final = f"introduction{SUFFIX}"
_NEEDED: Final = "what it says is missing without it"
_HEAD: Final = "time,lat,lon,accuracy_m,speed_mps,provider,motion,beacon,recv_time"
_WORDS: Final = {
    ReportedProvider.GNSS: "gps",
    ReportedProvider.WIFI: "wifi",
    ReportedProvider.CELL: "cell",
    ReportedProvider.NETWORK: "network",
}


@dataclass(frozen=True, slots=True)
class MessageFileResult:
    """What one file says, with what is odd about its times; or why it is refused."""

    file: str
    found: UplinkMessage | DeviceRefusal
    notes: tuple[ClockNote, ...] = ()
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class FolderReading:
    """What a folder says, file by file, and which counters are missing."""

    device: str
    heard: tuple[MessageFileResult, ...]
    missing: tuple[CounterGap, ...]

    @property
    def refused(self) -> int:
        """Return how many files are refused."""
        return sum(isinstance(one.found, DeviceRefusal) for one in self.heard)

    def batches(self) -> Iterator[tuple[FixBatch, int]]:
        """Yield the fixes of each message once, with when it was sent."""
        for message in self.heard:
            outcome = message.found
            if (
                isinstance(outcome, UplinkMessage)
                and isinstance(outcome.what, FixBatch)
                and not message.is_again
            ):
                yield outcome.what, outcome.sent_us


def who(key: str) -> Enrolment:
    """Return whose messages are read: by a public key in 64 digits, or a file of introduction."""
    try:
        public_key = bytes.fromhex(key)
    except ValueError:
        public_key = b""
    path = Path(key)
    if len(public_key) == KEY_BYTES:
        return _enrolled(path, Introduction(ANYBODY, "", public_key, ""))
    data = file_loading.read_file(path, "whose messages these are is not known", MESSAGE_BYTES_MAX)
    introduced = message_verification.introduce(data, EnrolledKeyVerifier())
    if isinstance(introduced, DeviceRefusal):
        raise _unknown(path, introduced)
    return _enrolled(path, introduced)


def _enrolled(path: Path, device: Introduction) -> Enrolment:
    enrolled = enrolment.enrol({}, device, to_datetime(0))
    if isinstance(enrolled, DeviceRefusal):
        raise _unknown(path, enrolled)
    return enrolled


def _unknown(path: Path, refusal: DeviceRefusal) -> DeviceStateError:
    what = f"it names no device ({refusal.reason}: {refusal.said})"
    remedy = "give the introduction that enrol wrote, or the public key in 64 digits"
    return DeviceStateError(path, what, "nothing signed by it can be believed", remedy)


class _Reader:
    """What is known of the device from the files read so far."""

    def __init__(self, device: Enrolment, limits: ClockLimits) -> None:
        self._limits, self._kept = limits, dict[int, bytes]()
        self.standing = DeviceState()
        self._take(device)

    def _take(self, device: Enrolment) -> None:
        self._enrolled = {device.device: device}
        self._keys = enrolment.by_key_name(self._enrolled)

    def read_file(self, file: str, data: bytes) -> MessageFileResult:
        """Return what a file says, once."""
        verified = message_verification.verify(data, self._keys, EnrolledKeyVerifier())
        if isinstance(verified, DeviceRefusal):
            return MessageFileResult(file, verified)
        content = verified.said
        known_digest = self._kept.get(content.counter)
        believed = message_verification.believe(
            verified, self.standing, known_digest, content.sent_us, self._limits, ()
        )
        if isinstance(believed, DeviceRefusal):
            return MessageFileResult(file, believed)
        if believed.turn is CounterTurn.AGAIN:
            return MessageFileResult(file, content, is_again=True)
        if isinstance(content.what, NewKey):
            rotated = enrolment.rotate(
                self._enrolled,
                verified.device,
                content.what,
                content.counter,
                EnrolledKeyVerifier(),
            )
            if isinstance(rotated, DeviceRefusal):
                return MessageFileResult(file, rotated)
            self._take(rotated)
        self.standing = believed.standing
        self._kept[content.counter] = verified.digest
        return MessageFileResult(file, content, believed.notes)


def read(folder: Path, device: Enrolment, limits: ClockLimits) -> FolderReading:
    """Return what the files of a folder say, in the order of their names."""
    if not folder.is_dir():
        remedy = "name the folder that messages were written to"
        raise DeviceStateError(
            folder, "there is no such folder", "there is nothing to read", remedy
        )
    reader = _Reader(device, limits)
    messages = [
        reader.read_file(path.name, file_loading.read_file(path, _NEEDED, MESSAGE_BYTES_MAX))
        for path in sorted(folder.glob(f"*{SUFFIX}"))
        if path.name != INTRODUCTION
    ]
    return FolderReading(device.device, tuple(messages), reader.standing.counters.gaps)


# --- Telling -------------------------------------------------------------------------------------


def to_json(reading: FolderReading) -> str:
    """Return the reading as one object; the same folder gives the same bytes."""
    accepted = [one for one in reading.heard if isinstance(one.found, UplinkMessage)]
    document = {
        "device": reading.device,
        "messages": [_message(one) for one in accepted],
        "refused": [
            {"file": message.file, "reason": message.found.reason, "said": message.found.said}
            for message in reading.heard
            if isinstance(message.found, DeviceRefusal)
        ],
        "missing": [[gap.first, gap.last] for gap in reading.missing],
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _message(message: MessageFileResult) -> dict[str, Any]:
    assert isinstance(message.found, UplinkMessage)
    notes = [{"oddity": note.oddity, "by_ms": note.by_us // 1_000} for note in message.notes]
    again = {"again": True} if message.is_again else {}
    return {"file": message.file, **device_json.as_json(message.found), "notes": notes, **again}


def to_text(reading: FolderReading) -> str:
    """Return the reading as a line for each file and one for all."""
    lines = [_line(one) for one in reading.heard]
    fixes = sum(len(one) for one, _ in reading.batches())
    missing = ", ".join(f"{gap.first} to {gap.last}" for gap in reading.missing) or "none"
    messages = len(reading.heard) - reading.refused
    lines.append(
        f"{excerpt(reading.device)}. Messages: {messages}, fixes: {fixes}, "
        f"refused: {reading.refused}, missing counters: {missing}."
    )
    return "\n".join(lines) + "\n"


def _line(message: MessageFileResult) -> str:
    if isinstance(message.found, DeviceRefusal):
        return f"refused  {excerpt(message.file)}: {message.found.reason}: {message.found.said}"
    kind = device_json.KINDS[type(message.found.what)]
    what = f"{len(message.found.what)} {kind}" if isinstance(message.found.what, FixBatch) else kind
    notes = "".join(f"; {note.oddity} by {note.by_us // US_PER_S} s" for note in message.notes)
    again = "; the same again" if message.is_again else ""
    return f"{message.found.counter:>7}  {_instant(message.found.sent_us)}  {what}{again}{notes}"


def _instant(at_us: int) -> str:
    return to_datetime(at_us).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_csv(reading: FolderReading) -> Iterator[bytes]:
    """Yield the fixes as a file of fixes that `mesure replay` reads, row by row."""
    yield f"{_HEAD}\n".encode()
    for fixes, sent_us in reading.batches():
        sent = to_datetime(sent_us).isoformat()
        for row in range(len(fixes)):
            yield (",".join(_row(fixes, row)) + f",{sent}\n").encode()


def _row(fixes: FixBatch, row: int) -> list[str]:
    numbers = (fixes.lat_deg, fixes.lon_deg, fixes.reported_m, fixes.speed_mps)
    flags = (fixes.motion, fixes.beacon)
    return [
        to_datetime(int(fixes.observed_us[row])).isoformat(),
        *(repr(float(one[row])) if one[row] == one[row] else "" for one in numbers),
        _WORDS.get(ReportedProvider(int(fixes.provider[row])), ""),
        *("" if one[row] == NOT_KNOWN else str(int(one[row])) for one in flags),
    ]
