"""Lists of venues: what was found on a map, looked at by an officer before it binds anybody."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import venue_review
from mesure.actions.orders.venue_review import (
    PAGE,
    DecideVenues,
    ImportVenues,
    VenueInput,
    VenueListRef,
    VenueListView,
    VenueRecord,
    VenuesRequest,
)
from mesure.orders.text import map_features
from mesure.orders.text.order_faults import RefusedValueError
from mesure.orders.venues import category_words, venue_lists
from mesure.orders.venues.venue_lists import Venue
from mesure.reports.text import visible_text
from mesure.web.console.order_entry import drafting, order_fields
from mesure.web.console.order_entry.steps import place
from mesure.web.shared.visits import PageVisit, Upload
from mesure.web.shared.words import page_texts

ADDRESS: Final = "/console/orders/venues"
WHICH: Final = ("undecided", "binding", "free")
PAGE_CHARS_MAX: Final = 9  # Of thousands of digits Python makes no number.
PAGES_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class VenueListRow:
    """A list of venues, as the list of lists has it."""

    address: str
    title: str
    source: str
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class VenueRow:
    """A venue, as the page for reviewing has it."""

    id: str
    name: str
    tags: str
    at: str
    change: str
    decided: str


def show_lists(visit: PageVisit, status: int = 200) -> Response:
    """Show the lists there are, and take a map from which another is made."""
    words = category_words.of(visit.texts.catalogue)
    lists = visit.perform(venue_review.lists, EmptyRequest())
    return visit.page(
        "venue_lists.html",
        status,
        lists=[_line(visit, one) for one in lists],
        categories=[("", str(visit.texts.text("Choose…"))), *words.items()],
    )


def import_map(visit: PageVisit) -> Response:
    """Make a list of a map that was uploaded."""
    catalogue = visit.texts
    words = category_words.of(visit.texts.catalogue)
    category = visit.form.one_of("category", words, catalogue.text("Choose what kind it is."))
    as_of = order_fields.day(visit, "as_of") or order_fields.require_text(visit, "as_of")
    upload = visit.uploads.get("file")
    if upload is None:
        visit.form.refuse("file", catalogue.text("Choose a map."))
    if visit.form.faults or upload is None:
        return show_lists(visit, 422)
    venues = _found(visit, upload, category)
    if visit.form.faults:
        return show_lists(visit, 422)
    request = ImportVenues(
        category,
        date.fromisoformat(as_of),
        visible_text.shorten(upload.name, 100),
        hashlib.sha256(upload.data).hexdigest(),
        tuple(VenueInput(one.id, one.name, dict(one.tags), one.geometry) for one in venues),
    )
    if not visit.try_action(venue_review.import_list, request, "file"):
        return show_lists(visit, 422)
    return visit.to(ADDRESS)


def _found(visit: PageVisit, upload: Upload, category: str) -> tuple[Venue, ...]:
    """Return the venues of a category on a map: GeoJSON here; other forms by the command."""
    if place.is_too_large(visit, upload.data, "file"):
        return ()
    try:
        features = map_features.read(upload.data).features
    except RefusedValueError as refused:
        drafting.add(visit.form, "file", drafting.sentence(refused, visit))
        return ()
    return venue_lists.of_category(features, category).venues


def _line(visit: PageVisit, venue_list: VenueListView) -> VenueListRow:
    state, kind = state_of(visit, venue_list)
    called = category_words.heading(venue_list.kept.category, visit.texts.catalogue)
    day = page_texts.bare(visit.texts.date(venue_list.kept.as_of))
    return VenueListRow(
        f"{ADDRESS}/{venue_list.list}",
        f"{called}, {day}",
        visible_text.visible(venue_list.kept.source),
        state,
        kind,
    )


def state_of(visit: PageVisit, venue_list: VenueListView) -> tuple[str, str]:
    """Return how far the review of a list has come, and the kind of its tag."""
    catalogue = visit.texts
    if venue_list.kept.approved_at is not None:
        return catalogue.plural(
            "approved: {count} place binds", "approved: {count} places bind", venue_list.binding
        ), "met"
    if venue_list.undecided:
        return catalogue.plural(
            "{count} place to decide", "{count} places to decide", venue_list.undecided
        ), "wait"
    return str(catalogue.text("all decided, not approved yet")), "wait"


# --- One list ----------------------------------------------------------------------------------


def show_list(visit: PageVisit, status: int = 200) -> Response:
    """Show the venues of a list: those to decide, those that bind, those that do not."""
    name, which = visit.path("list"), _which(visit)
    digits = visit.query_value("page")[:PAGE_CHARS_MAX]
    number = int(digits) if digits.isdecimal() else 0
    page = visit.perform(venue_review.show, VenuesRequest(name, which, min(number, PAGES_MAX)))
    list_record = page.shown.kept
    catalogue = visit.texts
    tabs = [
        ("undecided", catalogue.text("To decide")),
        ("binding", catalogue.text("These bind")),
        ("free", catalogue.text("These do not")),
    ]
    address = f"{ADDRESS}/{name}"
    state, kind = state_of(visit, page.shown)
    return visit.page(
        "venue_list.html",
        status,
        title=_line(visit, page.shown).title,
        address=address,
        kept=list_record,
        state=state,
        kind=kind,
        which=which,
        tabs=[(key, words, f"{address}?which={key}") for key, words in tabs],
        rows=[_row(visit, one) for one in page.venues],
        may_approve=page.shown.undecided == 0 and list_record.approved_at is None,
        gone=[visible_text.visible(one) for one in list_record.gone],
        earlier=f"{address}?which={which}&page={number - 1}" if number else "",
        later=f"{address}?which={which}&page={number + 1}"
        if (number + 1) * PAGE < page.matching
        else "",
    )


def decide(visit: PageVisit) -> Response:
    """Say of the venues that were ticked whether they bind."""
    name = visit.path("list")
    chosen = tuple(
        value for key, value in visit.form.values.items() if key.startswith("venue_") and value
    )
    binds = visit.form.value("binds") == "yes"
    if not chosen:
        visit.form.refuse("venue_1", visit.texts.text("Tick at least one place."))
    request = DecideVenues(name, chosen, binds, order_fields.text(visit, "reason"))
    if visit.form.faults or not visit.try_action(venue_review.decide, request, "reason"):
        return show_list(visit, 422)
    which = urlencode({"which": _which(visit)})
    return visit.to(f"{ADDRESS}/{name}?{which}")


def approve(visit: PageVisit) -> Response:
    """Approve a list; orders can name it from then on."""
    name = visit.path("list")
    if not visit.try_action(venue_review.approve, VenueListRef(name), "approve"):
        return show_list(visit, 422)
    return visit.to(ADDRESS)


def _which(visit: PageVisit) -> str:
    which = visit.query_value("which")
    return which if which in WHICH else WHICH[0]


def _row(visit: PageVisit, venue: VenueRecord) -> VenueRow:
    catalogue = visit.texts
    marks = {"new": catalogue.text("new"), "changed": catalogue.text("changed")}
    lat_deg, lon_deg = venue_lists.middle(Venue(venue.id, venue.name, venue.tags, venue.geometry))
    return VenueRow(
        venue.id,
        visible_text.visible(venue.name) or str(catalogue.text("without a name")),
        visible_text.visible(", ".join(f"{key}={value}" for key, value in venue.tags.items())),
        f"{lat_deg:.5f}, {lon_deg:.5f}",
        str(marks.get(venue.change, "")),
        visible_text.visible(venue.reason),
    )
