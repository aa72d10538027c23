"""Whole answers: what is to be done, was judged, was seen and is kept is shown without a gap.

What must be shown is read from the store, and from the messages heard anew.
"""

from collections import Counter
from datetime import timedelta
from typing import Final

from mesure.actions.cases import worklist
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.data_rights import own_record, subject_access
from mesure.actions.data_rights.own_record import AssessmentsRequest, OwnRecordRequest
from mesure.actions.framework import case_access
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests
from mesure.actions.orders.absences import AbsenceStage
from mesure.actions.orders.binding_order import ABSENCE
from mesure.actions.orders.court_orders import WAITING
from mesure.actions.records.incident_records import CONTEST
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import TrailRequest
from mesure.geo.fixes import POSITION
from mesure.incidents.finding import ReviewStage
from mesure.instants import to_datetime, to_us
from mesure.machine import clock
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.checks import replay_differences
from mesure_lab.whole.office import data_lives
from mesure_lab.whole.world import World

WHOLE: Final = "lists_are_whole"
COUNTED: Final = ("message", "incident", "assessment", "superseded", "outgoing", "register")
WAITS: Final = {
    WorkItemType.INCIDENT, WorkItemType.SECOND_EYES, WorkItemType.CONTEST, WorkItemType.ABSENCE,
    WorkItemType.ORDER,
}  # fmt: skip


def read(world: World) -> None:
    """Have officers read what is to be done, and persons all that is known of them."""
    for officer in world.people.officers:
        _to_do(world, officer)
    for person in world.names:
        own = office_people.own(person)
        _judged(world, own, person)
        _trail(world, own, person)
        _everything(world, own, person)


def _to_do(world: World, officer: Actor) -> None:
    """Have an officer read what waits: all that waits about their persons, and nothing else."""
    expected = Counter[tuple[str, str]]()
    with world.read_register() as rows:
        # Whom somebody was barred from, and is let in to again, is on no list of theirs.
        files = [case_access.file_of(rows, person) for person in world.names]
        mine = {one.person for one in files if one.officer == officer.account}
        for person in mine:
            expected.update(_waiting(world, rows, officer, person))
    word, items = acts.do(world, officer, worklist.list_items, EmptyRequest(), None)
    if word == "done":
        shown = Counter(
            (item.what.value, item.id) for item in items if item.person in mine
            and item.what in WAITS
        )  # fmt: skip
        if shown != expected:
            more, less = shown - expected, expected - shown
            world.broken(WHOLE, f"{officer.account} is shown {more}, and not {less}")


def _waiting(
    world: World, rows: RegisterReader, officer: Actor, person: str
) -> list[tuple[str, str]]:
    """Return what waits about somebody for an officer: of which kind, and its name."""
    waits: list[tuple[WorkItemType, str]] = []
    for incident in world.incidents_of(person):
        review = contests.review_of(rows, incident.id)
        if review.stage is ReviewStage.PROPOSED and review.finding is not None:
            is_own = review.finding.decided_by == officer.account
            waits += [] if is_own else [(WorkItemType.SECOND_EYES, incident.id)]
        elif review.stage is not ReviewStage.FOUND:
            waits.append((WorkItemType.INCIDENT, incident.id))
    waits += [(WorkItemType.CONTEST, row.value.incident) for row in rows.about(CONTEST, person)
              if row.value.contest.needs_second]  # fmt: skip
    waits += [(WorkItemType.ABSENCE, row.id) for row in rows.about(ABSENCE, person)
              if row.value.stage == AbsenceStage.ASKED and not row.value.is_needless]  # fmt: skip
    waits += [(WorkItemType.ORDER, row.value.order) for row in rows.about(WAITING, person)
              if row.value.by != officer.account]  # fmt: skip
    return [(what.value, name) for what, name in waits]


def _judged(world: World, own: Actor, person: str) -> None:
    """Have a person read all that was judged of them."""
    span = to_datetime(world.life_of(person).begin_us) - timedelta(days=9), clock.now()
    request = AssessmentsRequest(person=person, start_at=span[0], until_at=span[1])
    word, shown = acts.do(world, own, own_record.list_assessments, request, person)
    with world.read_undisturbed() as reading:
        rows = [*reading.assessments(person, to_us(span[0]), to_us(span[1]))]
    stored = Counter((row.condition, row.status, row.start_us) for row in rows)
    listed = Counter((v.condition, v.status.value, to_us(v.start_at)) for v in shown or ())
    if word == "done" and listed != stored:
        world.broken(WHOLE, f"{person} reads {listed - stored}, and not {stored - listed}")


def _trail(world: World, own: Actor, person: str) -> None:
    """Have a person see their whole trail: each fix by which they are judged."""
    word, trail = acts.do(world, own, trail_access.trail, TrailRequest(person=person), person)
    with world.read_undisturbed() as reading:
        judged = reading.progress_of(person)
        if word != "done" or judged is None:
            return
        config, now_us = world.machine.config_of(judged), clock.now_us()
        _, evidence = replay_differences.hear_all(reading, config, judged, now_us)
    fixes = evidence.to_judge
    times_us = set(fixes.observed_us[fixes.rest_us == POSITION].tolist())
    missing = {at_us for at_us in times_us if at_us < now_us}
    missing -= {to_us(fix.observed_at) for fix in trail.fixes}
    if missing:
        world.broken(WHOLE, f"the trail of {person} lacks {sorted(missing)}")


def _everything(world: World, own: Actor, person: str) -> None:
    """Have a person get all that is kept about them: no row fewer, and nobody else."""
    counts = {table: _count(world, table, person) for table in COUNTED}
    action, request = subject_access.everything, OwnRecordRequest(person)
    word, answer = acts.do(world, own, action, request, person)
    if word != "done":
        return
    data_lives.hold_everything(world, person, answer.tables)
    for table, count in counts.items():
        handed_over = len(answer.tables.get(table, ()))
        if handed_over < count:
            what = f"{handed_over} of {count} rows of {table} about {person} are handed over"
            world.broken(data_lives.EVERYTHING, what)


def _count(world: World, table: str, person: str) -> int:
    [(count,)] = world.machine.rows(f"SELECT count(*) FROM {table} WHERE person = ?", person)  # noqa: S608
    return int(count)
