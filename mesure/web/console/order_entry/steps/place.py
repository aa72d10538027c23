"""The step for places: a circle at a point, an area by its corners, a way, a part of a map.

Each may have an address; for a circle it can be looked up, which gives the point as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from mesure.orders.fields.order_context import MAPS_BYTES_MAX
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading.order_writer import Tree
from mesure.orders.text import map_features
from mesure.orders.text.order_faults import FileFault, RefusedValueError
from mesure.orders.values.places import Polygon
from mesure.orders.wording import calibration_sentences, place_sentences
from mesure.orders.wording.place_sentences import number
from mesure.reports.text import visible_text
from mesure.web.console.order_entry import address_lookup, drafting, order_fields, places_drawn
from mesure.web.console.order_entry.drafting import Draft, DraftRow
from mesure.web.console.order_entry.order_fields import Fields
from mesure.web.shared.form_fields import FormFields
from mesure.web.shared.visits import PageVisit, Upload

SHAPES: Final = ("circle", "area", "way", "map")
NAMES_MAX: Final = 2000  # Of features of a map, which are offered to choose from.


def show_list(visit: PageVisit) -> Response:
    """Show the places there are so far, and what may be added."""
    draft = drafting.open_draft(visit)
    _, faults = drafting.read(draft)
    version = places_drawn.sketch(draft)
    lines = [_line(visit, draft, name, faults, version) for name in draft.group("places")]
    return drafting.page(
        visit,
        draft,
        "places",
        "order_places.html",
        lines=lines,
        map=places_drawn.of_draft(draft, version, visit),
        group_faults=[drafting.sentence(one, visit) for one in faults if one.key == "places"],
    )


def _line(
    visit: PageVisit,
    draft: Draft,
    name: str,
    faults: tuple[FileFault, ...],
    version: OrderVersion | None,
) -> DraftRow:
    path = drafting.path_of("places", name)
    wrong = [one for one in faults if drafting.beneath(one, path) is not None]
    place = None if version is None else version.places.get(name)
    catalogue = visit.texts.catalogue
    sentences: list[str] = []
    if version is not None and place is not None:
        sentences = [*place_sentences.sentences(place, catalogue)]
        sentences += calibration_sentences.sentences(place, version.zone, catalogue)
    entry, query = draft.group("places")[name], urlencode({"name": name})
    is_circle = isinstance(entry, Mapping) and "lat_deg" in entry
    return DraftRow(
        title=visible_text.visible(name),
        lines=tuple(map(visible_text.visible, sentences)),
        faults=tuple(drafting.sentence(one, visit) for one in wrong),
        address=f"{draft.address}/place?{query}",
        remove=f"{draft.address}/remove?{urlencode({'under': 'places', 'name': name})}",
        measured=f"{draft.address}/measured?{query}" if is_circle else "",
    )


# --- One place ---------------------------------------------------------------------------------


def show_place(visit: PageVisit) -> Response:
    """Show the fields of a place, or of a new one."""
    draft = drafting.open_draft(visit)
    name, shape = visit.query_value("name"), visit.query_value("shape")
    entry = draft.group("places").get(name)
    if entry is None and (name or shape not in SHAPES):
        return visit.to(draft.step("places"))
    if entry is None:
        values: Fields | None = {"shape": shape}
    else:
        values = fields_of(name, entry)
    if values is None:
        return visit.to(f"{draft.address}/text?{urlencode({'under': 'places', 'name': name})}")
    return _page(drafting.fill_form(visit, values), draft)


def save_place(visit: PageVisit) -> Response:
    """Keep a place."""
    before = drafting.open_draft(visit)
    old, shape = visit.query_value("name"), visit.form.value("shape")
    if shape not in SHAPES:
        return visit.to(before.step("places"))
    choice = address_lookup.choice(visit)
    if choice is not None:
        return _page(drafting.fill_form(visit, {**visit.form.values, **choice}), before)
    if address_lookup.is_asked(visit):
        return _page(visit, before)
    name = order_fields.require_text(visit, "name")
    if name != old and name in before.group("places"):
        visit.form.refuse("name", visit.texts.text("Another place has this name."))
    draft, entry = _ENTRIES[shape](visit, before)
    address = order_fields.text(visit, "address")
    if address:
        entry["address"] = address
    if not visit.form.faults:
        known = before.group("places").get(old)
        if isinstance(known, Mapping) and "calibrated" in known and shape == "circle":
            entry["calibrated"] = known["calibrated"]
        draft = _renamed(draft, old, name).with_entry("places", old, name, entry)
        drafting.refuse(visit, draft, drafting.path_of("places", name), _field_of(shape))
    if visit.form.faults or not drafting.keep(visit, draft, before):
        return _page(*_with_upload(visit, draft, before), 422)
    return visit.to(draft.address if visit.query_value("back") else draft.step("places"))


def _with_upload(visit: PageVisit, draft: Draft, before: Draft) -> tuple[PageVisit, Draft]:
    """Keep a map that was uploaded beside what is wrong, so that it need not be sent again."""
    uploaded = [path for path in draft.files if path not in before.files]
    if not uploaded or not drafting.keep(visit, replace(before, files=draft.files), before):
        return visit, before
    form = FormFields({**visit.form.values, "map": uploaded[-1]}, visit.form.faults)
    return replace(visit, form=form), drafting.open_draft(visit)


def _renamed(draft: Draft, old: str, name: str) -> Draft:
    """Return a draft in which conditions and absences name a place by its new name."""
    if not old or old == name:
        return draft
    tree = dict(draft.tree)
    for key in ("conditions", "absences"):
        if key in tree:
            tree[key] = _named(tree[key], old, name)
    return Draft(draft.shown, tree, draft.files)


_NAMES_A_PLACE: Final = ("at", "stay_in", "keep_out_of")


def _named(entry: Tree, old: str, name: str) -> Tree:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, Mapping):
        return {
            key: name if key in _NAMES_A_PLACE and value == old else _named(value, old, name)
            for key, value in entry.items()
        }
    return [_named(one, old, name) for one in entry]


# --- From fields to an entry -------------------------------------------------------------------

Made = tuple[Draft, dict[str, Tree]]


def _circle(visit: PageVisit, draft: Draft) -> Made:
    lat, lon = order_fields.point(visit, "point")
    order_fields.require_text(visit, "radius_m")
    return draft, {
        "lat_deg": lat,
        "lon_deg": lon,
        "radius_m": order_fields.number(visit, "radius_m"),
    }


def _area(visit: PageVisit, draft: Draft) -> Made:
    upload = visit.uploads.get("file")
    pasted = visit.form.value("corners").strip()
    if upload is not None:
        return draft, _outline(visit, upload.data, "file")
    if pasted.startswith("{"):
        return draft, _outline(visit, pasted.encode(), "corners")
    corners = order_fields.corners(visit, "corners")
    if not corners:
        catalogue = visit.texts
        visit.form.refuse("corners", catalogue.text("Fill this in."))
    known = draft.group("places").get(visit.query_value("name"))
    holes = known.get("holes") if isinstance(known, Mapping) else None
    return draft, order_fields.without_empty({"polygon": corners, "holes": holes})


def _outline(visit: PageVisit, data: bytes, field: str) -> dict[str, Tree]:
    """Return the outline of the one feature of a map, as an area by its corners."""
    if is_too_large(visit, data, field):
        return {}
    try:
        features = map_features.read(data).features
        areas = [area for one in features[:2] for area in map_features.areas(one)]
    except RefusedValueError as refused:
        drafting.add(visit.form, field, drafting.sentence(refused, visit))
        return {}
    if len(areas) != 1:
        sentence = visit.texts.text(
            "There is more than one area in this. Add it as a map, and name the one you mean."
        )
        visit.form.refuse(field, sentence)
        return {}
    return _drawn(areas[0])


def _drawn(area: Polygon) -> dict[str, Tree]:
    rings = [
        [[number(lat_deg), number(lon_deg)] for lat_deg, lon_deg in ring]
        for ring in (area.outer, *area.holes)
    ]
    return order_fields.without_empty({"polygon": rings[0], "holes": rings[1:]})


def _way(visit: PageVisit, draft: Draft) -> Made:
    points = order_fields.corners(visit, "points")
    if not points:
        visit.form.refuse("points", visit.texts.text("Fill this in."))
    order_fields.require_text(visit, "width_m")
    return draft, {"corridor": points, "width_m": order_fields.number(visit, "width_m")}


def _map(visit: PageVisit, draft: Draft) -> Made:
    upload = visit.uploads.get("file")
    path = visit.form.value("map")
    catalogue = visit.texts
    if upload is not None:
        draft, path = with_map(visit, draft, upload, "file")
        if path and not visit.form.value("feature").strip():
            visit.form.refuse("feature", catalogue.text("The map is kept. Choose a part of it."))
    elif path not in draft.files:
        visit.form.refuse("map", catalogue.text("Choose a map, or upload one."))
    return draft, {"geojson": path, "feature": order_fields.require_text(visit, "feature")}


def with_map(visit: PageVisit, draft: Draft, upload: Upload, field: str) -> tuple[Draft, str]:
    """Return a draft with a map that was uploaded, and the path under which the order names it."""
    for path, data in draft.files.items():
        if data == upload.data:
            return draft, path
    if is_too_large(visit, upload.data, field):
        return draft, ""
    try:
        map_features.read(upload.data)
    except RefusedValueError as refused:
        drafting.add(visit.form, field, drafting.sentence(refused, visit))
        return draft, ""
    path = _free(upload.name, draft)
    return draft.with_file(path, upload.data), path


def is_too_large(visit: PageVisit, data: bytes, field: str) -> bool:
    """Tell whether a map is larger than any that an order can keep; reading one takes memory."""
    is_so = len(data) > MAPS_BYTES_MAX
    if is_so:
        visit.form.refuse(field, visit.texts.text("This map has over 8 MB. Use a smaller part."))
    return is_so


def _free(name: str, draft: Draft) -> str:
    """Return a path for an uploaded file that no other has."""
    base = order_fields.clean(name).replace("\\", "/").rpartition("/")[2] or "map.geojson"
    stem, dot, ending = base[-100:].rpartition(".")
    stem = stem if dot else ending
    ending = f".{ending}" if dot else ""
    names = (f"{stem}{'' if count == 1 else f'-{count}'}{ending}" for count in range(1, 200))
    return next(one for one in names if one not in draft.files)


_ENTRIES: Final[Mapping[str, Callable[[PageVisit, Draft], Made]]] = {
    "circle": _circle,
    "area": _area,
    "way": _way,
    "map": _map,
}


def _field_of(shape: str) -> Callable[[str], str]:
    """Return what tells at which field a fault of a place is said."""
    return lambda rest: "address" if rest.startswith("address") else _FIELDS[shape](rest)


_FIELDS: Final[Mapping[str, Callable[[str], str]]] = {
    "circle": lambda rest: "radius_m" if rest.startswith("radius_m") else "point",
    "area": lambda _: "corners",
    "way": lambda rest: "width_m" if rest.startswith("width_m") else "points",
    "map": lambda rest: "map" if rest.startswith("geojson") else "feature",
}


# --- From an entry to fields -------------------------------------------------------------------


def fields_of(name: str, entry: Tree) -> Fields | None:
    """Return what the fields of a place show; None where no field can show it."""
    if not isinstance(entry, Mapping):
        return None
    fields, address = _shape_fields(name, entry), entry.get("address", "")
    if fields is None or not isinstance(address, str):
        return None
    return {**fields, "address": address}


def _shape_fields(name: str, entry: Mapping[str, Tree]) -> Fields | None:
    keys = set(entry) - {"calibrated", "holes", "address"}
    texts = {key: value for key, value in entry.items() if isinstance(value, str)}
    if keys == {"lat_deg", "lon_deg", "radius_m"} <= set(texts):
        point = f"{texts['lat_deg']}, {texts['lon_deg']}"
        return {"name": name, "shape": "circle", "point": point, "radius_m": texts["radius_m"]}
    if keys == {"polygon"}:
        corners = order_fields.of_corners(entry["polygon"])
        return None if corners is None else {"name": name, "shape": "area", "corners": corners}
    if keys == {"corridor", "width_m"} and "width_m" in texts:
        points = order_fields.of_corners(entry["corridor"])
        width_m = texts["width_m"]
        if points is not None:
            return {"name": name, "shape": "way", "points": points, "width_m": width_m}
    if keys == {"geojson", "feature"} <= set(texts):
        chosen = {"map": texts["geojson"], "feature": texts["feature"]}
        return {"name": name, "shape": "map", **chosen}
    return None


def _page(visit: PageVisit, draft: Draft, status: int = 200) -> Response:
    names = _features(draft)
    return drafting.page(
        visit,
        draft,
        "places",
        "order_place.html",
        status,
        shape=visit.form.value("shape"),
        is_new=not visit.query_value("name"),
        map_files=[(path, visible_text.visible(path)) for path in draft.files],
        features=names,
        named=[(name, visible_text.visible(name)) for name in names],
        holes=_holes(draft, visit.query_value("name")),
        map=places_drawn.to_draw_on(draft, visit),
        drawing=places_drawn.libraries(visit),
        lookup=address_lookup.of_visit(visit),
        use=places_drawn.use_of(draft, visit.query_value("name")).value,
    )


def _features(draft: Draft) -> list[str]:
    """Return the names of the features of all maps, to choose from."""
    names: list[str] = []
    for data in draft.files.values():
        try:
            names += map_features.read(data).names
        except RefusedValueError:
            continue
    return names[:NAMES_MAX]


def _holes(draft: Draft, name: str) -> int:
    entry = draft.group("places").get(name)
    holes = entry.get("holes", ()) if isinstance(entry, Mapping) else ()
    return 0 if isinstance(holes, str) else len(holes)
