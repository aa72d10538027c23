"""A worker holds a limited number of persons, and nobody is judged otherwise for it."""

from pathlib import Path

import pytest

from mesure.instants import MAX_US
from mesure.live.person_state import PersonsInHand
from mesure_lab.whole.drawn import random_persons, swarm
from tests.service import lived


def never(_: str) -> bool:
    return False


def names_in_hand(in_hand: PersonsInHand) -> list[str]:
    return [name for name in "ABCD" if in_hand.find(name) is not None]


def test_whoever_was_judged_longest_ago_goes_first() -> None:
    in_hand = PersonsInHand(2)
    for name in "ABC":
        in_hand.take(name, [])
    assert in_hand.use("A", MAX_US, 0) == []
    assert in_hand.use("D", MAX_US, 0) is None
    in_hand.shrink(never)
    assert names_in_hand(in_hand) == ["A", "C"]
    assert len(in_hand) == 2


def test_to_look_for_a_person_is_not_to_judge_them() -> None:
    in_hand = PersonsInHand(1)
    for name in "AB":
        in_hand.take(name, [])
    assert in_hand.find("A") == []
    in_hand.shrink(never)
    assert names_in_hand(in_hand) == ["B"]


def test_nobody_goes_of_whom_something_waits_to_be_kept() -> None:
    in_hand = PersonsInHand(1)
    for name in "ABC":
        in_hand.take(name, [])
    in_hand.shrink({"A", "B"}.__contains__)
    assert names_in_hand(in_hand) == ["A", "B"]
    in_hand.shrink(never)
    assert names_in_hand(in_hand) == ["B"]


def test_whoever_fits_stays() -> None:
    in_hand = PersonsInHand(3)
    for name in "AB":
        in_hand.take(name, [])
    in_hand.shrink(never)
    assert names_in_hand(in_hand) == ["A", "B"]
    in_hand.drop("A")
    assert names_in_hand(in_hand) == ["B"]


def test_a_worker_that_holds_one_person_judges_three_as_a_replay_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [random_persons.person(number, 2) for number in range(3)]
    sizes: list[int] = []
    shrink = PersonsInHand.shrink

    def note(self: PersonsInHand, waits: object) -> None:
        shrink(self, waits)  # type: ignore[arg-type]
        sizes.append(len(self))

    monkeypatch.setattr(PersonsInHand, "shrink", note)
    with lived.open_persons(tmp_path, people, swarm.forgetful(), 0) as here:
        here.in_hand_max = 1
        for _ in here.live():
            pass
        assert here.not_judged == []
        assert list(here.differences()) == []
    assert max(sizes) == 1
