"""A bundle at a time for an account, two at once in all."""

from contextlib import ExitStack

import pytest

from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.bundle import turns as bundle_turns
from mesure.bundle.turns import BundleTurns


def is_busy(turns: BundleTurns, account: str) -> bool:
    try:
        with turns.take_turn(account):
            turns.release(account)
    except ActionConflictError as error:
        return error.reason is ActionRefusal.BUNDLES_BUSY
    return False


def test_an_account_has_one_at_a_time_until_it_is_taken() -> None:
    turns = BundleTurns(lambda: 0.0)
    with turns.take_turn("ann"):
        assert is_busy(turns, "ann")
    assert is_busy(turns, "ann")
    assert not is_busy(turns, "bob")
    turns.release("ann")
    assert not is_busy(turns, "ann")


def test_two_are_made_at_once() -> None:
    turns = BundleTurns(lambda: 0.0)
    with ExitStack() as stack:
        for account in ("ann", "bob"):
            stack.enter_context(turns.take_turn(account))
        assert is_busy(turns, "cyd")
    assert not is_busy(turns, "cyd")


def test_whoever_takes_theirs_for_ever_asks_again_in_the_end() -> None:
    now_s = [0.0]
    turns = BundleTurns(lambda: now_s[0])
    with turns.take_turn("ann"):
        pass
    now_s[0] = bundle_turns.LASTS_S - 1
    assert is_busy(turns, "ann")
    now_s[0] += 1
    assert not is_busy(turns, "ann")


def test_what_fails_leaves_no_turn_taken() -> None:
    turns = BundleTurns(lambda: 0.0)
    with pytest.raises(ValueError, match="no bundle"), turns.take_turn("ann"):
        raise ValueError("no bundle")
    assert not is_busy(turns, "ann")
