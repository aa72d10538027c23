"""GPX: points of every kind, what stands for accuracy, and traps in XML."""

import numpy as np
import pytest

from mesure.formats.columns import file_limits
from mesure.formats.columns.file_faults import FixesError
from mesure.formats.columns.file_rows import ClaimedProvider
from tests.ingest import samples
from tests.ingest.samples import START, gather_fixes, read

TIME = f"<time>{samples.text(START)}</time>"


def gpx(*points: str, space: str = ' xmlns="http://www.topografix.com/GPX/1/0"') -> bytes:
    return f"<gpx{space}>{''.join(points)}</gpx>".encode()


def point(inner: str = TIME, kind: str = "trkpt", lat: str = "43.25", lon: str = "76.9") -> str:
    return f'<{kind} lat="{lat}" lon="{lon}">{inner}</{kind}>'


@pytest.mark.parametrize("space", ["", ' xmlns="http://www.topografix.com/GPX/1/1"'])
def test_only_points_of_tracks_are_fixes(space: str) -> None:
    """Saving a bar as a place, or planning a way past it, is not being there."""
    track = f"<trk><name>walk</name><trkseg>{point()}</trkseg></trk>"
    route = f"<rte>{point(kind='rtept', lat='43.3')}</rte>"
    result = gather_fixes(
        gpx(point(kind="wpt", lat="43.4"), point("", "wpt"), route, track, space=space)
    )
    assert result.fixes.lat_deg.tolist() == [43.25]
    assert result.kept_unused == {"not_a_track": 3}


def test_hdop_stands_for_accuracy_only_where_there_is_none() -> None:
    both = point(
        f"{TIME}<hdop>2</hdop><extensions><x:accuracy xmlns:x='x'>30</x:accuracy></extensions>"
    )
    record = read(gpx(point(f"{TIME}<hdop>2</hdop>"), both, point()))
    assert record.reported_m[:2].tolist() == [10, 30]
    assert np.isnan(record.reported_m[2])


def test_speed_source_and_satellites_are_read_wherever_they_stand() -> None:
    plain = point(f"{TIME}<speed>1.5</speed><sat>7</sat>")
    deep = point(f"{TIME}<src>network</src><extensions><a><speed> 2.5 </speed></a></extensions>")
    record = read(gpx(plain, deep))
    assert record.speed_mps.tolist() == [1.5, 2.5]
    assert record.said.tolist() == [ClaimedProvider.GNSS, ClaimedProvider.NETWORK]


def test_of_two_elements_with_one_name_the_first_counts() -> None:
    later = f"<extensions><time>{samples.text(START.replace(year=2020))}</time></extensions>"
    assert read(gpx(point(TIME + later))).observed_us.tolist() == [samples.us(START)]


def test_points_without_a_time_or_a_place_are_out_of_range() -> None:
    data = gpx(point(""), point(lat="91"), point(lon="east"), "<trkpt/>", point("<time/>"))
    assert gather_fixes(data).kept_unused == {"out_of_range": 5}


@pytest.mark.parametrize("end", ["", " ", "+00:00", "Z"])
def test_times_are_in_utc_whether_they_say_so_or_not(end: str) -> None:
    bare = samples.text(START).removesuffix("Z")
    assert read(gpx(point(f"<time>{bare}{end}</time>"))).observed_us.tolist() == [samples.us(START)]


def test_a_time_in_another_zone_is_that_instant() -> None:
    there = "<time>2026-01-05T22:00:00+05:00</time>"
    assert read(gpx(point(there))).observed_us.tolist() == [samples.us(START)]


def test_a_count_of_seconds_is_no_time_of_gpx() -> None:
    assert gather_fixes(gpx(point(), point("<time>17:00</time>"))).kept_unused == {
        "out_of_range": 1
    }


def test_what_is_not_read_of_a_point_is_named() -> None:
    record = read(gpx(point(f"{TIME}<ele>800</ele><sat>7</sat><speed>1</speed><pdop>2</pdop>")))
    [notes] = record.notes
    assert notes.unread == ("ele", "pdop")
    assert not notes.has_accuracy


def test_other_encodings_of_xml_are_read() -> None:
    text = gpx("<name>Алматы</name>", point()).decode()
    for encoding in ("utf-16", "utf-8-sig", "koi8-r"):
        declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>' + text
        assert len(read(declared.encode(encoding))) == 1


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE gpx [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>',
        b'<!DOCTYPE gpx SYSTEM "http://example.invalid/gpx.dtd"><gpx/>',
        b'<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><wpt lat="&x;"/></gpx>',
    ],
)
def test_entities_are_refused(data: bytes) -> None:
    with pytest.raises(FixesError, match="declares entities"):
        read(data)


def test_damaged_xml_is_refused_with_its_line() -> None:
    with pytest.raises(
        FixesError, match=r"fixes, line 3: the XML is damaged or cut short \(mismatched tag\)"
    ):
        read(b"<gpx>\n<trk>\n</gpx>")
    with pytest.raises(FixesError, match="cut short"):
        read(gpx(point())[:-7])
    with pytest.raises(FixesError, match="the XML is damaged"):
        read(b'<?xml version="1.0" encoding="klingon"?><gpx/>')
    with pytest.raises(FixesError, match="the XML is damaged"):
        read(b"<gpx>\x00</gpx>")
    with pytest.raises(FixesError, match="the XML is kml, not gpx"):
        read(b"<kml><Placemark/></kml>")


def test_what_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(FixesError, match="more than 64 deep"):
        read(b"<gpx>" + b"<a>" * 100_000)
    with pytest.raises(FixesError, match="a point has more than 1000 elements"):
        read(gpx(point("<a/>" * 2_000)))
    with pytest.raises(FixesError, match="1048576 bytes without an element"):
        read(b"<gpx " + b"".join(b'a%d="" ' % count for count in range(200_000)) + b"/>")


def test_many_points_are_read_and_many_elements_elsewhere_forgotten() -> None:
    assert file_limits.ELEMENTS_IN_POINT_MAX < 3_000
    assert len(read(gpx("<a/>" * 3_000, *[point()] * 3_000))) == 3_000
    nested = point(point() + TIME)
    assert len(read(gpx(nested, nested))) == 4
