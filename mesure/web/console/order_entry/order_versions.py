"""Order versions: confirmed by a second officer, read as of a day, ended."""

from datetime import UTC, datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import Response

from mesure.actions.orders import absences, binding_order, court_orders, end_correction
from mesure.actions.orders.absences import SuspendOrder
from mesure.actions.orders.court_orders import (
    EndOrder,
    OrderRequest,
    OrderView,
    TurnDownVersion,
    VersionRef,
    VersionView,
)
from mesure.actions.orders.end_correction import ChangeOrderEnd
from mesure.actions.orders.second_officers import SecondOfficersRequest
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, NotFoundError
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure.orders.wording import version_differences
from mesure.orders.wording.order_sentences import OrderSection
from mesure.reports.text import visible_text
from mesure.web.console.names import names_of
from mesure.web.console.order_entry import (
    drafting,
    estimates,
    near_home,
    order_fields,
    paper_entry,
    places_drawn,
    second_officer_words,
)
from mesure.web.console.order_entry.second_officer_words import Confirmers
from mesure.web.console.order_entry.steps import check, start
from mesure.web.shared import paper_rows, record_heading
from mesure.web.shared.visits import PageVisit


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show a version as it was entered, what it changes, and what is expected of it."""
    order, version_view = _asked(visit)
    version = _read(version_view)
    drawn = places_drawn.place_maps(version, visit)
    of_papers = f"{drafting.of_person(order.person)}/papers"
    state, kind = start.version_state(visit, version_view)
    waits = version_view.confirmed_at is None and version_view.turned_down is None
    return visit.page(
        "order_version.html",
        status,
        person=order.person,
        back=drafting.of_person(order.person),
        order=visible_text.visible(order.order),
        version=version_view,
        end=order.end,
        state=state,
        kind=kind,
        waits=waits,
        confirmers=_confirmers(visit, order, version_view, version) if waits else None,
        names=names_of(visit),
        is_own=version_view.entered_by == visit.actor.account,
        is_done=visit.query_value("done") == "yes",
        passages=check.in_words(version, visit, asks=True),
        papers=paper_rows.rows(version_view.papers, visit, of_papers),
        changes=_changes(visit, order, version_view, version),
        map=drawn.map,
        one_by_one=drawn.one_by_one,
        zones=estimates.of_version(version, visit),
        near_home=near_home.of_version(version, visit),
        asked=urlencode({"order": order.order, "number": version_view.number}),
        zone=version.zone,
        text=version_view.text.decode("utf-8", "replace"),
    )


def confirm(visit: PageVisit) -> Response:
    """Confirm a version that somebody else entered, by the hash of what was read."""
    order, version = _asked(visit)
    sha256 = visit.form.value("sha256")
    if visit.form.value("compared") != "yes":
        sentence = visit.texts.text("Compare it with the court’s paper first, and say so here.")
        visit.form.refuse("compared", sentence)
        return show(visit, 422)
    request = VersionRef(order.order, version.number, sha256)
    if not visit.try_action(court_orders.confirm, request, "compared"):
        return show(visit, 422)
    return visit.to(drafting.version_of(order.person, order.order, version.number))


def turn_down(visit: PageVisit) -> Response:
    """Turn down a version that somebody else entered, and say why."""
    order, version = _asked(visit)
    reason = order_fields.require_text(visit, "reason")
    request = TurnDownVersion(order.order, version.number, reason)
    if visit.form.faults or not visit.try_action(court_orders.turn_down, request, "reason"):
        return show(visit, 422)
    return visit.to(drafting.version_of(order.person, order.order, version.number))


def attach_paper(visit: PageVisit) -> Response:
    """Attach the court's paper to a version that was entered."""
    order, version = _asked(visit)
    if not paper_entry.attach_to_version(visit, order.order, version.number):
        return show(visit, 422)
    return visit.to(f"{drafting.version_of(order.person, order.order, version.number)}#papers")


def _asked(visit: PageVisit) -> tuple[OrderView, VersionView]:
    """Return the version that the address names, with its order."""
    order = start.look_at_order(visit, visit.path("person"), visit.query_value("order"))
    number = visit.query_value("number")
    version = next((one for one in order.versions if str(one.number) == number), None)
    if version is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return order, version


def _confirmers(
    visit: PageVisit, order: OrderView, version_view: VersionView, version: OrderVersion
) -> Confirmers:
    request = SecondOfficersRequest(order.person, order.order, version_view.number)
    return second_officer_words.confirmers(visit, version.zone, request)


def _read(version_view: VersionView) -> OrderVersion:
    return read_order.read(drafting.FILE, version_view.text, version_view.files)


def _changes(
    visit: PageVisit, order: OrderView, version_view: VersionView, version: OrderVersion
) -> tuple[OrderSection, ...] | None:
    """Return what a version changes against what would bind without it; None for the first."""
    before = [
        other
        for other in order.versions
        if other.number < version_view.number
        and other.confirmed_at is not None
        and other.start_at <= version_view.start_at
    ]
    if not before:
        return None
    earlier = _read(max(before, key=lambda other: (other.start_at, other.number)))
    return check.safe(version_differences.sentences(earlier, version, visit.texts.catalogue))


# --- As of a day -------------------------------------------------------------------------------


def on_day(visit: PageVisit) -> Response:
    """Show what bound, or will bind, on a day: with what was allowed, suspended or ended since."""
    person, order = visit.path("person"), visit.query_value("order")
    purpose, number = record_heading.why(visit, person)
    request = OrderRequest(order=order, purpose=purpose, case_number=number)
    versions = visit.perform(court_orders.versions_in_force, request)
    zone = versions[-1].zone if versions else visit.parts.zone
    day = visit.query_value("day") or visit.context.now.astimezone(zone).date().isoformat()
    filled = drafting.fill_form(visit, {"day": day})
    order_fields.day(filled, "day")
    version = None
    at = visit.context.now
    if not filled.form.faults:
        at = datetime.combine(datetime.fromisoformat(day).date(), time(12), zone)
        version = binding_order.in_force(versions, at)
    return filled.page(
        "order_on_day.html",
        person=person,
        back=drafting.of_person(person),
        order=visible_text.visible(order),
        order_id=order,
        day=None if filled.form.faults else at.date(),
        zone=zone,
        passages=() if version is None else check.in_words(version, visit, asks=False),
        map=places_drawn.places_map(version, visit),
    )


# --- Suspended, and ended before its time ------------------------------------------------------


def show_suspend(visit: PageVisit) -> Response:
    """Ask from when until when all conditions are suspended, and by what decision."""
    return _ends_page(visit, "order_suspend.html", _zone(visit))


def suspend(visit: PageVisit) -> Response:
    """Suspend all conditions during a span."""
    zone = _zone(visit)
    start_at, until_at = (_instant(visit, name, zone) for name in ("from", "until"))
    reason = order_fields.require_text(visit, "reason")
    if visit.form.faults or start_at is None or until_at is None:
        return _ends_page(visit, "order_suspend.html", zone, 422)
    request = SuspendOrder(visit.query_value("order"), start_at, until_at, reason)
    if not visit.try_action(absences.suspend, request, "from_day"):
        return _ends_page(visit, "order_suspend.html", zone, 422)
    return visit.to(drafting.of_person(visit.path("person")))


def show_end(visit: PageVisit) -> Response:
    """Ask from when nothing of an order binds any more, and by what decision."""
    order = start.look_at_order(visit, visit.path("person"), visit.query_value("order"))
    if order.end is not None:  # Entered since the link was shown: it is changed, not entered again.
        query = urlencode({"order": order.order})
        return visit.to(f"{drafting.of_person(order.person)}/end/change?{query}")
    return _ends_page(visit, "order_end.html", start.clock(visit, order))


def end(visit: PageVisit) -> Response:
    """Enter that an order ends before its time."""
    zone = _zone(visit)
    at = _instant(visit, "at", zone)
    decision = order_fields.require_text(visit, "decision")
    reason = order_fields.require_text(visit, "reason")
    if at is not None and not visit.form.faults:
        request = EndOrder(visit.query_value("order"), at, decision, reason)
        if visit.try_action(court_orders.end, request, "at_day"):
            return visit.to(drafting.of_person(visit.path("person")))
    return _ends_page(visit, "order_end.html", zone, 422)


def show_change_end(visit: PageVisit) -> Response:
    """Show the early end that was entered, to change it or take it back."""
    order = start.look_at_order(visit, visit.path("person"), visit.query_value("order"))
    if order.end is None or order.end.at is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    if order.end.at <= visit.context.now:
        raise ActionConflictError(ActionRefusal.END_PASSED)
    entries = str(len(order.ends))
    filled = drafting.fill_form(visit, {"decision": order.end.decision, "entries": entries})
    zone = start.clock(visit, order)
    filled.form.fill_instant("at", order.end.at, zone)
    return _ends_page(filled, "order_end_change.html", zone)


def change_end(visit: PageVisit) -> Response:
    """Change the early end of an order, or take it back."""
    takes_back, zone = visit.form.value("how") == "take_back", _zone(visit)
    at = None if takes_back else _instant(visit, "at", zone)
    decision = "" if takes_back else order_fields.require_text(visit, "decision")
    reason = order_fields.require_text(visit, "reason")
    entries = visit.form.count("entries") or 0
    request = ChangeOrderEnd(visit.query_value("order"), entries, at, reason, decision)
    if visit.form.faults or not visit.try_action(end_correction.change_end, request, "at_day"):
        return _ends_page(visit, "order_end_change.html", zone, 422)
    return visit.to(drafting.of_person(visit.path("person")))


def _zone(visit: PageVisit) -> ZoneInfo:
    order = start.look_at_order(visit, visit.path("person"), visit.query_value("order"))
    return start.clock(visit, order)


def _instant(visit: PageVisit, name: str, zone: ZoneInfo) -> datetime | None:
    at = visit.form.instant(name, zone, visit.texts.catalogue)
    return None if at is None else at.astimezone(UTC)


def _ends_page(visit: PageVisit, template: str, zone: ZoneInfo, status: int = 200) -> Response:
    person = visit.path("person")
    return visit.page(
        template,
        status,
        person=person,
        back=drafting.of_person(person),
        order=visible_text.visible(visit.query_value("order")),
        zone=zone,
    )
