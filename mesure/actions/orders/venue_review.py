"""Venue review: dated lists of venues, imported from a map, compared, reviewed, then used.

A list is about places that everybody can see, and about nobody. What is on a map binds nobody by
being there: an officer says of each venue whether it does. A venue that was decided before and has
not changed stays decided; a new or changed one is looked at again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext, EmptyRequest, action, look
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError
from mesure.orders.venues import venue_lists
from mesure.orders.venues.venue_categories import CATEGORIES, VENUES_MAX
from mesure.orders.venues.venue_lists import Venue
from mesure.privacy.roles import CASEWORK, Role

PART_BYTES: Final = 400_000  # Of outlines and names in one row, which takes a mebibyte.
GONE_MAX: Final = 500  # Names of venues that are gone, which a list keeps.
SOURCE_CHARS_MAX: Final = 200
REASON_CHARS_MAX: Final = 500
PAGE: Final = 30


class VenueRecord(msgspec.Struct, frozen=True):
    """A venue on a list, and what was decided of it."""

    id: str
    name: str
    tags: dict[str, str]
    geometry: str
    change: str  # "new", "changed", or "" where it is as on the list before.
    binds: bool | None = None  # None: nobody has decided yet.
    by: str = ""
    reason: str = ""


class VenueListRecord(msgspec.Struct, frozen=True, kw_only=True):
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


class VenueListPart(msgspec.Struct, frozen=True):
    """Some of the venues of a list."""

    venues: tuple[VenueRecord, ...]


LIST: Final = RecordType(
    "venue_list", VenueListRecord, lambda venue_list: [("category", venue_list.category)]
)
VENUES: Final = RecordType("venue_list_part", VenueListPart)


class VenueInput(msgspec.Struct, frozen=True):
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
    venues: tuple[VenueInput, ...]


class VenueImportResult(msgspec.Struct, frozen=True):
    """What became of an import."""

    list: str
    count: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    undecided: int


class VenueListRef(msgspec.Struct, frozen=True):
    """Which list."""

    list: str


class DecideVenues(msgspec.Struct, frozen=True):
    """Whether some venues of a list bind, and why where they do not."""

    list: str
    venues: tuple[str, ...]
    binds: bool
    reason: str = ""


class VenuesRequest(msgspec.Struct, frozen=True):
    """Which venues of a list: those that are undecided, that bind, or that do not; and a page."""

    list: str
    which: str = "undecided"
    page: int = 0


class VenueListView(msgspec.Struct, frozen=True):
    """A list, and how far its review has come."""

    list: str
    kept: VenueListRecord
    undecided: int
    binding: int


class VenuePage(msgspec.Struct, frozen=True):
    """A page of the venues of a list."""

    shown: VenueListView
    venues: tuple[VenueRecord, ...]
    matching: int


class VenueListFile(msgspec.Struct, frozen=True):
    """An approved list as the file of an order."""

    name: str
    data: bytes


# --- Importing ---------------------------------------------------------------------------------


@action("venues.import", CASEWORK)
def import_list(doing: ActionContext, request: ImportVenues) -> VenueImportResult:
    """Import a dated list of the venues of a category; nobody is bound by it yet."""
    return _imported(doing, request)


@action("venues.import_extract", {Role.PROGRAM})
def import_extract(doing: ActionContext, request: ImportVenues) -> VenueImportResult:
    """Import a dated list that an operator's command found in an extract."""
    return _imported(doing, request)


def _imported(doing: ActionContext, request: ImportVenues) -> VenueImportResult:
    _check(request)
    before = _latest(doing, request.category)
    earlier = {} if before is None else {one.id: one for one in _venues(doing, before.id)}
    venue_by_id = {one.id: _venue(one) for one in request.venues}
    changes = venue_lists.changes((_venue(one) for one in earlier.values()), venue_by_id.values())
    marks = {one.id: "new" for one in changes.new} | {one.id: "changed" for one in changes.changed}
    venues = [_carried(one, marks.get(one.id, ""), earlier) for one in venue_by_id.values()]
    name = doing.new_id("L")
    gone = tuple(one.name or one.id for one in changes.gone)
    new_list = VenueListRecord(
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
        doing.rows.add(VENUES, _part(name, number), VenueListPart(tuple(part)))
    doing.note(list=name, category=request.category)
    undecided = sum(one.binds is None for one in venues)
    new, changed = (tuple(one.name or one.id for one in part) for part in (changes.new, changes[2]))
    return VenueImportResult(name, len(venues), new, gone, changed, undecided)


def _check(request: ImportVenues) -> None:
    if request.category not in CATEGORIES:
        raise InvalidInputError(ActionRefusal.CATEGORY)
    if not 0 < len(request.venues) <= VENUES_MAX:
        raise InvalidInputError(
            ActionRefusal.NO_VENUES if not request.venues else ActionRefusal.TOO_LARGE
        )
    if max(map(_bytes, request.venues)) > PART_BYTES or len(request.source) > SOURCE_CHARS_MAX:
        raise InvalidInputError(ActionRefusal.TOO_LARGE)


def _bytes(venue: VenueInput | VenueRecord) -> int:
    """Return about how much a venue takes in a row."""
    texts = (venue.id, venue.name, venue.geometry, *venue.tags.values())
    return 200 + sum(len(text.encode()) for text in texts)


def _split(venues: Iterable[VenueRecord]) -> list[list[VenueRecord]]:
    """Return venues in parts that fit into rows."""
    parts: list[list[VenueRecord]] = []
    left = 0
    for venue in venues:
        if _bytes(venue) > left:
            parts.append([])
            left = PART_BYTES
        parts[-1].append(venue)
        left -= _bytes(venue)
    return parts


def _venue(venue: VenueInput | VenueRecord) -> Venue:
    return Venue(venue.id, venue.name, venue.tags, venue.geometry)


def _carried(venue: Venue, change: str, earlier: Mapping[str, VenueRecord]) -> VenueRecord:
    """Return a venue with what was decided of it, where it is as it was."""
    new = VenueRecord(venue.id, venue.name, dict(venue.tags), venue.geometry, change)
    if change:
        return new
    known = earlier[venue.id]
    return msgspec.structs.replace(new, binds=known.binds, by=known.by, reason=known.reason)


def _latest(doing: ActionContext, category: str) -> Stored[VenueListRecord] | None:
    """Return the list of a category that was approved last."""
    all_lists = [
        stored_list
        for stored_list in doing.rows.find(LIST, "category", category)
        if stored_list.value.approved_at
    ]
    return max(
        all_lists,
        key=lambda stored_list: (stored_list.value.as_of, stored_list.changed_at),
        default=None,
    )


# --- Reviewing ---------------------------------------------------------------------------------


@action("venues.decide", CASEWORK)
def decide(doing: ActionContext, request: DecideVenues) -> None:
    """Say of some venues whether they bind the people under such a condition."""
    stored_list = doing.rows.need(LIST, request.list)
    if stored_list.value.approved_at is not None:
        raise ActionConflictError(ActionRefusal.ANSWERED)
    reason = request.reason.strip()
    if len(reason) > REASON_CHARS_MAX or not (reason or request.binds):
        raise InvalidInputError(ActionRefusal.REASON)
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
            doing.rows.change(part, VenueListPart(venues))
    doing.note(list=request.list, binds=request.binds)


@action("venues.approve", CASEWORK)
def approve(doing: ActionContext, request: VenueListRef) -> None:
    """Approve a list of which every venue was decided; orders can name it from then on."""
    stored_list = doing.rows.need(LIST, request.list)
    if stored_list.value.approved_at is not None:
        raise ActionConflictError(ActionRefusal.ANSWERED)
    if any(one.binds is None for one in _venues(doing, request.list)):
        raise ActionConflictError(ActionRefusal.UNDECIDED)
    approved = msgspec.structs.replace(
        stored_list.value, approved_at=doing.now, approved_by=doing.actor.account
    )
    doing.rows.change(stored_list, approved)
    doing.note(list=request.list)


# --- Looks -------------------------------------------------------------------------------------


@look("venues.lists", CASEWORK | {Role.INSPECTOR})
def lists(doing: ActionContext, _: EmptyRequest) -> tuple[VenueListView, ...]:
    """See the lists of venues there are, the latest first."""
    all_lists = (_shown(doing, kept) for kept in doing.rows.all(LIST))
    return tuple(sorted(all_lists, key=lambda row: (row.kept.as_of, row.list), reverse=True))


def _shown(doing: ActionContext, stored_list: Stored[VenueListRecord]) -> VenueListView:
    decided = [one.binds for one in _venues(doing, stored_list.id)]
    return VenueListView(
        stored_list.id, stored_list.value, decided.count(None), decided.count(True)
    )


@look("venues.show", CASEWORK | {Role.INSPECTOR})
def show(doing: ActionContext, request: VenuesRequest) -> VenuePage:
    """See the venues of a list, a page at a time."""
    stored_list = doing.rows.need(LIST, request.list)
    wanted = {"undecided": None, "binding": True}.get(request.which, False)
    venues = [one for one in _venues(doing, request.list) if one.binds is wanted]
    start = max(request.page, 0) * PAGE
    return VenuePage(_shown(doing, stored_list), tuple(venues[start : start + PAGE]), len(venues))


@look("venues.file", CASEWORK)
def file(doing: ActionContext, request: VenueListRef) -> VenueListFile:
    """Get an approved list as the file of an order: what binds, and nothing else."""
    stored_list = doing.rows.need(LIST, request.list)
    if stored_list.value.approved_at is None:
        raise ActionConflictError(ActionRefusal.UNDECIDED)
    binding = (_venue(one) for one in _venues(doing, request.list) if one.binds)
    category, as_of = stored_list.value.category, stored_list.value.as_of
    return VenueListFile(
        f"{category}-{as_of.isoformat()}.geojson", venue_lists.encode(binding, category, as_of)
    )


@look("venues.points", CASEWORK)
def points(doing: ActionContext, _: EmptyRequest) -> dict[str, tuple[tuple[float, float], ...]]:
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


def _venues(doing: ActionContext, name: str) -> Iterable[VenueRecord]:
    for part in _parts(doing, name):
        yield from part.value.venues


def _parts(doing: ActionContext, name: str) -> Iterator[Stored[VenueListPart]]:
    number = 0
    while (part := doing.rows.get(VENUES, _part(name, number))) is not None:
        yield part
        number += 1


def _part(name: str, number: int) -> str:
    return f"{name}.{number:03}"
