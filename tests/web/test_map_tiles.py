"""The map of streets is served in pieces, to those signed in; a broken file is a sentence."""

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType, deserialize_header, serialize_header

from mesure.service.basemap import making
from mesure.service.basemap.shapes import MapShape
from mesure.web import map_tiles, static_files, website
from mesure.web.map_tiles import Basemap, BasemapError, MapSource
from tests.actions.house import Office
from tests.web import browsing, filled
from tests.web.filled import Filled
from tests.web.serving import ask

STREET = MapShape("road", "main", shapely.LineString([(76.90, 43.25), (76.97, 43.25)]))
ABOUT = {"vector_layers": [{"id": name} for name in ("road", "water", "place")]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "map.pmtiles"
    making.make([STREET], path, MapSource.OPENSTREETMAP, "© OpenStreetMap", lambda _: None)
    return path


@pytest.fixture
def basemap(file: Path) -> Iterator[Basemap]:
    basemap = map_tiles.open_basemap(file)
    yield basemap
    basemap.close()


def app_of(office: Office, opened: Basemap | None) -> Any:
    return website.build(replace(browsing.parts_of(office), basemap=opened))


def fetch_piece(
    app: Any, address: str, *, who: str | None = "officer", **fields: str
) -> httpx.Response:
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    if who is not None:
        headers["Cookie"] = f"mesure={filled.TOKENS[who]}"
    return ask(app, path=address, headers=headers)


BOX = {"min_lon_e7": 769_000_000, "min_lat_e7": 432_500_000, "max_lon_e7": 769_700_000,
       "max_lat_e7": 432_600_000}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "box_deg"),
    [
        (BOX, (76.9, 43.25, 76.97, 43.26)),
        ({**BOX, "min_lon_e7": 770_000_000}, map_tiles.WORLD_DEG),
        ({**BOX, "max_lat_e7": 1_432_600_000}, map_tiles.WORLD_DEG),
    ],
)
def test_a_map_says_what_it_covers_and_nonsense_is_the_world(
    file: Path, tmp_path: Path, fields: dict[str, int], box_deg: tuple[float, ...]
) -> None:
    data = file.read_bytes()
    header: Any = {**deserialize_header(data), **fields}
    (tmp_path / "other.pmtiles").write_bytes(serialize_header(header) + data[127:])
    basemap = map_tiles.open_basemap(tmp_path / "other.pmtiles")
    basemap.close()
    assert basemap.box_deg == box_deg


# --- Served --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "person", "counsel"])
def test_a_piece_is_served_to_whoever_is_signed_in(
    office: Office, there: Filled, basemap: Basemap, file: Path, who: str
) -> None:
    answer = fetch_piece(app_of(office, basemap), basemap.address, who=who, range="bytes=7-99")
    assert (answer.status_code, answer.content) == (206, file.read_bytes()[7:100])
    assert answer.headers["content-range"] == f"bytes 7-99/{file.stat().st_size}"
    assert answer.headers["cache-control"] == "no-store"
    assert "connect-src 'self'" in answer.headers["content-security-policy"]


def test_a_visitor_gets_nothing(office: Office, basemap: Basemap) -> None:
    answer = fetch_piece(app_of(office, basemap), basemap.address, who=None, range="bytes=0-99")
    assert answer.status_code == 404
    assert b"PMTiles" not in answer.content


@pytest.mark.parametrize(
    ("span", "status"),
    [("bytes=9999999-", 416), ("bytes=0-1,4-5", 416), ("bytes=5-2", 416), ("lines=1-2", 416),
     ("bytes=-3", 206), (None, 200)],
)  # fmt: skip
def test_what_cannot_be_served_is_said(
    office: Office, there: Filled, basemap: Basemap, file: Path, span: str | None, status: int
) -> None:
    headers = {} if span is None else {"range": span}
    answer = fetch_piece(app_of(office, basemap), basemap.address, **headers)
    assert answer.status_code == status
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{file.stat().st_size}"
    else:
        assert file.read_bytes().endswith(answer.content)


def test_a_piece_of_another_version_is_not_mixed_with_this_one(
    office: Office, there: Filled, basemap: Basemap, file: Path
) -> None:
    headers = {"range": "bytes=0-9", "if_range": '"another"'}
    answer = fetch_piece(app_of(office, basemap), basemap.address, **headers)
    assert (answer.status_code, answer.content) == (200, file.read_bytes())


def test_head_tells_the_length_alone(office: Office, there: Filled, basemap: Basemap) -> None:
    cookie = {"Cookie": f"mesure={filled.TOKENS['person']}"}
    answer = ask(app_of(office, basemap), "HEAD", basemap.address, headers=cookie)
    assert (answer.headers["content-length"], answer.content) == (str(basemap.size_bytes), b"")


def test_a_long_piece_comes_in_parts(
    office: Office, there: Filled, basemap: Basemap, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_tiles, "AT_ONCE", 10)
    monkeypatch.setattr(map_tiles, "_BLOCK", 100)
    assert fetch_piece(app_of(office, basemap), basemap.address).content == file.read_bytes()


def test_a_file_cut_short_meanwhile_is_no_fault_of_the_service(
    office: Office, there: Filled, basemap: Basemap, file: Path
) -> None:
    app = app_of(office, basemap)
    os.truncate(file, 50)
    assert fetch_piece(app, basemap.address, range="bytes=40-90").status_code == 404
    assert fetch_piece(app, basemap.address, range="bytes=0-9").status_code == 206


def test_a_file_that_was_replaced_is_another_address_at_the_next_start(
    basemap: Basemap, file: Path
) -> None:
    before = file.read_bytes()
    making.make([STREET, STREET._replace(kind="minor")], file, MapSource.OTHER, "", lambda _: None)
    again = map_tiles.open_basemap(file)
    again.close()
    assert again.address != basemap.address
    assert basemap.piece(0, len(before)) == before


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 200))
def test_a_span_lies_within_the_file(first: int, last: int, size: int) -> None:
    span = map_tiles._span(f"bytes={first}-{last}", size)
    if first <= last and first < size:
        assert span == (first, min(last + 1, size))
    else:
        assert span is None


# --- On pages ------------------------------------------------------------------------------------


def test_pages_name_the_map_and_whom_to_credit(
    office: Office, there: Filled, basemap: Basemap
) -> None:
    static = static_files.own()
    if not static.has("vendor/pmtiles/pmtiles.js"):
        pytest.skip("the libraries were not built in: make assets")
    for known, credit in ((basemap, "© OpenStreetMap contributors"), (None, None)):
        app = app_of(office, known)
        page = fetch_piece(app, "/portal/map", who="person").text
        assert ("data-basemap" in page) == (known is not None)
        assert credit is None or credit in page


# --- Opened --------------------------------------------------------------------------------------


def write_map(path: Path, about: bytes, **changed: Any) -> Path:
    """Write a map with no tiles that says something of itself."""
    squeezed = gzip.compress(about)
    header = {
        **deserialize_header(b"PMTiles\x03" + bytes(88) + b"\x01\x02\x02\x01" + bytes(27)),
        "metadata_offset": 127, "metadata_length": len(squeezed),
        "tile_data_offset": 127 + len(squeezed), "tile_data_length": 0, **changed,
    }  # fmt: skip
    path.write_bytes(serialize_header(header) + squeezed)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(
    ("metadata", "source", "credit"),
    [
        (
            {"attribution": "<a href='x'>© OpenStreetMap</a>"},
            MapSource.OPENSTREETMAP,
            "© OpenStreetMap",
        ),
        ({"attribution": "Land registry", "source": "else"}, MapSource.OTHER, "Land registry"),
        ({"source": "simulated"}, MapSource.SIMULATED, ""),
        ({"attribution": "x" * 1_000}, MapSource.OTHER, "x" * 300),
    ],
)  # fmt: skip
def test_whom_to_credit_is_read_as_text(
    tmp_path: Path, metadata: dict[str, str], source: MapSource, credit: str
) -> None:
    opened = map_tiles.open_basemap(
        write_map(tmp_path / "a", json.dumps(ABOUT | metadata).encode())
    )
    opened.close()
    assert (opened.source, opened.credit) == (source, credit)


@pytest.mark.parametrize(
    ("about", "changed", "why"),
    [
        (b"no JSON", {}, "cannot be read"),
        (b"[]", {}, "cannot be read"),
        (b'{"vector_layers": [{}]}', {}, "cannot be read"),
        (b'{"vector_layers": [{"id": "road"}]}', {}, "has not the layers"),
        (json.dumps(ABOUT).encode(), {"metadata_offset": 3}, "cannot be read"),
        (json.dumps(ABOUT).encode(), {"tile_data_length": 10**9}, "its end is missing"),
        (json.dumps(ABOUT).encode(), {"tile_type": TileType.PNG}, "no vector tiles"),
        (json.dumps(ABOUT).encode(), {"tile_compression": Compression.NONE}, "no vector"),
    ],
)
def test_why_a_file_is_no_map(
    tmp_path: Path, about: bytes, changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(BasemapError, match=why):
        map_tiles.open_basemap(write_map(tmp_path / "a", about, **changed))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_map_or_a_sentence(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "a"
    for start in (b"", b"PMTiles\x03"):
        path.write_bytes(start + content)
        with pytest.raises(BasemapError):
            map_tiles.open_basemap(path)
