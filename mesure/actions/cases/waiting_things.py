"""Waiting things: what waits for many persons, counted from unsealed data.

Which incidents have no finding, which of those nobody has looked at, which contests and absences
nobody answered: none of it opens a case. What a desk shows one by one is `worklist`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mesure.actions.cases import work_lines
from mesure.actions.cases.work_lines import Lengths
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.framework.action import ActionContext
from mesure.actions.framework.context import Context
from mesure.actions.judging import judging_position
from mesure.actions.orders.binding_order import ABSENCE, WAITS
from mesure.actions.records import case_deadlines, incident_records, record_types
from mesure.actions.records.continuity_records import OVERDUE, OVERDUE_STANDS
from mesure.actions.records.incident_records import CONTEST, REVIEW
from mesure.actions.records.procedure import Procedure
from mesure.incidents.incident import IncidentKind
from mesure.instants import to_datetime, to_datetime_or_none
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import StoredIncidentHead
from mesure.store.values.register import RegisterRow

_SECOND: Final = (incident_records.WAITS, incident_records.SECOND)


class WaitingThing(msgspec.Struct, frozen=True):
    """One thing that waits about a person, as a list counts it."""

    what: WorkItemType
    kind: str
    conditions: tuple[str, ...]
    since_at: datetime
    is_overdue: bool


def heads_of(reading: ReadTransaction, people: Sequence[str]) -> tuple[StoredIncidentHead, ...]:
    """Return the incidents about some persons that have no finding."""
    return reading.heads_without(people, REVIEW.name, *incident_records.FOUND)


def all_heads(context: Context) -> tuple[StoredIncidentHead, ...]:
    """Return the same of everybody; read beside the writing, for it may take a while."""
    with context.store.read() as reading:
        return context.waiting.read(reading)


def things_by_person(
    doing: ActionContext, heads: Iterable[StoredIncidentHead]
) -> dict[str, list[WaitingThing]]:
    """Return by person what waits, the most pressing first; contests and absences of everybody."""
    things: dict[str, list[WaitingThing]] = {}
    for person, since_us in judging_position.not_judged(doing.work).items():
        since_at = to_datetime(since_us)
        stopped = WaitingThing(WorkItemType.NOT_JUDGED, "", (), since_at, is_overdue=True)
        things.setdefault(person, []).append(stopped)
    standing = [head for head in heads if head.withdrawn_us is None]
    # A review begins when somebody first has the evidence before them.
    opened_ids = doing.work.ids_present(REVIEW.name, [one.id for one in standing])
    for group in _grouped(standing, work_lines.lengths_on(doing.now.date())):
        things.setdefault(group[0].person, []).append(_of_incidents(doing, group, opened_ids))
    for what, row, due_at in requests_of(doing.work, doing.procedure):
        if row.person is not None:
            since_at, late = to_datetime(row.changed_us), doing.now >= due_at
            things.setdefault(row.person, []).append(WaitingThing(what, "", (), since_at, late))
    for waiting in things.values():
        waiting.sort(key=lambda thing: (not thing.is_overdue, thing.since_at))
    return things


def _grouped(
    heads: Iterable[StoredIncidentHead], lengths: Lengths
) -> Iterator[list[StoredIncidentHead]]:
    """Yield what is one thing: a silence of somebody with all its conditions, or an incident."""
    silences: dict[str, list[StoredIncidentHead]] = {}
    for head in heads:
        if head.kind == IncidentKind.SILENT.value:
            silences.setdefault(head.person, []).append(head)
        else:
            yield [head]
    for silent in silences.values():
        yield from work_lines.group_silences(
            silent,
            lambda head: (to_datetime(head.start_us), to_datetime_or_none(head.end_us)),
            lengths,
        )


def _of_incidents(
    doing: ActionContext, heads: Sequence[StoredIncidentHead], opened_ids: Collection[str]
) -> WaitingThing:
    opened = [(head, to_datetime(head.opened_us)) for head in heads]
    is_overdue = any(
        case_deadlines.is_overdue(
            doing.procedure, head.kind, opened_at, doing.now, is_looked_at=head.id in opened_ids
        )
        for head, opened_at in opened
    )
    return WaitingThing(
        WorkItemType.INCIDENT,
        heads[0].kind,
        tuple(sorted({head.condition for head in heads})),
        min(opened_at for _, opened_at in opened),
        is_overdue,
    )


def count_brought(reading: ReadTransaction) -> Mapping[str, int]:
    """Count by person what was left past its deadline and brought to the supervisors."""
    counts: dict[str, int] = {}
    for row in record_types.rows_with_key(reading, OVERDUE, OVERDUE_STANDS):
        if row.person is not None:
            counts[row.person] = counts.get(row.person, 0) + 1
    return counts


def requests_of(
    reading: ReadTransaction, procedure: Procedure
) -> Iterator[tuple[WorkItemType, RegisterRow, datetime]]:
    """Yield the contests and absences that nobody answered, and until when they are to be."""
    for what, kind, key, within in (
        (WorkItemType.CONTEST, CONTEST, _SECOND, procedure.answer_contest_within),
        (WorkItemType.ABSENCE, ABSENCE, WAITS, procedure.answer_absence_within),
    ):
        for row in record_types.rows_with_key(reading, kind, key):
            yield what, row, _due_at(row, within)


def _due_at(row: RegisterRow, within: timedelta) -> datetime:
    """Return until when a row is to be answered; `within`: of one kept before it had the key."""
    due_us = next((int(value) for key, value in row.keys if key == record_types.DUE), None)
    return to_datetime(row.changed_us) + within if due_us is None else to_datetime(due_us)
