"""Addresses are found at houses, entrances and buildings; what is no address is left out."""

from pathlib import Path

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.addresses import address_extracts
from mesure.service.addresses.address_extracts import ExtractedAddress, Settlement
from tests.service.addresses import made_up

BUILDING = (
    '<node id="1" version="1" lat="43.0" lon="76.0"/><node id="2" version="1" lat="43.0" '
    'lon="76.001"/><node id="3" version="1" lat="43.001" lon="76.001"/>'
    '<way id="7" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>'
    '<tag k="addr:housenumber" v="9"/><tag k="addr:street" v="Long Road"/></way>'
)


def read(folder: Path, *things: str) -> list[ExtractedAddress | Settlement]:
    """Return addresses and towns, without what numbers between houses are worked out from."""
    entries = address_extracts.read(made_up.extract(folder, *things))
    return [one for one in entries if isinstance(one, ExtractedAddress | Settlement)]


def test_a_house_is_an_address_at_its_point(tmp_path: Path) -> None:
    house = made_up.house(1, 43.1, 76.1, street="Clover Avenue", housenumber="5", city="Hillford",
                        postcode="AB1")  # fmt: skip
    assert read(tmp_path, house) == [
        ExtractedAddress("Clover Avenue", "5", "AB1", "Hillford", 43.1, 76.1)
    ]


def test_a_building_is_an_address_at_a_point_within_it(tmp_path: Path) -> None:
    [building] = read(tmp_path, BUILDING)
    assert isinstance(building, ExtractedAddress)
    assert building[:4] == ("Long Road", "9", "", "")
    assert 43.0 < building.lat_deg < 43.001
    assert 76.0 < building.lon_deg < 76.001


def test_towns_and_villages_are_kept_by_their_name(tmp_path: Path) -> None:
    places = [
        made_up.node(1, 43.0, 76.0, place="village", name="Nearby"),
        made_up.node(2, 43.0, 76.0, place="suburb", name="Part"),
        made_up.node(3, 43.0, 76.0, place="town"),
    ]
    assert read(tmp_path, *places) == [Settlement("Nearby", 43.0, 76.0)]


@pytest.mark.parametrize(
    "tags",
    [
        {"housenumber": "5"},
        {"street": "Clover Avenue"},
        {"street": "Clover Avenue", "housenumber": " \u202e "},
        {"street": "x" * 250, "housenumber": "5"},
        {"street": "Clover Avenue", "housenumber": "5" * 250},
    ],
)
def test_what_nobody_could_write_on_an_envelope_is_left_out(
    tmp_path: Path, tags: dict[str, str]
) -> None:
    assert read(tmp_path, made_up.house(1, 43.0, 76.0, **tags)) == []


def test_signs_that_nobody_sees_are_taken_out_and_markup_is_only_text(tmp_path: Path) -> None:
    named = made_up.house(1, 43.0, 76.0, street="<script>1</script>\u202e\n street",
                          housenumber="5", postcode="p" * 99, city="c" * 99)  # fmt: skip
    [address] = read(tmp_path, named)
    assert address[:4] == ("<script>1</script> street", "5", "", "")


def test_what_is_no_extract_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.osm.pbf").write_bytes(b"no extract")
    made_up.extract(tmp_path, made_up.house(1, 43.0, 76.0, street="x" * 10_000), name="c.osm")
    for name, words in (("a.osm.pbf", "it cannot be read"), ("b.osm", "no such file"),
                        ("c.osm", "it cannot be read"), ("a.zip", "is no extract")):  # fmt: skip
        with pytest.raises(ServiceError, match=words) as caught:
            list(address_extracts.read(tmp_path / name))
        assert "no address book was made" in str(caught.value)
