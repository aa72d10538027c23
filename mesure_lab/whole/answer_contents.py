"""Answer contents: what must be true of an answer, given what was asked for."""

from collections.abc import Iterator
from typing import Final

from mesure.actions.cases.case_notes import NotesPage
from mesure.actions.data_rights.own_record import AssessmentsRequest
from mesure.actions.framework.context import Actor
from mesure.actions.trails.grounds import GROUND
from mesure.actions.trails.trail_access import Trail, TrailRequest
from mesure.formats.stored.device_reports import DeviceReport
from mesure.formats.stored.trail_fix import TrailFix, TrailRest
from mesure.instants import to_us
from mesure.machine import clock
from mesure_lab.whole.drawn.scenery import H, M
from mesure_lab.whole.world import World

AROUND_US: Final = 2 * H  # This much of a trail is seen before an incident, and after it.


def persons_in(answer: object) -> frozenset[str]:
    """Return about whom an answer says that it is."""
    parts = answer if isinstance(answer, tuple) else (answer,)
    names = {getattr(getattr(part, "head", part), "person", None) for part in parts}
    return frozenset(name for name in names if isinstance(name, str))


def wrong_contents(
    world: World, actor: Actor, request: object, person: str | None, answer: object
) -> Iterator[str]:
    """Yield what an answer shows that was not asked for, or may not be seen."""
    shown = persons_in(answer)
    if person is not None and shown - {person}:
        yield f"{sorted(shown)} where {person} was asked for"
    for name in shown if person is None else ():
        if world.people.must_refuse("today.list", actor, name):
            yield f"{name} in the list of {actor.account}"
    rows = answer if isinstance(answer, tuple) else ()
    if any(row in rows[:place] for place, row in enumerate(rows)):
        yield "the same twice"
    if isinstance(answer, Trail) and isinstance(request, TrailRequest):
        yield from _wrong_trail(world, request, answer)
    if isinstance(answer, NotesPage):
        yield from _wrong_notes(world, str(person), answer)
    if isinstance(request, AssessmentsRequest) and isinstance(answer, tuple):
        for row in answer:
            if row.until_at <= request.start_at or row.start_at >= request.until_at:
                yield f"an assessment of {row.start_at}"


def _wrong_trail(world: World, request: TrailRequest, trail: Trail) -> Iterator[str]:
    """Yield what is shown of a trail beyond its reason, or of a device that is another's."""
    start_us, end_us = _reason_us(world, request)
    if request.start_at is not None and request.until_at is not None:
        start_us = max(start_us, to_us(request.start_at))
        end_us = min(end_us, to_us(request.until_at))
    carried = {name for name, *_ in world.life_of(request.person).carried}
    if to_us(trail.start_at) < start_us:
        yield f"the trail of {request.person} from {trail.start_at} on"
    parts: tuple[TrailFix | TrailRest | DeviceReport, ...]
    parts = *trail.fixes, *trail.rest_claims, *trail.told
    for part in parts:
        if part.device not in carried or not start_us <= to_us(part.observed_at) <= end_us:
            yield f"{type(part).__name__} of {part.device} at {part.observed_at}"


def _reason_us(world: World, request: TrailRequest) -> tuple[int, int]:
    """Return the span that a ground names, or that an incident shows by itself."""
    if request.ground is not None:
        with world.read_register() as rows:
            ground = rows.need(GROUND, request.ground).value
        return to_us(ground.start_at), to_us(ground.until_at)
    if request.incident is None:  # It is one's own.
        return 0, clock.now_us()
    with world.read_undisturbed() as reading:
        incident = reading.incident(str(request.incident))
    assert incident is not None, "it was there when it was asked for"
    over_us = incident.over_us or clock.now_us()
    end_us = max(over_us + AROUND_US, incident.opened_us + 2 * M)  # It was decided by then.
    return incident.start_us - AROUND_US, end_us


def _wrong_notes(world: World, person: str, page: NotesPage) -> Iterator[str]:
    """Yield notes about others, or that were written about the person and are not there."""
    written, names = world.people.notes, {note.note for note in page.notes}
    strange = {note for note in names if written.get(note, person) != person}
    if strange:
        yield f"{len(strange)} notes about others"
    mine = {note for note, about in written.items() if about == person}
    if page.earlier is None and mine - names:
        yield f"{len(mine - names)} notes about {person} are not shown"
