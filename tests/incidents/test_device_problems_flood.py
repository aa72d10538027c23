"""A flood of what devices say of themselves is counted by the day, and nothing of it is lost."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.calls import Call, CallEvent
from mesure.devices.message.uplink import UplinkEvent, UplinkEventKind
from mesure.incidents import device_problems
from mesure.incidents.device_problems import (
    DeviceNotice,
    DeviceProblemKind,
    DeviceProblemState,
    DeviceSignal,
)
from mesure.incidents.words import health_words
from mesure.incidents.words.reader import Reader
from mesure.machine import texts
from tests.evaluation import scenes
from tests.evaluation.scenes import H, M, S, us
from tests.incidents.test_device_problems import (
    ALMATY,
    POLICY,
    call_signals,
    hear_all,
    hear_calls,
    signs,
)


def last_by_id(notices: Iterable[DeviceNotice]) -> list[DeviceNotice]:
    return [*{notice.id: notice for notice in notices}.values()]


def openings(count: int, day: int = 10, lasts_s: int = 180) -> list[DeviceSignal]:
    """Return a strap that is opened and closed, over and over, all received at the end of a day."""
    events = [
        UplinkEvent(UplinkEventKind.STRAP, us(f"{day:02}T00:00") + at_s * S, closed)
        for number in range(count)
        for at_s, closed in ((number * 400, False), (number * 400 + lasts_s, True))
    ]
    return [DeviceSignal("D-1", event, us("11T08:00")) for event in events]


def test_what_is_over_is_counted_beyond_a_few_of_a_day() -> None:
    """A device that fails, or that was taken over, may say a thousand things in notice transfer."""
    _, notices = hear_all(openings(100))
    *alone, counted = last_by_id(notices)
    assert [notice.count for notice in alone] == [1] * 5
    assert (counted.kind, counted.count) == (DeviceProblemKind.STRAP, 95)
    assert counted.total_us == 95 * 180 * S
    times_us = counted.start_us, counted.end_us, counted.opened_us
    first_us, last_us = us("10T00:00") + 2_000 * S, us("10T00:00") + (99 * 400 + 180) * S
    assert times_us == (first_us, last_us, us("11T08:00"))
    text = health_words.explain(counted, ALMATY, texts.catalogue("en"), Reader.PERSON)
    assert "That was 95 times on that day, until 10 February 2026 at 16:03." in text
    assert "It lasted 4\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}45\N{NO-BREAK SPACE}min in all." in text


def test_what_lasts_is_shown_as_lasting_after_a_flood_and_ends_under_its_name() -> None:
    known, _ = hear_all(openings(100))
    open_ = signs(("11T07:00", UplinkEventKind.STRAP, False), late_us=2 * H)
    known, _ = device_problems.hear(known, open_, POLICY, ALMATY, "A-1")
    [lasting] = device_problems.state_notices(known, POLICY, "A-1", us("11T09:00"))
    assert (lasting.end_us, lasting.day) == (None, None)
    closed = signs(("11T09:30", UplinkEventKind.STRAP, True))
    _, [over] = device_problems.hear(known, closed, POLICY, ALMATY, "A-1", {lasting.id})
    assert (over.id, over.end_us) == (lasting.id, us("11T09:30"))


def test_another_kind_or_device_or_day_of_receipt_has_a_few_of_its_own() -> None:
    known, _ = hear_all(openings(100))
    call = call_signals(("10T20:00", Call.TAMPERED))
    other = [signal._replace(device="D-2") for signal in openings(1)]
    later = [signal._replace(received_us=us("12T08:00")) for signal in openings(1, day=11)]
    _, notices = device_problems.hear(known, call + other + later, POLICY, ALMATY, "A-1")
    assert [notice.day for notice in notices] == [None] * 3
    assert [notice.device for notice in notices] == ["D-1", "D-2", "D-1"]


def test_each_day_of_which_a_flood_speaks_has_a_count_of_its_own() -> None:
    _, notices = hear_all([*openings(20, day=7), *openings(30, day=9)])
    counted = [notice for notice in last_by_id(notices) if notice.day]
    assert [(notice.day and notice.day.day, notice.count) for notice in counted] == [
        (7, 15),
        (9, 30),
    ]


def test_calls_for_help_are_counted_beyond_a_few_and_come_anew_each_hour() -> None:
    """Somebody who pressed it by mistake in the morning may be in danger in the evening."""
    times = [f"10T{hour:02}:{minute:02}" for hour in (8, 9, 18) for minute in range(0, 60, 5)]
    _, notices = hear_calls(*((at, Call.HELP) for at in times), late_us=S)
    *alone, eight, nine, evening = last_by_id(notices)
    assert [scenes.format_instant(notice.start_us) for notice in alone] == times[:5]
    assert [notice.count for notice in (eight, nine, evening)] == [7, 12, 12]
    assert evening.opened_us == us("10T18:00") + S
    assert (evening.start_us, evening.end_us) == (us("10T18:00"), us("10T18:55"))
    text = health_words.explain(evening, ALMATY, texts.catalogue("en"), Reader.OFFICE)
    assert "The device sent a call for help. That was 12 times on that day, until" in text
    assert "lasted" not in text
    calls = call_signals(*((at, Call.HELP) for at in times))
    _, at_once = hear_all([call._replace(received_us=us("11T08:00")) for call in calls])
    assert len(last_by_id(at_once)) == 6


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2_000),
            st.sampled_from([UplinkEventKind.STRAP, UplinkEventKind.LOCATING, Call.HELP]),
            st.booleans(),
            st.booleans(),
        ),
        max_size=60,
        unique_by=lambda report: report[:2],
    )
)
def test_a_flood_that_is_heard_live_is_what_is_heard_of_it_again(
    reports: list[tuple[int, UplinkEventKind | Call, bool, bool]],
) -> None:
    """Also where somebody looks now and then, and is shown what lasts."""
    policy = replace(POLICY, device_notices_per_day_max=2)
    known, notices = DeviceProblemState(), dict[str, DeviceNotice]()
    all_signs: list[DeviceSignal] = []
    batch: list[DeviceSignal] = []
    now_us = looked_us = us("10T00:00")
    for minute, what, yes, is_looked_at in reports:
        at_us = us("10T00:00") + minute * M
        now_us = max(now_us, at_us)
        event = CallEvent(what, at_us) if isinstance(what, Call) else UplinkEvent(what, at_us, yes)
        batch.append(DeviceSignal("D-1", event, now_us))
        if is_looked_at:
            shown = {notice.id for notice in notices.values() if notice.day is None}
            known, ended = device_problems.hear(known, batch, policy, ALMATY, "A-1", shown)
            lasting = device_problems.state_notices(known, policy, "A-1", now_us, shown=shown)
            notices |= {notice.id: notice for notice in (*ended, *lasting)}
            all_signs, batch, looked_us = all_signs + batch, [], now_us
    lasted = {notice.id for notice in notices.values() if notice.day is None}
    again, ended = device_problems.hear(
        DeviceProblemState(), all_signs, policy, ALMATY, "A-1", lasted
    )
    lasting = device_problems.state_notices(again, policy, "A-1", looked_us, shown=lasted)
    assert {notice.id: notice for notice in (*ended, *lasting)} == notices
