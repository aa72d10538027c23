"""Traccar Client and OsmAnd: what they send in a URL or a form, and what they are answered."""

from math import isnan

import pytest

from mesure.formats.apps import app_limits, osmand
from mesure.formats.apps.app_message import (
    AppEventKind,
    AppMessage,
    AppMessageFault,
    AppMessageKind,
)
from mesure.formats.apps.app_request import AppMessageFate, AppRequest
from mesure.formats.apps.osmand import OsmandDialect, SpeedUnit
from tests.formats.samples import DEVICE, body, client9, form
from tests.ingest.samples import WALK

# As the generations of the client write it: the legacy app in the URL, version 10 in a form.
LEGACY = (
    b"id=123456&timestamp=1736161169&lat=48.85833&lon=2.29513&speed=0.0&bearing=0.0&altitude=35.0"
    b"&accuracy=0.0&batt=87.0"
)
VERSION_10 = (
    b"id=48241179&lat=37.42&lon=-122.08&timestamp=1750000000&accuracy=12.5&altitude=5.0&speed=1.55"
    b"&bearing=271.0&batt=87&charge=true"
)


def read_message(query: bytes = b"", form: bytes = b"") -> AppMessage:
    (message,) = osmand.read(AppRequest(query, form))
    return message


def test_a_record_in_the_url_is_a_fix() -> None:
    message = read_message(LEGACY)
    assert message.kind is AppMessageKind.FIX
    assert message.claimed == osmand.device_name(AppRequest(LEGACY)) == "123456"
    assert message.fix is not None
    assert message.observed_us == message.fix.observed_us == 1_736_161_169_000_000
    assert (message.fix.lat_deg, message.fix.lon_deg) == (48.85833, 2.29513)
    assert message.fix.accuracy_m == 0.0  # "gps": it makes no claim, and is taken for none.
    assert (message.health.battery_ratio, message.health.charging) == (0.87, -1)


def test_a_form_is_read_where_the_url_has_no_field() -> None:
    message = read_message(form=VERSION_10)
    assert message.fix is not None
    assert message.fix.speed_mps == pytest.approx(1.55 * 1852 / 3600)
    assert message.fix.accuracy_m == 12.5
    assert message.health.charging == 1
    assert read_message(LEGACY, VERSION_10).claimed == "123456"
    assert read_message(b"deviceid=7", VERSION_10).claimed == "7"


@pytest.mark.parametrize(
    ("unit", "mps"),
    [(SpeedUnit.KNOT, 5.144), (SpeedUnit.KMPH, 2.778), (SpeedUnit.MPS, 10), (SpeedUnit.MPH, 4.470)],
)
def test_the_unit_of_a_speed_is_the_enrolled_device_s(unit: SpeedUnit, mps: float) -> None:
    (message,) = osmand.read(AppRequest(form(WALK[0], speed=10)), OsmandDialect(unit))
    assert message.fix is not None
    assert message.fix.speed_mps == pytest.approx(mps, abs=0.001)


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("1736161169", 1_736_161_169_000_000),
        ("1736161169.5", 1_736_161_169_500_000),
        ("1736161169123", 1_736_161_169_123_000),
        ("2147483646", 2_147_483_646_000_000),
        ("2147483647", AppMessageFault.NO_TIME),  # A count of milliseconds, in 1970.
        ("2025-01-06T10:59:29Z", 1_736_161_169_000_000),
        ("2025-01-06T15:59:29.000+05:00", 1_736_161_169_000_000),
        ("2025-01-06 10:59:29", AppMessageFault.NO_OFFSET),
        ("2025-01-06T10:59:29", AppMessageFault.NO_OFFSET),
        ("0", AppMessageFault.NO_TIME),
        ("-1", AppMessageFault.NO_TIME),
        ("1e300", AppMessageFault.NO_TIME),
        ("1" * 5_000, AppMessageFault.NO_TIME),
        ("yesterday", AppMessageFault.NO_TIME),
        ("", AppMessageFault.NO_TIME),
        (None, AppMessageFault.NO_TIME),
    ],
)
def test_a_time_is_a_count_or_has_an_offset(
    timestamp: str | None, expected: int | AppMessageFault
) -> None:
    message = read_message(form(WALK[0], timestamp=timestamp))
    assert (message.why or message.observed_us) == expected


@pytest.mark.parametrize(
    "record",
    [
        b"id=48241179&timestamp=1750000000&batt=87&charge=true",
        b"id=48241179&timestamp=1750000000&batt=87&charge=true&cell=250,1,7,9,-71&wifi=aa-bb,-60",
        VERSION_10 + b"&valid=false",
        VERSION_10 + b"&valid=0",
    ],
)
def test_a_record_without_a_fix_of_its_own_is_a_heartbeat(record: bytes) -> None:
    message = read_message(form=record)
    assert (message.kind, message.fix, message.claimed) == (AppMessageKind.HEARTBEAT, None, DEVICE)
    assert message.observed_us == 1_750_000_000_000_000
    assert message.health.battery_ratio == 0.87


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (b"lat=1&lon=2&timestamp=1750000000", AppMessageFault.NAMELESS),
        (b"id=&lat=1&lon=2&timestamp=1750000000", AppMessageFault.NAMELESS),
        (b"id=" + b"7" * 200 + b"&lat=1&lon=2&timestamp=1750000000", AppMessageFault.NAMELESS),
        (b"id=a%0Ab&lat=1&lon=2&timestamp=1750000000", AppMessageFault.NAMELESS),
        (b"id=7&lat=1&timestamp=1750000000", AppMessageFault.OUT_OF_RANGE),
        (b"id=7&lat=43,25&lon=76,9&timestamp=1750000000", AppMessageFault.OUT_OF_RANGE),
        (b"id=7&lat=NaN&lon=NaN&timestamp=1750000000", AppMessageFault.OUT_OF_RANGE),
        (b"id=7&lat=1e999&lon=2&timestamp=1750000000", AppMessageFault.OUT_OF_RANGE),
        (b"id=7&lat=0&lon=0&timestamp=1750000000", AppMessageFault.OUT_OF_RANGE),
        (b"id=7&location=43.25&timestamp=1750000000", AppMessageFault.OUT_OF_RANGE),
        (LEGACY + b"&mock=true", AppMessageFault.MADE_UP),
        (LEGACY + b"&x=" + b"a" * app_limits.FIELDS_BYTES_MAX, AppMessageFault.TOO_LARGE),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_with_the_reason(
    record: bytes, why: AppMessageFault
) -> None:
    message = read_message(record)
    assert (message.kind, message.why, message.fix) == (AppMessageKind.REFUSED, why, None)
    assert message.claimed == osmand.device_name(AppRequest(record))


def test_a_call_for_help_is_heard_also_beside_a_bad_place() -> None:
    for record in (LEGACY, b"id=7&lat=95&lon=2&timestamp=1736161169", b"id=7&timestamp=1736161169"):
        (event,) = read_message(record + b"&alarm=sos").events
        assert (event.sign, event.observed_us) == (AppEventKind.WARNING, 1_736_161_169_000_000)
        assert event.said == (("alarm", "sos"),)


def test_motion_activity_and_the_receiver_are_read_where_a_device_sends_them() -> None:
    message = read_message(LEGACY + b"&motion=true&activity=walking&hdop=1.5&sat=9")
    assert message.fix is not None
    assert (message.fix.motion, message.fix.hdop_ratio, message.fix.sats) == (1, 1.5, 9.0)
    assert message.health.activity == "walking"


def test_of_several_fields_with_one_name_the_first_counts() -> None:
    message = read_message(LEGACY + b"&id=7&lat=1&timestamp=0")
    assert (message.kind, message.claimed) == (AppMessageKind.FIX, "123456")
    assert message.fix is not None
    assert message.fix.lat_deg == 48.85833


def test_what_osmand_calls_hdop_is_a_radius() -> None:
    record = b"id=7&lat=48.85&lon=2.29&timestamp=1736161169000&hdop=12.5"
    (message,) = osmand.read(AppRequest(record), osmand.OSMAND)
    assert message.fix is not None
    assert message.fix.accuracy_m == 12.5
    assert isnan(message.fix.hdop_ratio)
    (message,) = osmand.read(AppRequest(record + b"&accuracy=3"), osmand.OSMAND)
    assert message.fix is not None
    assert message.fix.accuracy_m == 3.0
    message = read_message(record)
    assert message.fix is not None
    assert message.fix.hdop_ratio == 12.5
    assert isnan(message.fix.accuracy_m)


def test_nothing_is_nothing() -> None:
    message = read_message()
    assert (message.kind, message.why) == (AppMessageKind.IGNORED, AppMessageFault.EMPTY)


def test_a_body_may_have_as_many_fields_as_there_is_room_for() -> None:
    many = VERSION_10 + b"".join(b"&f%d=1" % n for n in range(app_limits.FIELDS_MAX * 10))
    assert read_message(form=many).kind is AppMessageKind.FIX
    late = b"".join(b"f%d=1&" % n for n in range(app_limits.FIELDS_MAX)) + VERSION_10
    assert read_message(form=late).why is AppMessageFault.NAMELESS
    huge = VERSION_10 + b"&x=" + b"a" * app_limits.FIELDS_BYTES_MAX
    assert (read_message(form=huge).why, read_message(form=huge).claimed) == (
        AppMessageFault.TOO_LARGE,
        DEVICE,
    )


def test_a_bad_record_is_answered_like_a_good_one() -> None:
    form_, json_ = AppRequest(query=LEGACY), AppRequest(body=body(client9(WALK[0])))
    for request in (form_, json_, AppRequest(body=b"\xff"), AppRequest(body=b"{")):
        assert osmand.answer(request, AppMessageFate.KEPT).status == 200
        assert osmand.answer(request, AppMessageFate.NOT_KEPT).status == 503
    assert osmand.answer(form_, AppMessageFate.NOT_ENROLLED).status == 400
    assert osmand.answer(json_, AppMessageFate.NOT_ENROLLED).status == 404
    assert osmand.answer(form_, AppMessageFate.KEPT).body == b""
