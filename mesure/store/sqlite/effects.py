"""What judging left behind, in SQLite, in its own SQL."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from mesure.store.sqlite.binding import SqliteBindingWork
from mesure.store.sqlite.connection import LIVING, Asking, listed, marks
from mesure.store.values import rows, tables
from mesure.store.values.effects import (
    Judged,
    Judging,
    KeptAssessment,
    KeptIncident,
    KeptSuperseded,
    Owner,
)
from mesure.store.writing import assessment_changes as changes
from mesure.store.writing import checks
from mesure.store.writing.assessment_changes import SAME, Replaced

_STANDING: Final = f"SELECT {changes.ASSESSMENT} FROM assessment WHERE person = ? AND end_us"
# Of all who are judged in a change at once, by the moment from which each is judged anew.
_BOUND: Final = (
    f"SELECT {changes.ASSESSMENT}, bound FROM json_each(?) AS asked CROSS JOIN assessment "
    "ON person = asked.key AND end_us >= asked.value"
)
_OVER: Final = (
    "UPDATE assessment SET end_us = ?, status = ?, version_sha256 = ?, policy_version = ?, "
    "engine_version = ?, unsigned = ?, bound = ? "
    "WHERE person = ? AND court_order = ? AND condition = ? AND start_us = ?"
)
_JUDGED: Final = (
    f"INSERT INTO judged ({changes.JUDGED}) VALUES {marks(8)} ON CONFLICT (person) DO UPDATE SET "
    "until_us = excluded.until_us, sequence = excluded.sequence, "
    "policy_version = excluded.policy_version, engine_version = excluded.engine_version, "
    "unsigned = excluded.unsigned, due_us = excluded.due_us"
)
_SUPERSEDED_KEY: Final = tables.order("superseded")


class SqliteEffectsReading(Asking):
    """What is read of what judging left behind."""

    def judged(self, person: str) -> Judged | None:
        """Return how far a person was judged."""
        row = self._one(f"SELECT {changes.JUDGED} FROM judged WHERE person = ?", person)
        return row and rows.judged(row)

    def judged_in(self, partitions: Iterable[int]) -> tuple[Judged, ...]:
        """Return how far the persons of these partitions were judged, by person."""
        statement = f"SELECT {changes.JUDGED} FROM judged WHERE part = ?"
        found = [row for part in set(partitions) for row in self._all(statement, part)]
        return tuple(map(rows.judged, sorted(found)))

    def oldest_due(self) -> dict[int, int]:
        """Return when the first of each partition was or is to be judged, where somebody is."""
        statement = "SELECT part, min(due_us) FROM judged WHERE due_us IS NOT NULL GROUP BY part"
        return dict(self._all(statement))

    def due_by(self, now_us: int) -> int:
        """Return how many persons were or are to be judged by then."""
        [count] = self._one("SELECT count(*) FROM judged WHERE due_us <= ?", now_us)
        return int(count)

    def persons_in(self, partitions: Iterable[int]) -> tuple[str, ...]:
        """Return the persons of these partitions who were not erased, by id."""
        statement = "SELECT id FROM person WHERE part = ? AND erased_us IS NULL"
        found = [row[0] for part in set(partitions) for row in self._all(statement, part)]
        return tuple(sorted(found))

    def assessments(self, person: str, start_us: int, until_us: int) -> tuple[KeptAssessment, ...]:
        """Return what stands about a person and touches this half-open span."""
        found = self._all(
            f"{_STANDING} > ? AND start_us < ? ORDER BY court_order, condition, start_us",
            person,
            start_us,
            until_us,
        )
        return tuple(map(changes.assessment, found))

    def superseded(self, person: str, start_us: int, until_us: int) -> tuple[KeptSuperseded, ...]:
        """Return what once stood about a person and touches this half-open span."""
        found = self._all(
            f"SELECT {changes.SUPERSEDED} FROM superseded WHERE person = ? AND end_us > ? "
            "AND start_us < ? ORDER BY court_order, condition, start_us, stood_from_us, "
            "stood_until_us, end_us",
            person,
            start_us,
            until_us,
        )
        return tuple(map(changes.superseded, found))

    def incident(self, name: str) -> KeptIncident | None:
        """Return an incident."""
        row = self._one(f"SELECT {changes.INCIDENT} FROM incident WHERE id = ?", name)
        return row and KeptIncident(*row)

    def incidents_of(self, person: str) -> tuple[KeptIncident, ...]:
        """Return the incidents about a person, by when they began and id."""
        statement = (
            f"SELECT {changes.INCIDENT} FROM incident WHERE person = ? ORDER BY start_us, id"
        )
        return tuple(KeptIncident(*row) for row in self._all(statement, person))

    def incidents_since(self, change: int, count: int) -> tuple[KeptIncident, ...]:
        """Return incidents that were raised or changed after this change, in order of the last."""
        statement = (
            f"SELECT {changes.INCIDENT} FROM incident WHERE change > ? ORDER BY change LIMIT ?"
        )
        return tuple(KeptIncident(*row) for row in self._all(statement, change, count))

    def owners(self) -> dict[int, tuple[int, str]]:
        """Return the epoch and the holder of each partition that somebody claimed."""
        found = self._all("SELECT part, epoch, holder FROM partition_owner")
        return {part: (epoch, holder) for part, epoch, holder in found}


class SqliteEffectsWork(SqliteEffectsReading, SqliteBindingWork):
    """What is changed of what judging left behind."""

    def claim(self, partitions: Collection[int], holder: str) -> Owner:
        """Own these partitions from now on; whoever owned them before can judge there no more."""
        row = self._one("UPDATE change_edge SET epoch = epoch + 1 RETURNING epoch")
        owner = checks.owner(row[0], holder, partitions)
        self._each(
            f"INSERT OR REPLACE INTO partition_owner (part, epoch, holder) VALUES {marks(3)}",
            [(part, owner.epoch, holder) for part in sorted(owner.partitions)],
        )
        return owner

    def judge(self, judgings: Sequence[Judging], owner: Owner) -> None:
        """Keep what judging some persons came to, each person at most once."""
        if not judgings:
            return
        held = self._all("SELECT part FROM partition_owner WHERE epoch = ?", owner.epoch)
        checks.owns({row[0] for row in held}, judgings, owner)
        persons = [one.person for one in judgings]
        living = {row[0] for row in self._all(LIVING, listed(persons))}
        for person in sorted(set(persons) - living):
            checks.judgeable(None, person)
        standing: dict[str, list[Any]] = {person: [] for person in persons}
        for row in self._all(_BOUND, listed({one.person: one.since_us for one in judgings})):
            standing[row[0]].append(row)
        self._replace([changes.replaced(one, standing[one.person]) for one in judgings])
        self._keep_superseded(judgings)
        self._each(_JUDGED, [rows.judged_row(one.judged) for one in judgings])
        self._keep_incidents(judgings)

    def _replace(self, plans: Sequence[Replaced]) -> None:
        over: list[tuple[object, ...]] = []
        new: list[tuple[object, ...]] = []
        for plan, numbers in self._bind_replaced(plans):
            bound = iter(numbers)
            over += [(*row[SAME:], next(bound), *row[:SAME]) for row in plan.over]
            new += [(*row, next(bound)) for row in plan.new]
        self._each(
            "DELETE FROM assessment WHERE person = ? AND court_order = ? AND condition = ? "
            "AND start_us = ?",
            [identity for plan in plans for identity in plan.gone],
        )
        self._each(_OVER, over)
        self._each(f"INSERT INTO assessment ({changes.ASSESSMENT}, bound) VALUES {marks(11)}", new)

    def _keep_superseded(self, judgings: Sequence[Judging]) -> None:
        superseded = [row for one in judgings for row in one.superseded]
        for row in map(changes.superseded_row, superseded):
            kept = self._all(
                f"INSERT OR IGNORE INTO superseded ({changes.SUPERSEDED}) VALUES {marks(12)} "
                f"RETURNING {_SUPERSEDED_KEY}",
                *row,
            )
            for key in kept:
                self._written("superseded", *key)

    def _keep_incidents(self, judgings: Sequence[Judging]) -> None:
        statement = "SELECT person, revision, bound FROM incident WHERE id = ?"
        names = {one.id for some in judgings for one in some.incidents}
        asked = {name: self._one(statement, name) for name in names}
        kept = {name: found[:2] for name, found in asked.items() if found}
        bound = {name: found[2] for name, found in asked.items() if found}
        changed = changes.changed_incidents(judgings, kept)
        if changed:
            [last] = self._one(
                "UPDATE change_edge SET incident = incident + ? RETURNING incident", len(changed)
            )
            first = last - len(changed) + 1
            self._each(
                f"INSERT OR REPLACE INTO incident ({changes.INCIDENT}, bound) VALUES {marks(14)}",
                [
                    (*changes.incident_row(one, n), bound.get(one.id))
                    for n, one in enumerate(changed, start=first)
                ],
            )
            for one in changed:
                self._written("incident", one.id)
