"""What a store keeps, as values: who, under which order, with which device, and what was received.

Names are short and printable, and bodies have a limit, in both stores alike: what one database
would take and the other refuse is refused here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Final

from mesure.orders.span import Span
from mesure.store import partitions

NAME_CHARS_MAX: Final = 200
BODY_BYTES_MAX: Final = 1 << 20
TEXT_BYTES_MAX: Final = 16 << 20  # An order with its maps; they have limits of their own.
SHARES_MAX: Final = 8
COUNT_MAX: Final = (1 << 63) - 1
DIGEST_BYTES: Final = 32


def _check_names(*names: str) -> None:
    for name in names:
        if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable()):
            raise ValueError(
                f"{name[:40]!r} cannot be kept as a name: 1 to {NAME_CHARS_MAX} printable signs."
            )


def _check_aware(*instants: datetime | None) -> None:
    for instant in instants:
        if instant is not None and instant.tzinfo is None:
            raise ValueError(f"{instant.isoformat()} does not say its offset from UTC.")


def _check_counts(*counts: int) -> None:
    for count in counts:
        if not -COUNT_MAX <= count <= COUNT_MAX:
            raise ValueError(f"{count} has more than 63 bits; no database here keeps it.")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody under an order."""

    id: str
    name: str
    entered_at: datetime
    entered_by: str

    def __post_init__(self) -> None:
        _check_names(self.id, self.name, self.entered_by)
        _check_aware(self.entered_at)


@dataclass(frozen=True, slots=True)
class Order:
    """What a court decided about a person; what it says stands in its versions."""

    id: str
    person: str
    entered_at: datetime
    entered_by: str

    def __post_init__(self) -> None:
        _check_names(self.id, self.person, self.entered_by)
        _check_aware(self.entered_at)


@dataclass(frozen=True, slots=True)
class Version:
    """An order as it read between two dates: the very bytes that were entered, and by whom.

    A version is never changed, only confirmed, and followed by the next. `sha256` is that of
    `text`; `files` are the maps that the text names, by the path that it writes.
    """

    order: str
    number: int  # From 1, without gaps.
    text: bytes
    files: Mapping[str, bytes]
    in_force: Span
    entered_at: datetime
    entered_by: str
    confirmed_at: datetime | None = None  # None: nobody confirmed it yet.
    confirmed_by: str | None = None

    def __post_init__(self) -> None:
        _check_names(self.order, self.entered_by, *self.files)
        _check_aware(self.in_force.start, self.in_force.end, self.entered_at, self.confirmed_at)
        if self.in_force.end <= self.in_force.start or self.number < 1:
            raise ValueError("A version has a number from 1 on and ends after it begins.")
        if len(self.text) + sum(map(len, self.files.values())) > TEXT_BYTES_MAX:
            raise ValueError(f"An order and its maps have at most {TEXT_BYTES_MAX} bytes.")
        if (self.confirmed_at is None) != (self.confirmed_by is None):
            raise ValueError("Whoever confirmed a version did it at some time.")
        if self.confirmed_by is not None:
            _check_names(self.confirmed_by)

    @property
    def sha256(self) -> bytes:
        """Return the hash of the text, as assessments name it."""
        return sha256(self.text).digest()


@dataclass(frozen=True, slots=True)
class Device:
    """A device that the programme owns or admits; whether it has a key is told by its enrolment."""

    id: str
    entered_at: datetime
    entered_by: str

    def __post_init__(self) -> None:
        _check_names(self.id, self.entered_by)
        _check_aware(self.entered_at)


@dataclass(frozen=True, slots=True)
class Share:
    """Whose part of a message is, and the time that the part spans, both ends included."""

    person: str | None  # None: nobody carried the device then.
    first_us: int  # By the device's clock, or the receipt where nothing in it has a time.
    last_us: int

    def __post_init__(self) -> None:
        if self.person is not None:
            _check_names(self.person)
        _check_counts(self.first_us, self.last_us)
        if self.last_us < self.first_us:
            raise ValueError("A share of a message ends before it begins.")


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came, and whose it is.

    What makes it the same as another is the device with its counter; where the format of a pilot
    has no counter, the device with the digest. A message that was written while the device was
    handed over has a share for each person.
    """

    device: str
    counter: int | None  # None: a format of a pilot, which no device signs.
    form: str  # The short name of the format, for whoever reads the body again.
    received_us: int
    body: bytes
    shares: tuple[Share, ...]
    digest: bytes = field(init=False)  # SHA-256 of the body.

    def __post_init__(self) -> None:
        _check_names(self.device, self.form)
        _check_counts(self.received_us, self.counter or 0)
        if len(self.body) > BODY_BYTES_MAX:
            raise ValueError(f"A message has at most {BODY_BYTES_MAX} bytes.")
        if not 1 <= len(self.shares) <= SHARES_MAX:
            raise ValueError(f"A message has 1 to {SHARES_MAX} shares, perhaps a share of nobody.")
        object.__setattr__(self, "digest", sha256(self.body).digest())


class Outcome(Enum):
    """What became of a message that was to be kept."""

    KEPT = "kept"
    AGAIN = "again"  # The same bytes are kept already: acknowledge it again.
    OTHER_BYTES = "other_bytes"  # Other bytes are kept under its counter: nothing was changed.


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: the n-th of its partition, counted from 1 without gaps."""

    partition: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a message, and where its shares stand: now, or since it came first."""

    outcome: Outcome
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Logged:
    """A record of the log: one share of one message."""

    place: Place
    share: Share
    device: str
    counter: int | None
    form: str
    received_us: int  # Never less than that of the record before it in the partition.
    digest: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Bytes that were not taken, and why; the same ones are kept once, and counted."""

    form: str
    claimed: str  # Which device they say they are from; empty: they don't.
    reason: str
    said: str
    received_us: int
    body: bytes

    def __post_init__(self) -> None:
        _check_names(self.form, self.reason, self.claimed or "-", self.said or "-")
        _check_counts(self.received_us)
        if len(self.body) > BODY_BYTES_MAX:
            raise ValueError(f"What is refused is cut to {BODY_BYTES_MAX} bytes before it is kept.")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Refused bytes as they are kept: what came first, how often, and when last."""

    number: int  # From 1, in the order in which they first came.
    refused: Refused
    times: int
    last_received_us: int


def partition_of(device: str, share: Share) -> int:
    """Return the partition of a share: the person's; the device's where it is nobody's."""
    return partitions.partition_of(device if share.person is None else share.person)
