"""Worklist: what waits for somebody who works on cases, the most pressing first.

It is about the persons one is in charge of and about nobody else, names them and what waits, and
says nothing of where anybody is. First comes what is overdue, then what is contested, then what is
due first, then what is oldest. It is no list of persons by what they are like, and a chance moves
nothing up: a thing that is done is on it no more.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec

from mesure.actions.cases import caseload, incident_signals, persons
from mesure.actions.cases.incident_signals import IncidentSignals
from mesure.actions.data_rights.outside_requests import OUTSIDE
from mesure.actions.framework import case_access, case_opening
from mesure.actions.framework.action import ActionContext, EmptyRequest, look
from mesure.actions.incidents import contests
from mesure.actions.judging import judging_position
from mesure.actions.orders import absences, court_orders
from mesure.actions.orders.absences import AbsenceStage
from mesure.actions.orders.binding_order import ABSENCE
from mesure.actions.records import case_deadlines, continuity_records, incident_records
from mesure.actions.records.continuity_records import HANDOVER, OVERDUE
from mesure.actions.records.record_types import RecordsByPerson, RecordType
from mesure.actions.refusals import lost_keys
from mesure.actions.trails.grounds import GROUND, WAITS
from mesure.incidents.contest import Contest
from mesure.incidents.finding import FindingEndKind, Review, ReviewStage
from mesure.instants import to_datetime, to_datetime_or_none
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK, Role
from mesure.store.values.effects import StoredIncidentHead

# What is read about everybody at once.
_KINDS: Final = (
    persons.DETAILS,
    *incident_signals.KINDS,
    ABSENCE,
    court_orders.WAITING,
    GROUND,
    OUTSIDE,
    OVERDUE,
    HANDOVER,
)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)  # What has no day by which it is due.


class WorkItemType(StrEnum):
    """What waits."""

    INCIDENT = "incident"  # A possible breach, or a silence, to be looked at.
    SECOND_EYES = "second_eyes"  # A finding that another officer proposed.
    CONTEST = "contest"
    ABSENCE = "absence"
    GROUND = "ground"  # A ground that a supervisor has to answer.
    ORDER = "order"  # A version that another officer entered, with places to be checked.
    UNREADABLE = "unreadable"  # That nothing of a person can be read: their key is lost.
    NOT_JUDGED = "not_judged"  # That nothing new is said of a person: judging them fails.
    HANDOVER = "handover"  # What the officer before wrote down, to be read.
    OUTSIDE = "outside"  # A request for a person's data from outside, to be granted or refused.


class WorkItem(msgspec.Struct, frozen=True):
    """One thing that waits for the caller."""

    what: WorkItemType
    id: str
    person: str
    name: str
    since_at: datetime
    due_at: datetime | None  # What comes first of the clocks that still run.
    is_overdue: bool
    kind: str = ""  # Of an incident; how an absence came in; the number of a version.
    condition: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None
    p_outside_max: float | None = None
    stage: ReviewStage | None = None
    returned: FindingEndKind | None = None  # How the last finding ended, if none followed it.
    look_by: datetime | None = None  # Of an incident that nobody looked at yet.
    decide_by: datetime | None = None  # Of an incident without a finding; looking does not end it.
    signals: IncidentSignals = IncidentSignals()  # Of an incident; else nothing.
    brought_at: datetime | None = None  # Since when supervisors have known that it is overdue.


@look("today.list", CASEWORK, purpose=Purpose.SUPERVISION)
def list_items(doing: ActionContext, _: EmptyRequest) -> tuple[WorkItem, ...]:
    """List what is waiting for the caller, the most urgent first."""
    not_judged = judging_position.not_judged(doing.work)
    people = _persons(doing, not_judged)
    return _items(doing, people, not_judged, doing.actor.account)


def items_about(doing: ActionContext, person: str) -> tuple[WorkItem, ...]:
    """Return what waits about one person for anybody, the most pressing first."""
    return _items(doing, [person], judging_position.not_judged(doing.work), reader=None)


def _items(
    doing: ActionContext, people: Sequence[str], not_judged: Mapping[str, int], reader: str | None
) -> tuple[WorkItem, ...]:
    """Return what waits; `reader`: for whom, which is nothing that needs somebody else."""
    doing.cases(people)
    parts, unreadable = lost_keys.read_apart(
        doing.context.keyring, people, lambda part: _read(doing, part, not_judged, reader)
    )
    items = [item for part in parts for item in part]
    items += [
        _not_judged(WorkItemType.UNREADABLE, person, person, doing.now) for person in unreadable
    ]
    return tuple(sorted(items, key=order_key))


def _read(
    doing: ActionContext, people: Sequence[str], not_judged: Mapping[str, int], reader: str | None
) -> list[WorkItem]:
    items: list[WorkItem] = []
    about = doing.rows.of_persons(_KINDS, people)
    heads = _heads(doing, about, people)
    all_heads = [head for some in heads.values() for head in some]
    reviews = contests.reviews_of(doing.rows, [head.id for head in all_heads])
    signals = incident_signals.all_signals(doing, about, all_heads, reviews)
    handed_over = [person for person in people if about.of(HANDOVER, person)]
    files = case_access.files_of(doing.rows, handed_over) if handed_over else {}
    for person in people:
        case = _One(doing, about, person, reader)
        if person in not_judged:
            since_at = to_datetime(not_judged[person])
            items.append(_not_judged(WorkItemType.NOT_JUDGED, person, case.name, since_at))
        items += (
            msgspec.structs.replace(item, signals=signals[item.id])
            for item in _incidents(case, heads.get(person, []), reviews)
        )
        items += _absences(case)
        items += _orders(case)
        items += _handovers(case, files.get(person))
        if doing.actor.role is Role.SUPERVISOR:
            items += _grounds(case)
            items += _outside(case)
    return list(_with_brought(about, items))


def _with_brought(about: RecordsByPerson, items: Sequence[WorkItem]) -> Iterator[WorkItem]:
    """Yield what waits, with since when supervisors have known of what is overdue for long."""
    brought_at = {
        person: continuity_records.times_by_item(about.of(OVERDUE, person))
        for person in {item.person for item in items}
    }
    for item in items:
        # A proposal is an incident without a finding.
        what = WorkItemType.INCIDENT if item.what is WorkItemType.SECOND_EYES else item.what
        at = brought_at[item.person].get((what.value, item.id))
        yield msgspec.structs.replace(item, brought_at=at)


class _One(NamedTuple):
    """One person, and what was read about all of them at once."""

    doing: ActionContext
    about: RecordsByPerson
    person: str
    reader: str | None  # Whose own proposals are left out; None: none are.

    @property
    def name(self) -> str:
        """Return what the person is called."""
        details = self.about.of(persons.DETAILS, self.person)
        return details[0].value.name if details else self.person


def _heads(
    doing: ActionContext, about: RecordsByPerson, people: Sequence[str]
) -> dict[str, list[StoredIncidentHead]]:
    """Return by person the incidents that may wait, those that are contested behind the others.

    What has a finding and is not contested is left out unopened.
    """
    heads = list(
        doing.work.heads_without(people, incident_records.REVIEW.name, *incident_records.FOUND)
    )
    known = {head.id for head in heads}
    contested = {id for person in people for id in _contested(about, person)}  # noqa: A001
    heads += doing.work.heads_named(sorted(contested - known))
    heads_by_person: dict[str, list[StoredIncidentHead]] = {}
    for head in heads:
        heads_by_person.setdefault(head.person, []).append(head)
    return heads_by_person


def _contested(about: RecordsByPerson, person: str) -> dict[str, list[Contest]]:
    """Return by incident what a person contests about findings and is not answered yet."""
    contests_by_incident: dict[str, list[Contest]] = {}
    for record in about.of(incident_records.CONTEST, person):
        if record.value.contest.needs_second:
            contests_by_incident.setdefault(record.value.incident, []).append(record.value.contest)
    return contests_by_incident


def _persons(doing: ActionContext, not_judged: Collection[str]) -> list[str]:
    """Return about whom something may wait: one's own cases; a supervisor, also what needs two.

    A supervisor also sees everybody who cannot be judged.
    """
    files = caseload.files_of(doing, doing.actor.account)
    people = {file.person for file in files}
    if doing.actor.role is Role.SUPERVISOR:
        kinds = (
            incident_records.REVIEW,
            incident_records.CONTEST,
            GROUND,
            court_orders.WAITING,
            OUTSIDE,
        )
        others = {one for kind in kinds for one in _who_wait(doing, kind)} | {*not_judged}
        waiting = case_access.files_of(doing.rows, sorted(others - people))
        people |= {file.person for file in case_opening.openable(doing, waiting.values())}
    return sorted(people)


def _who_wait(doing: ActionContext, kind: RecordType[Any]) -> Iterator[str]:
    """Yield about whom something waits for a second pair of eyes; nothing is opened for it."""
    return (row.person for row in doing.rows.entries(kind, WAITS) if row.person is not None)


def order_key(item: WorkItem) -> tuple[bool, bool, datetime, datetime, str]:
    """Return the sort key of things: deadline, contest and time, and nothing else."""
    due_at = item.due_at or _NEVER
    return not item.is_overdue, not item.signals.is_contested, due_at, item.since_at, item.id


def _not_judged(what: WorkItemType, person: str, name: str, since_at: datetime) -> WorkItem:
    """Return that a person cannot be judged, or not even read; it comes before all else."""
    return WorkItem(what, person, person, name, since_at, due_at=None, is_overdue=True)


def _incidents(
    case: _One, heads: Iterable[StoredIncidentHead], reviews: Mapping[str, Review]
) -> Iterator[WorkItem]:
    """Yield what waits about a person's incidents."""
    contested = _contested(case.about, case.person)
    for head in heads:
        yield from _of(case, head, reviews[head.id], contested.get(head.id, []))


def _of(
    case: _One, incident: StoredIncidentHead, review: Review, contested: Iterable[Contest]
) -> Iterator[WorkItem]:
    """Yield what waits about an incident: to be decided, to be confirmed, or to be answered."""
    doing, name = case.doing, case.name
    opened_at, proposed = to_datetime(incident.opened_us), review.finding
    stands = incident.withdrawn_us is None
    if stands and review.stage is ReviewStage.PROPOSED and proposed is not None:
        if proposed.decided_by != case.reader:
            since_at = proposed.decided_at
            item = _incident(incident, name, WorkItemType.SECOND_EYES, since_at, None, review.stage)
            yield _with_clocks(doing, item, opened_at)
    elif stands and review.stage is not ReviewStage.FOUND:
        item = _incident(incident, name, WorkItemType.INCIDENT, opened_at, None, review.stage)
        item = msgspec.structs.replace(item, returned=review.returned)
        yield _with_clocks(doing, item, opened_at)
    for contest in contested:
        late = contest.is_overdue(doing.now)
        made_at, due_at = contest.made_at, contest.due_at
        yield _incident(incident, name, WorkItemType.CONTEST, made_at, due_at, review.stage, late)


def _with_clocks(doing: ActionContext, item: WorkItem, opened_at: datetime) -> WorkItem:
    """Return what waits with the clocks that still run: looking ends the first, a finding both."""
    deadlines = case_deadlines.of_incident(doing.procedure, item.kind, opened_at)
    is_looked_at = item.stage is not ReviewStage.OPENED
    due_at = deadlines.due_at(is_looked_at=is_looked_at)
    return msgspec.structs.replace(
        item,
        due_at=due_at,
        is_overdue=doing.now >= due_at,
        look_by=None if is_looked_at else deadlines.look_by,
        decide_by=deadlines.decide_by,
    )


def _incident(
    incident: StoredIncidentHead,
    name: str,
    what: WorkItemType,
    since_at: datetime,
    due_at: datetime | None,
    stage: ReviewStage,
    is_overdue: bool = False,
) -> WorkItem:
    return WorkItem(
        what=what,
        id=incident.id,
        person=incident.person,
        name=name,
        since_at=since_at,
        due_at=due_at,
        is_overdue=is_overdue,
        kind=incident.kind,
        condition=incident.condition,
        start_at=to_datetime(incident.start_us),
        end_at=to_datetime_or_none(incident.end_us),
        p_outside_max=incident.p_outside_max,
        stage=stage,
    )


def _absences(case: _One) -> Iterator[WorkItem]:
    doing, person, name = case.doing, case.person, case.name
    for stored_absence in case.about.of(ABSENCE, person):
        absence = stored_absence.value
        if absences.stage_of(absence) is AbsenceStage.ASKED:
            yield WorkItem(
                what=WorkItemType.ABSENCE,
                id=stored_absence.id,
                person=person,
                name=name,
                since_at=absence.asked_at,
                due_at=absence.due_at,
                is_overdue=doing.now >= absence.due_at,
                kind=absence.how,
                start_at=absence.start_at,
                end_at=absence.until_at,
            )


def _orders(case: _One) -> Iterator[WorkItem]:
    for stored_version in case.about.of(court_orders.WAITING, case.person):
        version = stored_version.value
        if version.by != case.reader:
            kind = str(version.number)
            yield _undated(case, WorkItemType.ORDER, version.order, version.at, kind=kind)


def _undated(
    case: _One,
    what: WorkItemType,
    id: str,  # noqa: A002
    since_at: datetime,
    kind: str = "",
) -> WorkItem:
    """Return something about a person that has no day by which it is due."""
    return WorkItem(
        what, id, case.person, case.name, since_at, due_at=None, is_overdue=False, kind=kind
    )


def _handovers(case: _One, file: case_access.CaseFile | None) -> Iterator[WorkItem]:
    caller, now = case.doing.actor.account, case.doing.now
    is_holder = file is not None and caller in case_access.holders_of(file, case.doing.staff, now)
    for handover in case.about.of(HANDOVER, case.person):
        record = handover.value
        if is_holder and record.waits and record.written_by != caller:
            yield _undated(case, WorkItemType.HANDOVER, handover.id, record.versions[-1].written_at)


def _grounds(case: _One) -> Iterator[WorkItem]:
    for stored_ground in case.about.of(GROUND, case.person):
        ground = stored_ground.value
        if ground.waits and ground.recorded_by != case.reader:
            item = _undated(case, WorkItemType.GROUND, stored_ground.id, ground.recorded_at)
            start_at, end_at = ground.start_at, ground.until_at
            yield msgspec.structs.replace(item, start_at=start_at, end_at=end_at)


def _outside(case: _One) -> Iterator[WorkItem]:
    for stored_request in case.about.of(OUTSIDE, case.person):
        request = stored_request.value
        if request.may_be_answered_by(case.reader):
            what, urgency = WorkItemType.OUTSIDE, request.urgency.value
            yield _undated(case, what, stored_request.id, request.received_at, urgency)
