"""What was entered of an order: confirmed by a second officer, read as of a day, ended."""

from datetime import UTC, datetime, time
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.orders import absences, binding_order, court_orders
from mesure.actions.orders.absences import Suspend
from mesure.actions.orders.court_orders import (
    EndOrder,
    OfVersion,
    OrderAsked,
    OrderShown,
    TurnDown,
    VersionShown,
)
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import UnknownError
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.wording import version_differences
from mesure.orders.wording.order_sentences import Passage
from mesure.reports.text import visible_text
from mesure.web.console.order_entry import (
    drafting,
    estimates,
    near_home,
    order_fields,
    places_drawn,
)
from mesure.web.console.order_entry.steps import check, start
from mesure.web.shared import record_heading
from mesure.web.shared.visits import Visit


def shown(visit: Visit) -> Response:
    """Show a version as it was entered, what it changes, and what is expected of it."""
    return _page(visit)


def confirmed(visit: Visit) -> Response:
    """Confirm a version that somebody else entered, by the hash of what was read."""
    found, one = _asked(visit)
    sha256 = visit.form.value("sha256")
    catalogue = visit.texts
    if visit.form.value("compared") != "yes":
        sentence = catalogue.text("Compare it with the court’s paper first, and say so here.")
        visit.form.refuse("compared", sentence)
        return _page(visit, 422)
    asked = OfVersion(found.order, one.number, sha256)
    if not visit.tried(court_orders.confirm, asked, "compared"):
        return _page(visit, 422)
    return visit.to(drafting.version_of(found.person, found.order, one.number))


def turned_down(visit: Visit) -> Response:
    """Turn down a version that somebody else entered, and say why."""
    found, one = _asked(visit)
    reason = order_fields.needed(visit, "reason")
    asked = TurnDown(found.order, one.number, reason)
    if visit.form.faults or not visit.tried(court_orders.turn_down, asked, "reason"):
        return _page(visit, 422)
    return visit.to(drafting.version_of(found.person, found.order, one.number))


def _asked(visit: Visit) -> tuple[OrderShown, VersionShown]:
    """Return the version that the address names, with its order."""
    person = visit.path("person")
    found = start.shown(visit, person, visit.asked("order"))
    number = visit.asked("number")
    one = next((one for one in found.versions if str(one.number) == number), None)
    if one is None or found.person != person:
        raise UnknownError(Why.NOT_HERE)
    return found, one


def _page(visit: Visit, status: int = 200) -> Response:
    found, one = _asked(visit)
    version = _read(one)
    drawn = places_drawn.drawn(version, visit)
    state, kind = start.version_state(visit, one)
    waits = one.confirmed_at is None and one.turned_down is None
    return visit.page(
        "order_version.html",
        status,
        person=found.person,
        back=drafting.of_person(found.person),
        order=visible_text.visible(found.order),
        version=one,
        state=state,
        kind=kind,
        waits=waits,
        is_own=one.entered_by == visit.actor.account,
        is_done=visit.asked("done") == "yes",
        passages=check.in_words(version, visit),
        changes=_changes(visit, found, one, version),
        map=drawn.map,
        one_by_one=drawn.one_by_one,
        zones=estimates.of_version(version, visit),
        near_home=near_home.of_version(version, visit),
        asked=urlencode({"order": found.order, "number": one.number}),
        zone=version.zone,
        now=visit.context.now,
        text=one.text.decode("utf-8", "replace"),
    )


def _read(one: VersionShown) -> OrderVersion:
    return read_order.read(drafting.FILE, one.text, one.files)


def _changes(
    visit: Visit, found: OrderShown, one: VersionShown, version: OrderVersion
) -> tuple[Passage, ...] | None:
    """Return what a version changes against what would bind without it; None for the first."""
    before = [
        other
        for other in found.versions
        if other.number < one.number
        and other.confirmed_at is not None
        and other.start_at <= one.start_at
    ]
    if not before:
        return None
    earlier = _read(max(before, key=lambda other: (other.start_at, other.number)))
    return check.safe(version_differences.sentences(earlier, version, visit.texts.catalogue))


# --- As of a day -------------------------------------------------------------------------------


def on_day(visit: Visit) -> Response:
    """Show what bound, or will bind, on a day: with what was allowed, suspended or ended since."""
    person, order = visit.path("person"), visit.asked("order")
    purpose, number = record_heading.why(visit, person)
    asked = OrderAsked(order=order, purpose=purpose, case_number=number)
    versions = visit.perform(court_orders.bound, asked)
    zone = versions[-1].zone if versions else visit.parts.zone
    today = visit.context.now.astimezone(zone).date().isoformat()
    day = visit.asked("day") or today
    filled = drafting.filled(visit, {"day": day})
    order_fields.day(filled, "day")
    found = None
    at = visit.context.now
    if not filled.form.faults:
        at = datetime.combine(datetime.fromisoformat(day).date(), time(12), zone)
        found = binding_order.in_force(versions, at)
    return filled.page(
        "order_on_day.html",
        person=person,
        back=drafting.of_person(person),
        order=visible_text.visible(order),
        order_id=order,
        day=None if filled.form.faults else at.date(),
        passages=() if found is None else check.in_words(found, visit),
        map=places_drawn.drawing(found, visit),
    )


# --- Suspended, and ended before its time ------------------------------------------------------


def suspend_shown(visit: Visit) -> Response:
    """Ask from when until when all conditions are suspended, and by what decision."""
    return _ends_page(visit, "order_suspend.html")


def suspended(visit: Visit) -> Response:
    """Suspend all conditions during a span."""
    start_at, until_at = _instant(visit, "from"), _instant(visit, "until")
    reason = order_fields.needed(visit, "reason")
    if visit.form.faults or start_at is None or until_at is None:
        return _ends_page(visit, "order_suspend.html", 422)
    asked = Suspend(visit.asked("order"), start_at, until_at, reason)
    if not visit.tried(absences.suspend, asked, "from_day"):
        return _ends_page(visit, "order_suspend.html", 422)
    return visit.to(drafting.of_person(visit.path("person")))


def end_shown(visit: Visit) -> Response:
    """Ask from when nothing of an order binds any more, and by what decision."""
    return _ends_page(visit, "order_end.html")


def ended(visit: Visit) -> Response:
    """Enter that an order ends before its time."""
    at = _instant(visit, "at")
    decision, reason = order_fields.needed(visit, "decision"), order_fields.needed(visit, "reason")
    if visit.form.faults or at is None:
        return _ends_page(visit, "order_end.html", 422)
    asked = EndOrder(visit.asked("order"), at, decision, reason)
    if not visit.tried(court_orders.end, asked, "at_day"):
        return _ends_page(visit, "order_end.html", 422)
    return visit.to(drafting.of_person(visit.path("person")))


def _instant(visit: Visit, name: str) -> datetime | None:
    """Return an instant on the clock of the order."""
    person, order = visit.path("person"), visit.asked("order")
    found = start.shown(visit, person, order)
    latest = start.latest_confirmed(found)
    zone = visit.parts.zone if latest is None else _read(latest).zone
    at = visit.form.instant(name, zone, visit.texts.catalogue)
    return None if at is None else at.astimezone(UTC)


def _ends_page(visit: Visit, template: str, status: int = 200) -> Response:
    person = visit.path("person")
    return visit.page(
        template,
        status,
        person=person,
        back=drafting.of_person(person),
        order=visible_text.visible(visit.asked("order")),
    )
