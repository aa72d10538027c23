"""How a device is: the last it said of each thing, whenever that arrived."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices import health
from mesure.devices.health import DeviceHealth, HealthReading
from mesure.devices.message import message_fields
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import (
    CommandAnswer,
    CommandOutcome,
    Heartbeat,
    Up,
    UplinkEvent,
    UplinkEventKind,
    UplinkEvents,
)
from tests.devices import samples
from tests.devices.times import SENT_US

MINUTE = 60_000_000


def _hear(
    known: DeviceHealth, what: Up, sent_us: int, received_us: int, counter: int = 2
) -> DeviceHealth:
    return health.hear(known, UplinkMessage(counter, sent_us, what), received_us)


def test_a_heartbeat_says_how_the_device_is_when_it_is_sent() -> None:
    beat = Heartbeat(87, False, True, True, False)
    known = _hear(DeviceHealth(), beat, SENT_US, SENT_US + 5)
    off, on = HealthReading(False, SENT_US, 2), HealthReading(True, SENT_US, 2)
    assert known == DeviceHealth(
        HealthReading(87, SENT_US, 2), off, on, on, None, off, None, SENT_US + 5
    )


def test_a_device_that_says_since_when_it_lies_still_does_not_move() -> None:
    beat = Heartbeat(still_since_us=SENT_US - MINUTE)
    known = _hear(DeviceHealth(), beat, SENT_US, SENT_US + 5)
    assert known.motion == HealthReading(False, SENT_US, 2)


def test_what_was_not_said_stays_as_it_was() -> None:
    known = _hear(
        DeviceHealth(battery=HealthReading(87, SENT_US, 2)), Heartbeat(), SENT_US + 1, SENT_US + 1
    )
    assert known == DeviceHealth(battery=HealthReading(87, SENT_US, 2), heard_us=SENT_US + 1)


@given(
    st.permutations(
        [UplinkEvent(UplinkEventKind.STRAP, SENT_US + n * MINUTE, n % 2 == 0) for n in range(5)]
    )
)
def test_the_latest_counts_whatever_arrives_last(events: list[UplinkEvent]) -> None:
    known = DeviceHealth()
    for event in events:
        known = _hear(known, UplinkEvents((event,)), SENT_US, SENT_US + 5 * MINUTE)
    assert known.strap == HealthReading(True, SENT_US + 4 * MINUTE, 2)


def test_by_a_clock_that_is_ahead_nothing_is_newer_than_its_receipt() -> None:
    ahead_us = message_fields.MS_MAX * 1_000
    fixes = replace(samples.batch(samples.FIXES[:1]), observed_us=np.array([ahead_us]))
    for known in (
        _hear(DeviceHealth(), Heartbeat(100, is_strap_closed=True), ahead_us, SENT_US),
        DeviceHealth(battery=HealthReading(100, ahead_us, 1)),  # As earlier versions kept it.
    ):
        later = _hear(known, Heartbeat(3, is_strap_closed=False), SENT_US + 9, SENT_US + 9, 3)
        assert later.battery == HealthReading(3, SENT_US + 9, 3)
        assert later.strap == HealthReading(False, SENT_US + 9, 3)
    assert _hear(DeviceHealth(), fixes, ahead_us, SENT_US).fix_us == SENT_US
    phone = health.hear_unsigned(DeviceHealth(), (), ahead_us, SENT_US)
    assert phone.fix_us == SENT_US


def test_of_one_instant_the_later_message_counts() -> None:
    for order in ((2, 3), (3, 2)):
        known = DeviceHealth()
        for counter in order:
            event = UplinkEvent(UplinkEventKind.BATTERY, SENT_US, counter)
            known = _hear(known, UplinkEvents((event,)), SENT_US, SENT_US, counter)
        assert known.battery == HealthReading(3, SENT_US, 3)


def test_every_kind_of_event_has_its_part() -> None:
    events = tuple(
        UplinkEvent(what, SENT_US, what is not UplinkEventKind.MOTION) for what in UplinkEventKind
    )
    known = _hear(DeviceHealth(), UplinkEvents(events), SENT_US, SENT_US)
    parts = (known.battery, known.charging, known.strap, known.motion, known.beacon)
    assert [part.value for part in (*parts, known.locating, known.started) if part] == [
        True, True, True, False, True, True, True
    ]  # fmt: skip


def test_the_latest_fix_and_the_last_receipt_are_known() -> None:
    known = _hear(DeviceHealth(), samples.batch(), SENT_US, SENT_US + 9)
    assert (known.fix_us, known.heard_us) == (SENT_US, SENT_US + 9)
    earlier = samples.batch(samples.FIXES[:1])
    assert _hear(known, earlier, SENT_US, SENT_US + 3) == known


def test_an_answer_is_a_sign_of_life() -> None:
    known = _hear(DeviceHealth(), CommandAnswer(1, CommandOutcome.DONE), SENT_US, SENT_US + 9)
    assert known == DeviceHealth(heard_us=SENT_US + 9)


def test_a_phone_that_signs_nothing_is_heard_and_what_comes_late_replaces_nothing_newer() -> None:
    full, low = (
        UplinkEvent(UplinkEventKind.BATTERY, SENT_US - n * MINUTE, percent)
        for n, percent in ((0, 87), (9, 9))
    )
    known = health.hear_unsigned(DeviceHealth(), [full], SENT_US, SENT_US + 5)
    assert known == DeviceHealth(
        battery=HealthReading(87, SENT_US, 0), heard_us=SENT_US + 5, fix_us=SENT_US
    )
    late = health.hear_unsigned(known, [low], SENT_US - 9 * MINUTE, SENT_US + 7)
    assert late == known._replace(heard_us=SENT_US + 7)
    assert health.hear_unsigned(late, [], None, SENT_US) == late
