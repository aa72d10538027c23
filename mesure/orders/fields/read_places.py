"""Places as an order describes them: a circle, an area, a way, or a feature of a map file.

Each may have an address, which says where it is as people say it; nothing is judged by that.
"""

from collections.abc import Callable, Mapping
from typing import Final

from mesure.orders.fields import read_calibrations, read_values
from mesure.orders.fields.order_context import OrderContext
from mesure.orders.text import geometry, map_features
from mesure.orders.text.file_entries import ID_CHARS_MAX, EntryGroup, FileEntry
from mesure.orders.text.order_faults import RefusedValueError
from mesure.orders.text.sayings import either, translatable
from mesure.orders.text.strings_yaml import ListNode, Node, TextNode
from mesure.orders.values.places import Circle, Place, Ring, Shape
from mesure.orders.values.span import Span

PLACES_MAX: Final = 10_000  # To forbid more, draw a list of venues.

_EXAMPLES: Final = {
    "lat_deg": "{lat_deg: 43.25654, lon_deg: 76.92848, radius_m: 60}",
    "polygon": "{polygon: [[43.2384, 76.9243], ...]}",
    "corridor": "{corridor: [[43.2565, 76.9285], ...], width_m: 120}",
    "geojson": "{geojson: districts.geojson, feature: Алмалинский район}",
}


def read(group: EntryGroup, book: OrderContext, in_force: Span) -> None:
    """Put every place of an order that is in force for that time into the book."""
    if group.count > PLACES_MAX:
        what = translatable("the order has {count} places", count=group.count)
        why = translatable("1 to {most} are expected", most=PLACES_MAX)
        group.refuse(what, why, translatable("leave out those that no condition names"))
        return
    for name, entry in group:
        refuse_bad_name(name, entry)
        keys = entry.group()
        noted = len(keys.faults)
        shapes = _shapes(keys, book)
        measured = keys.find("calibrated")
        if measured and len(keys.faults) == noted:
            circle = shapes[0] if isinstance(shapes[0], Circle) else None
            calibrations = read_calibrations.read(measured, circle, book, in_force)
        else:
            calibrations = ()
        place = Place(
            name,
            shapes,
            calibrations,
            is_by_map="geojson" in keys,
            address=_address(keys.find("address")),
        )
        book.add_place(entry, place)
        if sum(form in keys for form in _READERS) == 1:  # Else it is not known which keys belong.
            keys.refuse_rest()


def _address(entry: FileEntry | None) -> str:
    """Return the address of a place: one line; nothing where none is written."""
    words = None if entry is None else entry.text()
    return " ".join((words or "").split())


def refuse_bad_name(name: str, entry: FileEntry) -> None:
    """Refuse a name that the order gives if it is blank, too long, or runs over lines."""
    if not name.strip() or len(name) > ID_CHARS_MAX or "\n" in name:
        what = translatable(
            "this name is not one line of 1 to {most} characters", most=ID_CHARS_MAX
        )
        entry.refuse(
            what,
            translatable("it is shown wherever the thing is spoken of"),
            translatable("write another name"),
        )


def _shapes(keys: EntryGroup, book: OrderContext) -> tuple[Shape, ...]:
    written = [form for form in _READERS if form in keys]
    if len(written) == 1:
        return _READERS[written[0]](keys, book)
    what = (
        translatable("“{one}” and “{other}” both stand here", one=written[0], other=written[1])
        if written
        else translatable("no shape stands here")
    )
    remedy = translatable("write one of {names}", names=either(_EXAMPLES.values()))
    keys.refuse(what, translatable("where the place is cannot be told"), remedy)
    return ()


def _circle(keys: EntryGroup, _: OrderContext) -> tuple[Shape, ...]:
    why = translatable("a circle needs its middle and its radius")
    lat, lon = keys.need("lat_deg", why, "43.25654"), keys.need("lon_deg", why, "76.92848")
    radius = keys.need("radius_m", why, "60")
    radius_m = radius_of(radius) if radius else 0.0
    if lat is None or lon is None:
        return ()
    try:
        return (Circle(*read_values.degrees([lat.node, lon.node]), radius_m),)
    except RefusedValueError as refused:
        lat.refuse_as(refused)
        return ()


def radius_of(entry: FileEntry) -> float:
    """Return the radius of a circle in metres."""
    return read_values.number(entry, (0.0, geometry.RADIUS_M_MAX), translatable("metres"))


def _polygon(keys: EntryGroup, _: OrderContext) -> tuple[Shape, ...]:
    outer, holes = keys.find("polygon"), keys.find("holes")
    if outer is None:
        return ()
    noted = len(keys.faults)
    has_holes = holes is not None and holes.node != ListNode(holes.node.line, [])
    rings = holes.items(geometry.CORNERS_MAX) if holes and has_holes else []
    drawn = [_corners(ring) for ring in (outer, *rings)]
    if len(keys.faults) > noted:
        return ()
    return _drawn(outer, lambda: geometry.polygon(drawn[0], drawn[1:]))


def _corridor(keys: EntryGroup, _: OrderContext) -> tuple[Shape, ...]:
    line = keys.find("corridor")
    width = keys.need("width_m", translatable("a way needs its width"), "120")
    limits = (0.0, 2 * geometry.RADIUS_M_MAX)
    width_m = read_values.number(width, limits, translatable("metres")) if width else limits[1]
    noted = len(keys.faults)
    points = _corners(line) if line else ()
    if line is None or len(keys.faults) > noted:
        return ()
    return _drawn(line, lambda: geometry.corridor(points, width_m))


def _feature(keys: EntryGroup, book: OrderContext) -> tuple[Shape, ...]:
    file = keys.find("geojson")
    why = translatable("which boundary of the file is meant must be written")
    feature = keys.need("feature", why, "Алмалинский район")
    collection = book.features(file) if file else None
    name = feature.text() if feature else None
    if feature is None or collection is None or name is None:
        return ()
    path = file.text() if file else None
    return _drawn(
        feature,
        lambda: book.of_file(
            path or "", lambda: map_features.areas(collection.feature_named(name))
        ),
    )


_READERS: Final[Mapping[str, Callable[[EntryGroup, OrderContext], tuple[Shape, ...]]]] = {
    "lat_deg": _circle,
    "polygon": _polygon,
    "corridor": _corridor,
    "geojson": _feature,
}


def _drawn(entry: FileEntry, draw: Callable[[], Shape | tuple[Shape, ...]]) -> tuple[Shape, ...]:
    """Return what is drawn; nothing, noted, where it is refused."""
    try:
        shapes = draw()
    except RefusedValueError as refused:
        entry.refuse_as(refused)
        return ()
    return shapes if isinstance(shapes, tuple) else (shapes,)


def _corners(entry: FileEntry) -> Ring:
    """Return corners; those that cannot be read are noted and left out."""
    if not isinstance(entry.node, ListNode):
        remedy = translatable("write [[latitude, longitude], [latitude, longitude], ...]")
        entry.refuse(
            translatable("no list of corners stands here"),
            translatable("the line cannot be drawn"),
            remedy,
        )
        return ()
    corners = []
    for number, node in enumerate(entry.node.items):
        try:
            if not isinstance(node, ListNode) or len(node.items) != 2:
                what = translatable("this corner is not written as two numbers")
                raise RefusedValueError(
                    what, translatable("the line cannot be drawn"), _two_numbers(node)
                )
            corners.append(read_values.degrees(node.items))
        except RefusedValueError as refused:
            where = FileEntry(node, f"{entry.key}[{number}]", node.line, entry.faults)
            where.refuse_as(refused)
    return tuple(corners)


def _two_numbers(node: Node) -> str:
    """Return how a corner is written; four whole numbers had decimal commas."""
    parts = (
        [one.text for one in node.items if isinstance(one, TextNode)]
        if isinstance(node, ListNode)
        else []
    )
    if len(parts) == 4 and all(part.lstrip("+-").isdigit() for part in parts):
        lat, lat_more, lon, lon_more = parts
        corner = f"[{lat}.{lat_more}, {lon}.{lon_more}]"
        return translatable("write a decimal point: {number}", number=corner)
    return translatable("write [latitude, longitude]")
