"""A trail as a look shows it: the fixes of kept messages, and what devices said of themselves."""

from collections.abc import Sequence

import numpy as np
import pytest

from mesure.devices.message.uplink import Heartbeat, UplinkEvent, UplinkEventKind, UplinkEvents
from mesure.devices.signed_form import FORM as SIGNED
from mesure.formats.stored import stored_messages, stored_trails
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.formats.stored.trail_fix import TrailFix, TrailMessage, TrailRest
from mesure.geo.fixes import Provider
from mesure.instants import to_datetime
from mesure_lab.whole.drawn.scenery import as_batch
from tests.evaluation import scenes
from tests.evaluation.scenes import M, fixes, us
from tests.formats.test_stored_messages import CLASSES, POLICY, batch, pilot, sign_message


def test_a_trail_names_fixes_as_incidents_do() -> None:
    first = sign_message(7, batch("10T08:00", "10T08:02"), "10T08:02")
    pieces_ = [
        TrailMessage("D-1", message.form, 1, message.received_us, message.body, message.sequence)
        for message in (first, sign_message(8, batch("10T09:00", "10T09:01"), "10T09:01"))
    ]
    trail = fixes_of(pieces_)
    assert [stored_messages.place(one.row) for one in trail] == [(7, 0), (7, 1), (8, 0)]
    assert {(one.device, one.provider, one.signed) for one in trail} == {
        ("D-1", Provider.GNSS.name.lower(), True)
    }
    assert trail[0].radius95_m == pytest.approx(15.0, abs=0.02)
    assert trail[0].beacon is None
    nothing = as_batch(fixes([scenes.fix("10T08:00", 0.0, radius95_m=np.nan, beacon=1)]))
    body = sign_message(1, nothing, "10T08:01").body
    [bare] = fixes_of([TrailMessage("D-1", SIGNED, 1, us("10T08:00") + M, body, 1)])
    assert (bare.radius95_m, bare.beacon) == (None, True)


def fixes_of(pieces: Sequence[TrailMessage]) -> list[TrailFix]:
    rows = stored_trails.trail(pieces, CLASSES, POLICY)
    return [one for one in rows if isinstance(one, TrailFix)]


def test_a_trail_has_the_signs_that_a_device_lies_still_after_its_fixes() -> None:
    still_us = us("10T08:02")
    pieces = as_pieces(
        sign_message(7, batch("10T08:00", "10T08:02"), "10T08:02"),
        sign_message(8, Heartbeat(80, still_since_us=still_us), "10T08:30"),
    )
    *fixes_, claim = stored_trails.trail(pieces, CLASSES, POLICY)
    assert len(fixes_) == 2
    assert isinstance(claim, TrailRest)
    assert (claim.device, claim.still_since, claim.signed) == ("D-1", still_us, True)
    assert stored_messages.place(claim.row) == (8, 0)


def as_pieces(*messages: StoredMessage) -> list[TrailMessage]:
    return [
        TrailMessage(
            message.device, message.form, None, message.received_us, message.body, message.sequence
        )
        for message in messages
    ]


def test_a_device_tells_of_battery_charger_and_strap_beside_a_trail() -> None:
    beat = Heartbeat(80, is_charging=False, is_strap_closed=True, is_moving=True)
    opened = UplinkEvents((UplinkEvent(UplinkEventKind.STRAP, us("17T20:06"), value=False),))
    reports = list(
        stored_trails.device_reports(
            as_pieces(
                sign_message(1, beat, "17T20:05"),
                sign_message(2, opened, "17T20:07"),
                sign_message(3, batch("17T20:00", "17T20:03"), "17T20:08"),
            )
        )
    )
    assert [(one.told, one.value) for one in reports] == [
        ("still", -1), ("battery", 80), ("charging", 0), ("strap", 1), ("strap", 0),
    ]  # fmt: skip
    assert reports[-1].observed_at == to_datetime(us("17T20:06"))


def test_a_phone_of_a_pilot_tells_of_its_battery() -> None:
    query = "id=D-1&timestamp=1763409600&lat=43.25&lon=76.92&batt=57.6&charge=true"
    reports = list(stored_trails.device_reports(as_pieces(pilot(1, query, "17T20:05"))))
    assert [(one.told, one.value) for one in reports] == [("battery", 58), ("charging", 1)]


def test_what_a_device_said_of_lying_still_is_shown() -> None:
    reports = stored_trails.device_reports(
        as_pieces(
            sign_message(1, Heartbeat(80, still_since_us=us("10T21:50")), "10T22:30"),
            sign_message(2, Heartbeat(is_moving=True), "10T22:40"),
        )
    )
    assert [(one.told, one.value) for one in reports if one.told == "still"] == [
        ("still", 40 * 60),
        ("still", -1),
    ]
