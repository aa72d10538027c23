"""Judge again, from nothing, what was stored, and hold it against what is kept.

What is kept was judged message by message as it came, through restarts and changes. Here everything
is judged at once, by the judge of `mesure replay`. Both must say the same: what an officer reads is
what anybody gets who repeats it. Nothing is changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from mesure.actions import judge as keeping
from mesure.actions.judge import Duty
from mesure.compliance.advance import Statement, advance, begin
from mesure.compliance.rules import to_datetime
from mesure.ingest import stored
from mesure.runtime.installation import Installation
from mesure.runtime.judging import House
from mesure.runtime.patience import Stages
from mesure.runtime.replay import read_policy
from mesure.store import partitions
from mesure.store.contract import Reading
from mesure.store.effects import Judged, KeptAssessment
from mesure.store.instants import kept_us
from mesure.version import VERSION

_ALL: Final = range(partitions.PARTITIONS)
SHOWN_MAX: Final = 20
_EVER_US: Final = (1 << 62) - 1


class Row(NamedTuple):
    """An assessment, as far as it must be the same."""

    order: str
    condition: str
    status: str
    start_us: int
    end_us: int


@dataclass(slots=True)
class Outcome:
    """What came of judging everybody again."""

    persons: int = 0
    assessments: int = 0
    others: list[str] = field(default_factory=list)  # Judged by another version or policy.
    different: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)  # Of the first of them, what differs.


def rejudge(made: Installation, stages: Stages, persons: "list[str] | None" = None) -> Outcome:
    """Judge everybody again, or these persons."""
    policy, _ = read_policy(made.settings.policy)
    house, outcome = House(made.keyring, policy), Outcome()
    with made.store.read() as reading:
        names = list(reading.persons_in(_ALL)) if persons is None else persons
    for number, person in enumerate(names, 1):
        stages.reach(f"judging person {number:,} of {len(names):,} again")
        with made.store.read() as reading:
            _one(reading, house, person, outcome)
    return outcome


def _one(reading: Reading, house: House, person: str, outcome: Outcome) -> None:
    judged = reading.judged(person)
    if judged is None:
        return
    outcome.persons += 1
    kept = set(_kept(reading, person))
    again = set(_again(reading, house, judged))
    outcome.assessments += len(kept)
    if kept == again:
        return
    versions = {(one.policy_version, one.engine_version) for one in _rows(reading, person)}
    if versions - {(house.policy.version, VERSION)}:
        outcome.others.append(person)
        return
    outcome.different.append(person)
    if not outcome.shown:
        outcome.shown = [*_signed("kept ", kept - again), *_signed("again", again - kept)]


def _rows(reading: Reading, person: str) -> tuple[KeptAssessment, ...]:
    return reading.assessments(person, -_EVER_US, _EVER_US)


def _kept(reading: Reading, person: str) -> Iterator[Row]:
    for one in _rows(reading, person):
        yield Row(one.order, one.condition, one.status, one.start_us, one.end_us)


def _again(reading: Reading, house: House, judged: Judged) -> Iterator[Row]:
    for duty in keeping.duties(reading, house.keyring, judged.person):
        for one in _statement(reading, house, duty, judged).assessments:
            start_us, end_us = kept_us(one.span.start), kept_us(one.span.end)
            yield Row(duty.order, one.condition, one.status.value, start_us, end_us)


def _statement(reading: Reading, house: House, duty: Duty, judged: Judged) -> Statement:
    rules = house.rules_of(duty, judged.until_us)
    kept = (
        one
        for one in reading.messages(duty.person, -_EVER_US, _EVER_US)
        if one.device in duty.classes and one.place.sequence <= judged.sequence
    )
    messages = sorted(house.opened(duty.person, kept))
    heard = stored.hear(messages, duty.spans, duty.classes, rules.policy, judged.until_us)
    _, statement = advance(rules, begin(), heard.fixes, judged.until_us)
    return statement


def told(outcome: Outcome) -> str:
    """Return what came of it, in sentences."""
    lines = [f"{outcome.persons} persons were judged again: {outcome.assessments} assessments."]
    if outcome.others:
        lines.append(
            f"{len(outcome.others)} of them were judged by another version or policy, and would be "
            f"judged otherwise now: {', '.join(outcome.others[:SHOWN_MAX])}."
        )
    if outcome.different:
        names = ", ".join(outcome.different[:SHOWN_MAX])
        lines.append(f"{len(outcome.different)} differ from what is kept: {names}.")
        lines += outcome.shown
    else:
        lines.append("What is kept is what comes of what was stored.")
    return "\n".join(lines) + "\n"


def _signed(sign: str, rows: "set[Row]") -> Iterator[str]:
    for row in sorted(rows):
        start, end = (f"{to_datetime(us):%Y-%m-%dT%H:%M:%S.%fZ}" for us in row[3:])
        yield f"{sign} {row.order} {row.condition} {row.status} {start} {end}"
