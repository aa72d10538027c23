"""Lists of venues: what was found on a map, looked at by an officer before it binds anybody."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.actions.framework.action import Nothing
from mesure.actions.orders import venue_review
from mesure.actions.orders.venue_review import (
    PAGE,
    Decide,
    ImportVenues,
    ListShown,
    OfList,
    VenueGiven,
    VenueKept,
    VenuesAsked,
)
from mesure.orders.text import map_features
from mesure.orders.text.order_faults import RefusedError
from mesure.orders.venues import category_words, venue_lists
from mesure.orders.venues.venue_lists import Venue
from mesure.reports.text import visible_text
from mesure.web.console.order_entry import drafting, order_fields
from mesure.web.console.order_entry.steps import place
from mesure.web.shared.visits import Upload, Visit

ADDRESS: Final = "/console/orders/venues"
WHICH: Final = ("undecided", "binding", "free")


@dataclass(frozen=True, slots=True)
class Line:
    """A list of venues, as the list of lists has it."""

    address: str
    title: str
    source: str
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """A venue, as the page for reviewing has it."""

    id: str
    name: str
    tags: str
    at: str
    change: str
    decided: str


def listed(visit: Visit) -> Response:
    """Show the lists there are, and take a map from which another is made."""
    return _lists_page(visit)


def imported(visit: Visit) -> Response:
    """Make a list of a map that was uploaded."""
    catalogue = visit.texts
    words = category_words.of(visit.texts.catalogue)
    category = visit.form.one_of("category", words, catalogue.text("Choose what kind it is."))
    as_of = order_fields.day(visit, "as_of") or order_fields.needed(visit, "as_of")
    upload = visit.uploads.get("file")
    if upload is None:
        visit.form.refuse("file", catalogue.text("Choose a map."))
    if visit.form.faults or upload is None:
        return _lists_page(visit, 422)
    found = _found(visit, upload, category)
    if visit.form.faults:
        return _lists_page(visit, 422)
    asked = ImportVenues(
        category,
        date.fromisoformat(as_of),
        visible_text.shortened(upload.name, 100),
        hashlib.sha256(upload.data).hexdigest(),
        tuple(VenueGiven(one.id, one.name, dict(one.tags), one.geometry) for one in found),
    )
    if not visit.tried(venue_review.import_list, asked, "file"):
        return _lists_page(visit, 422)
    return visit.to(ADDRESS)


def _found(visit: Visit, upload: Upload, category: str) -> tuple[Venue, ...]:
    """Return the venues of a category on a map: GeoJSON here; other forms by the command."""
    if place.is_too_large(visit, upload.data, "file"):
        return ()
    try:
        features = map_features.read(upload.data).features
    except RefusedError as refused:
        drafting.add(visit.form, "file", drafting.sentence(refused, visit))
        return ()
    return venue_lists.of_category(features, category).venues


def _lists_page(visit: Visit, status: int = 200) -> Response:
    catalogue = visit.texts
    words = category_words.of(visit.texts.catalogue)
    found = visit.perform(venue_review.lists, Nothing())
    return visit.page(
        "venue_lists.html",
        status,
        lists=[_line(visit, one) for one in found],
        categories=[("", str(catalogue.text("Choose …"))), *words.items()],
    )


def _line(visit: Visit, one: ListShown) -> Line:
    state, kind = state_of(visit, one)
    called = category_words.heading(one.kept.category, visit.texts.catalogue)
    day = visit.texts.date(one.kept.as_of).striptags()
    return Line(
        f"{ADDRESS}/{one.list}",
        f"{called}, {day}",
        visible_text.visible(one.kept.source),
        state,
        kind,
    )


def state_of(visit: Visit, one: ListShown) -> tuple[str, str]:
    """Return how far the review of a list has come, and the kind of its tag."""
    catalogue = visit.texts
    if one.kept.approved_at is not None:
        return catalogue.plural(
            "approved: {count} place binds", "approved: {count} places bind", one.binding
        ), "met"
    if one.undecided:
        return catalogue.plural(
            "{count} place to decide", "{count} places to decide", one.undecided
        ), "wait"
    return str(catalogue.text("all decided, not approved yet")), "wait"


# --- One list ----------------------------------------------------------------------------------


def list_shown(visit: Visit) -> Response:
    """Show the venues of a list: those to decide, those that bind, those that do not."""
    return _list_page(visit)


def decided(visit: Visit) -> Response:
    """Say of the venues that were ticked whether they bind."""
    name = visit.path("list")
    chosen = tuple(
        value for key, value in visit.form.values.items() if key.startswith("venue_") and value
    )
    binds = visit.form.value("binds") == "yes"
    catalogue = visit.texts
    if not chosen:
        visit.form.refuse("venue_1", catalogue.text("Tick at least one place."))
    asked = Decide(name, chosen, binds, order_fields.text(visit, "reason"))
    if visit.form.faults or not visit.tried(venue_review.decide, asked, "reason"):
        return _list_page(visit, 422)
    which = urlencode({"which": _which(visit)})
    return visit.to(f"{ADDRESS}/{name}?{which}")


def approved(visit: Visit) -> Response:
    """Approve a list; orders can name it from then on."""
    name = visit.path("list")
    if not visit.tried(venue_review.approve, OfList(name), "approve"):
        return _list_page(visit, 422)
    return visit.to(ADDRESS)


def _which(visit: Visit) -> str:
    asked = visit.asked("which")
    return asked if asked in WHICH else WHICH[0]


def _list_page(visit: Visit, status: int = 200) -> Response:
    name, which = visit.path("list"), _which(visit)
    number = int(visit.asked("page")) if visit.asked("page").isdecimal() else 0
    found = visit.perform(venue_review.show, VenuesAsked(name, which, min(number, 1000)))
    kept = found.shown.kept
    catalogue = visit.texts
    tabs = [
        ("undecided", catalogue.text("To decide")),
        ("binding", catalogue.text("These bind")),
        ("free", catalogue.text("These do not")),
    ]
    address = f"{ADDRESS}/{name}"
    state, kind = state_of(visit, found.shown)
    return visit.page(
        "venue_list.html",
        status,
        title=_line(visit, found.shown).title,
        address=address,
        kept=kept,
        state=state,
        kind=kind,
        which=which,
        tabs=[(key, words, f"{address}?which={key}") for key, words in tabs],
        rows=[_row(visit, one) for one in found.venues],
        may_approve=found.shown.undecided == 0 and kept.approved_at is None,
        gone=[visible_text.visible(one) for one in kept.gone],
        earlier=f"{address}?which={which}&page={number - 1}" if number else "",
        later=f"{address}?which={which}&page={number + 1}"
        if (number + 1) * PAGE < found.matching
        else "",
    )


def _row(visit: Visit, one: VenueKept) -> Row:
    catalogue = visit.texts
    marks = {"new": catalogue.text("new"), "changed": catalogue.text("changed")}
    lat_deg, lon_deg = venue_lists.middle(Venue(one.id, one.name, one.tags, one.geometry))
    return Row(
        one.id,
        visible_text.visible(one.name) or str(catalogue.text("without a name")),
        visible_text.visible(", ".join(f"{key}={value}" for key, value in one.tags.items())),
        f"{lat_deg:.5f}, {lon_deg:.5f}",
        str(marks.get(one.change, "")),
        visible_text.visible(one.reason),
    )
