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


LIST: Final = Kind("venue_list", ListKept, lambda kept: [("category", kept.category)])
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
def import_list(doing: Doing, asked: ImportVenues) -> Imported:
    """Import a dated list of the venues of a category; nobody is bound by it yet."""
    return _imported(doing, asked)


@action("venues.import_extract", {Role.PROGRAM})
def import_extract(doing: Doing, asked: ImportVenues) -> Imported:
    """Import a dated list that an operator's command found in an extract."""
    return _imported(doing, asked)


def _imported(doing: Doing, asked: ImportVenues) -> Imported:
    _check(asked)
    before = _latest(doing, asked.category)
    earlier = {} if before is None else {one.id: one for one in _venues(doing, before.id)}
    found = {one.id: _venue(one) for one in asked.venues}
    changes = venue_lists.changes((_venue(one) for one in earlier.values()), found.values())
    marks = {one.id: "new" for one in changes.new} | {one.id: "changed" for one in changes.changed}
    venues = [_carried(one, marks.get(one.id, ""), earlier) for one in found.values()]
    name = doing.new_id("L")
    gone = tuple(one.name or one.id for one in changes.gone)
    kept = ListKept(
        category=asked.category,
        as_of=asked.as_of,
        source=asked.source,
        sha256=asked.sha256,
        imported_at=doing.now,
        imported_by=doing.actor.account,
        count=len(venues),
        gone=gone[:GONE_MAX],
    )
    doing.rows.add(LIST, name, kept)
    for number, part in enumerate(_split(venues)):
        doing.rows.add(VENUES, _part(name, number), PartKept(tuple(part)))
    doing.note(list=name, category=asked.category)
    undecided = sum(one.binds is None for one in venues)
    new, changed = (tuple(one.name or one.id for one in part) for part in (changes.new, changes[2]))
    return Imported(name, len(venues), new, gone, changed, undecided)


def _check(asked: ImportVenues) -> None:
    if asked.category not in CATEGORIES:
        raise FaultyError(Why.CATEGORY)
    if not 0 < len(asked.venues) <= VENUES_MAX:
        raise FaultyError(Why.NO_VENUES if not asked.venues else Why.TOO_LARGE)
    if max(map(_bytes, asked.venues)) > PART_BYTES or len(asked.source) > SOURCE_CHARS_MAX:
        raise FaultyError(Why.TOO_LARGE)


def _bytes(one: VenueGiven | VenueKept) -> int:
    """Return about how much a venue takes in a row."""
    texts = (one.id, one.name, one.geometry, *one.tags.values())
    return 200 + sum(len(text.encode()) for text in texts)


def _split(venues: Iterable[VenueKept]) -> list[list[VenueKept]]:
    """Return venues in parts that fit into rows."""
    parts: list[list[VenueKept]] = []
    left = 0
    for one in venues:
        if _bytes(one) > left:
            parts.append([])
            left = PART_BYTES
        parts[-1].append(one)
        left -= _bytes(one)
    return parts


def _venue(one: VenueGiven | VenueKept) -> Venue:
    return Venue(one.id, one.name, one.tags, one.geometry)


def _carried(venue: Venue, change: str, earlier: Mapping[str, VenueKept]) -> VenueKept:
    """Return a venue with what was decided of it, where it is as it was."""
    new = VenueKept(venue.id, venue.name, dict(venue.tags), venue.geometry, change)
    if change:
        return new
    known = earlier[venue.id]
    return msgspec.structs.replace(new, binds=known.binds, by=known.by, reason=known.reason)


def _latest(doing: Doing, category: str) -> Kept[ListKept] | None:
    """Return the list of a category that was approved last."""
    found = [one for one in doing.rows.found(LIST, "category", category) if one.value.approved_at]
    return max(found, key=lambda one: (one.value.as_of, one.changed_at), default=None)


# --- Reviewing ---------------------------------------------------------------------------------


@action("venues.decide", CASEWORK)
def decide(doing: Doing, asked: Decide) -> None:
    """Say of some venues whether they bind whoever is under such a condition."""
    kept = doing.rows.need(LIST, asked.list)
    if kept.value.approved_at is not None:
        raise NotNowError(Why.ANSWERED)
    reason = asked.reason.strip()
    if not asked.binds and not 0 < len(reason) <= REASON_CHARS_MAX:
        raise FaultyError(Why.REASON)
    chosen = set(asked.venues)
    for part in tuple(_parts(doing, asked.list)):
        if chosen & {one.id for one in part.value.venues}:
            venues = tuple(
                msgspec.structs.replace(
                    one, binds=asked.binds, by=doing.actor.account, reason=reason
                )
                if one.id in chosen
                else one
                for one in part.value.venues
            )
            doing.rows.change(part, PartKept(venues))
    doing.note(list=asked.list, binds=asked.binds)


@action("venues.approve", CASEWORK)
def approve(doing: Doing, asked: OfList) -> None:
    """Approve a list of which every venue was decided; orders can name it from then on."""
    kept = doing.rows.need(LIST, asked.list)
    if kept.value.approved_at is not None:
        raise NotNowError(Why.ANSWERED)
    if any(one.binds is None for one in _venues(doing, asked.list)):
        raise NotNowError(Why.UNDECIDED)
    approved = msgspec.structs.replace(
        kept.value, approved_at=doing.now, approved_by=doing.actor.account
    )
    doing.rows.change(kept, approved)
    doing.note(list=asked.list)


# --- Looks -------------------------------------------------------------------------------------


@look("venues.lists", CASEWORK | {Role.INSPECTOR})
def lists(doing: Doing, _: Nothing) -> tuple[ListShown, ...]:
    """See the lists of venues there are, the latest first."""
    found = (_shown(doing, kept) for kept in doing.rows.all(LIST))
    return tuple(sorted(found, key=lambda one: (one.kept.as_of, one.list), reverse=True))


def _shown(doing: Doing, kept: Kept[ListKept]) -> ListShown:
    decided = [one.binds for one in _venues(doing, kept.id)]
    return ListShown(kept.id, kept.value, decided.count(None), decided.count(True))


@look("venues.show", CASEWORK | {Role.INSPECTOR})
def show(doing: Doing, asked: VenuesAsked) -> VenuesShown:
    """See the venues of a list, a page at a time."""
    kept = doing.rows.need(LIST, asked.list)
    wanted = {"undecided": None, "binding": True}.get(asked.which, False)
    found = [one for one in _venues(doing, asked.list) if one.binds is wanted]
    start = max(asked.page, 0) * PAGE
    return VenuesShown(_shown(doing, kept), tuple(found[start : start + PAGE]), len(found))


@look("venues.file", CASEWORK)
def file(doing: Doing, asked: OfList) -> ListFile:
    """Get an approved list as the file of an order: what binds, and nothing else."""
    kept = doing.rows.need(LIST, asked.list)
    if kept.value.approved_at is None:
        raise NotNowError(Why.UNDECIDED)
    binding = (_venue(one) for one in _venues(doing, asked.list) if one.binds)
    category, as_of = kept.value.category, kept.value.as_of
    return ListFile(
        f"{category}-{as_of.isoformat()}.geojson", venue_lists.written(binding, category, as_of)
    )


@look("venues.points", CASEWORK)
def points(doing: Doing, _: Nothing) -> dict[str, tuple[tuple[float, float], ...]]:
    """See where the venues that bind are, of the latest approved list of each category."""
    latest = {category: _latest(doing, category) for category in CATEGORIES}
    return {
        category: tuple(
            venue_lists.middle(_venue(one)) for one in _venues(doing, kept.id) if one.binds
        )
        for category, kept in latest.items()
        if kept is not None
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
