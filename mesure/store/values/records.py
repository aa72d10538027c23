"""Records of a store: persons, orders, devices, and the messages that were received.

Whatever tells more about a person than an id comes sealed under the person's own key (`sealing`):
the store never sees it. The digests that recognise the same thing are given by the caller, who
knows what was sealed; two sealings of the same are different bytes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from mesure.orders.values.span import Span
from mesure.store.values import bounds, partitions

PUT_OFF: Final = "key_lost"  # Why a message waits that is right, and whose person's key is lost.
TEXT_BYTES_MAX: Final = 16 << 20  # An order with its maps; they have limits of their own.
SHARES_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody under an order: only an id. The name and whatever else is known is in the register.

    Somebody who was erased keeps the id, so that nothing more is ever kept under it.
    """

    id: str
    entered_at: datetime
    entered_by: str
    erased_at: datetime | None = None

    def __post_init__(self) -> None:
        bounds.check_person(self.id)
        bounds.check_names(self.entered_by)
        bounds.check_aware(self.entered_at, self.erased_at)


@dataclass(frozen=True, slots=True)
class Order:
    """What a court decided about a person; its versions say what."""

    id: str
    person: str
    entered_at: datetime
    entered_by: str

    def __post_init__(self) -> None:
        bounds.check_names(self.id, self.entered_by)
        bounds.check_person(self.person)
        bounds.check_aware(self.entered_at)


@dataclass(frozen=True, slots=True)
class StoredOrderVersion:
    """An order as it read between two dates: what was entered, sealed, and by whom.

    A version is never changed, only confirmed, and followed by the next. `body` is the text with
    the maps that it names (`order_text.pack`), sealed; two sealings of the same are equal here.
    """

    order: str
    number: int  # From 1, without gaps.
    sha256: bytes  # Of the text alone, as assessments name it.
    digest: bytes  # SHA-256 of what is sealed: the text with its maps.
    body: bytes = field(compare=False)
    in_force: Span
    entered_at: datetime
    entered_by: str
    confirmed_at: datetime | None = None  # None: nobody confirmed it yet.
    confirmed_by: str | None = None

    def __post_init__(self) -> None:
        bounds.check_names(self.order, self.entered_by)
        bounds.check_aware(
            self.in_force.start, self.in_force.end, self.entered_at, self.confirmed_at
        )
        bounds.check_digests(self.sha256, self.digest)
        bounds.check_body(self.body, TEXT_BYTES_MAX)
        if self.in_force.end <= self.in_force.start or self.number < 1:
            raise ValueError("A version has a number from 1 on and ends after it begins.")
        if (self.confirmed_at is None) != (self.confirmed_by is None):
            raise ValueError("Who confirmed a version and when are given together.")
        if self.confirmed_by is not None:
            bounds.check_names(self.confirmed_by)


@dataclass(frozen=True, slots=True)
class Device:
    """A device that the programme owns or admits; its enrolment says whether it has a key."""

    id: str
    entered_at: datetime
    entered_by: str

    def __post_init__(self) -> None:
        bounds.check_names(self.id, self.entered_by)
        bounds.check_aware(self.entered_at)


@dataclass(frozen=True, slots=True)
class MessageShare:
    """Whose part of a message is, the time that the part spans, both ends included, and the bytes.

    The bytes are sealed for each owner anew, so that each can be erased without the other.
    """

    person: str | None  # None: nobody carried the device then.
    first_us: int  # By the device's clock; the receipt where nothing in it was before that.
    last_us: int
    body: bytes  # The whole message, sealed under the key of the share's owner.

    def __post_init__(self) -> None:
        if self.person is not None:
            bounds.check_person(self.person)
        bounds.check_counts(self.first_us, self.last_us)
        bounds.check_body(self.body)
        if self.last_us < self.first_us:
            raise ValueError("A share of a message ends before it begins.")


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message as it came, and whose it is.

    What makes it the same as another is the device with its counter; where the format of a pilot
    has no counter, the device with the digest. A message that was written while the device was
    handed over has a share for each person.
    """

    device: str
    counter: int | None  # None: a format of a pilot, which no device signs.
    form: str  # The short name of the format, for a later reader of the body.
    received_us: int
    digest: (
        bytes  # Of the bytes as they came: SHA-256, or `sealing.digest` where they are unsigned.
    )
    shares: tuple[MessageShare, ...]

    def __post_init__(self) -> None:
        bounds.check_names(self.device, self.form)
        bounds.check_counts(self.received_us, self.counter)
        bounds.check_digests(self.digest)
        if not 1 <= len(self.shares) <= SHARES_MAX:
            raise ValueError(f"A message has 1 to {SHARES_MAX} shares, perhaps a share of nobody.")


class AppendOutcome(Enum):
    """What became of a message that was to be kept."""

    KEPT = "kept"
    AGAIN = "again"  # The same bytes are kept already: acknowledge it again.
    OTHER_BYTES = "other_bytes"  # Other bytes are kept under its counter: nothing was changed.


@dataclass(frozen=True, slots=True)
class LogPosition:
    """The place of a record: the n-th of its partition, counted from 1 without gaps."""

    partition: int
    sequence: int


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What became of a message, and where its shares are: now, or since it came first."""

    outcome: AppendOutcome
    places: tuple[LogPosition, ...]


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record of the log: one share of one message."""

    place: LogPosition
    share: MessageShare
    device: str
    counter: int | None
    form: str
    received_us: int  # Never less than that of the record before it in the partition.
    digest: bytes


class ReceivedDay(NamedTuple):
    """How much of a person came on one day of receipt and is still there, and in which state.

    `bound` is the sum of the numbers by which the rows are bound to the log. Whatever is written
    gets a higher number than all before it, so `messages` and `bound` together are the same only
    where the same rows are there, as they were.
    """

    person: str
    day: int  # Days since 1970, in UTC.
    messages: int
    bound: int
    first: int  # Numbers in the log of the partition.
    last: int


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """Bytes that were not taken, sealed, and why; the same ones are kept once, and counted."""

    form: str
    claimed: str  # Which device they say they are from; empty: they don't.
    reason: str
    said: str
    received_us: int
    digest: bytes  # Of the bytes as they came.
    body: bytes

    def __post_init__(self) -> None:
        bounds.check_names(self.form, self.reason, self.claimed or "-", self.said or "-")
        bounds.check_counts(self.received_us)
        bounds.check_digests(self.digest)
        bounds.check_body(self.body)


@dataclass(frozen=True, slots=True)
class QuarantinedMessage:
    """Refused bytes as they are kept: what came first, how often, and when last."""

    number: int  # From 1, in the order in which they first came.
    refused: RefusedMessage
    times: int
    last_received_us: int


def partition_of(device: str, share: MessageShare) -> int:
    """Return the partition of a share: the person's; the device's where it belongs to nobody."""
    return partitions.partition_of(device if share.person is None else share.person)


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """What the audit log swore to at one size: the signed text, and who saw it since."""

    size: int
    text: bytes

    def __post_init__(self) -> None:
        bounds.check_counts(self.size)
        bounds.check_body(self.text)
