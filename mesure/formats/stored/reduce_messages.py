"""Reduce messages: from stored messages to what is left of them inside the home.

What is judged is read from messages, and what is reduced is written back to them. So the messages
as they would be are read once more, and nothing is handed on that does not read as exactly the
fixes that were held against the judge.
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mesure.devices.assignment import Spans
from mesure.evaluation import rules as rules_
from mesure.evaluation.policy import DeviceClass, Policy, PolicyFile
from mesure.evaluation.rules import Rules
from mesure.formats.columns.file_rows import COLUMNS, Bools, ClaimedProvider, FileRows, is_placed
from mesure.formats.stored import assemble_fixes, reduced_messages, stored_messages
from mesure.formats.stored.stored_messages import MessageRows, StoredMessage
from mesure.geo.fixes import F64, I64, NOT_KNOWN, Fixes, Provider
from mesure.instants import to_datetime
from mesure.orders.model.order import OrderVersion
from mesure.privacy.retention import home_presence

_SAID = {
    Provider.GNSS: ClaimedProvider.GNSS,
    Provider.WIFI: ClaimedProvider.WIFI,
    Provider.CELL: ClaimedProvider.CELL,
}


@dataclass(frozen=True, slots=True)
class PersonMessages:
    """What is kept of one person under one order, opened: how it is read, and what must stay."""

    kept: Sequence[StoredMessage]  # With anything about the span (`around_us`).
    carried: Spans  # Under this order,
    own: Spans  # and under any.
    classes: Mapping[str, DeviceClass]  # By device.
    device_class: DeviceClass  # By whose thresholds the order is judged.
    versions: Sequence[OrderVersion]
    policy: PolicyFile
    holds: Sequence[tuple[int, int]]  # Spans that stay as they are, in microseconds.
    now_us: int

    @property
    def rules(self) -> Rules:
        """Return what binds under the order, made ready."""
        first = self.versions[0]
        day = first.in_force.start.astimezone(first.zone).date()
        policy = self.policy.at(day, self.device_class)
        return rules_.prepare(self.versions, policy, to_datetime(self.now_us))


@dataclass(frozen=True, slots=True)
class ReducedMessages:
    """What is left: the bodies that take the place of others, by number in the log."""

    bodies: Mapping[int, bytes]
    fixes: int  # Fixes that say "present" now, and said more before.
    kept: int  # Fixes in the home that are due, and needed as they are.


def until_us(policy: PolicyFile, due_us: int, now_us: int) -> int:
    """Return up to when the home is reduced: what is due, and where nothing can come to count."""
    return min(due_us, now_us - max(map(home_presence.buffer_us, _policies(policy, now_us))))


def around_us(policy: PolicyFile, span_us: tuple[int, int]) -> tuple[int, int]:
    """Return the span of whatever can count for a span, or be judged otherwise by what is in it."""
    near_us = max(map(home_presence.near_us, _policies(policy, span_us[1])))
    return span_us[0] - near_us, span_us[1] + near_us


def _policies(policy: PolicyFile, at_us: int) -> Iterator[Policy]:
    return (policy.at(to_datetime(at_us).date(), one) for one in DeviceClass)


def reduce(stored: PersonMessages, span_us: tuple[int, int]) -> ReducedMessages:
    """Return what is left of messages with anything in a span that lies in the home."""
    rules = stored.rules
    policy = rules.policy
    rows = {one.sequence: stored_messages.rows_of(one, []) for one in stored.kept}
    fixes = _judged(stored, rows, policy)
    ratio = _ratio(stored, fixes, policy)
    reduction = home_presence.reduce([rules], fixes, span_us, stored.now_us, stored.holds, ratio)
    new = {
        int(row): number
        for number, row in enumerate(fixes.row.tolist())
        if reduction.is_new[number]
    }
    used = set(fixes.row.tolist())
    bodies: dict[int, bytes] = {}
    for message in stored.kept:
        message_rows = rows[message.sequence]
        if message_rows is None or not _reaches(message_rows.record, span_us).any():
            continue
        written = _Rewritten(stored, message_rows, reduction.fixes, ratio)
        body = written.body(message, new, used, span_us)
        if body is not None:
            bodies[message.sequence] = body
            rows[message.sequence] = stored_messages.rows_of(
                message._replace(form=reduced_messages.FORM, body=body), []
            )
    if not _are_equal(_judged(stored, rows, policy), reduction.fixes):
        return ReducedMessages({}, 0, reduction.kept + int(reduction.is_new.sum()))
    return ReducedMessages(bodies, int(reduction.is_new.sum()), reduction.kept)


def _judged(
    stored: PersonMessages, rows: Mapping[int, MessageRows | None], policy: Policy
) -> Fixes:
    """Return all that is judged of some rows, by the number of their message."""
    own = (
        stored_messages.of_device(message.device, message_rows, stored.carried, stored.classes)
        for message in stored.kept
        if (message_rows := rows[message.sequence]) is not None
    )
    return stored_messages.evidence_of(own, (), policy, stored.now_us).to_judge


def _ratio(stored: PersonMessages, fixes: Fixes, policy: Policy) -> F64:
    """Return how wide each circle is for what its device claims."""
    by_class = {one: assemble_fixes.claims_of(policy, one).radius95_ratio for one in DeviceClass}
    by_message = {one.sequence: by_class[stored.classes[one.device]] for one in stored.kept}
    return np.array([by_message[stored_messages.place(row)[0]] for row in fixes.row.tolist()])


def _observed_us(record: FileRows) -> I64:
    """Return when rows were taken, by clocks set right as the judge sets them right."""
    return assemble_fixes.correct_rollover(record.observed_us, record.received_us)


def _taken_us(record: FileRows) -> I64:
    """Return the same, at the latest the receipt: nobody knows when rows by a clock ahead were."""
    return np.minimum(_observed_us(record), record.received_us)


def _reaches(record: FileRows, span_us: tuple[int, int]) -> Bools:
    """Return which rows are of a span, or were received in it or before and say they are later."""
    reaches: Bools = (_observed_us(record) >= span_us[0]) & (_taken_us(record) < span_us[1])
    return reaches


class _Rewritten:
    """The rows of one message while they are written anew."""

    def __init__(self, stored: PersonMessages, rows: MessageRows, fixes: Fixes, ratio: F64) -> None:
        self._stored, self._rows, self._fixes, self._ratio = stored, rows, fixes, ratio

    def body(
        self,
        message: StoredMessage,
        new: Mapping[int, int],
        used: set[int],
        span_us: tuple[int, int],
    ) -> bytes | None:
        """Return what is left of the message; None where nothing of it goes."""
        rows = self._rows
        at = [place for place, row in enumerate(rows.row.tolist()) if row in new]
        gone = self._beside(used, span_us)
        if not at and not gone.any():
            return None
        numbers = np.array([new[int(rows.row[place])] for place in at], np.int64)
        record = self._present(np.array(at, np.int64), numbers)
        stays = np.flatnonzero(~gone & self._own(message))
        was_reduced = message.form == reduced_messages.FORM
        before = reduced_messages.present(message.body) if was_reduced else [False] * len(rows.row)
        is_present = [before[place] or place in set(at) for place in stays.tolist()]
        places = np.array(
            [stored_messages.place(row)[1] for row in rows.row[stays].tolist()], np.int64
        )
        came = reduced_messages.form(message.body) if was_reduced else message.form
        part = _part(record, stays)
        return reduced_messages.write(part, places, is_present, came, is_signed=rows.is_signed)

    def _own(self, message: StoredMessage) -> Bools:
        """Return which rows are of when the person carried the device; others have theirs apart."""
        observed_us = _observed_us(self._rows.record)
        own = np.zeros(len(observed_us), np.bool_)
        for start_us, until_us_ in self._stored.own.get(message.device, ()):
            own |= (observed_us >= start_us) & (observed_us < until_us_)
        return own

    def _present(self, at: I64, numbers: I64) -> FileRows:
        """Return the rows with those at some places saying "present" and no more."""
        record, fixes = self._rows.record, self._fixes
        columns = {
            name: getattr(record, name).copy()
            for name in ("lat_deg", "lon_deg", "reported_m", "speed_mps", "motion", "said")
        }
        columns["lat_deg"][at] = fixes.lat_deg[numbers]
        columns["lon_deg"][at] = fixes.lon_deg[numbers]
        columns["reported_m"][at] = (
            np.rint(fixes.radius95_m[numbers] / self._ratio[numbers] * 100.0) / 100.0
        )
        columns["speed_mps"][at] = np.nan
        columns["motion"][at] = fixes.motion[numbers]
        columns["said"][at] = [
            _SAID.get(Provider(provider), ClaimedProvider.NOTHING)
            for provider in fixes.provider[numbers].tolist()
        ]
        return replace(record, **columns)

    def _beside(self, used: set[int], span_us: tuple[int, int]) -> Bools:
        """Return which rows in the home nothing was judged by and nothing holds."""
        record, row = self._rows.record, self._rows.row
        taken_us = _taken_us(record)
        count = len(row)
        order = np.argsort(taken_us, kind="stable")
        nothing, flag = np.full(count, np.nan), np.full(count, NOT_KNOWN, np.int8)
        placed = is_placed(record.lat_deg, record.lon_deg)
        fixes = Fixes(
            taken_us[order],
            record.received_us[order],
            np.where(placed, record.lat_deg, 0.0)[order],
            np.where(placed, record.lon_deg, 0.0)[order],
            nothing,
            nothing,
            flag,
            flag,
            np.zeros(count, np.int8),
            row[order],
        )
        is_inside = np.zeros(count, np.bool_)
        is_inside[order] = home_presence.inside(self._stored.versions, fixes)
        due = _reaches(record, span_us)
        for start_us, end_us in self._stored.holds:
            due &= ~((taken_us >= start_us) & (taken_us < end_us))
        is_used = np.array([one in used for one in row.tolist()], np.bool_)
        return is_inside & due & ~is_used


def _part(record: FileRows, which: I64) -> FileRows:
    return replace(record, **{name: getattr(record, name)[which] for name in COLUMNS})


def _are_equal(again: Fixes, fixes: Fixes) -> bool:
    """Tell whether the messages, as they would be, read as exactly these fixes.

    A provider that was not known is one that claims its circle now; nothing tells them apart.
    """
    return len(again) == len(fixes) and all(
        np.array_equal(getattr(again, name), getattr(fixes, name), equal_nan=name in _REAL)
        for name in Fixes.__slots__
        if name != "provider"
    )


_REAL = ("lat_deg", "lon_deg", "radius95_m", "speed_mps")
