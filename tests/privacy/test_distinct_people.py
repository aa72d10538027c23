"""For some days the one who let an account in may have acted under it; a later link ends that."""

from datetime import UTC, datetime, timedelta

import pytest

from mesure.actions.records.procedure import STANDARD
from mesure.orders.text.order_faults import OrderError
from mesure.privacy import distinct_people
from mesure.privacy.distinct_people import AccessGrant

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
TICK = timedelta(microseconds=1)


def test_whoever_let_an_account_in_stands_behind_it_for_so_long() -> None:
    let_in = [AccessGrant(NOON, ("chief",))]
    assert distinct_people.behind("ann", let_in, NOON - TICK, WEEK) == {"ann"}
    assert distinct_people.behind("ann", let_in, NOON, WEEK) == {"ann", "chief"}
    assert distinct_people.behind("ann", let_in, NOON + WEEK - TICK, WEEK) == {"ann", "chief"}
    assert distinct_people.behind("ann", let_in, NOON + WEEK, WEEK) == {"ann"}


def test_a_later_link_ends_what_was_before_it() -> None:
    let_in = [AccessGrant(NOON, ("chief",)), AccessGrant(NOON + TICK, ())]
    assert distinct_people.behind("ann", let_in, NOON, WEEK) == {"ann", "chief"}
    assert distinct_people.behind("ann", let_in, NOON + TICK, WEEK) == {"ann"}


def test_nobody_let_in_stands_alone() -> None:
    assert distinct_people.behind("ann", [], NOON, WEEK) == {"ann"}


def test_the_default_programme_says_a_week() -> None:
    assert STANDARD.eyes.within(NOON.date()) == WEEK


@pytest.mark.parametrize("value", ["0", "91", "a week", "7.5"])
def test_a_value_that_cannot_be_is_told(value: str) -> None:
    text = (
        "eyes: t\nversion: t\nrules:\n  apart_days:\n    unit: days\n    reason: r\n"
        f"    reference: r\n    values: [{{from: 2026-01-01, value: {value}}}]\n"
    )
    with pytest.raises(OrderError, match="from 1 to 90"):
        distinct_people.read("eyes.yaml", text.encode())


def test_a_value_without_a_number_is_told_once() -> None:
    text = (
        "eyes: t\nversion: t\nrules:\n  apart_days:\n    unit: days\n    reason: r\n"
        "    reference: r\n    values: [{from: 2026-01-01}]\n"
    )
    with pytest.raises(OrderError) as refused:
        distinct_people.read("eyes.yaml", text.encode())
    assert "missing or empty" in str(refused.value)
