"""What is brief, by a dated rule; and that no answer to several is against anybody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mesure.actions.records import brief_rule
from mesure.incidents import brief, finding
from mesure.incidents.brief import BriefAnswer, BriefLengths
from mesure.incidents.device_problems import DeviceProblemKind
from mesure.incidents.incident import OF_PLACE, IncidentKind
from mesure.orders.text.order_faults import OrderError

DAY = date(2026, 3, 12)
BELOW = timedelta(hours=2)
TODAY = date(2026, 11, 30)
LENGTHS = BriefLengths(BELOW, timedelta(minutes=90))
BEGAN = datetime(2026, 12, 1, 1, tzinfo=UTC)
RULE = (
    "brief: t\nversion: t\nrules:\n  below_min:\n    unit: minutes\n    reason: r\n"
    "    reference: r\n    values: [{from: 2026-01-01, value: 30}, {from: 2026-07-01, value: %s}]\n"
    "  ended_within_min:\n    unit: minutes\n    reason: r\n    reference: r\n"
    "    values: [{from: 2026-01-01, value: 0}]\n"
    "  again_within_min:\n    unit: minutes\n    reason: r\n    reference: r\n"
    "    values: [{from: 2026-01-01, value: 90}]\n"
)


def is_brief(kind: str, lasted: timedelta | None, brought: timedelta = timedelta()) -> bool:
    """Tell whether what lasted so long, and was brought so long after it began, is brief."""
    end_at = None if lasted is None else BEGAN + lasted
    return brief.is_brief(kind, lasted, BEGAN + brought, end_at, LENGTHS)


def test_no_answer_to_several_can_find_a_breach_or_refer_anything() -> None:
    for answer in BriefAnswer:
        assert not answer.outcome.is_against
        for kind in sorted(brief.KINDS):
            assert finding.conclusions(kind)[answer.outcome] == frozenset()


def test_where_somebody_was_and_what_has_to_be_looked_into_is_never_brief() -> None:
    never = {one.value for one in OF_PLACE} | {
        DeviceProblemKind.HELP.value,
        DeviceProblemKind.STRAP.value,
        DeviceProblemKind.TAMPERING.value,
        DeviceProblemKind.POWER.value,
    }
    assert not any(is_brief(kind, timedelta(minutes=1)) for kind in never | {"new kind"})


def test_a_silence_is_brief_once_it_ended_below_the_length() -> None:
    silent = IncidentKind.SILENT.value
    assert is_brief(silent, BELOW - timedelta(microseconds=1))
    assert not is_brief(silent, BELOW)
    assert not is_brief(silent, None)


def test_a_silence_is_brief_that_ended_soon_after_an_officer_was_told() -> None:
    silent, four = IncidentKind.SILENT.value, timedelta(hours=4)
    soon = four + timedelta(minutes=90)
    assert is_brief(silent, four, brought=four)
    assert is_brief(silent, soon - timedelta(microseconds=1), brought=four)
    assert not is_brief(silent, soon, brought=four)
    # What was over before anybody was told goes by its length alone.
    assert not is_brief(silent, four - timedelta(microseconds=1), brought=four)
    assert not is_brief(silent, None, brought=four)
    # A state of a device is reported at once, and goes by its length.
    assert not is_brief(DeviceProblemKind.CHARGING.value, four, brought=four)


def test_the_length_is_a_dated_value() -> None:
    rule = brief.read("brief.yaml", (RULE % "45").encode())
    assert rule.lengths(date(2026, 6, 30)).below == timedelta(minutes=30)
    assert rule.lengths(date(2026, 7, 1)).below == timedelta(minutes=45)
    assert brief_rule.lengths(DAY) == (BELOW, timedelta())
    assert brief_rule.lengths(TODAY) == LENGTHS
    assert rule.again_within(date(2026, 6, 30)) == timedelta(minutes=90)
    assert brief_rule.again_within(DAY) == timedelta(hours=4)


def test_a_programme_may_have_nothing_answered_at_once() -> None:
    lengths = brief.read("brief.yaml", (RULE % "0").encode()).lengths(DAY.replace(month=8))
    silent = IncidentKind.SILENT.value
    assert not brief.is_brief(silent, timedelta(), BEGAN, BEGAN, lengths)


@pytest.mark.parametrize("value", ["-1", "1441", "two hours", "7.5"])
def test_a_value_that_cannot_be_is_told(value: str) -> None:
    with pytest.raises(OrderError, match="from 0 to 1440 minutes"):
        brief.read("brief.yaml", (RULE % value).encode())
