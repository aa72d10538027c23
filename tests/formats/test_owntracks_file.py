"""OwnTracks: messages as its apps send them and as a recorder keeps them."""

import json
from typing import Any

import numpy as np
import pytest

from mesure.formats.columns.file_faults import FixesError
from tests.ingest import samples
from tests.ingest.samples import WALK, gather_fixes, owntracks, read

STEP = WALK[0]

# As in the documentation of the apps; the names are ours.
LOCATION: dict[str, Any] = {
    "_type": "location", "_id": "05b6f5bf", "acc": 13, "alt": 23, "vac": 15, "batt": 62, "bs": 1,
    "cog": 56, "vel": 6, "conn": "w", "created_at": 1733842246, "lat": 48.85833, "lon": 2.29513,
    "m": 1, "t": "u", "tid": "le", "topic": "owntracks/jane/phone", "tst": 1733842245,
    "inregions": ["Home"], "inrids": ["6da9cf"], "SSID": "net", "BSSID": "aa:bb:cc:dd:ee:ff",
    "p": 101.3, "motionactivities": ["stationary"], "source": "fused",
}  # fmt: skip

NO_FIXES: list[dict[str, Any]] = [
    {"_type": "transition", "event": "enter", "desc": "Home", "wtst": 1610104395, "tst": 1733842250,
     "lat": 48.87, "lon": 2.35, "acc": 26, "t": "c", "tid": "le"},
    {"_type": "waypoint", "desc": "Home", "lat": 48.87, "lon": 2.35, "rad": 50, "tst": 1385997757},
    {"_type": "waypoints", "_creator": "app", "waypoints": []},
    {"_type": "status", "_id": "1", "android": {"wifi": 1, "ps": 0, "loc": 0}},
    {"_type": "lwt", "tst": 1733842250},
    {"_type": "cmd", "action": "reportLocation"},
    {"_type": "card", "name": "Jane"},
    {"_type": "location", "t": "p", "lat": 48.87, "lon": 2.35, "acc": 5, "tst": 1733842250},
    {"_type": "location", "t": "p", "tst": 1733842250},
]  # fmt: skip

UNREADABLE = [
    b'{"_type":"encrypted","data":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX+NhK9NyfFnlT"}',
    b'{"_type":"location","lat":48.8,"lon":2.2,"tst":17338',
    b'{"_type":"location","lat":NaN,"lon":2.2,"tst":1733842245}',
    b'{"_type":"location","lat":1e309,"lon":2.2,"tst":1733842245}',
    b'{"_type":"location","lat":91,"lon":2.2,"tst":1733842245}',
    b'{"_type":"location","lat":48.8,"lon":2.2}',
    b'{"_type":"location","lat":48.8,"lon":2.2,"tst":1733842245000}',
    b'{"_type":"location","lat":[48.8],"lon":{"deg":2.2},"tst":1733842245}',
    b'{"_type":"location","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    b'{"_type":"location","lat":48.8,"lon":2.2,"tst":1733842245,"x":"' + b"a" * 2_000_000 + b'"}',
    b'{"_type":"\xff\xfe"}',
    b'{"_type":17}',
    b'{"lat":48.8,"lon":2.2,"tst":1733842245}',
    b"[]",
    b"\x00",
]


def test_a_location_is_a_fix_in_our_units() -> None:
    fixes = gather_fixes(samples.lines([LOCATION])).fixes
    assert fixes.observed_us.tolist() == [1_733_842_245_000_000]
    assert fixes.speed_mps == pytest.approx([6 / 3.6])
    assert fixes.radius95_m == pytest.approx([13 * 2.448 / 1.510])
    assert fixes.motion.tolist() == [0]
    assert fixes.beacon.tolist() == [-1]


@pytest.mark.parametrize("message", NO_FIXES, ids=lambda message: message["_type"])
def test_a_message_without_a_fix_of_its_own_is_a_heartbeat(message: dict[str, Any]) -> None:
    result = gather_fixes(samples.lines([LOCATION, message]))
    assert result.kept_unused == {"heartbeat": 1}
    line = f"2024-12-10T14:52:00Z\t*                 \t{json.dumps(message)}".encode()
    result = gather_fixes(line)
    assert result.kept_unused == {"heartbeat": 1}
    assert result.unused["heartbeat"].received_us.tolist() == [1_733_842_320_000_000]


@pytest.mark.parametrize("line", UNREADABLE, ids=lambda line: repr(line[:40]))
def test_a_message_that_cannot_be_read_is_out_of_range(line: bytes) -> None:
    good = json.dumps(LOCATION).encode()
    assert gather_fixes(good + b"\n" + line).kept_unused == {"out_of_range": 1}
    recorded = b"2024-12-10T14:52:00Z\t*                 \t"
    result = gather_fixes(recorded + good + b"\n" + recorded + line)
    assert result.kept_unused == {"out_of_range": 1}


@pytest.mark.parametrize(
    ("acc", "known"),
    [(0, False), (None, False), (-1, False), (1414, True), (17000, True), ("13", True)],
)
def test_an_accuracy_of_nothing_is_unknown_and_a_bad_one_is_kept(acc: object, known: bool) -> None:
    fixes = gather_fixes(samples.lines([owntracks(STEP, acc=acc)])).fixes
    assert np.isnan(fixes.radius95_m).tolist() == [not known]


def test_numbers_may_come_as_texts() -> None:
    words = {key: str(owntracks(STEP)[key]) for key in ("lat", "lon", "tst", "vel", "acc")}
    assert samples.columns(gather_fixes(samples.lines([owntracks(STEP, **words)])).fixes) == (
        samples.columns(gather_fixes(samples.lines([owntracks(STEP)])).fixes)
    )


@pytest.mark.parametrize(
    ("activities", "motion"),
    [
        (["stationary"], 0),
        (["walking"], 1),
        (["automotive", "unknown"], 1),
        ([], -1),
        (None, -1),
        (["stationary", "cycling"], -1),
        ("walking", -1),
        ([1, None, "running"], 1),
    ],
)
def test_motion_is_what_the_device_says_of_its_activity(activities: object, motion: int) -> None:
    data = samples.lines([owntracks(STEP, motionactivities=activities)])
    assert gather_fixes(data).fixes.motion.tolist() == [motion]


def test_the_topic_says_whose_a_message_is() -> None:
    topics = [
        "owntracks/jane/phone",
        "owntracks/jane/phone/event",
        " owntracks/jane/phone ",
        "",
        None,
    ]
    data = samples.lines([owntracks(step, topic=topic) for step, topic in zip(WALK * 2, topics)])  # noqa: B905
    assert read(data).traces == ("owntracks/jane/phone",)
    assert gather_fixes(data).kept_unused == {"duplicate": 2}
    mixed = samples.lines([owntracks(STEP, topic=f"owntracks/{name}/phone") for name in "ab"])
    with pytest.raises(FixesError, match="owntracks/a/phone, owntracks/b/phone"):
        gather_fixes(mixed)


def test_a_recorder_says_when_a_message_was_received() -> None:
    kinds = ["*", "*                 ", "event             "]
    lines = [f"2026-01-05T17:10:0{n}Z\t{kind}\t{json.dumps(owntracks(step))}" for n, (kind, step) in
             enumerate(zip(kinds, WALK, strict=True))]  # fmt: skip
    spaced = [line.replace("\t", "   ") for line in lines]
    for written in (lines, spaced):
        fixes = gather_fixes("\r\n".join(written).encode()).fixes
        first = samples.us(STEP.at) + 600_000_000
        assert fixes.received_us.tolist() == [first + n * 1_000_000 for n in range(3)]


def test_a_line_of_a_recorder_without_a_message_is_kept() -> None:
    lines = [samples.rec().decode(), "2026-01-05T17:10:00Z\t*                 \t", "cut off", "\t"]
    result = gather_fixes("\n".join(lines).encode())
    assert result.kept_unused == {"out_of_range": 2}
    assert sorted(result.unused["out_of_range"].row.tolist()) == [3, 4]


def test_a_message_delivered_again_is_a_repeat_or_stale() -> None:
    again = samples.rec() + b"\n" + samples.rec()[:600].replace(b"2026-01-05T", b"2026-01-09T")
    result = gather_fixes(again.rsplit(b"\n", 1)[0] + b"\n" + samples.rec())
    assert len(result.fixes) == 3
    assert result.kept_unused == {"duplicate": 3, "stale": 2}
