"""Statements about what judging left behind."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, column, delete, func, select, update

from mesure.store.sql.binding import BindingWork
from mesure.store.sql.composing import ONE, Among, Each, Into, at_most, rows_of, same, write_over
from mesure.store.sql.connection import StatementRunner
from mesure.store.sql.layout import T, columns
from mesure.store.values import rows, tables
from mesure.store.values.effects import (
    JudgingProgress,
    JudgingResult,
    PartitionOwner,
    StoredAssessment,
    StoredIncident,
    StoredSuperseded,
)
from mesure.store.writing import assessment_changes as changes
from mesure.store.writing import checks
from mesure.store.writing.assessment_changes import AssessmentChanges

_JUDGED: Final = rows_of(T.judged, changes.JUDGED, same(T.judged, "person"))
_JUDGED_IN: Final = rows_of(T.judged, changes.JUDGED, Among(T.judged.c.part, "parts")).order_by(
    "person"
)
_OLDEST_DUE: Final = (
    select(T.judged.c.part, func.min(T.judged.c.due_us))
    .where(T.judged.c.due_us.is_not(None))
    .group_by(T.judged.c.part)
)
_DUE_BY: Final = select(func.count()).where(T.judged.c.due_us <= bindparam("now_us"))
# Of some persons, those who were not erased.
LIVING: Final = rows_of(
    T.person, "id", Among(T.person.c.id, "persons"), T.person.c.erased_us.is_(None)
)
_LIVING_IN: Final = rows_of(
    T.person, "id", Among(T.person.c.part, "parts"), T.person.c.erased_us.is_(None)
).order_by("id")
_ASSESSMENTS: Final = rows_of(
    T.assessment,
    changes.ASSESSMENT,
    same(T.assessment, "person"),
    T.assessment.c.end_us > bindparam("start_us"),
    T.assessment.c.start_us < bindparam("until_us"),
).order_by("court_order", "condition", "start_us")
_SUPERSEDED: Final = rows_of(
    T.superseded,
    changes.SUPERSEDED,
    same(T.superseded, "person"),
    T.superseded.c.end_us > bindparam("start_us"),
    T.superseded.c.start_us < bindparam("until_us"),
).order_by("court_order", "condition", "start_us", "stood_from_us", "stood_until_us", "end_us")
_INCIDENT: Final = rows_of(T.incident, changes.INCIDENT, same(T.incident, "id"))
_INCIDENTS: Final = rows_of(T.incident, changes.INCIDENT, same(T.incident, "person")).order_by(
    "start_us", "id"
)
_INCIDENTS_SINCE: Final = at_most(
    rows_of(T.incident, changes.INCIDENT, T.incident.c.change > bindparam("change")).order_by(
        "change"
    )
)
_OWNERS: Final = rows_of(T.partition_owner, "part, epoch, holder")

_NEXT_EPOCH: Final = (
    update(T.change_edge).values(epoch=T.change_edge.c.epoch + ONE).returning(T.change_edge.c.epoch)
)
_OWN: Final = Into(T.partition_owner, "part, epoch, holder", write_over("part", "epoch, holder"))
_OWNED: Final = rows_of(T.partition_owner, "part", same(T.partition_owner, "epoch"))
# Current assessments of a person that end where judging anew begins, or later.
_STANDING: Final = Each(
    [T.assessment.c.person, column("since_us", BigInteger)],
    lambda row: rows_of(
        T.assessment,
        f"{changes.ASSESSMENT}, bound",
        same(T.assessment, "person", row),
        T.assessment.c.end_us >= row["since_us"],
    ),
)
_REVISIONS: Final = rows_of(T.incident, "id, person, revision", Among(T.incident.c.id, "names"))
_GONE: Final = "person, court_order, condition, start_us"
_DROP: Final = Each(
    columns(T.assessment, _GONE),
    lambda row: delete(T.assessment).where(same(T.assessment, _GONE, row)),
)
_KEEP: Final = Into(
    T.assessment,
    f"{changes.ASSESSMENT}, bound",
    write_over(
        _GONE, "end_us, status, version_sha256, policy_version, engine_version, unsigned, bound"
    ),
)
_KEEP_SUPERSEDED: Final = Into(
    T.superseded,
    changes.SUPERSEDED,
    lambda made: made.on_conflict_do_nothing().returning(
        *columns(T.superseded, tables.order("superseded"))
    ),
)
_KEEP_JUDGED: Final = Into(
    T.judged,
    changes.JUDGED,
    write_over("person", "until_us, sequence, policy_version, engine_version, unsigned, due_us"),
)
_COUNT_INCIDENTS: Final = (
    update(T.change_edge)
    .values(incident=T.change_edge.c.incident + bindparam("count"))
    .returning(T.change_edge.c.incident)
)
_KEEP_INCIDENT: Final = Into(
    T.incident,
    changes.INCIDENT,
    write_over(
        "id",
        "court_order, condition, kind, opened_us, start_us, end_us, p_outside_max, withdrawn_us, "
        "body, revision, change",
    ),
)


class EffectsReading(StatementRunner):
    """What is read of what judging left behind."""

    def progress_of(self, person: str) -> JudgingProgress | None:
        """Return how far a person was judged."""
        row = self._one(_JUDGED, person=person)
        return row and rows.progress(row)

    def progress_in(self, partitions: Iterable[int]) -> tuple[JudgingProgress, ...]:
        """Return how far the persons of these partitions were judged, by person."""
        return tuple(map(rows.progress, self._all(_JUDGED_IN, parts=list(partitions))))

    def oldest_due(self) -> dict[int, int]:
        """Return when the first of each partition was or is to be judged, where somebody is."""
        return dict(self._all(_OLDEST_DUE))

    def due_by(self, now_us: int) -> int:
        """Return how many persons were or are to be judged by then."""
        return int(self._one(_DUE_BY, now_us=now_us)[0])

    def persons_in(self, partitions: Iterable[int]) -> tuple[str, ...]:
        """Return the persons of these partitions who were not erased, by id."""
        return tuple(name for (name,) in self._all(_LIVING_IN, parts=list(partitions)))

    def assessments(
        self, person: str, start_us: int, until_us: int
    ) -> tuple[StoredAssessment, ...]:
        """Return the current assessments of a person that touch this half-open span.

        By order, condition and start.
        """
        answer = self._all(_ASSESSMENTS, person=person, start_us=start_us, until_us=until_us)
        return tuple(map(changes.assessment, answer))

    def assessments_superseded(
        self, person: str, start_us: int, until_us: int
    ) -> tuple[StoredSuperseded, ...]:
        """Return the superseded assessments of a person that touch this half-open span.

        By order, condition, start, and when it was current.
        """
        answer = self._all(_SUPERSEDED, person=person, start_us=start_us, until_us=until_us)
        return tuple(map(changes.read_superseded, answer))

    def incident(self, name: str) -> StoredIncident | None:
        """Return an incident."""
        row = self._one(_INCIDENT, id=name)
        return row and StoredIncident(*row)

    def incidents_of(self, person: str) -> tuple[StoredIncident, ...]:
        """Return the incidents about a person, by when they began and id."""
        return tuple(StoredIncident(*row) for row in self._all(_INCIDENTS, person=person))

    def incidents_since(self, change: int, count: int) -> tuple[StoredIncident, ...]:
        """Return incidents that were raised or changed after this change, in order of the last.

        A follower asks again with the `change` of the last one that came.
        """
        answer = self._all(_INCIDENTS_SINCE, change=change, count=count)
        return tuple(StoredIncident(*row) for row in answer)

    def owners(self) -> dict[int, tuple[int, str]]:
        """Return the epoch and the holder of each partition that somebody claimed."""
        return {part: (epoch, holder) for part, epoch, holder in self._all(_OWNERS)}


class EffectsWork(EffectsReading, BindingWork):
    """What is changed of what judging left behind."""

    def claim(self, partitions: Collection[int], holder: str) -> PartitionOwner:
        """Own these partitions from now on; an earlier owner can judge there no more."""
        owner = checks.owner(self._one(_NEXT_EPOCH)[0], holder, partitions)
        self._put_each(_OWN, [(part, owner.epoch, holder) for part in sorted(owner.partitions)])
        return owner

    def require_owner(self, owner: PartitionOwner) -> None:
        """Raise `FencedError` where somebody else has claimed any of the partitions since."""
        checks.owns_all({part for (part,) in self._all(_OWNED, epoch=owner.epoch)}, owner)

    def judge(self, judgings: Sequence[JudgingResult], owner: PartitionOwner) -> None:
        """Keep what judging some persons came to, each person at most once.

        Of each person, assessments that begin at `since_us` or later are replaced. A current one
        that begins before, and ends after it, is cut there; one that is given and begins before
        must take the place of one that begins at the very same moment. An incident at its revision
        changes nothing; at the next it replaces; anything else raises `ConflictError`. What was
        superseded is kept once.

        Raises `FencedError` where somebody else has claimed a person's partition since.
        """
        if not judgings:
            return
        names = [judging.person for judging in judgings]
        incidents = [incident.id for judging in judgings for incident in judging.incidents]
        with self._together():
            owned = self._ask_ahead(_OWNED, epoch=owner.epoch)
            living = self._ask_ahead(LIVING, persons=names)
            standing = self._ask_for_each(
                _STANDING, [(judging.person, judging.since_us) for judging in judgings]
            )
            revisions = self._ask_ahead(_REVISIONS, names=incidents)
            checks.owns({part for (part,) in owned}, judgings, owner)
            for name in sorted(set(names) - {name for (name,) in living}):
                checks.judgeable(None, name)
            of: dict[str, list[Any]] = defaultdict(list)
            for row in standing:
                of[row[0]].append(row)
            before = {name: (person, revision) for name, person, revision in revisions}
            self._replace(
                [changes.plan_changes(judging, of[judging.person]) for judging in judgings]
            )
            self._keep_superseded([row for judging in judgings for row in judging.superseded])
            self._put_each(_KEEP_JUDGED, [rows.row_of_progress(one.judged) for one in judgings])
            self._keep_incidents(judgings, before)

    def _replace(self, plans: Sequence[AssessmentChanges]) -> None:
        self._put_each(_DROP, [identity for plan in plans for identity in plan.gone])
        self._put_each(
            _KEEP,
            [
                (*row, number)
                for plan, numbers in self._bind_replaced(plans)
                for row, number in zip(plan.over + plan.new, numbers, strict=True)
            ],
        )

    def _keep_superseded(self, superseded: Sequence[StoredSuperseded]) -> None:
        new = map(changes.row_of_superseded, superseded)
        for key in self._ask_for_each(_KEEP_SUPERSEDED, new):
            self._written("superseded", *key)

    def _keep_incidents(
        self, judgings: Sequence[JudgingResult], before: dict[str, tuple[str, int]]
    ) -> None:
        changed = changes.find_changed_incidents(judgings, before)
        if not changed:
            return
        [last] = self._one(_COUNT_INCIDENTS, count=len(changed))
        numbers = range(last - len(changed) + 1, last + 1)
        self._put_each(_KEEP_INCIDENT, map(changes.incident_row, changed, numbers))
        for incident in changed:
            self._written("incident", incident.id)
