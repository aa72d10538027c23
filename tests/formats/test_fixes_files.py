"""The content tells the format; the same walk is the same fixes in every one of them."""

import json
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesure.formats.columns.file_faults import FixesError
from tests.house import ROOT
from tests.ingest import samples
from tests.ingest.samples import EVERY_FORMAT, START, WALK


@pytest.mark.parametrize("kind", EVERY_FORMAT)
def test_the_same_walk_is_the_same_fixes_in_every_format(kind: str) -> None:
    fixes = samples.gather_fixes(EVERY_FORMAT[kind]).fixes
    assert fixes.observed_us.tolist() == [samples.us(step.at) for step in WALK]
    assert fixes.lat_deg.tolist() == [step.lat for step in WALK]
    assert fixes.lon_deg.tolist() == [step.lon for step in WALK]
    # Knots, km/h and m/s: one walk, one speed.
    assert fixes.speed_mps == pytest.approx([step.speed_mps for step in WALK])
    ratio = 2.448 / 1.510
    assert fixes.radius95_m == pytest.approx([12 * ratio, 8 * ratio, np.nan], nan_ok=True)


@pytest.mark.parametrize("kind", sorted(EVERY_FORMAT.keys() - {"gpx", "owntracks"}))
def test_a_receipt_is_read_where_the_format_has_one(kind: str) -> None:
    fixes = samples.gather_fixes(EVERY_FORMAT[kind]).fixes
    assert fixes.received_us.tolist() == [samples.us(step.received_at) for step in WALK]


@pytest.mark.parametrize("kind", ["gpx", "owntracks"])
def test_without_a_receipt_a_fix_was_received_when_taken(kind: str) -> None:
    fixes = samples.gather_fixes(EVERY_FORMAT[kind]).fixes
    assert fixes.received_us.tolist() == fixes.observed_us.tolist()


@pytest.mark.parametrize(
    "data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\n" * 99_999]
)
def test_an_empty_file_is_no_fixes(data: bytes) -> None:
    assert len(samples.read(data)) == 0
    assert samples.gather_fixes(data).last_receipt_us is None


SPEC = (ROOT / "docs" / "specs" / "fixes_files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", re.findall(r"```\w*\n(.*?)```", SPEC, re.DOTALL))
def test_every_example_of_the_specification_is_the_fix_it_says(example: str) -> None:
    fixes = samples.gather_fixes(example.encode()).fixes
    assert fixes.observed_us.tolist() == [samples.us(START)]
    assert (fixes.lat_deg.tolist(), fixes.lon_deg.tolist()) == ([43.25654], [76.92848])


def test_the_suffix_does_not_overrule_the_content() -> None:
    assert len(samples.read(samples.rec(), "fixes.csv")) == 3
    assert len(samples.read(samples.parquet(), "fixes.gpx")) == 3


def test_the_suffix_helps_where_the_first_bytes_are_gone() -> None:
    with pytest.raises(FixesError, match="Parquet file is damaged"):
        samples.read(samples.parquet()[4:].replace(b"\0", b" "), "fixes.parquet")
    with pytest.raises(FixesError, match="XML is damaged"):
        samples.read(b'trkpt lat="1">', "fixes.GPX")
    assert samples.gather_fixes(samples.read(b"cut off\n", "2026-01.rec")).kept_unused == {
        "out_of_range": 1
    }


def test_a_damaged_first_line_does_not_hide_what_a_file_is() -> None:
    for kind in ("owntracks", "traccar", "features"):
        data = b'":12,"tst":1733842245}\n' + EVERY_FORMAT[kind]
        assert samples.gather_fixes(data).kept_unused == {"out_of_range": 1}, kind


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "message", [samples.feature(WALK[0]), samples.owntracks(WALK[0]), samples.traccar(WALK[0])]
)
def test_one_message_may_stand_on_several_lines(message: object, indent: int | None) -> None:
    gathered = samples.gather_fixes(json.dumps(message, indent=indent).encode())
    assert (gathered.read, len(gathered.fixes)) == (1, 1)


def test_a_collection_with_a_feature_to_a_line_is_one_collection() -> None:
    features = ",\n".join(json.dumps(samples.feature(step)) for step in WALK)
    for end in ("]}", ""):
        data = f'{{"type": "FeatureCollection", "features": [\n{features}\n{end}'.encode()
        if end:
            assert len(samples.read(data)) == 3
        else:
            with pytest.raises(FixesError, match="GeoJSON is damaged"):
                samples.read(data)


NOT_FIXES = {
    b"\x00\x01\x02\x03": "binary data",
    b"PK\x03\x04rest": "a zip or a spreadsheet",
    b"\x1f\x8b\x08": "packed with gzip",
    b"%PDF-1.7": "a PDF",
    "time,lat,lon".encode("utf-16"): "text in UTF-16",
    b"[1, 2]": "neither GeoJSON nor messages",
    b'{"a": 1}': "neither GeoJSON nor messages",
    b'{"a": ': "neither GeoJSON nor messages",
    b"[" * 100_000: "neither GeoJSON nor messages",
    b"<kml></kml>": "the XML is kml, not gpx",
    b"<!DOCTYPE html><html/>": "declares entities",
    b"hello": "no column time and no column lat and no column lon \\(there are: hello\\)",
}


@pytest.mark.parametrize("data", NOT_FIXES)
def test_what_is_no_file_of_fixes_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(FixesError, match=NOT_FIXES[data]) as refused:
        samples.read(data, "brought.txt")
    sentence = str(refused.value)
    assert sentence.startswith("brought.txt")
    assert sentence.endswith(".")
    assert ", so " in sentence
    assert ";" in sentence


def _damaged(draw: st.DrawFn) -> bytes:
    """Draw a good file with a few bytes changed, lost or doubled, or cut off."""
    data = bytearray(EVERY_FORMAT[draw(st.sampled_from(sorted(EVERY_FORMAT.keys() - {"parquet"})))])
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data) - 1))
        change = draw(st.binary(max_size=4))
        data[place : place + draw(st.integers(0, 3))] = change
    return bytes(data[: draw(st.integers(0, len(data)))])


damaged = st.composite(_damaged)()


@given(st.binary(max_size=300) | damaged)
@example(b'time,lat,lon\n"\n' * 1000)
@example(b"time,lat,lon\n" + b"\xff\xfe\x00,\r" * 50)
@example(b'{"_type":"location","lat":NaN,"lon":1e309,"tst":' + b"9" * 5000 + b"}")
@example(b'{"_type":"\xff"}')
@example(b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":' + b"[" * 3000)
def test_no_bytes_raise_anything_but_our_fault(data: bytes) -> None:
    try:
        record = samples.read(data)
    except FixesError:
        return
    if len(set(record.traces)) < 2:
        gathered = samples.gather_fixes(record)
        assert gathered.read == len(record)
        assert len(gathered.fixes) + sum(gathered.kept_unused.values()) == len(record)


@given(
    st.lists(st.sampled_from(["a", "lat", '"', ",", ";", "\t", " ", "time", "43.2", "Z", "\x00"]))
)
def test_junk_below_a_good_header_is_kept_row_by_row(cells: list[str]) -> None:
    body = "".join(cells)
    data = f"time,lat,lon\n{body}\n{samples.text(START)},43.2,76.9\n".encode()
    gathered = samples.gather_fixes(data)
    assert len(gathered.fixes) == 1
    assert gathered.read == 1 + bool(body)
