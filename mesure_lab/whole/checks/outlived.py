"""Outlived: the year after a life, in which everything is erased on its day, and nothing before."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from mesure.actions.desk.overdue_things import list_overdue
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.incidents import contests, incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import ActionError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import TrailRequest
from mesure.incidents.finding import FindingOutcome, ReviewStage
from mesure.instants import to_datetime
from mesure_lab.whole.acts import CASE
from mesure_lab.whole.checks import invariants, raw_files
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import H
from mesure_lab.whole.simulated.raw_rows import Rows
from mesure_lab.whole.world import World

LEFT_DAYS: Final = 14
OUTLIVED_DAYS: Final = (33, 64, 130, 440, 560)
NEAR_INCIDENT_US: Final = 4 * H
HELD_US: Final = 2 * H  # Around an incident, as long as a court can ask.
HELD_DAYS: Final = 90
TRAIL_DAYS: Final = 60
SENT_DAYS: Final = 60
LOOK_DAYS: Final = 366
NOBODYS_DAYS: Final = 31
BINDS_DAYS: Final = 47 + 366
MESSAGES: Final = "SELECT part, sequence, person, first_us, last_us, received_us FROM message"


@invariant("outlived_goes", "decision 0035; German Code of Criminal Procedure, section 463a")
def outlived_goes(world: World) -> Iterator[str]:
    """Yield what is still there when its days are over, by a look at the file from outside."""
    if not world.swarm.is_outlived:
        return
    world.wait(LEFT_DAYS * DAY)
    world.machine.judge()
    world.machine.notify()
    yield from _left_for_long(world)
    end_us = world.time.now_us
    _close_incidents(world)
    stored_rows = world.machine.rows(MESSAGES)
    for days in OUTLIVED_DAYS:
        world.time.now_us = end_us + days * DAY
        world.machine.judge()
        yield from _shown_by_old_grounds(world)
        closed = [one for one in world.names if days >= BINDS_DAYS and _is_closed(world, one)]
        for person in closed:
            invariants.remember_bytes(world, person)
        world.machine.keep_up()
        gone = world.machine.erase()
        is_less = any(count for kind, count in gone.items() if kind != "needed")
        if is_less and world.machine.is_embedded:
            yield from raw_files.let_go(world.machine.folder.database)
        world.machine.sign_log()
        yield from _too_old(world.machine.rows, world.time.now_us, days)
        yield from _too_early(world, stored_rows, days)
        yield from _unused_kept(world, days)
        if days < TRAIL_DAYS:  # Of what was at home only presence is left, and all else is there.
            yield from invariants.as_by_a_replay(world)
    world.erased.update(closed)
    yield from invariants.erased_is_gone(world)
    yield from invariants.log_and_rows_hold(world)


def _left_for_long(world: World) -> Iterator[str]:
    """Yield incidents that nobody has decided for weeks, and that no supervisor is shown."""
    supervisor = world.people.supervisor
    brought = {view.item for view in world.machine.do(supervisor, list_overdue, EmptyRequest())}
    with world.read_register() as rows:
        for person in world.names:
            for incident in world.incidents_of(person):
                stage = contests.review_of(rows, incident.id).stage
                is_old = incident.opened_us < world.time.now_us - LEFT_DAYS * DAY
                if is_old and stage is not ReviewStage.FOUND and incident.id not in brought:
                    yield f"{incident.id} was left for {LEFT_DAYS} days, and is brought to nobody"


def _shown_by_old_grounds(world: World) -> Iterator[str]:
    """Yield grounds of weeks ago by which a trail is shown still."""
    for name, (person, actor, is_agreed) in world.desk.grounds.items():
        if is_agreed and person in world.names:
            with suppress(ActionError):
                request = TrailRequest(person=person, ground=name, **CASE)
                world.machine.do(actor, trail_access.trail, request)
                yield f"{actor.account} sees the trail of {person} by {name}, a ground of long ago"


def _close_incidents(world: World) -> None:
    """Have a supervisor come to a finding about whatever still waits for one."""
    by = world.people.supervisor
    for person in world.names:
        for incident in world.incidents_of(person):
            finding = RecordFinding(incident.id, FindingOutcome.CANNOT_TELL, "Too long ago.")
            with suppress(ActionError):
                request = IncidentRequest(incident=incident.id, **CASE)
                world.machine.do(by, incident_review.show, request)
                world.machine.do(by, incident_review.find, finding)
                world.people.found_by.setdefault(incident.id, set()).add(by.account)


def _is_closed(world: World, person: str) -> bool:
    """Tell whether nothing about a person waits for anybody any more."""
    with world.read_undisturbed() as reading:
        rows = RegisterReader(reading, world.machine.made.keyring)
        contested = contests.all_contests(rows, person)
        return not any(one.is_open for some in contested.values() for one in some) and all(
            incident.withdrawn_us is not None
            or contests.review_of(rows, incident.id).stage is ReviewStage.FOUND
            for incident in reading.incidents_of(person)
        )


def _too_old(rows_of: Rows, now_us: int, days: int) -> Iterator[str]:
    rows = rows_of("SELECT person, first_us, last_us, received_us FROM message")
    spans = _spans(rows_of, now_us)
    for person, first_us, last_us, received_us in rows:
        if person is None:
            if received_us < now_us - NOBODYS_DAYS * DAY:
                yield f"after {days} days something is there that is nobody's"
            continue
        is_near = any(
            start_us - NEAR_INCIDENT_US <= last_us and first_us <= max(ends_us) + NEAR_INCIDENT_US
            for start_us, *ends_us in spans.get(person, ())
        )
        if last_us < now_us - TRAIL_DAYS * DAY and not is_near:
            yield f"after {days} days a message of {person} is there"


def _too_early(world: World, stored_rows: list[tuple[Any, ...]], days: int) -> Iterator[str]:
    """Yield messages that went before their days were over, or while an incident held them."""
    now_us, names = world.time.now_us, set(world.names)
    spans = _spans(world.machine.rows, now_us) if days < HELD_DAYS else {}
    left = {row[:3] for row in world.machine.rows(MESSAGES)}
    for part, sequence, person, first_us, last_us, received_us in stored_rows:
        if person not in names or (part, sequence, person) in left:
            continue
        if min(first_us, received_us) + (TRAIL_DAYS - 2) * DAY > now_us:
            yield f"after {days} days a message of {person} is gone before its time"
        elif any(
            start_us - HELD_US <= last_us and first_us < stop_us + HELD_US
            for start_us, stop_us, _ in spans.get(person, ())
        ):
            yield f"after {days} days a message of {person} is gone that an incident holds"


def _spans(rows_of: Rows, now_us: int) -> dict[str, list[tuple[int, int, int]]]:
    spans: dict[str, list[tuple[int, int, int]]] = {}
    # What was withdrawn may never have ended, and holds nothing of later.
    statement = "SELECT person, start_us, coalesce(end_us, withdrawn_us), opened_us FROM incident"
    for person, start_us, end_us, at_us in rows_of(statement):
        span_us = start_us, end_us or now_us, min(at_us, start_us + DAY)  # It was decided by then.
        spans.setdefault(person, []).append(span_us)
    return spans


def _unused_kept(world: World, days: int) -> Iterator[str]:
    """Yield what has no use any more: that something was sent long ago, or was looked at."""
    before_us = world.time.now_us - SENT_DAYS * DAY
    statement = "SELECT count(*) FROM outgoing WHERE is_done AND due_us < ?"
    [(sent,)] = world.machine.rows(statement, before_us)
    if sent:
        yield f"after {days} days it is kept of {sent} things that they were sent"
    statement = "SELECT number FROM quarantine WHERE last_received_us < ?"
    if world.machine.rows(statement, world.time.now_us - NOBODYS_DAYS * DAY):
        yield f"after {days} days messages are there that were refused"
    looked_before = to_datetime(world.time.now_us - LOOK_DAYS * DAY)
    for record in world.records().values():
        if record.get("sort") == "look" and datetime.fromisoformat(record["at"]) < looked_before:
            yield f"after {days} days a look is kept that was long ago: {record['action']}"
