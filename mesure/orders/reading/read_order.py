"""An order file, read: text in, an order version out, or every fault in it.

The format is docs/specs/order_file.md. Nothing here opens a file: the caller asks `file_paths`
which maps an order points to, loads those that are there, and hands their bytes to `read`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise, zip_longest
from typing import Final
from zoneinfo import ZoneInfo

from mesure.orders.clock import time_zones, wall_clock
from mesure.orders.fields import read_places, read_times, read_values
from mesure.orders.fields.order_context import OrderContext
from mesure.orders.fields.read_values import EVER, LONG_CHARS_MAX
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_absences, read_conditions
from mesure.orders.reading.read_conditions import TimeInForce
from mesure.orders.text import paths, strings_yaml
from mesure.orders.text.file_entries import STAND_IN, EntryGroup, FileEntry
from mesure.orders.text.order_faults import (
    FileFault,
    FileFaults,
    OrderError,
    RefusedValueError,
    quote,
)
from mesure.orders.text.sayings import translatable
from mesure.orders.text.strings_yaml import MappingNode, Node, TextNode
from mesure.orders.values.span import Span

FILES_MAX: Final = 100  # A map for every place of a large order.


def read(name: str, data: bytes, files: Mapping[str, bytes]) -> OrderVersion:
    """Return the order version that a file holds; raises `OrderError` with every fault in it.

    `files` has the bytes of the `file_paths`, by the paths the order writes; one that could not
    be loaded is left out.
    """
    faults = FileFaults(name)
    root = strings_yaml.load(data, faults)
    version = _version(FileEntry(root, "", root.line, faults).group(), data, files)
    faults.settle()
    return version


def _version(keys: EntryGroup, data: bytes, files: Mapping[str, bytes]) -> OrderVersion:
    order = _identifier(
        keys, "order", translatable("which order it is must be known"), "ALM-2026-0042"
    )
    person = _identifier(keys, "person", translatable("whom it binds must be known"), "P-0042")
    number, decided_on = _decision(keys)
    book = OrderContext(_zone(keys), files)
    in_force = _in_force(keys, book.zone)
    places = keys.find("places", may_be_empty=True)
    if places:
        read_places.read(places.group(), book, in_force.span)
    conditions = _conditions(keys)
    known = [name for name, _ in conditions] if conditions else []
    absences = keys.find("absences", may_be_empty=True)
    version = OrderVersion(
        order=order,
        person=person,
        court=_long_text(keys, "court"),
        decision_number=number,
        decision_date=decided_on,
        legal_basis=_long_text(keys, "legal_basis"),
        zone=book.zone,
        in_force=in_force.span,
        places=book.places,
        conditions=read_conditions.read(conditions, book, in_force) if conditions else (),
        absences=read_absences.read(absences.group(), book, known) if absences and known else (),
        file=keys.faults.file,
        sha256=hashlib.sha256(data).hexdigest(),
        files_sha256=book.files_sha256,
    )
    keys.refuse_rest()
    return version


def _identifier(keys: EntryGroup, key: str, why: str, example: str) -> str:
    entry = keys.need(key, why, example)
    return (entry.text() if entry else None) or STAND_IN


def _long_text(keys: EntryGroup, key: str) -> str:
    entry = keys.find(key, may_be_empty=True)
    return (entry.text(LONG_CHARS_MAX) if entry else None) or ""


def _decision(keys: EntryGroup) -> tuple[str, date | None]:
    entry = keys.find("decision", may_be_empty=True)
    if entry is None:
        return "", None
    group = entry.group()
    number = _long_text(group, "number")
    decided = group.find("date", may_be_empty=True)
    group.refuse_rest()
    return number, read_values.wall_time(decided).date() if decided else None


def _zone(keys: EntryGroup) -> ZoneInfo:
    """Return the time zone; UTC stands in for one that cannot be read."""
    entry = keys.need(
        "time_zone", translatable("the hours of an order are those of a clock"), "Asia/Almaty"
    )
    name = entry.text() if entry else None
    zone = time_zones.find_zone(name) if name else None
    if entry and name and not zone:
        near = time_zones.near(name)
        remedy = (
            translatable("did you mean {near}?", near=quote(near))
            if near
            else translatable("write a name such as Asia/Almaty")
        )
        what = translatable("{name} is no time zone of the IANA database", name=quote(name))
        entry.refuse(what, translatable("the hours of an order are those of a clock"), remedy)
    return zone or time_zones.UTC


def _in_force(keys: EntryGroup, zone: ZoneInfo) -> TimeInForce:
    """Return the time in force; one as long as may be stands in for what cannot be read."""
    why = translatable("an order without a time in force binds nobody")
    entry = keys.need("in_force", why, "{from: 2026-01-05, until: 2027-01-05}")
    group = entry.group() if entry else None
    walls = read_times.walls(group) if group else None
    span = read_times.in_force(group, zone, walls) if group and walls else None
    if group:
        group.refuse_rest()
    return TimeInForce(walls or EVER, span or wall_clock.freedom(EVER.start, EVER.end, zone))


def _conditions(keys: EntryGroup) -> EntryGroup | None:
    why = translatable("what the person must do must be written")
    example = "{C1: {curfew: {at: home, from: 22:00, until: 06:00}}}"
    entry = keys.need("conditions", why, example)
    return entry.group() if entry else None


# --- The files it names ----------------------------------------------------------------------


def file_paths(name: str, data: bytes) -> tuple[str, ...]:
    """Return the paths an order file names, relative to it, in the order in which it does.

    No more than `FILES_MAX`: `read` then says that the others are not there. Never raises: what is
    wrong with the file, or with a path, is for `read` to say.
    """
    try:
        root = strings_yaml.load(data, FileFaults(name))
    except OrderError:
        return ()
    places = [_child(place, "geojson") for place in _children(root.values.get("places"))]
    conditions = _children(root.values.get("conditions"))
    duties = [duty for condition in conditions for duty in _children(condition)]
    venues = [_child(duty, "venues") for duty in duties]
    paths_written = dict.fromkeys(path for path in (*places, *venues) if path and _is_good(path))
    return tuple(paths_written)[:FILES_MAX]


def _children(node: Node | None) -> list[Node]:
    return list(node.values.values()) if isinstance(node, MappingNode) else []


def _child(node: Node, key: str) -> str | None:
    child = node.values.get(key) if isinstance(node, MappingNode) else None
    return child.text if isinstance(child, TextNode) else None


def _is_good(path: str) -> bool:
    try:
        return bool(paths.check(path))
    except RefusedValueError:
        return False


# --- Several versions of one order -----------------------------------------------------------


def versions(read_in: Iterable[OrderVersion]) -> tuple[OrderVersion, ...]:
    """Return the versions of one order by the time they come into force, each ended by the next.

    Raises `OrderError` where they are not of one order and person, or begin at the same time.
    """
    order_versions = sorted(read_in, key=lambda version: (version.in_force.start, version.file))
    faults = [
        fault for earlier, later in pairwise(order_versions) for fault in _clashes(earlier, later)
    ]
    if faults:
        raise OrderError(faults)
    return tuple(
        _ended(version, following.in_force.start) if following else version
        for version, following in zip_longest(order_versions, order_versions[1:])
    )


def _clashes(earlier: OrderVersion, later: OrderVersion) -> Iterator[FileFault]:
    for key, old, new in (
        ("order", earlier.order, later.order),
        ("person", earlier.person, later.person),
    ):
        if old != new:
            what = translatable(
                "{key} is {here} here and {there} in {file}",
                key=key,
                here=quote(new),
                there=quote(old),
                file=earlier.file,
            )
            why = translatable("only versions of one order, on one person, follow each other")
            remedy = translatable("give one order at a time, or correct the name")
            yield FileFault(later.file, None, key, what, why, remedy)
    if earlier.in_force.start == later.in_force.start:
        what = translatable(
            "the version comes into force at the same time as that in {file}", file=earlier.file
        )
        why = translatable("which of them is in force cannot be told")
        remedy = translatable(
            "give only one of them, or write when the court's change takes effect"
        )
        yield FileFault(later.file, None, "in_force.from", what, why, remedy)


def _ended(version: OrderVersion, next_start: datetime) -> OrderVersion:
    in_force = version.in_force
    return replace(version, in_force=Span(in_force.start, min(in_force.end, next_start)))
