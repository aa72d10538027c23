"""What is due and what is kept: one answer, by rules with dates, and by holds that say for what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.instants import US_PER_DAY, to_datetime
from mesure.orders.text.order_faults import OrderError
from mesure.privacy.retention import retention_policy, retention_schedule
from mesure.privacy.retention.retention_policy import NAMES, RetentionFile
from mesure.privacy.retention.retention_schedule import (
    Disposition,
    HoldReason,
    RetainedItem,
    RetentionHold,
    RetentionKind,
)
from tests.orders.plain_catalogue import PlainCatalogue

NOW_US = 1_800_000_000 * 1_000_000
H = 3_600 * 1_000_000


def default() -> RetentionFile:
    data = resources.files("mesure.privacy").joinpath("retention.yaml").read_bytes()
    return retention_policy.read("retention.yaml", data)


RULES = default()


def make_item(
    days_ago: float, sort: RetentionKind = RetentionKind.TRAIL, hours: int = 1
) -> RetainedItem:
    at_us = NOW_US - round(days_ago * US_PER_DAY)
    return RetainedItem(sort, f"{days_ago}", at_us, (at_us, at_us + hours * H))


def fate(retained_item: RetainedItem, *holds: RetentionHold) -> Disposition:
    return next(retention_schedule.fates(RULES, [retained_item], holds, NOW_US))


# --- The file ------------------------------------------------------------------------------------


def test_every_kind_has_a_rule_and_every_rule_a_reason() -> None:
    others = {"closed_incident_days", "upgrade_backups_days"}
    assert {sort.rule for sort in RetentionKind} | others == set(NAMES)
    assert set(RULES.values) == set(NAMES)
    assert all(RULES.reasons.values())


def test_trails_are_never_older_than_two_months_and_looks_than_twelve() -> None:
    today = RULES.at(date(2026, 11, 25))
    assert (today.trails_days, today.looks_days) == (59, 365)


OWN = """
version: 2026-12-01
rules:
  trails_days:
    unit: days after collection
    reason: {reason}
    reference: order of the head of the service
    values: {values}
"""


def own(values: str, reason: str = "The court asks for it.") -> RetentionFile:
    text = OWN.format(values=values, reason=reason)
    return retention_policy.read("own.yaml", text.encode(), RULES)


def test_a_longer_time_that_is_set_later_does_not_reach_back() -> None:
    rules = own("[{from: 2026-06-01, value: 200}, {from: 2020-01-01, value: 30}]")
    before, since, today = date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 1)
    assert rules.days("trails_days", before, today) == 30
    assert rules.days("trails_days", since, today) == 200
    assert rules.at(date(2019, 1, 1)).trails_days == 30
    assert rules.at(today).looks_days == 365


def test_what_was_collected_before_a_longer_time_was_set_goes_by_the_shorter() -> None:
    """Each thing has the days of the day on which it was collected, whatever holds today."""
    now = to_datetime(NOW_US).date()
    set_on = now - timedelta(days=40)
    rules = own(f"[{{from: {set_on}, value: 200}}, {{from: 2020-01-01, value: 30}}]")
    items = [make_item(41.0), make_item(39.0)]
    before, since = retention_schedule.fates(rules, items, (), NOW_US)
    assert (before.is_due(NOW_US), since.is_due(NOW_US)) == (True, False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: {}", "no values for"),
        ("rule: 1", "“rule” is not a key here"),
        ("rules: {trails: 1}", "“trails” is not a key here"),
        ("rules: {trails_days: 59}", "it is not a group of keys"),
        (OWN.format(values="[]", reason="so"), "it has no values"),
        (OWN.format(values="[59]", reason="so"), "it is not a dated value"),
        (OWN.format(values="[{from: soon, value: 1}]", reason="so"), "“soon” is no date"),
        (OWN.format(values="[{from: 2026-01-01, value: 0}]", reason="so"), "“0” cannot be used"),
        (OWN.format(values="[{from: 2026-01-01, value: 99999999}]", reason="so"), "cannot be used"),
        (OWN.format(values="[{value: 1}]", reason="so"), "“from” is missing"),
        (OWN.format(values="[{from: 2026-01-01}]", reason="so"), "“value” is missing"),
        (OWN.format(values="[{from: 2026-01-01, value: 9}]", reason="''"), "“reason” is missing"),
    ],
)
def test_faults_are_named(text: str, message: str) -> None:
    with pytest.raises(OrderError) as caught:
        retention_policy.read("own.yaml", text.encode())
    assert message in str(caught.value)


# --- What is due ---------------------------------------------------------------------------------


def test_a_trail_is_due_the_moment_its_days_are_over() -> None:
    assert fate(make_item(59)).is_due(NOW_US)
    assert not fate(make_item(58.999)).is_due(NOW_US)
    assert fate(make_item(58)).due_us == NOW_US + US_PER_DAY


def test_an_open_incident_holds_two_hours_on_either_side() -> None:
    start_us = NOW_US - 70 * US_PER_DAY
    hold = retention_schedule.hold_of("I-1", (start_us, start_us + H), None, False, RULES, NOW_US)
    assert hold is not None
    for hours, stays in ((-3.1, False), (-2.9, True), (0, True), (2.9, True), (3.0, False)):
        at_us = round(start_us + hours * H)
        trail = RetainedItem(RetentionKind.TRAIL, "", at_us, (at_us, at_us + H))
        assert fate(trail, hold).is_due(NOW_US) is not stays
        assert fate(trail, hold).holds == ((hold,) if stays else ())
    assert hold.until_us is None


def test_an_incident_that_lasts_holds_until_now() -> None:
    hold = retention_schedule.hold_of(
        "I-1", (NOW_US - 70 * US_PER_DAY, None), None, False, RULES, NOW_US
    )
    assert hold is not None
    assert hold.end_us == NOW_US + 2 * H
    assert not fate(make_item(65), hold).is_due(NOW_US)


@pytest.mark.parametrize(
    ("closed_days_ago", "contested", "because"),
    [
        (None, False, HoldReason.OPEN_INCIDENT),
        (-1, False, HoldReason.OPEN_INCIDENT),
        (1, False, HoldReason.CLOSED_INCIDENT),
        (89.9, False, HoldReason.CLOSED_INCIDENT),
        (90, False, None),
        (90, True, HoldReason.CONTEST),
        (None, True, HoldReason.CONTEST),
    ],
)
def test_what_holds_is_named(
    closed_days_ago: float | None, contested: bool, because: HoldReason | None
) -> None:
    closed = None if closed_days_ago is None else NOW_US - round(closed_days_ago * US_PER_DAY)
    span = NOW_US - 70 * US_PER_DAY, NOW_US - 69 * US_PER_DAY
    hold = retention_schedule.hold_of("I-1", span, closed, contested, RULES, NOW_US)
    assert (None if hold is None else hold.because) == because


def test_holds_keep_no_looks_and_no_refusals() -> None:
    hold = RetentionHold(HoldReason.CONTEST, "I-1", 0, 2 * NOW_US, None)
    assert fate(make_item(400, RetentionKind.LOOK), hold).is_due(NOW_US)
    assert fate(make_item(31, RetentionKind.REFUSED), hold).is_due(NOW_US)
    assert not fate(make_item(400, RetentionKind.RECORD), hold).is_due(NOW_US)


def test_a_record_goes_when_the_last_order_is_long_over_and_nothing_is_open() -> None:
    hold = RetentionHold(HoldReason.OPEN_INCIDENT, "I-1", 0, 1, None)
    over_us = NOW_US - 365 * US_PER_DAY
    for ended_us, holds, due in (
        (None, (), False),
        (NOW_US + 1, (), False),
        (over_us + 1, (), False),
        (over_us, (), True),
        (over_us, (hold,), False),
    ):
        assert retention_schedule.record(RULES, ended_us, holds, NOW_US, 3).is_due(NOW_US) is due


@given(st.integers(0, NOW_US), st.integers(0, NOW_US))
def test_no_clock_of_a_device_makes_anything_older_or_younger_than_it_can_be(
    first_us: int, received_us: int
) -> None:
    collected_us = retention_schedule.collection_us(first_us, received_us)
    assert collected_us <= received_us
    assert received_us - collected_us <= retention_schedule.CLOCK_WRONG_US


# --- The report ----------------------------------------------------------------------------------


def fates() -> Iterator[Disposition]:
    hold = RetentionHold(
        HoldReason.CONTEST, "I-1", NOW_US - 70 * US_PER_DAY, NOW_US - 69 * US_PER_DAY, None
    )
    things = [make_item(1), make_item(3), make_item(69.5), make_item(10, RetentionKind.LOOK)]
    yield from retention_schedule.fates(RULES, things, [hold], NOW_US)
    yield retention_schedule.record(RULES, None, [hold], NOW_US, 40)


def test_the_report_says_how_much_is_kept_why_and_until_when() -> None:
    trail, held_trail, look, record = retention_schedule.report(fates())
    assert (trail.sort, trail.things, trail.because) == (RetentionKind.TRAIL, 2, ())
    assert trail.until_us == NOW_US + 58 * US_PER_DAY
    assert trail.first_us == NOW_US - 3 * US_PER_DAY
    assert (held_trail.because, held_trail.until_us, held_trail.things) == (
        (HoldReason.CONTEST,),
        None,
        1,
    )
    assert (look.sort, look.rule, look.until_us) == (
        RetentionKind.LOOK,
        "looks_days",
        NOW_US + 355 * US_PER_DAY,
    )
    assert (record.sort, record.things, record.until_us) == (RetentionKind.RECORD, 40, None)


@given(st.lists(st.tuples(st.floats(0, 500), st.sampled_from(list(RetentionKind))), max_size=20))
def test_what_is_told_is_what_is_done(drawn: list[tuple[float, RetentionKind]]) -> None:
    dispositions = list(
        retention_schedule.fates(RULES, [make_item(*one) for one in drawn], (), NOW_US)
    )
    lines = retention_schedule.report(dispositions)
    assert sum(line.things for line in lines) == len(drawn)
    for line in lines:
        assert line.until_us is not None
        due = [one for one in dispositions if one.kept.sort is line.sort]
        assert all(one.is_due(line.until_us) for one in due)


TIMES = st.lists(
    st.tuples(st.integers(-80, 40), st.integers(1, 90)),
    min_size=1,
    max_size=4,
    unique_by=lambda t: t[0],
)


@given(TIMES, st.lists(st.floats(0, 200), max_size=20))
def test_what_goes_by_a_moment_is_what_is_due_by_its_days(
    times: list[tuple[int, int]], ages: list[float]
) -> None:
    """A longer time that was set later reached back, for what belongs to nobody."""
    today = to_datetime(NOW_US).date()
    values = tuple((today + timedelta(days=since), days) for since, days in sorted(times))
    rules = replace(RULES, values={**RULES.values, "nobodys_days": values})
    up_to_us = retention_schedule.due_before_us(rules, RetentionKind.NOBODYS, NOW_US)
    items = [make_item(age, RetentionKind.NOBODYS) for age in ages]
    grows = [days for _, days in values] == sorted(days for _, days in values)
    for fate in retention_schedule.fates(rules, items, (), NOW_US):
        goes = fate.kept.collected_us <= up_to_us
        assert fate.is_due(NOW_US) or not goes
        assert goes or not fate.is_due(NOW_US) or not grows


def test_everything_is_said_in_words() -> None:
    texts = [one.in_words(PlainCatalogue()) for kind in (RetentionKind, HoldReason) for one in kind]
    assert len({*texts}) == len(texts)


def test_an_instant_beyond_the_calendar_has_its_last_day() -> None:
    assert retention_schedule.day_of(1 << 62) == date.max
