"""Which rows judging changes, given those that stand: most of what is judged again is the same.

Both stores ask this and write the answer in their own way. Rows that are equal are not written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from mesure.store.effects import Judging, KeptAssessment, KeptIncident, KeptSuperseded
from mesure.store.faults import ConflictError

ASSESSMENT: Final = (
    "person, court_order, condition, status, start_us, end_us, version_sha256, policy_version, "
    "engine_version, unsigned"
)
SUPERSEDED: Final = f"{ASSESSMENT}, stood_from_us, stood_until_us"
HEAD: Final = (
    "id, person, court_order, condition, kind, opened_us, start_us, end_us, p_outside_max, "
    "withdrawn_us"
)
INCIDENT: Final = f"{HEAD}, body, revision, change"
JUDGED: Final = "person, until_us, sequence, policy_version, engine_version, unsigned, due_us, part"


class Row(NamedTuple):
    """An assessment as it stands in the database."""

    person: str
    court_order: str
    condition: str
    status: str
    start_us: int
    end_us: int
    version_sha256: bytes
    policy_version: str
    engine_version: str
    unsigned: bool

    @property
    def identity(self) -> "Identity":
        """Return what makes it one; another of the same takes its place."""
        return self.person, self.court_order, self.condition, self.start_us


Identity: TypeAlias = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Replaced:
    """What goes, and what is written anew or over its like."""

    gone: list[Identity]
    put: list[Row]


def row(one: KeptAssessment) -> Row:
    """Return an assessment as a row."""
    return Row(
        one.person,
        one.order,
        one.condition,
        one.status,
        one.start_us,
        one.end_us,
        one.order_version_sha256,
        one.policy_version,
        one.engine_version,
        one.unsigned,
    )


def assessment(found: Sequence[Any]) -> KeptAssessment:
    """Return an assessment from its row, of which SQLite writes the last as a number."""
    *facts, version_sha256, policy_version, engine_version, unsigned = found
    person, order, condition, status, start_us, end_us = facts
    return KeptAssessment(
        person,
        order,
        condition,
        status,
        start_us,
        end_us,
        version_sha256,
        policy_version,
        engine_version,
        bool(unsigned),
    )


def superseded(found: Sequence[Any]) -> KeptSuperseded:
    """Return what was superseded, from its row."""
    return KeptSuperseded(assessment(found[:10]), *found[10:])


def superseded_row(one: KeptSuperseded) -> tuple[object, ...]:
    """Return what was superseded as a row."""
    return (*row(one.assessment), one.stood_from_us, one.stood_until_us)


def replaced(judging: Judging, standing: Iterable[Sequence[Any]]) -> Replaced:
    """Return what changes; `standing` is what stands and ends at `since_us` or later."""
    new = {one.identity: one for one in map(row, judging.assessments)}
    if len(new) != len(judging.assessments):
        raise ValueError(f"Two assessments of {judging.person} begin at the same moment.")
    gone: list[Identity] = []
    cut: list[Row] = []
    before: dict[Identity, Row] = {}
    for one in map(Row._make, standing):
        before[one.identity] = one
        if one.identity in new:
            continue
        if one.start_us >= judging.since_us:
            gone.append(one.identity)
        elif one.end_us > judging.since_us:
            cut.append(one._replace(end_us=judging.since_us))
    for one in new.values():
        if one.start_us < judging.since_us and one.identity not in before:
            raise ConflictError(
                f"An assessment of {judging.person} begins before what is judged anew, where none "
                "that stands begins; nothing was changed."
            )
    return Replaced(gone, cut + [one for one in new.values() if before.get(one.identity) != one])


def numbers_gone(plan: Replaced, standing: Iterable[Sequence[Any]]) -> list[tuple[int | None]]:
    """Return the numbers of rows that go or are written over; `standing` ends with a number."""
    going = {*plan.gone, *(one.identity for one in plan.put)}
    return [
        (number,)
        for *found, number in standing
        if (found[0], found[1], found[2], found[4]) in going
    ]


def changed_incidents(
    judgings: Iterable[Judging], kept: Mapping[str, tuple[str, int]]
) -> list[KeptIncident]:
    """Return the incidents that are new or changed; `kept` are the person and the revision."""
    given = [one for judging in judgings for one in judging.incidents]
    if len({one.id for one in given}) != len(given):
        raise ValueError("An incident is kept once in a change.")
    for one in given:
        person, revision = kept.get(one.id, (one.person, 0))
        if person != one.person or one.revision not in (revision or 1, revision + 1):
            raise ConflictError(
                f"Incident {one.id} is kept at revision {revision}, and {one.revision} does not "
                "follow it; nothing was changed."
            )
    return [one for one in given if one.revision != kept.get(one.id, ("", 0))[1]]


def incident_row(one: KeptIncident, change: int) -> tuple[object, ...]:
    """Return an incident as a row, with the number of its change."""
    return (*astuple(one)[:-1], change)
