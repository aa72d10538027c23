"""Wrong ends: an early end of an order is entered wrongly, changed and taken back, until it passes.

Decision: docs/decisions/0072-an-early-end-is-corrected-until-it-passes.md
"""

from datetime import datetime, timedelta
from typing import Any, Final

from mesure.actions.framework.action import Action
from mesure.actions.orders import absences, court_orders, early_ends, end_correction
from mesure.actions.orders.absences import AbsencesRequest, AbsenceStage, RequestAbsence
from mesure.actions.orders.court_orders import EndOrder, OrderRequest
from mesure.actions.orders.end_correction import ChangeOrderEnd
from mesure.machine import clock
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.drawn import rare_days
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.drawn.random_persons import DrawnPerson
from mesure_lab.whole.world import World

HOURS_AHEAD: Final = (7, 5, 20, None)  # Of the end entered at a step; None: it is taken back.
BEYOND_HOURS: Final = 15  # Of a request: behind some of these ends, and before another one.
BY_ENTRY: Final = "early_end_as_entered"


def enter_wrongly(world: World, event: PlannedEvent) -> str:
    """Enter that an order ends in some hours, change that, or take it back."""
    person, by = world.persons[event.person], world.people.supervisor
    if person.name not in world.people.officer_of:
        return "nobody"
    world.disk.spare()
    if event.item == 0 and rare_days.is_asked_beyond(world.seed):
        _ask_beyond(world, person)
    hours = HOURS_AHEAD[event.item]
    at = None if hours is None else clock.now() + timedelta(hours=hours)
    action: Action[Any, None] = end_correction.change_end
    with world.read_register() as rows:
        former = early_ends.entries(rows, person.order)
    request: Any = ChangeOrderEnd(person.order, len(former), at, "it was wrong")
    if at is not None and event.item == 0:
        action = court_orders.end
        request = EndOrder(person.order, at, "7-12/2026", "the court ended it")
    word, _ = acts.do(world, by, action, request, person.name)
    if word == "done":
        world.desk.varied.add(person.name)
        show = OrderRequest(order=person.order, **acts.CASE)
        word, shown = acts.do(world, by, court_orders.show, show, person.name)
        if shown is not None and (shown.ends[-1].at, bool(shown.end)) != (at, at is not None):
            world.broken(BY_ENTRY, f"{at} was entered of {person.order}, and {shown.end} counts")
        if shown is not None and shown.ends[:-1] != former:
            world.broken(BY_ENTRY, f"of {person.order} was entered {former}, now {shown.ends}")
        if shown is not None and rare_days.is_asked_beyond(world.seed):
            ends = [one.until_at for one in shown.versions if one.confirmed_at is not None]
            _look_at_requests(world, person, min([max(ends), *filter(None, [at])]))
    return f"{at} {word}"


def _ask_beyond(world: World, person: DrawnPerson) -> None:
    """Have somebody ask for an absence that begins when their order may have ended."""
    start_at, own = clock.now() + timedelta(hours=BEYOND_HOURS), office_people.own(person.name)
    request = RequestAbsence(
        order=person.order, conditions=("C1",), start_at=start_at,
        until_at=start_at + timedelta(hours=2), reason="a wedding",
    )  # fmt: skip
    acts.do(world, own, absences.ask, request, person.name)


def _look_at_requests(world: World, person: DrawnPerson, ends_at: datetime) -> None:
    """Break where a request waits for an answer and its order ends before it, or else does not."""
    request, by = AbsencesRequest(person.name), world.people.supervisor
    _, shown = acts.do(world, by, absences.list_absences, request, person.name)
    for view in shown or ():
        is_beyond = view.kept.start_at >= ends_at
        if view.kept.stage == AbsenceStage.ASKED and view.kept.is_needless is not is_beyond:
            world.broken(BY_ENTRY, f"{view.kept} waits or not, and its order ends {ends_at}")


def end_at_once(world: World, event: PlannedEvent) -> str:
    """Have an order end now, whatever was entered before; then nothing of that can be changed."""
    person, by = world.persons[event.person], world.people.supervisor
    with world.read_register() as rows:
        entries = len(early_ends.entries(rows, person.order))
    now = ChangeOrderEnd(person.order, entries, clock.now(), "it ended today")
    word, _ = acts.do(world, by, end_correction.change_end, now, person.name)
    late = ChangeOrderEnd(person.order, entries + 1, None, "too late")
    if acts.do(world, by, end_correction.change_end, late, person.name)[0] == "done":
        world.broken(BY_ENTRY, f"an end of {person.order} was taken back when it had passed")
    return word
