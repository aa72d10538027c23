"""What a message is to us, and that it means the same as in a file."""

import dataclasses
import json

import numpy as np
import pytest

from mesure.devices.message.uplink import UplinkEventKind
from mesure.formats.apps import app_message, osmand, traccar_forward
from mesure.formats.apps.app_message import (
    AppEvent,
    AppEventKind,
    AppFormat,
    AppHealth,
    AppMessage,
    AppMessageFault,
    AppMessageKind,
)
from mesure.formats.apps.app_request import AppRequest
from mesure.formats.columns.file_rows import NO_OFFSET, NO_TIME, NOT_GIVEN, UnusedReason
from mesure.formats.columns.row_builder import FixRow
from mesure.geo.fixes import MOVES, SINCE_FIX
from tests.formats.samples import (
    body,
    form,
    http_post,
    ingest_messages,
    messages_by_format,
    read_http,
)
from tests.ingest import samples
from tests.ingest.samples import WALK, us

START_US = us(WALK[0].at)
HEARD_US = [us(step.received_at) for step in WALK]
GOOD = FixRow(START_US, lat_deg=43.25, lon_deg=76.92, trace="jane")
DAYS_7168_US = 7168 * 86_400 * 1_000_000


@pytest.mark.parametrize("name", messages_by_format(WALK[0]))
def test_the_same_walk_is_the_same_in_every_format(name: str) -> None:
    messages = [one for step in WALK for one in messages_by_format(step)[name]]
    assert [one.kind for one in messages] == [AppMessageKind.FIX] * 3
    fixes = ingest_messages(messages, HEARD_US).fixes
    expected = samples.gather_fixes(samples.csv()).fixes
    for column in ("observed_us", "received_us", "lat_deg", "lon_deg", "radius95_m", "provider"):
        assert getattr(fixes, column).tobytes() == getattr(expected, column).tobytes(), column
    assert fixes.speed_mps == pytest.approx([0.0, 1.5, 1.25])


@pytest.mark.parametrize("name", ["http", "forward"])
def test_a_message_means_what_it_means_in_a_file(name: str) -> None:
    write = {"http": samples.owntracks, "forward": samples.traccar}[name]
    file = samples.gather_fixes(samples.lines([write(step) for step in WALK])).fixes
    messages = [one for step in WALK for one in messages_by_format(step)[name]]
    wire = ingest_messages(messages, file.received_us.tolist()).fixes
    assert samples.columns(wire) == samples.columns(file)


def test_no_message_is_ever_signed() -> None:
    app_messages = [one for messages in messages_by_format(WALK[0]).values() for one in messages]
    app_messages += [app_message.ignore(AppFormat.OSMAND, "", AppMessageFault.EMPTY)]
    assert all(one.unsigned is True for one in app_messages)
    with pytest.raises((AttributeError, TypeError)):
        app_messages[0].unsigned = False  # type: ignore[misc]
    assert "unsigned" not in {field.name for field in dataclasses.fields(AppMessage)}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (GOOD._replace(trace=""), AppMessageFault.NAMELESS),
        (GOOD._replace(trace=None), AppMessageFault.NAMELESS),
        (GOOD._replace(observed_us=NO_OFFSET), AppMessageFault.NO_OFFSET),
        (GOOD._replace(observed_us=NO_TIME), AppMessageFault.NO_TIME),
        (GOOD._replace(observed_us=NOT_GIVEN), AppMessageFault.NO_TIME),
        (GOOD._replace(observed_us=0), AppMessageFault.NO_TIME),
        (GOOD._replace(lat_deg=91.0), AppMessageFault.OUT_OF_RANGE),
        (GOOD._replace(lat_deg=float("nan")), AppMessageFault.OUT_OF_RANGE),
        (GOOD._replace(lat_deg=0.0, lon_deg=0.0), AppMessageFault.OUT_OF_RANGE),
    ],
)
def test_a_row_that_is_no_fix_is_refused_and_its_event_kept(
    row: FixRow, why: AppMessageFault
) -> None:
    event = AppEvent(AppEventKind.WARNING, None, (("alarm", "sos"),))
    message = app_message.message_of_row(AppFormat.OSMAND, row, events=[event])
    assert (message.kind, message.why, message.fix) == (AppMessageKind.REFUSED, why, None)
    assert message.events == (event,)


def test_a_made_up_position_is_refused_and_a_heartbeat_has_none() -> None:
    message = app_message.message_of_row(AppFormat.OSMAND, GOOD, made_up=True)
    assert (message.kind, message.why) == (AppMessageKind.REFUSED, AppMessageFault.MADE_UP)
    bare = GOOD._replace(reason=UnusedReason.HEARTBEAT)
    message = app_message.message_of_row(
        AppFormat.OSMAND, bare, health=AppHealth(0.5), made_up=True
    )
    assert (message.kind, message.why, message.fix) == (AppMessageKind.HEARTBEAT, None, None)
    assert (message.observed_us, message.health.battery_ratio) == (START_US, 0.5)
    message = app_message.message_of_row(
        AppFormat.OSMAND, bare, events=[AppEvent(AppEventKind.STATUS, None)]
    )
    assert message.kind is AppMessageKind.EVENT


def test_a_heartbeat_by_which_a_phone_lies_still_says_how_it_is() -> None:
    beat = AppMessage(AppFormat.TRACCAR_CLIENT, AppMessageKind.HEARTBEAT, "jane", START_US)
    for rest_us, moves in ((SINCE_FIX, False), (MOVES, True)):
        resting = dataclasses.replace(beat, rest_us=rest_us)
        [event] = app_message.health_events([resting], START_US + 9)
        assert (event.what, event.observed_us, event.value) == (
            UplinkEventKind.MOTION,
            START_US,
            moves,
        )
    assert app_message.health_events([beat], START_US + 9) == ()


def test_every_message_that_is_not_ignored_is_a_row() -> None:
    fix = app_message.message_of_row(AppFormat.OSMAND, GOOD)
    life = app_message.message_of_row(
        AppFormat.OSMAND, FixRow(NOT_GIVEN, trace="jane", reason=UnusedReason.HEARTBEAT)
    )
    messages = [
        fix,
        life,
        app_message.refuse(AppFormat.OSMAND, "jane", AppMessageFault.DAMAGED),
        app_message.ignore(AppFormat.OSMAND, "jane", AppMessageFault.EMPTY),
    ]
    record = app_message.record(messages, [START_US + n for n in range(4)], "heard")
    assert record.observed_us.tolist() == [START_US, START_US + 1, NO_TIME]
    assert record.received_us.tolist() == [START_US, START_US + 1, START_US + 2]
    assert record.file == "heard"
    result = samples.gather_fixes(record)
    assert result.kept_unused == {"heartbeat": 1, "out_of_range": 1}
    assert len(app_message.record([], [])) == 0


def test_a_late_batch_newest_first_and_twice_is_the_clean_walk() -> None:
    messages = [read_http(http_post(samples.owntracks(step, _id=n)))[0]
                for n, step in enumerate([*reversed(WALK), *WALK])]  # fmt: skip
    late_us = [HEARD_US[2] + n for n in range(6)]
    result = ingest_messages(messages, late_us)
    assert result.fixes.observed_us.tolist() == [us(step.at) for step in WALK]
    assert result.kept_unused == {"duplicate": 3}


def test_a_clock_1024_weeks_behind_is_set_right_by_its_receipt() -> None:
    messages = osmand.read(
        AppRequest(query=form(WALK[0], timestamp=START_US // 1_000_000 - 7168 * 86_400))
    )
    assert messages[0].fix is not None
    assert messages[0].fix.observed_us == START_US - DAYS_7168_US
    result = ingest_messages(messages, [START_US + 5_000_000])
    assert result.fixes.observed_us.tolist() == [START_US]
    assert result.clock_corrected_row.tolist() == [0]


def test_a_server_that_forwards_its_last_position_again_shows_a_heartbeat() -> None:
    again = samples.traccar(WALK[0], deviceTime=samples.text(WALK[2].at))
    messages = [
        *traccar_forward.read(body(samples.traccar(WALK[0]))),
        *traccar_forward.read(body(again)),
    ]
    assert ingest_messages(messages, HEARD_US[:2]).kept_unused == {"heartbeat": 1}
    # A phone that sends a fix again has only not heard our answer.
    phone = [*messages_by_format(WALK[0])["http"], *messages_by_format(WALK[0])["http"]]
    assert ingest_messages(phone, HEARD_US[:2]).kept_unused == {"duplicate": 1}


@pytest.mark.parametrize(
    ("acc", "known_m"), [(0, None), (None, None), (1414, 1414), (17000, 17000)]
)
@pytest.mark.parametrize("name", ["form", "client9", "http", "forward"])
def test_a_bad_radius_is_kept_and_a_missing_one_unknown(
    name: str, acc: int | None, known_m: int | None
) -> None:
    step = WALK[0]._replace(accuracy_m=acc)
    radius95_m = ingest_messages(messages_by_format(step)[name], HEARD_US[:1]).fixes.radius95_m
    assert np.isnan(radius95_m).tolist() == [known_m is None]
    if known_m:
        assert radius95_m == pytest.approx([known_m * 2.448 / 1.510])


def test_latitude_comes_first_only_where_the_format_says_so() -> None:
    place = f"{WALK[0].lat},{WALK[0].lon}"
    pair = osmand.read(AppRequest(query=form(WALK[0], lat=None, lon=None, location=place)))
    area = {"name": "Home", "area": f"POLYGON (({WALK[0].lon} {WALK[0].lat}))"}
    wkt = samples.traccar(WALK[0]) | {"geofence": area}
    for messages in (pair, traccar_forward.read(body(wkt)), *messages_by_format(WALK[0]).values()):
        assert messages[0].fix is not None
        assert (messages[0].fix.lat_deg, messages[0].fix.lon_deg) == (WALK[0].lat, WALK[0].lon)


def test_words_of_a_device_are_cut_short_and_printable() -> None:
    pairs = [(str(n), "a" * 10_000) for n in range(50)]
    texts = app_message.clip_texts(*pairs)
    assert len(json.dumps(texts)) < 1_000
    assert app_message.word("a\x1b[2Jb") == "a\N{REPLACEMENT CHARACTER}[2Jb"
