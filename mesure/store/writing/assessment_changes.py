"""Assessment changes: which rows judging changes; most of what is judged again is the same.

Nothing here asks the database. Rows that are equal are not written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Final, TypeAlias

from mesure.store.values.effects import (
    JudgingResult,
    StoredAssessment,
    StoredIncident,
    StoredSuperseded,
)
from mesure.store.values.faults import ConflictError

# The first columns identify an assessment; all are in the order in which it is hashed.
ASSESSMENT: Final = (
    "person, court_order, condition, start_us, end_us, status, version_sha256, policy_version, "
    "engine_version, unsigned"
)
SUPERSEDED: Final = f"{ASSESSMENT}, stood_from_us, stood_until_us"
HEAD: Final = (
    "id, person, court_order, condition, kind, opened_us, start_us, end_us, p_outside_max, "
    "withdrawn_us"
)
INCIDENT: Final = f"{HEAD}, body, revision, change"
JUDGED: Final = "person, until_us, sequence, policy_version, engine_version, unsigned, due_us, part"

# An assessment as it is in the database; the first columns identify it.
Row: TypeAlias = tuple[str, str, str, int, int, str, bytes, str, str, bool]
Identity: TypeAlias = tuple[str, str, str, int]
SAME: Final = 4
WIDTH: Final = 10


@dataclass(frozen=True, slots=True)
class AssessmentChanges:
    """What goes, what is written over its like, and what is new; and the numbers that go."""

    person: str
    gone: list[Identity]
    over: list[Row]
    new: list[Row]
    numbers: list[int]


def row(value: StoredAssessment) -> Row:
    """Return an assessment as a row."""
    return (
        value.person,
        value.order,
        value.condition,
        value.start_us,
        value.end_us,
        value.status,
        value.order_version_sha256,
        value.policy_version,
        value.engine_version,
        value.unsigned,
    )


def assessment(values: Sequence[Any]) -> StoredAssessment:
    """Return an assessment from its row, of which SQLite writes the last as a number."""
    person, order, condition, start_us, end_us, status, version, policy, engine, unsigned = values
    return StoredAssessment(
        person, order, condition, status, start_us, end_us, version, policy, engine, bool(unsigned)
    )


def read_superseded(values: Sequence[Any]) -> StoredSuperseded:
    """Return what was superseded, from its row."""
    return StoredSuperseded(assessment(values[:10]), *values[10:])


def row_of_superseded(value: StoredSuperseded) -> tuple[object, ...]:
    """Return what was superseded as a row."""
    return (*row(value.assessment), value.stood_from_us, value.stood_until_us)


def plan_changes(judging: JudgingResult, standing: Iterable[Sequence[Any]]) -> AssessmentChanges:
    """Return what changes.

    `standing` are the current rows that end at `since_us` or later, each with its number behind it.
    """
    since_us, person = judging.since_us, judging.person
    rows = list(map(row, judging.assessments))
    new = {one[:SAME]: one for one in rows}
    if len(new) != len(rows):
        raise ValueError(f"Two assessments of {person} begin at the same moment.")
    plan = AssessmentChanges(person, [], [], [], [])
    before: dict[Identity, Sequence[Any]] = {}
    for values in standing:
        identity: Identity = values[:SAME]  # type: ignore[assignment]
        before[identity] = values
        if identity not in new and _is_cut(plan, values, since_us):
            _let_go(plan, values)
    for identity, new_row in new.items():
        old = before.get(identity)
        if old is None:
            if new_row[3] < since_us:
                raise ConflictError(
                    f"An assessment of {person} begins before what is judged anew, where none "
                    "that stands begins; nothing was changed."
                )
            plan.new.append(new_row)
        elif old[:WIDTH] != new_row:
            plan.over.append(new_row)
            _let_go(plan, old)
    return plan


def _is_cut(plan: AssessmentChanges, values: Sequence[Any], since_us: int) -> bool:
    """Take away what was not judged again, from where everything was; tell if there was any."""
    *facts, start_us, end_us, status, sha256, policy, engine, unsigned, _ = values
    if start_us >= since_us:
        plan.gone.append((*facts, start_us))
    elif end_us > since_us:
        cut = (*facts, start_us, since_us, status, sha256, policy, engine, bool(unsigned))
        plan.over.append(cut)
    else:
        return False
    return True


def _let_go(plan: AssessmentChanges, values: Sequence[Any]) -> None:
    if values[WIDTH] is not None:
        plan.numbers.append(values[WIDTH])


def find_changed_incidents(
    judgings: Iterable[JudgingResult], known: Mapping[str, tuple[str, int]]
) -> list[StoredIncident]:
    """Return the incidents that are new or changed; `known` are the person and the revision."""
    incidents = [one for judging in judgings for one in judging.incidents]
    if len({one.id for one in incidents}) != len(incidents):
        raise ValueError("An incident is kept once in a change.")
    for incident in incidents:
        person, revision = known.get(incident.id, (incident.person, 0))
        if person != incident.person or incident.revision not in (revision or 1, revision + 1):
            raise ConflictError(
                f"Incident {incident.id} is kept at revision {revision}, and {incident.revision} "
                "does not follow it; nothing was changed."
            )
    return [one for one in incidents if one.revision != known.get(one.id, ("", 0))[1]]


def incident_row(incident: StoredIncident, change: int) -> tuple[object, ...]:
    """Return an incident as a row, with the number of its change."""
    return (*astuple(incident)[:-1], change)
