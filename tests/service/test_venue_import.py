"""An extract becomes a list for review; what cannot be read is said in one sentence."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mesure.formats.columns.file_faults import FixesError
from mesure.machine.service_error import ServiceError
from mesure.orders.text.order_faults import OrderError
from mesure.service.maintenance import venue_extracts, venue_import
from tests.actions import house

XML = """<osm version="0.6"><node id="1" lat="43.2" lon="76.9"><tag k="amenity" v="bar"/>
<tag k="name" v="Den"/></node><node id="2" lat="43.2" lon="76.9"/><way id="3"><nd ref="1"/>
<nd ref="2"/><tag k="amenity" v="pub"/></way></osm>"""
DAY = date(2026, 3, 1)


def geojson(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


@pytest.fixture
def instance(tmp_path: Path) -> Any:
    with house.office(tmp_path) as office:
        yield SimpleNamespace(store=office.store, keyring=office.keyring)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_extract_is_imported_and_what_could_not_be_drawn_is_counted(
    instance: Any, tmp_path: Path
) -> None:
    path = write(tmp_path, "a.osm", XML)
    first, new, left_out = venue_import.import_venues(instance, path, "nightlife", DAY)
    assert first.endswith(": 1 venues, 1 to be decided.")
    assert new == "  + Den"
    assert left_out == "Left out, because no outline could be drawn: 1."


def test_of_many_new_venues_the_first_are_named_and_the_rest_counted(
    instance: Any, tmp_path: Path
) -> None:
    place = {"type": "Point", "coordinates": [76.9, 43.2]}
    features = [
        {"type": "Feature", "id": f"node/{number}", "properties": {"amenity": "bar"},
         "geometry": place} for number in range(60)
    ]  # fmt: skip
    lines = venue_import.import_venues(
        instance, write(tmp_path, "a.geojson", geojson(*features)), "nightlife", DAY
    )
    assert lines[-1] == "  + and 10 more"


def test_a_category_that_is_none_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ServiceError, match="did you mean nightlife"):
        venue_import.check_category("nightlive")
    with pytest.raises(ServiceError, match="write one of nightlife, alcohol"):
        venue_import.check_category("fun")


@pytest.mark.parametrize(
    ("name", "text", "error", "words"),
    [
        ("a.geojson", geojson(), ServiceError, "There is no such place in it"),
        ("a.geojson", "{", OrderError, "no JSON"),
        ("a.osm", "<gpx/>", FixesError, "no OpenStreetMap file"),
    ],
)
def test_a_file_without_venues_is_refused_in_a_sentence(
    instance: Any, tmp_path: Path, name: str, text: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        venue_import.import_venues(instance, write(tmp_path, name, text), "nightlife", DAY)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="no such file or directory"):
        venue_extracts.read(tmp_path / "none.osm", "nightlife")


def test_without_its_library_a_pbf_file_is_refused_with_what_to_install(
    tmp_path: Path, without_osmium: None
) -> None:
    with pytest.raises(ServiceError, match=r"pip install 'mesure\[venues\]'"):
        venue_extracts.read(write(tmp_path, "a.osm.pbf", "x"), "nightlife")


def test_a_pbf_file_gives_the_same_venues_as_xml(tmp_path: Path) -> None:
    osmium = pytest.importorskip("osmium")
    path = tmp_path / "a.osm.pbf"
    xml = write(tmp_path, "a.osm", XML.replace("</way>", '<nd ref="1"/></way>'))
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(xml)):
            writer.add(thing)
    from_pbf = venue_extracts.read(path, "nightlife").found
    from_xml = venue_extracts.read(xml, "nightlife").found
    assert from_pbf.venues[0] == from_xml.venues[0]
    broken = write(tmp_path, "broken.osm.pbf", "no" * 100)
    with pytest.raises(ServiceError, match="it cannot be read"):
        venue_extracts.read(broken, "nightlife")
