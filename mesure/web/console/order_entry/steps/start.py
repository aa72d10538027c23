"""Start of order entry: for whom, from what, and what is unfinished."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import court_orders, order_drafts
from mesure.actions.orders.binding_order import EarlyEnd
from mesure.actions.orders.court_orders import OrderRequest, OrderView, VersionView
from mesure.actions.orders.order_drafts import BeginDraft, DraftsRequest, DraftSummary
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.orders.reading import order_writer, read_order
from mesure.orders.reading.order_writer import Tree
from mesure.orders.text.order_faults import OrderError
from mesure.orders.venues.place_names import HOME
from mesure.reports.text import visible_text
from mesure.web.console.names import names_of
from mesure.web.console.order_entry import address_lookup, drafting, order_fields, places_drawn
from mesure.web.languages import LANGUAGE_NAMES
from mesure.web.shared import record_heading
from mesure.web.shared.visits import PageVisit


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A draft or a version, as a list has it."""

    address: str
    title: str
    person: str
    when: datetime
    state: str
    kind: str  # Of the tag.


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of a person, with its versions."""

    id: str
    versions: tuple[VersionRow, ...]
    may_change: bool  # There is a version that binds, from which to go on.
    ends: datetime | None  # It ends before its time.
    has_ended: bool  # Before its time: nothing that is entered could bind any more.
    entries: tuple[EarlyEnd, ...]  # What was entered of its early end, the last first.


# --- What is unfinished ------------------------------------------------------------------------


def show_drafts(visit: PageVisit) -> Response:
    """Show one's own drafts, and what waits for a second officer."""
    pending = visit.perform(order_drafts.list_unfinished, EmptyRequest())
    catalogue = visit.texts
    lines = [_draft(visit, draft) for draft in pending.drafts]
    waiting = [
        VersionRow(
            drafting.version_of(version.person, version.order, version.number),
            visible_text.visible(version.order),
            version.person,
            version.entered_at,
            str(catalogue.text("another officer confirms it"))
            if version.is_own
            else str(catalogue.text("waits for you")),
            "" if version.is_own else "wait",
        )
        for version in pending.waiting
    ]
    return visit.page("orders.html", drafts=lines, waiting=waiting)


def _draft(visit: PageVisit, draft: DraftSummary) -> VersionRow:
    catalogue, address = visit.texts, f"{drafting.of_person(draft.person)}/drafts/{draft.draft}"
    what = catalogue.text("A new order") if draft.varies is None else catalogue.text("A variation")
    return VersionRow(address, str(what), draft.person, draft.changed_at, "", "")


# --- A new person ------------------------------------------------------------------------------


def show_person(visit: PageVisit, status: int = 200) -> Response:
    """Show the fields of a person whom a court has put under an order."""
    return visit.page("order_person.html", status, languages_of_person=LANGUAGE_NAMES)


def enter_person(visit: PageVisit) -> Response:
    """Enter a person, onto one's own list."""
    person = order_fields.require_text(visit, "person")
    phone, email = order_fields.contact(visit)
    request = EnterPerson(
        person=person,
        name=order_fields.require_text(visit, "name"),
        language=visit.form.value("language"),
        phone=phone,
        email=email,
    )
    if "/" in person:
        visit.form.refuse("person", visit.texts.text("This number cannot hold a slash."))
    if visit.form.faults or not visit.try_action(persons.enter, request, "person"):
        return show_person(visit, 422)
    return visit.to(drafting.of_person(person))


# --- A person's orders -------------------------------------------------------------------------


def of_person(visit: PageVisit, status: int = 200) -> Response:
    """Show a person's orders with all their versions, and drafts; and begin another."""
    person = visit.path("person")
    purpose, number = record_heading.why(visit, person)
    request = persons.PersonRequest(person=person, purpose=purpose, case_number=number)
    person_view = visit.perform(persons.show, request)
    own = visit.perform(order_drafts.of_person, DraftsRequest(person))
    orders = [look_at_order(visit, person, order) for order in person_view.orders]
    return visit.page(
        "person_orders.html",
        status,
        person=person,
        name=person_view.name,
        names=names_of(visit),
        address=drafting.of_person(person),
        orders=[_order(visit, order) for order in orders],
        zone=clock(visit, *orders),
        drafts=[_draft(visit, draft) for draft in own],
    )


def look_at_order(visit: PageVisit, person: str, order: str) -> OrderView:
    """Look at an order with its versions."""
    purpose, number = record_heading.why(visit, person)
    return visit.perform(
        court_orders.show, OrderRequest(order=order, purpose=purpose, case_number=number)
    )


def _order(visit: PageVisit, order: OrderView) -> OrderRow:
    lines = tuple(_version(visit, order, one) for one in reversed(order.versions))
    may_change = any(one.confirmed_at for one in order.versions)
    ends = None if order.end is None else order.end.at
    has_ended = ends is not None and ends <= visit.context.now
    return OrderRow(order.order, lines, may_change, ends, has_ended, order.ends[::-1])


def _version(visit: PageVisit, order: OrderView, version: VersionView) -> VersionRow:
    address = drafting.version_of(order.person, order.order, version.number)
    title = str(visit.texts.text("Version {number}", number=version.number))
    state, kind = version_state(visit, version)
    return VersionRow(address, title, order.person, version.start_at, state, kind)


def version_state(visit: PageVisit, version: VersionView) -> tuple[str, str]:
    """Return the state of a version, and the kind of its tag."""
    catalogue = visit.texts
    if version.turned_down is not None:
        return str(catalogue.text("turned down")), "amiss"
    if version.confirmed_at is None:
        return str(catalogue.text("waits for a second officer")), "wait"
    return str(catalogue.text("confirmed")), "met"


# --- Beginning ---------------------------------------------------------------------------------


def begin_draft(visit: PageVisit) -> Response:
    """Begin a draft: empty, from an uploaded file, or from a version that was entered."""
    person, how = visit.path("person"), visit.form.value("how")
    if how == "file":
        return _from_file(visit, person)
    if how == "vary":
        return _variation(visit, person, visit.form.value("order"))
    text = order_writer.text({"person": person}).encode()
    draft = visit.perform(order_drafts.begin, BeginDraft(person, text))
    return visit.to(f"{drafting.of_person(person)}/drafts/{draft}/decision")


def _from_file(visit: PageVisit, person: str) -> Response:
    upload = visit.uploads.get("file")
    catalogue = visit.texts
    if upload is None:
        visit.form.refuse("file", catalogue.text("Choose the file of an order."))
        return of_person(visit, 422)
    try:
        tree = order_writer.tree(visible_text.shorten(upload.name, 60), upload.data)
    except OrderError as error:
        for fault in error.faults:
            drafting.add(visit.form, "file", drafting.sentence(fault, visit))
        return of_person(visit, 422)
    if tree.get("person") != person:
        sentence = catalogue.text("This file is about somebody else: it does not name {person}.")
        visit.form.refuse("file", sentence.format(person=person))
        return of_person(visit, 422)
    maps = [visit.uploads[name] for name in ("map_1", "map_2", "map_3") if name in visit.uploads]
    files = {order_fields.clean(one.name): one.data for one in maps}
    request = BeginDraft(person, upload.data, files)
    return _begun(visit, request)


def _begun(visit: PageVisit, request: BeginDraft) -> Response:
    try:
        draft = visit.perform(order_drafts.begin, request)
    except NotAllowedError:
        raise
    except ActionError as error:
        visit.form.refuse("file", error.sentence(visit.texts.catalogue))
        return of_person(visit, 422)
    return visit.to(f"{drafting.of_person(request.person)}/drafts/{draft}")


def _variation(visit: PageVisit, person: str, order: str) -> Response:
    """Begin a variation from the version that binds last; where home moves, with the new home."""
    latest = latest_confirmed(look_at_order(visit, person, order))
    if latest is None:
        return of_person(visit, 422)
    return _begun(visit, BeginDraft(person, latest.text, latest.files, latest.number))


def latest_confirmed(order: OrderView) -> VersionView | None:
    """Return the version that begins last of those that were confirmed; the later corrects."""
    confirmed = [one for one in order.versions if one.confirmed_at is not None]
    return max(confirmed, key=lambda version: (version.start_at, version.number), default=None)


def clock(visit: PageVisit, *orders: OrderView) -> ZoneInfo:
    """Return the clock of the last of some orders that binds; without one, the programme's."""
    latest = [version for version in map(latest_confirmed, orders) if version is not None]
    if not latest:
        return visit.parts.zone
    return read_order.read(drafting.FILE, latest[-1].text, latest[-1].files).zone


# --- A move of home ----------------------------------------------------------------------------


def show_move(visit: PageVisit, status: int = 200) -> Response:
    """Ask for where the person moves, and when."""
    person = visit.path("person")
    latest = latest_confirmed(look_at_order(visit, person, visit.query_value("order")))
    before = None if latest is None else read_order.read(drafting.FILE, latest.text, latest.files)
    return visit.page(
        "order_move.html",
        status,
        back=drafting.of_person(person),
        person=person,
        order=visible_text.visible(visit.query_value("order")),
        map=places_drawn.places_map(before, visit),
        drawing=places_drawn.libraries(visit),
        lookup=address_lookup.of_visit(visit),
    )


def move_draft(visit: PageVisit) -> Response:
    """Begin a variation in which home is elsewhere from a day on."""
    choice = address_lookup.choice(visit)
    if choice is not None:
        return show_move(drafting.fill_form(visit, {**visit.form.values, **choice}))
    if address_lookup.is_asked(visit):
        return show_move(visit)
    person, order = visit.path("person"), visit.query_value("order")
    latest = latest_confirmed(look_at_order(visit, person, order))
    tree = {} if latest is None else order_writer.tree(drafting.FILE, latest.text)
    home = order_fields.without_empty(_group(tree, "places")).get(HOME)
    lat, lon = order_fields.point(visit, "point")
    order_fields.require_text(visit, "radius_m")
    since = order_fields.moment(visit, "from")
    catalogue = visit.texts
    if not since:
        visit.form.refuse("from_day", catalogue.text("Enter the day."))
    if latest is None or not isinstance(home, Mapping) or "lat_deg" not in home:
        visit.form.refuse("point", catalogue.text("This order has no circle that is called home."))
    radius_m = order_fields.number(visit, "radius_m")
    if visit.form.faults or latest is None:
        return show_move(visit, 422)
    address = order_fields.text(visit, "address")
    new_home = {"lat_deg": lat, "lon_deg": lon, "radius_m": radius_m, "address": address}
    moved = _moved(tree, order_fields.without_empty(new_home), since)
    text = order_writer.text(moved).encode()
    return _begun(visit, BeginDraft(person, text, latest.files, latest.number))


def _moved(tree: dict[str, Tree], home: dict[str, Tree], since: str) -> dict[str, Tree]:
    """Return an order with another home from a day on; what was measured at the old one goes."""
    places = {**_group(tree, "places"), HOME: home}
    in_force = {**_group(tree, "in_force"), "from": since}
    return {**tree, "in_force": in_force, "places": places}


def _group(tree: Mapping[str, Tree], key: str) -> dict[str, Tree]:
    value = tree.get(key)
    return dict(value) if isinstance(value, Mapping) else {}
