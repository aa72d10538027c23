"""What is brief, by a dated rule; and that no answer to several is against anybody."""

from datetime import date, timedelta

import pytest

from mesure.actions.records import brief_rule
from mesure.incidents import brief, finding
from mesure.incidents.brief import BriefAnswer
from mesure.incidents.device_problems import DeviceProblemKind
from mesure.incidents.incident import OF_PLACE, IncidentKind
from mesure.orders.text.order_faults import OrderError

DAY = date(2026, 3, 12)
BELOW = timedelta(hours=2)
RULE = (
    "brief: t\nversion: t\nrules:\n  below_min:\n    unit: minutes\n    reason: r\n"
    "    reference: r\n    values: [{from: 2026-01-01, value: 30}, {from: 2026-07-01, value: %s}]\n"
    "  again_within_min:\n    unit: minutes\n    reason: r\n    reference: r\n"
    "    values: [{from: 2026-01-01, value: 90}]\n"
)


def test_no_answer_to_several_can_find_a_breach_or_refer_anything() -> None:
    for answer in BriefAnswer:
        assert not answer.outcome.is_against
        for kind in sorted(brief.KINDS):
            assert finding.conclusions(kind)[answer.outcome] == frozenset()


def test_where_somebody_was_and_what_has_to_be_looked_into_is_never_brief() -> None:
    moment = timedelta(minutes=1)
    never = {one.value for one in OF_PLACE} | {
        DeviceProblemKind.HELP.value,
        DeviceProblemKind.STRAP.value,
        DeviceProblemKind.TAMPERING.value,
        DeviceProblemKind.POWER.value,
    }
    assert not any(brief.is_brief(kind, moment, BELOW) for kind in never | {"new kind"})


def test_a_silence_is_brief_once_it_ended_below_the_length() -> None:
    silent = IncidentKind.SILENT.value
    assert brief.is_brief(silent, BELOW - timedelta(microseconds=1), BELOW)
    assert not brief.is_brief(silent, BELOW, BELOW)
    assert not brief.is_brief(silent, None, BELOW)


def test_the_length_is_a_dated_value() -> None:
    rule = brief.read("brief.yaml", (RULE % "45").encode())
    assert rule.below(date(2026, 6, 30)) == timedelta(minutes=30)
    assert rule.below(date(2026, 7, 1)) == timedelta(minutes=45)
    assert brief_rule.below(DAY) == BELOW
    assert rule.again_within(date(2026, 6, 30)) == timedelta(minutes=90)
    assert brief_rule.again_within(DAY) == timedelta(hours=4)


def test_a_programme_may_have_nothing_answered_at_once() -> None:
    below = brief.read("brief.yaml", (RULE % "0").encode()).below(DAY.replace(month=8))
    assert not brief.is_brief(IncidentKind.SILENT.value, timedelta(0), below)


@pytest.mark.parametrize("value", ["-1", "1441", "two hours", "7.5"])
def test_a_value_that_cannot_be_is_told(value: str) -> None:
    with pytest.raises(OrderError, match="from 0 to 1440 minutes"):
        brief.read("brief.yaml", (RULE % value).encode())
