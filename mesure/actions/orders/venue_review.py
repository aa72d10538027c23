"""Dated lists of venues: imported from a map, compared with the list before, reviewed, then used.

A list is about places that everybody can see, and about nobody. What is on a map binds nobody by
being there: an officer says of each venue whether it does. What was decided of a venue before, and
has not changed, is decided already; what is new or changed is looked at again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from mesure.actions.framework.action import Doing, Nothing, action, look
from mesure.actions.records.record_types import Kept, Kind
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import FaultyError, NotNowError
from mesure.orders.venues import venue_lists
from mesure.orders.venues.venue_categories import CATEGORIES, VENUES_MAX
from mesure.orders.venues.venue_lists import Venue
from mesure.privacy.roles import CASEWORK, Role

PART_BYTES: Final = 400_000  # Of outlines and names in one row, which takes a mebibyte.
GONE_MAX: Final = 500  # Names of venues that are gone, which a list keeps.
SOURCE_CHARS_MAX: Final = 200
REASON_CHARS_MAX: Final = 500
PAGE: Final = 30


class VenueKept(msgspec.Struct, frozen=True):
    """A venue on a list, and what was decided of it."""

    id: str
    name: str
    tags: dict[str, str]
    geometry: str
    change: str  # "new", "changed", or "" where it is as on the list before.
    binds: bool | None = None  # None: nobody has decided yet.
    by: str = ""
    reason: str = ""


class ListKept(msgspec.Struct, frozen=True, kw_only=True):
    """A list as a whole."""

    category: str
    as_of: date
    source: str
    sha256: str  # Of the extract.
    imported_at: datetime
    imported_by: str
    count: int
    gone: tuple[str, ...]  # Names of what was on the list before and is not on this one.
    approved_at: datetime | None = None
    approved_by: str | None = None


class PartKept(msgspec.Struct, frozen=True):
    """Some of the venues of a list."""

    venues: tuple[VenueKept, ...]


LIST: Final = Kind("venue_list", ListKept, lambda venue_list: [("category", venue_list.category)])
VENUES: Final = Kind("venue_list_part", PartKept)


class VenueGiven(msgspec.Struct, frozen=True):
    """A venue as it was found on a map."""

    id: str
    name: str
    tags: dict[str, str]
    geometry: str


class ImportVenues(msgspec.Struct, frozen=True):
    """What was found in an extract of a map, and when the extract was taken."""

    category: str
    as_of: date
    source: str
    sha256: str
    venues: tuple[VenueGiven, ...]


class Imported(msgspec.Struct, frozen=True):
    """What became of an import."""

    list: str
    count: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    undecided: int


class OfList(msgspec.Struct, frozen=True):
    """Which list."""

    list: str


class Decide(msgspec.Struct, frozen=True):
    """Whether some venues of a list bind, and why where they do not."""

    list: str
    venues: tuple[str, ...]
    binds: bool
    reason: str = ""


class VenuesAsked(msgspec.Struct, frozen=True):
    """Which venues of a list: those that are undecided, that bind, or that do not; and a page."""

    list: str
    which: str = "undecided"
    page: int = 0


class ListShown(msgspec.Struct, frozen=True):
    """A list, and how far its review has come."""

    list: str
    kept: ListKept
    undecided: int
    binding: int


class VenuesShown(msgspec.Struct, frozen=True):
    """A page of the venues of a list."""

    shown: ListShown
    venues: tuple[VenueKept, ...]
    matching: int


class ListFile(msgspec.Struct, frozen=True):
    """An approved list as the file of an order."""

    name: str
    data: bytes


# --- Importing ---------------------------------------------------------------------------------


@action("venues.import", CASEWORK)
def import_list(doing: Doing, request: ImportVenues) -> Imported:
    """Import a dated list of the venues of a category; nobody is bound by it yet."""
    return _imported(doing, request)


@action("venues.import_extract", {Role.PROGRAM})
def import_extract(doing: Doing, request: ImportVenues) -> Imported:
    """Import a dated list that an operator's command found in an extract."""
    return _imported(doing, request)


def _imported(doing: Doing, request: ImportVenues) -> Imported:
    _check(request)
    before = _latest(doing, request.category)
    earlier = {} if before is None else {one.id: one for one in _venues(doing, before.id)}
    venue_by_id = {one.id: _venue(one) for one in request.venues}
    changes = venue_lists.changes((_venue(one) for one in earlier.values()), venue_by_id.values())
    marks = {one.id: "new" for one in changes.new} | {one.id: "changed" for one in changes.changed}
    venues = [_carried(one, marks.get(one.id, ""), earlier) for one in venue_by_id.values()]
    name = doing.new_id("L")
    gone = tuple(one.name or one.id for one in changes.gone)
    new_list = ListKept(
        category=request.category,
        as_of=request.as_of,
        source=request.source,
        sha256=request.sha256,
        imported_at=doing.now,
        imported_by=doing.actor.account,
        count=len(venues),
        gone=gone[:GONE_MAX],
    )
    doing.rows.add(LIST, name, new_list)
    for number, part in enumerate(_split(venues)):
        doing.rows.add(VENUES, _part(name, number), PartKept(tuple(part)))
    doing.note(list=name, category=request.category)
    undecided = sum(one.binds is None for one in venues)
    new, changed = (tuple(one.name or one.id for one in part) for part in (changes.new, changes[2]))
    return Imported(name, len(venues), new, gone, changed, undecided)


def _check(request: ImportVenues) -> None:
    if request.category not in CATEGORIES:
        raise FaultyError(Why.CATEGORY)
    if not 0 < len(request.venues) <= VENUES_MAX:
        raise FaultyError(Why.NO_VENUES if not request.venues else Why.TOO_LARGE)
    if max(map(_bytes, request.venues)) > PART_BYTES or len(request.source) > SOURCE_CHARS_MAX:
        raise FaultyError(Why.TOO_LARGE)


def _bytes(venue: VenueGiven | VenueKept) -> int:
    """Return about how much a venue takes in a row."""
    texts = (venue.id, venue.name, venue.geometry, *venue.tags.values())
    return 200 + sum(len(text.encode()) for text in texts)


def _split(venues: Iterable[VenueKept]) -> list[list[VenueKept]]:
    """Return venues in parts that fit into rows."""
    parts: list[list[VenueKept]] = []
    left = 0
    for venue in venues:
        if _bytes(venue) > left:
            parts.append([])
            left = PART_BYTES
        parts[-1].append(venue)
        left -= _bytes(venue)
    return parts


def _venue(venue: VenueGiven | VenueKept) -> Venue:
    return Venue(venue.id, venue.name, venue.tags, venue.geometry)


def _carried(venue: Venue, change: str, earlier: Mapping[str, VenueKept]) -> VenueKept:
    """Return a venue with what was decided of it, where it is as it was."""
    new = VenueKept(venue.id, venue.name, dict(venue.tags), venue.geometry, change)
    if change:
        return new
    known = earlier[venue.id]
    return msgspec.structs.replace(new, binds=known.binds, by=known.by, reason=known.reason)


def _latest(doing: Doing, category: str) -> Kept[ListKept] | None:
    """Return the list of a category that was approved last."""
    all_lists = [
        stored_list
        for stored_list in doing.rows.found(LIST, "category", category)
        if stored_list.value.approved_at
    ]
    return max(
        all_lists,
        key=lambda stored_list: (stored_list.value.as_of, stored_list.changed_at),
        default=None,
    )


# --- Reviewing ---------------------------------------------------------------------------------


@action("venues.decide", CASEWORK)
def decide(doing: Doing, request: Decide) -> None:
    """Say of some venues whether they bind whoever is under such a condition."""
    stored_list = doing.rows.need(LIST, request.list)
    if stored_list.value.approved_at is not None:
        raise NotNowError(Why.ANSWERED)
    reason = request.reason.strip()
    if not request.binds and not 0 < len(reason) <= REASON_CHARS_MAX:
        raise FaultyError(Why.REASON)
    chosen = set(request.venues)
    for part in tuple(_parts(doing, request.list)):
        if chosen & {one.id for one in part.value.venues}:
            venues = tuple(
                msgspec.structs.replace(
                    venue, binds=request.binds, by=doing.actor.account, reason=reason
                )
                if venue.id in chosen
                else venue
                for venue in part.value.venues
            )
            doing.rows.change(part, PartKept(venues))
    doing.note(list=request.list, binds=request.binds)


@action("venues.approve", CASEWORK)
def approve(doing: Doing, request: OfList) -> None:
    """Approve a list of which every venue was decided; orders can name it from then on."""
    stored_list = doing.rows.need(LIST, request.list)
    if stored_list.value.approved_at is not None:
        raise NotNowError(Why.ANSWERED)
    if any(one.binds is None for one in _venues(doing, request.list)):
        raise NotNowError(Why.UNDECIDED)
    approved = msgspec.structs.replace(
        stored_list.value, approved_at=doing.now, approved_by=doing.actor.account
    )
    doing.rows.change(stored_list, approved)
    doing.note(list=request.list)


# --- Looks -------------------------------------------------------------------------------------


@look("venues.lists", CASEWORK | {Role.INSPECTOR})
def lists(doing: Doing, _: Nothing) -> tuple[ListShown, ...]:
    """See the lists of venues there are, the latest first."""
    all_lists = (_shown(doing, kept) for kept in doing.rows.all(LIST))
    return tuple(sorted(all_lists, key=lambda row: (row.kept.as_of, row.list), reverse=True))


def _shown(doing: Doing, stored_list: Kept[ListKept]) -> ListShown:
    decided = [one.binds for one in _venues(doing, stored_list.id)]
    return ListShown(stored_list.id, stored_list.value, decided.count(None), decided.count(True))


@look("venues.show", CASEWORK | {Role.INSPECTOR})
def show(doing: Doing, request: VenuesAsked) -> VenuesShown:
    """See the venues of a list, a page at a time."""
    stored_list = doing.rows.need(LIST, request.list)
    wanted = {"undecided": None, "binding": True}.get(request.which, False)
    venues = [one for one in _venues(doing, request.list) if one.binds is wanted]
    start = max(request.page, 0) * PAGE
    return VenuesShown(_shown(doing, stored_list), tuple(venues[start : start + PAGE]), len(venues))


@look("venues.file", CASEWORK)
def file(doing: Doing, request: OfList) -> ListFile:
    """Get an approved list as the file of an order: what binds, and nothing else."""
    stored_list = doing.rows.need(LIST, request.list)
    if stored_list.value.approved_at is None:
        raise NotNowError(Why.UNDECIDED)
    binding = (_venue(one) for one in _venues(doing, request.list) if one.binds)
    category, as_of = stored_list.value.category, stored_list.value.as_of
    return ListFile(
        f"{category}-{as_of.isoformat()}.geojson", venue_lists.written(binding, category, as_of)
    )


@look("venues.points", CASEWORK)
def points(doing: Doing, _: Nothing) -> dict[str, tuple[tuple[float, float], ...]]:
    """See where the venues that bind are, of the latest approved list of each category."""
    latest = {category: _latest(doing, category) for category in CATEGORIES}
    return {
        category: tuple(
            venue_lists.middle(_venue(venue))
            for venue in _venues(doing, stored_list.id)
            if venue.binds
        )
        for category, stored_list in latest.items()
        if stored_list is not None
    }


def _venues(doing: Doing, name: str) -> Iterable[VenueKept]:
    for part in _parts(doing, name):
        yield from part.value.venues


def _parts(doing: Doing, name: str) -> Iterator[Kept[PartKept]]:
    number = 0
    while (part := doing.rows.get(VENUES, _part(name, number))) is not None:
        yield part
        number += 1


def _part(name: str, number: int) -> str:
    return f"{name}.{number:03}"
