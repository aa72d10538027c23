"""A kept message is told in outline as the judge reads it, and never with a place."""

from dataclasses import replace

import msgspec
import numpy as np

from mesure.devices.message import message_fields
from mesure.devices.message.uplink import Heartbeat, Up, UplinkEvent, UplinkEventKind, UplinkEvents
from mesure.devices.signed_form import of as form_ahead
from mesure.evaluation.policy import DeviceClass
from mesure.formats.stored import message_outlines
from mesure.formats.stored.message_outlines import USABLE, MessageOutline
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.formats.stored.trail_fix import TrailMessage
from mesure.instants import to_datetime
from tests.devices import samples
from tests.evaluation.scenes import us
from tests.formats.test_stored_messages import POLICY, batch, pilot, sign_message

PLACE = "lat=43.25&lon=76.92&accuracy=8&batt=80&charge=true"
AT = "20T00:10"


def outline(message: StoredMessage, form: str = "") -> MessageOutline:
    piece = TrailMessage(
        message.device,
        form or message.form,
        None,
        message.received_us,
        message.body,
        message.sequence,
    )
    [summary] = message_outlines.outlines([piece], DeviceClass.PHONE, POLICY)
    return summary


def query(at: str, more: str = PLACE) -> str:
    return f"id=48241179&timestamp={us(at) // 1_000_000}&{more}"


def outline_signed(what: Up) -> MessageOutline:
    return outline(sign_message(1, what, AT))


def test_a_position_of_an_app_is_told_by_source_radius_and_battery() -> None:
    summary = outline(pilot(1, query("20T00:09"), AT))
    assert (summary.verdict, summary.fixes, summary.provider) == (USABLE, 1, "gnss")
    assert summary.radius95_m is not None
    assert 8.0 <= summary.radius95_m <= 30.0
    assert (summary.battery_percent, summary.is_charging, summary.is_signed) == (80, True, False)
    assert (summary.received_at, summary.observed_at) == (
        to_datetime(us(AT)),
        to_datetime(us("20T00:09")),
    )
    assert summary.ahead_s == 0.0


def test_no_place_speed_or_way_is_in_an_outline() -> None:
    names = set(MessageOutline.__struct_fields__)
    assert not {name for name in names if "lat" in name or "lon" in name or "speed" in name}
    written = msgspec.json.encode(outline(pilot(1, query("20T00:09"), AT)))
    assert b"43.2" not in written
    assert b"76.9" not in written


def test_a_clock_that_is_ahead_is_why_a_position_is_not_used() -> None:
    summary = outline(pilot(1, query("20T02:10"), AT))
    assert (summary.verdict, summary.fixes, summary.provider) == ("future", 0, None)
    assert summary.ahead_s == 7_200.0


def test_a_position_that_is_too_old_is_not_used() -> None:
    old = f"id=48241179&timestamp={us(AT) // 1_000_000 - 400 * 86_400}&{PLACE}"
    assert outline(pilot(1, old, AT)).verdict == "stale"


def test_a_sign_of_life_has_no_position() -> None:
    summary = outline(pilot(1, query("20T00:09", "batt=55"), AT))
    assert (summary.verdict, summary.fixes, summary.battery_percent) == ("heartbeat", 0, 55)


def test_a_batch_that_a_device_signed_is_told_by_its_latest() -> None:
    summary = outline_signed(batch("20T00:00", "20T00:09"))
    assert (summary.verdict, summary.is_signed) == (USABLE, True)
    assert summary.fixes > 1
    assert summary.observed_at is not None
    assert summary.observed_at >= to_datetime(us("20T00:08"))


def test_a_device_that_tells_only_of_itself_is_heard() -> None:
    assert outline_signed(Heartbeat(87)).verdict == "heartbeat"
    events = UplinkEvents((UplinkEvent(UplinkEventKind.BATTERY, us("20T00:09"), 42),))
    summary = outline_signed(events)
    assert (summary.verdict, summary.battery_percent) == ("heartbeat", 42)


def test_by_how_much_a_signed_clock_was_ahead_is_told() -> None:
    ahead_us = 300_000_000
    summary = outline(sign_message(1, batch("20T00:05", "20T00:12"), AT), form_ahead(ahead_us))
    assert (summary.verdict, summary.ahead_s) == (USABLE, 300.0)


def test_a_position_without_a_clock_or_from_beyond_belief_has_no_time() -> None:
    for observed_us in (0, message_fields.MS_MAX * 1_000):
        fixes = replace(samples.batch(samples.FIXES[:1]), observed_us=np.array([observed_us]))
        summary = outline_signed(fixes)
        assert (summary.verdict, summary.observed_at) == ("out_of_range", None)


def test_how_a_device_was_is_never_later_than_its_message() -> None:
    event = UplinkEvent(UplinkEventKind.BATTERY, message_fields.MS_MAX * 1_000, 42)
    summary = outline_signed(UplinkEvents((event,)))
    assert (summary.observed_at, summary.battery_percent) == (summary.received_at, 42)
