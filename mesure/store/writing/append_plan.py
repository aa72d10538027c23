"""Append plan: which log records messages make: each message once, each record in its place.

Nothing here asks the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from mesure.store.values import records
from mesure.store.values.records import AppendOutcome, AppendResult, LogPosition, ReceivedMessage

# A device with its counter, or with the digest where there is no counter.
Identity: TypeAlias = tuple[str, int | bytes]


class ExistingMessage(NamedTuple):
    """A message that the log has."""

    digest: bytes
    places: tuple[LogPosition, ...]


class PartitionEnd(NamedTuple):
    """The last record of a partition; both are 0 where it has none."""

    sequence: int
    received_us: int


# The columns of a record in the order of `COLUMNS`.
Row: TypeAlias = tuple[int, int, int, str | None, int, int, str, int | None, int, str, bytes, bytes]
COLUMNS = (
    "part, sequence, received_us, person, first_us, last_us, device, counter, share, form, "
    "digest, body"
)


@dataclass(frozen=True, slots=True)
class AppendPlan:
    """What became of each message, the rows to be kept, and the new ends of partitions."""

    appended: tuple[AppendResult, ...]
    rows: list[Row]
    ends: dict[int, PartitionEnd]


def identity(message: ReceivedMessage) -> Identity:
    """Return what makes a message the same as another."""
    return message.device, message.digest if message.counter is None else message.counter


def parts(messages: Iterable[ReceivedMessage]) -> set[int]:
    """Return the partitions that messages belong to."""
    return {
        records.partition_of(message.device, share)
        for message in messages
        for share in message.shares
    }


def plan(
    messages: Sequence[ReceivedMessage],
    existing: Mapping[Identity, ExistingMessage],
    ends: Mapping[int, PartitionEnd],
) -> AppendPlan:
    """Say where each message goes; `existing` and `ends` are what the log has of them."""
    by_identity, last = dict(existing), dict(ends)
    appended: list[AppendResult] = []
    rows: list[Row] = []
    for message in messages:
        same = by_identity.get(identity(message))
        if same is None:
            places = tuple(_placed(message, last, rows))
            by_identity[identity(message)] = ExistingMessage(message.digest, places)
            appended.append(AppendResult(AppendOutcome.KEPT, places))
        elif same.digest == message.digest:
            appended.append(AppendResult(AppendOutcome.AGAIN, same.places))
        else:
            appended.append(AppendResult(AppendOutcome.OTHER_BYTES, ()))
    changed = {row[0] for row in rows}
    return AppendPlan(tuple(appended), rows, {part: last[part] for part in sorted(changed)})


def _placed(
    message: ReceivedMessage, last: dict[int, PartitionEnd], rows: list[Row]
) -> Iterable[LogPosition]:
    for number, share in enumerate(message.shares):
        part = records.partition_of(message.device, share)
        before = last.get(part, PartitionEnd(0, message.received_us))
        end = last[part] = PartitionEnd(
            before.sequence + 1, max(before.received_us, message.received_us)
        )
        when = (end.received_us, share.person, share.first_us, share.last_us)
        what = (message.device, message.counter, number, message.form, message.digest, share.body)
        rows.append((part, end.sequence, *when, *what))
        yield LogPosition(part, end.sequence)
