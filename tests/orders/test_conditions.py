"""A new kind of duty is a class: nothing else in this room knows the kinds by name."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar, Self

import pytest

from mesure.orders.fields.duty_keys import DutyKeys
from mesure.orders.model import schedule
from mesure.orders.model.conditions import KINDS
from mesure.orders.reading import read_conditions
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.orders.values.timetable import Timetable
from mesure.orders.wording import order_sentences
from tests.orders.plain_catalogue import PlainCatalogue
from tests.orders.samples import faults, read, replace_once

EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
CURFEW = "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}"


@dataclass(frozen=True, slots=True)
class Ring:
    """Keep out of the ring round a place while it is dark: a kind that nobody has written yet."""

    round: str
    ring_m: float
    timetable: Timetable
    kind: ClassVar[str] = "ring"

    @classmethod
    def read(cls, keys: DutyKeys) -> Self:
        ring_m = keys.metres("ring_m")
        in_the_dark = replace(keys.timetable(may_be_always=True), always=False)
        return cls(keys.place("round"), ring_m or 100.0, in_the_dark)

    def sentence(self, catalogue: Catalogue) -> str:
        sentence = catalogue.text("Keep out of the ring round {place} in the dark.")
        return sentence.format(place=self.round)

    @staticmethod
    def name(catalogue: Catalogue) -> str:
        return catalogue.text("ring")


@pytest.fixture(autouse=True)
def _a_fifth_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_conditions, "KINDS", {**KINDS, "ring": Ring})


def test_a_fifth_kind_is_read_and_said() -> None:
    version = read(replace_once(CURFEW, "{ring: {round: home, ring_m: 150}}"))
    duty: object = version.conditions[0].duty
    assert duty == Ring("home", 150.0, Timetable(version.zone, ()))
    passage = order_sentences.sentences(version, PlainCatalogue())[2]
    assert passage.heading == "Condition C1: ring"
    assert passage.lines[0] == "Keep out of the ring round home in the dark."


def test_hours_that_only_the_kind_knows_are_left_to_its_own_sentence() -> None:
    version = read(replace_once(CURFEW, "{ring: {round: home}}"))
    passages = order_sentences.sentences(version, PlainCatalogue())
    assert passages[2].lines[1] == "In force for as long as the order."
    assert "Check the order" not in [passage.heading for passage in passages]
    bounds = schedule.bounds(version.conditions[0], version, *EVER)
    assert Span(bounds[0].span.start, bounds[-1].span.end) == version.in_force


def test_faults_of_a_fifth_kind_are_said_like_those_of_the_others() -> None:
    problems = faults(replace_once(CURFEW, "{ring: {round: hom, ringm: 150}}"))
    assert [fault.key for fault in problems] == [
        "conditions.C1.ring.round",
        "conditions.C1.ring.ringm",
    ]
    assert problems[1].remedy == "did you mean “ring_m”?"
