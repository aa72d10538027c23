"""Features of a GeoJSON file (RFC 7946): boundaries and venues that an order names.

Whatever is wrong raises `RefusedValueError`: the order's reader knows where the order names the
file.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NoReturn

from mesure.orders.text import geometry, parser_words
from mesure.orders.text.near_names import nearest
from mesure.orders.text.order_faults import RefusedValueError, join_names, quote
from mesure.orders.text.sayings import translatable
from mesure.orders.text.strings_yaml import normalise
from mesure.orders.values.places import Polygon, Ring

FEATURES_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class MapFeature:
    """One thing on the map: its texts (identifier and properties) and where it is."""

    id: str | None
    texts: Mapping[str, str]  # Properties whose value is a text or a number.
    geometry: Mapping[str, Any]  # As the file has it, not yet looked at.

    @property
    def names(self) -> list[str]:
        """Return the texts by which a clerk may know it: its names, or else whatever it has."""
        names = [text for key, text in self.texts.items() if key.startswith("name")]
        return names or [text for text in (self.id, *self.texts.values()) if text is not None]

    @property
    def name(self) -> str:
        """Return the first of its names; empty where it has none."""
        return next(iter(self.names), "")


class FeatureCollection:
    """The features of a file, findable by every text they have."""

    def __init__(self, features: Sequence[MapFeature]) -> None:
        self.features = features
        self._by_text: dict[str, list[MapFeature]] = {}
        for item in features:
            for text in {normalise(text) for text in (item.id, *item.texts.values()) if text}:
                self._by_text.setdefault(text, []).append(item)

    def _own(self, item: MapFeature) -> list[str]:
        """Return the texts of a feature that no other has."""
        texts = [text for text in (item.id, *item.texts.values()) if text]
        return [text for text in texts if len(self._by_text[normalise(text)]) == 1]

    @cached_property
    def names(self) -> list[str]:
        """Return all names, to be shown to an author who asked for one there is not."""
        return sorted({name for item in self.features for name in item.names})

    def feature_named(self, name: str) -> MapFeature:
        """Return the one feature whose identifier or one of whose properties is this text."""
        matches = self._by_text.get(normalise(name), [])
        if len(matches) == 1:
            return matches[0]
        what = translatable("no features of the file are called {name}", name=quote(name))
        if matches:
            what = translatable(
                "{count} features of the file are called {name}",
                count=len(matches),
                name=quote(name),
            )
        names = sorted({text for item in matches for text in self._own(item)}) or self.names
        near = None if matches else nearest(name, names)
        remedy = translatable(
            "write the id or a property that only one has; there are {names}",
            names=join_names(names),
        )
        if near:
            remedy = translatable(
                "write the id or a property that only one has, such as {near}; there are {names}",
                near=quote(near),
                names=join_names(names),
            )
        raise RefusedValueError(
            what, translatable("which boundary is meant cannot be told"), remedy
        )


def read(data: bytes) -> FeatureCollection:
    """Return the features of a file."""
    document = _document(data)
    features = document.get("features") if isinstance(document, dict) else None
    if isinstance(document, dict) and document.get("type") == "Feature":
        features = [document]
    if not isinstance(features, list) or len(features) > FEATURES_MAX:
        what = translatable(
            "the file is no GeoJSON FeatureCollection of up to {most} features", most=FEATURES_MAX
        )
        remedy = translatable("export it as GeoJSON (RFC 7946)")
        raise RefusedValueError(what, translatable("a boundary is found by its feature"), remedy)
    return FeatureCollection([_feature(item) for item in features])


def _document(data: bytes) -> Any:  # noqa: ANN401 - whatever the file says.
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        what, remedy = translatable("the file is not UTF-8"), translatable("save it as UTF-8")
    except RecursionError:
        what = translatable("the file is nested too deep")
        remedy = translatable("export it as GeoJSON (RFC 7946)")
    except json.JSONDecodeError as error:
        what = translatable(
            "the file is no JSON ({problem}, line {line})",
            problem=parser_words.plainly(error.msg),
            line=error.lineno,
        )
        remedy = translatable("export it again: it may have been cut off")
    except ValueError:  # A whole number of thousands of digits.
        what = translatable("the file has a number that is too long")
        remedy = translatable("export it again")
    raise RefusedValueError(what, translatable("no boundary can be read from it"), remedy)


def _no_constant(name: str) -> NoReturn:
    what = translatable("the file has {name} where a number belongs", name=quote(name))
    raise RefusedValueError(
        what, translatable("such a boundary lies nowhere"), translatable("export the file again")
    )


def _feature(item: Any) -> MapFeature:  # noqa: ANN401 - whatever the file says.
    properties = item.get("properties") if isinstance(item, dict) else None
    place = item.get("geometry", "") if isinstance(item, dict) else ""
    if not isinstance(place, dict | None) or not isinstance(properties, dict | None):
        what = translatable("a feature of the file has no geometry")
        remedy = translatable("export the file as GeoJSON (RFC 7946)")
        raise RefusedValueError(what, translatable("it lies nowhere"), remedy)
    texts = {key: _text(value) for key, value in (properties or {}).items()}
    known = {key: text for key, text in texts.items() if text is not None}
    # One without a place has null there.
    return MapFeature(_text(item.get("id")), known, place or {})


def _text(value: object) -> str | None:
    return str(value) if type(value) in (str, int, float) else None


def areas(item: MapFeature) -> tuple[Polygon, ...]:
    """Return the polygons of a feature that is an area."""
    kind, coordinates = item.geometry.get("type"), item.geometry.get("coordinates")
    if kind is None:
        what = translatable("the feature {name} has no geometry", name=quote(item.name))
        raise RefusedValueError(
            what, translatable("it lies nowhere"), translatable("draw it, or name another feature")
        )
    if kind not in ("Polygon", "MultiPolygon"):
        what = translatable(
            "the feature {name} is a {kind}, not an area",
            name=quote(item.name),
            kind=quote(str(kind)),
        )
        raise RefusedValueError(
            what, translatable("it has no inside"), translatable("name a Polygon or MultiPolygon")
        )
    try:
        parts = [coordinates] if kind == "Polygon" else _list(coordinates)
        drawn = [_list(part) for part in parts]
        if sum(len(_list(ring)) for part in drawn for ring in part) > 2 * geometry.CORNERS_MAX:
            what = translatable(
                "its boundary has more than {most} corners", most=geometry.CORNERS_MAX
            )
            why = translatable("no paper shows so fine a line")
            raise RefusedValueError(what, why, translatable("simplify the boundary"))
        polygons = [[_closed_ring(ring) for ring in part] for part in drawn]
        if not polygons or not all(polygons):
            raise _no_numbers()
        return tuple(geometry.polygon(outer, holes) for outer, *holes in polygons)
    except RefusedValueError as refused:
        what = translatable(
            "the feature {name}: {fault}", name=quote(item.name), fault=refused.what
        )
        raise RefusedValueError(what, refused.why, refused.remedy) from None


def point(item: MapFeature) -> tuple[float, float] | None:
    """Return latitude and longitude of a feature that is a point, None for any other."""
    if item.geometry.get("type") != "Point":
        return None
    return _corner(item.geometry.get("coordinates"))


def _closed_ring(ring: object) -> Ring:
    corners = tuple(_corner(item) for item in _list(ring))
    if not corners or corners[0] != corners[-1]:
        what = translatable("its ring does not end where it began")
        why = translatable("part of the boundary may be missing")
        raise RefusedValueError(what, why, translatable("export the file again, or close the ring"))
    return corners


def _corner(item: object) -> tuple[float, float]:
    corner = _list(item)[:2]
    if len(corner) == 2 and all(type(value) in (int, float) for value in corner):
        lon_deg, lat_deg = corner
        if -180 <= lon_deg <= 180 and -90 <= lat_deg <= 90:
            return float(lat_deg), float(lon_deg)
    raise _no_numbers()


def _list(item: object) -> list[Any]:
    if not isinstance(item, list):
        raise _no_numbers()
    return item


def _no_numbers() -> RefusedValueError:
    what = translatable(
        "a corner is not written as longitude (-180 to 180) and latitude (-90 to 90)"
    )
    return RefusedValueError(
        what,
        translatable("the boundary cannot be drawn"),
        translatable("export the file as GeoJSON (RFC 7946)"),
    )
