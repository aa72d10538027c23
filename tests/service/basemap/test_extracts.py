"""An extract of OpenStreetMap becomes shapes; what cannot be read is said in a sentence."""

from pathlib import Path

import pytest
import shapely
from typer.testing import CliRunner

from mesure.cli import door
from mesure.machine.service_error import ServiceError
from mesure.service.basemap import extracts, tags
from mesure.service.basemap.shapes import ZOOMS, MapShape
from tests.service.basemap.tiles_read import Map

HEAD = '<?xml version="1.0"?><osm version="0.6">'
NODES = "".join(
    f'<node id="{number}" version="1" lat="{43.25 + number * 0.001}" '
    f'lon="{76.93 + (number % 2) * 0.001}"/>'
    for number in range(1, 9)
)


def way(number: int, nodes: str, **tag_values: str) -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    tag_elements = "".join(
        f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tag_values.items()
    )
    return f'<way id="{number}" version="1">{refs}{tag_elements}</way>'


def node(number: int, **tag_values: str) -> str:
    tag_elements = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tag_values.items())
    return f'<node id="{number}" version="1" lat="43.25" lon="76.93">{tag_elements}</node>'


def write_extract(folder: Path, *things: str, name: str = "a.osm") -> Path:
    path = folder / name
    path.write_text(f"{HEAD}{NODES}{''.join(things)}</osm>", encoding="utf-8")
    return path


def read(folder: Path, *things: str) -> list[MapShape]:
    return list(extracts.shapes(write_extract(folder, *things)))


def test_streets_buildings_water_and_places_are_found(tmp_path: Path) -> None:
    shapes = read(
        tmp_path,
        node(90, place="town", name="Үлгі", population="20000"),
        way(1, "123", highway="primary", name="Абай", name__en="Abai"),
        way(2, "1231", building="yes", name="Not shown"),
        way(3, "2342", natural="water", name="Көл"),
        way(4, "45", boundary="administrative", admin_level="8"),
        way(5, "56", railway="rail", name="Not shown"),
    )
    kinds = sorted((one.layer, one.kind) for one in shapes)
    assert kinds == [
        ("building", "building"), ("edge", "district"), ("place", "lake"), ("place", "town"),
        ("rail", "rail"), ("road", "main"), ("water", "lake"),
    ]  # fmt: skip
    by_kind = {(one.layer, one.kind): one for one in shapes}
    assert by_kind["road", "main"].names == (("name", "Абай"), ("name:en", "Abai"))
    assert by_kind["place", "town"].precedence == tags.PRECEDENCES["town"] - 4
    assert by_kind["place", "lake"].names == (("name", "Көл"),)
    assert by_kind["building", "building"].names == by_kind["rail", "rail"].names == ()
    lake, label = by_kind["water", "lake"].geometry, by_kind["place", "lake"].geometry
    assert shapely.covers(lake, label)


@pytest.mark.parametrize(
    "tag_values",
    [
        {"highway": "proposed"},
        {"highway": "pedestrian", "area": "yes"},
        {"railway": "rail", "tunnel": "yes"},
        {"boundary": "administrative"},
        {"boundary": "administrative", "admin_level": "11"},
        {"boundary": "administrative", "admin_level": "2", "maritime": "yes"},
        {"building": "no"},
        {"amenity": "bar", "name": "Den"},
    ],
)
def test_what_nobody_needs_is_not_drawn(tmp_path: Path, tag_values: dict[str, str]) -> None:
    assert (
        read(tmp_path, way(1, "123", **tag_values), node(90, place="city"), node(91, shop="yes"))
        == []
    )


def test_a_text_longer_than_any_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="it cannot be read"):
        read(tmp_path, way(1, "123", highway="road", name="x" * 10_000))


def test_a_way_that_leaves_the_extract_is_left_out_and_the_rest_drawn(tmp_path: Path) -> None:
    beyond = '<way id="9" version="1"><nd ref="1"/><nd ref="777"/><tag k="highway" v="road"/></way>'
    [shape] = read(tmp_path, beyond, way(10, "12", highway="road"))
    assert (shape.layer, shape.kind) == ("road", "minor")


@pytest.mark.parametrize("tunnel", ["no", "yes"])
def test_a_street_in_a_tunnel_is_a_street(tmp_path: Path, tunnel: str) -> None:
    [shape] = read(tmp_path, way(1, "12", highway="service", name="x", tunnel=tunnel))
    assert (shape.kind, shape.names) == ("service", ())


def test_every_tag_leads_to_a_kind_that_is_on_the_map() -> None:
    for meant in (*tags.LINES.values(), *tags.AREAS.values(), *tags.PLACES.values()):
        assert meant.kind in ZOOMS[meant.layer]
    assert {kind for kind, _ in tags.EDGES} == set(ZOOMS["edge"])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.osm", "hello", "it cannot be read"),
        ("a.osm.pbf", "no" * 100, "it cannot be read"),
        ("a.geojson", "{}", "no extract of OpenStreetMap"),
        ("a.osm", None, "there is no such file"),
    ],
)
def test_what_is_none_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(ServiceError, match=message):
        list(extracts.shapes(path))


def test_without_its_library_it_says_how_to_get_it(tmp_path: Path, without_osmium: None) -> None:
    with pytest.raises(ServiceError, match=r"pip install 'mesure\[venues\]'"):
        list(extracts.shapes(write_extract(tmp_path)))


def test_the_command_makes_a_map_and_says_where_it_belongs(tmp_path: Path) -> None:
    path = write_extract(tmp_path, way(1, "123", highway="primary"), way(2, "1231", building="yes"))
    out = tmp_path / "basemap.pmtiles"
    done = CliRunner().invoke(door.app, ["basemap", str(path), "--out", str(out)])
    assert done.exit_code == 0
    assert "2 shapes on " in done.output
    assert "into the data folder" in done.output
    assert Map(out).about["attribution"] == "© OpenStreetMap contributors"
