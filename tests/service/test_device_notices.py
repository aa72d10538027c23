"""What phones call for becomes something about the device, at once, and never a breach."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mesure.devices.assignment import Assignment
from mesure.devices.message.uplink import UplinkEvent, UplinkEventKind, UplinkEvents
from mesure.incidents.incident import is_of_place
from mesure.instants import US_PER_DAY, to_datetime
from tests.evaluation import scenes
from tests.evaluation.scenes import S, fix, fixes, us
from tests.service import court
from tests.service.court import Court
from tests.service.test_worker import notices, strap


@pytest.fixture
def at_court(tmp_path: Path) -> Iterator[Court]:
    with court.open_court(tmp_path) as opened:
        yield opened


def test_a_call_for_help_and_a_cut_strap_of_a_phone_are_told_of_at_once(at_court: Court) -> None:
    worker = at_court.worker()
    for minute, alarm in ((0, "sos"), (1, "sos"), (5, "tampering"), (7, "overspeed")):
        at_us = us(f"10T08:0{minute}")
        query = f"id=1&timestamp={at_us // S}&alarm={alarm}"
        at_court.send_from_app(query, at_us + S)
        worker.step(at_us + 2 * S)
    expected = [
        ("help", "10T08:00", us("10T08:00"), 1),
        ("tampering", "10T08:05", us("10T08:05"), 1),
    ]
    assert notices(at_court) == expected
    at_court.worker().step(us("10T09:00"))
    assert notices(at_court) == expected
    assert not any(is_of_place(one.kind) for one in at_court.incidents())


def test_a_clock_that_is_ahead_puts_off_nothing_that_is_told_of(at_court: Court) -> None:
    worker, at_us = at_court.worker(), us("10T08:00")
    opened, _ = strap("10T08:00", closed=False)
    [event] = opened.events
    ahead = UplinkEvents((replace(event, observed_us=at_us + 90 * US_PER_DAY),))
    at_court.send_messages((ahead, at_us))
    query = f"id=1&timestamp={(at_us + 90 * US_PER_DAY) // S}&alarm=sos"
    at_court.send_from_app(query, at_us)
    worker.step(us("10T08:30"))
    told = [(kind, since) for kind, since, *_ in notices(at_court)]
    assert sorted(told) == [("help", "10T08:00"), ("strap", "10T08:00")]
    assert all(one.opened_us <= us("10T08:30") for one in at_court.incidents())


def test_a_flood_of_one_transfer_is_a_few_lines_and_a_count_also_after_a_restart(
    at_court: Court,
) -> None:
    """A device that fails, or was taken over, would bury the officer and the person in letters."""

    def flood(since: str, sent_at: str) -> int:
        events = [
            UplinkEvent(UplinkEventKind.STRAP, us(since) + number * 200 * S, number % 2 == 1)
            for number in range(64)
        ]
        at_court.send_messages((UplinkEvents(tuple(events)), us(sent_at)))
        at_court.worker().step(us(sent_at) + S)
        return events[-1].observed_us

    last_us = flood("10T08:00", "10T14:00")
    counted = "strap", scenes.format_instant(us("10T08:00") + 10 * 200 * S)
    assert notices(at_court)[5:] == [(*counted, last_us, 1)]
    last_us = flood("10T14:10", "10T18:00")
    assert notices(at_court)[5:] == [(*counted, last_us, 2)]


def test_what_lasts_on_a_device_ends_when_it_is_handed_back(at_court: Court) -> None:
    """Or the strap of a device in a drawer would be open on the person's record for ever."""
    worker = at_court.worker()
    low = UplinkEvents((UplinkEvent(UplinkEventKind.BATTERY, us("10T08:00"), 15),))
    at_court.send_messages((low, us("10T08:00")), strap("10T09:00", closed=False))
    worker.step(us("10T09:05"))
    assert notices(at_court) == [("strap", "10T09:00", None, 1)]
    back = Assignment(
        at_court.device, at_court.person, at_court.order, court.START, to_datetime(us("10T09:30"))
    )
    at_court.office.store.write(lambda work: work.keep_assignment(back))
    for at in ("10T09:31", "10T12:00"):
        worker.step(us(at))
        assert notices(at_court) == [("strap", "10T09:00", us("10T09:30"), 2)]


@pytest.mark.parametrize("is_app", [False, True])
def test_a_day_of_approximate_positions_is_told_of_and_ends_with_a_precise_one(
    at_court: Court, *, is_app: bool
) -> None:
    """A phone without its precise position is never silent, and never says where it is."""
    worker = at_court.worker()

    def send(at: str, radius_m: float) -> None:
        at_us = us(at)
        if is_app:
            place = f"lat=43.25&lon=76.9&accuracy={radius_m}"
            at_court.send_from_app(f"id=1&timestamp={at_us // S}&{place}", at_us + S)
        else:
            at_court.report_fixes(fixes([fix(at, 0.0, radius95_m=radius_m)]))
        worker.step(at_us + 2 * S)

    send("10T08:00", 20.0)
    for hour in range(8, 32):
        send(f"{10 + hour // 24}T{hour % 24:02}:15", 5_000.0)
    worker.step(us("11T08:14"))
    assert notices(at_court) == []
    worker.step(us("11T08:15:01"))
    assert notices(at_court) == [("approximate", "10T08:15", None, 1)]
    send("11T08:30", 5_000.0)
    assert notices(at_court) == [("approximate", "10T08:15", None, 1)]
    send("11T09:00", 20.0)
    assert notices(at_court) == [("approximate", "10T08:15", us("11T09:00"), 2)]
    send("11T09:15", 5_000.0)
    send("11T09:30", 20.0)
    worker.step(us("13T00:00"))
    assert len(notices(at_court)) == 1
