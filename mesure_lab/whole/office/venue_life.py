"""Venues: a list is imported from a map, decided venue by venue, approved, and imported anew.

Page: docs/specs/venue_categories.md
"""

import json
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Final

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.orders import venue_review
from mesure.actions.orders.venue_review import (
    DecideVenues,
    ImportVenues,
    VenueInput,
    VenueListRef,
    VenuesRequest,
)
from mesure.machine import clock
from mesure_lab.whole.lives.desk_memory import KnownVenues
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.world import World

AS_DECIDED: Final = "venues_as_decided"
CATEGORY: Final = "alcohol"
VENUES_MAX: Final = 5


def keep_venues(world: World, dice: Random, person: str) -> str:
    """Import a list, or go on with the review of venue."""
    actor = dice.choice((world.people.supervisor, *world.people.officers))
    waiting = [name for name, known in world.desk.venues.items() if not known.is_approved]
    if not waiting or dice.random() < 0.3:
        return _import(world, dice, actor, person)
    name = dice.choice(waiting)
    step = dice.choice((_decide, _finish, _finish, _approve, _show))
    return f"{step.__name__} {step(world, dice, actor, name)}"


def _outline(dice: Random) -> str:
    at = [round(76.9 + dice.random() / 10, 5), round(43.2 + dice.random() / 10, 5)]
    return json.dumps({"type": "Point", "coordinates": at})


def _import(world: World, dice: Random, actor: Actor, person: str) -> str:
    """Import what a map has now: some of it as before, some moved, some gone, some new."""
    before = _latest(world)
    outlines = {} if before is None else dict(before.outlines)
    for name in list(outlines):
        chance = dice.random()
        if chance < 0.2:
            del outlines[name]
        elif chance < 0.5:
            outlines[name] = _outline(dice)
    for _ in range(dice.randrange(1, VENUES_MAX)):
        outlines[f"node/{dice.randrange(10_000)}"] = _outline(dice)
    venues = tuple(VenueInput(venue, f"Bar {venue}", {"amenity": "bar"}, at)
                   for venue, at in sorted(outlines.items()))  # fmt: skip
    today = clock.now().date() - timedelta(days=dice.randrange(3))
    request = ImportVenues(CATEGORY, today, "a map", sha256(b"a map").hexdigest(), venues)
    world_of_others = (desk_steps.stranger_to(world, dice, person), world.people.inspector)
    stranger, import_list = dice.choice(world_of_others), venue_review.import_list
    desk_steps.ask_in_vain(world, stranger, import_list, request, None, "access_table")
    answer = desk_steps.ask(world, actor, import_list, request)
    if not answer.is_done:
        return answer.word
    binds = {venue: _carried(before, venue, at) for venue, at in outlines.items()}
    known = KnownVenues(CATEGORY, outlines, binds)
    world.desk.venues[answer.answer.list] = known
    undecided = sum(venue is None for venue in binds.values())
    if answer.answer.undecided != undecided:
        world.broken(AS_DECIDED, f"{answer.answer.undecided} are to be decided, not {undecided}")
    return answer.word


def _latest(world: World) -> KnownVenues | None:
    """Return the list that was approved last by its date; the store says which that is."""
    supervisor = world.people.supervisor
    shown = desk_steps.ask(world, supervisor, venue_review.lists, EmptyRequest())
    # Two that were approved at one instant, which happens here alone, are in order of their ids.
    lists = sorted(shown.answer or (), key=lambda venue: venue.list)
    approved = [venue for venue in lists if venue.kept.approved_at is not None]
    last = max(approved, key=lambda venue: (venue.kept.as_of, venue.kept.approved_at), default=None)
    return None if last is None else world.desk.venues.get(last.list)


def _carried(before: KnownVenues | None, venue: str, outline: str) -> bool | None:
    """Return what was decided of a venue that has not changed."""
    if before is None or before.outlines.get(venue) != outline:
        return None
    return before.binds[venue]


def _decide(world: World, dice: Random, actor: Actor, name: str) -> str:
    """Say of some venues whether they bind; without a reason none is taken from the list."""
    known = world.desk.venues[name]
    chosen = tuple(dice.sample(sorted(known.binds), dice.randint(1, len(known.binds))))
    binds, decide = dice.random() < 0.6, venue_review.decide
    silent = DecideVenues(name, chosen, binds=False)
    desk_steps.ask_in_vain(world, actor, decide, silent, None, AS_DECIDED)
    request = DecideVenues(name, chosen, binds, "" if binds else "It is closed.")
    answer = desk_steps.ask(world, actor, decide, request)
    if answer.is_unsure:
        del world.desk.venues[name]
    elif answer.is_done:
        known.binds.update(dict.fromkeys(chosen, binds))
    return answer.word


def _finish(world: World, dice: Random, actor: Actor, name: str) -> str:
    """Decide about what is left, and approve the list."""
    known = world.desk.venues[name]
    left = tuple(venue for venue, binds in known.binds.items() if binds is None)
    request = DecideVenues(name, left, binds=True)
    answer = desk_steps.ask(world, actor, venue_review.decide, request)
    if answer.is_unsure:
        del world.desk.venues[name]
    if not answer.is_done:
        return answer.word
    known.binds.update(dict.fromkeys(left, True))
    return _approve(world, dice, actor, name)


def _approve(world: World, _dice: Random, actor: Actor, name: str) -> str:
    """Approve a list, and get it as the file of an order: it has what binds, and nothing else."""
    known, reference = world.desk.venues[name], VenueListRef(name)
    desk_steps.ask_in_vain(world, actor, venue_review.file, reference, None, AS_DECIDED)
    if None in known.binds.values():
        approve = venue_review.approve
        return desk_steps.ask_in_vain(world, actor, approve, reference, None, AS_DECIDED)
    answer = desk_steps.ask(world, actor, venue_review.approve, reference)
    if answer.is_unsure:
        del world.desk.venues[name]
    if not answer.is_done:
        return answer.word
    known.is_approved = True
    late = DecideVenues(name, tuple(known.binds), binds=True)
    desk_steps.ask_in_vain(world, actor, venue_review.decide, late, None, AS_DECIDED)
    got = desk_steps.ask(world, actor, venue_review.file, reference)
    if got.is_done:
        features = {venue["id"] for venue in json.loads(got.answer.data)["features"]}
        binding = {venue for venue, binds in known.binds.items() if binds}
        if features != binding:
            world.broken(AS_DECIDED, f"{features} are in the file, {binding} were to bind")
    desk_steps.ask(world, actor, venue_review.points, EmptyRequest())
    return answer.word


def _show(world: World, dice: Random, actor: Actor, name: str) -> str:
    known = world.desk.venues[name]
    which, wanted = dice.choice((("undecided", None), ("binding", True), ("other", False)))
    request = VenuesRequest(name, which)
    answer = desk_steps.ask(world, actor, venue_review.show, request)
    if answer.is_done:
        shown = {venue.id for venue in answer.answer.venues}
        expected = {venue for venue, binds in known.binds.items() if binds is wanted}
        if shown != expected:
            world.broken(AS_DECIDED, f"{which}: {shown} and not {expected}")
    return answer.word
