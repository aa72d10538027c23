"""What judging left behind, in PostgreSQL, in its own SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, LiteralString

from mesure.store.postgres.binding import PostgresBindingWork
from mesure.store.postgres.connection import Asking, columns
from mesure.store.values import rows
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
from mesure.store.writing.assessment_changes import Replaced


class PostgresEffectsReading(Asking):
    """What is read of what judging left behind."""

    def judged(self, person: str) -> Judged | None:
        """Return how far a person was judged."""
        row = self._one(f"SELECT {changes.JUDGED} FROM judged WHERE person = %s", person)
        return row and rows.judged(row)

    def judged_in(self, partitions: Iterable[int]) -> tuple[Judged, ...]:
        """Return how far the persons of these partitions were judged, by person."""
        statement: LiteralString = (
            f"SELECT {changes.JUDGED} FROM judged WHERE part = ANY(%s::smallint[]) ORDER BY person"
        )
        return tuple(map(rows.judged, self._all(statement, list(partitions))))

    def oldest_due(self) -> dict[int, int]:
        """Return when the first of each partition was or is to be judged, where somebody is."""
        return dict(
            self._all("SELECT part, min(due_us) FROM judged WHERE due_us IS NOT NULL GROUP BY part")
        )

    def due_by(self, now_us: int) -> int:
        """Return how many persons were or are to be judged by then."""
        [count] = self._one("SELECT count(*) FROM judged WHERE due_us <= %s", now_us)
        return int(count)

    def persons_in(self, partitions: Iterable[int]) -> tuple[str, ...]:
        """Return the persons of these partitions who were not erased, by id."""
        found = self._all(
            "SELECT id FROM person WHERE part = ANY(%s::smallint[]) AND erased_us IS NULL "
            "ORDER BY id",
            list(partitions),
        )
        return tuple(row[0] for row in found)

    def assessments(self, person: str, start_us: int, until_us: int) -> tuple[KeptAssessment, ...]:
        """Return what stands about a person and touches this half-open span."""
        found = self._all(
            f"SELECT {changes.ASSESSMENT} FROM assessment WHERE person = %s AND end_us > %s "
            "AND start_us < %s ORDER BY court_order, condition, start_us",
            person,
            start_us,
            until_us,
        )
        return tuple(map(changes.assessment, found))

    def superseded(self, person: str, start_us: int, until_us: int) -> tuple[KeptSuperseded, ...]:
        """Return what once stood about a person and touches this half-open span."""
        found = self._all(
            f"SELECT {changes.SUPERSEDED} FROM superseded WHERE person = %s AND end_us > %s "
            "AND start_us < %s ORDER BY court_order, condition, start_us, stood_from_us, "
            "stood_until_us, end_us",
            person,
            start_us,
            until_us,
        )
        return tuple(map(changes.superseded, found))

    def incident(self, name: str) -> KeptIncident | None:
        """Return an incident."""
        row = self._one(f"SELECT {changes.INCIDENT} FROM incident WHERE id = %s", name)
        return row and KeptIncident(*row)

    def incidents_of(self, person: str) -> tuple[KeptIncident, ...]:
        """Return the incidents about a person, by when they began and id."""
        statement: LiteralString = (
            f"SELECT {changes.INCIDENT} FROM incident WHERE person = %s ORDER BY start_us, id"
        )
        return tuple(KeptIncident(*row) for row in self._all(statement, person))

    def incidents_since(self, change: int, count: int) -> tuple[KeptIncident, ...]:
        """Return incidents that were raised or changed after this change, in order of the last."""
        statement: LiteralString = (
            f"SELECT {changes.INCIDENT} FROM incident WHERE change > %s ORDER BY change LIMIT %s"
        )
        return tuple(KeptIncident(*row) for row in self._all(statement, change, count))

    def owners(self) -> dict[int, tuple[int, str]]:
        """Return the epoch and the holder of each partition that somebody claimed."""
        found = self._all("SELECT part, epoch, holder FROM partition_owner")
        return {part: (epoch, holder) for part, epoch, holder in found}


class PostgresEffectsWork(PostgresEffectsReading, PostgresBindingWork):
    """What is changed of what judging left behind."""

    def claim(self, partitions: Collection[int], holder: str) -> Owner:
        """Own these partitions from now on; whoever owned them before can judge there no more."""
        row = self._one("UPDATE change_edge SET epoch = epoch + 1 RETURNING epoch")
        owner = checks.owner(row[0], holder, partitions)
        self._put(
            "INSERT INTO partition_owner (part, epoch, holder) "
            "SELECT part, %s, %s FROM unnest(%s::smallint[]) AS claimed (part) "
            "ON CONFLICT (part) DO UPDATE SET epoch = excluded.epoch, holder = excluded.holder",
            owner.epoch,
            holder,
            sorted(owner.partitions),
        )
        return owner

    def judge(self, judgings: Sequence[Judging], owner: Owner) -> None:
        """Keep what judging some persons came to, each person at most once."""
        if not judgings:
            return
        run = self._connection.execute
        persons = [one.person for one in judgings]
        incidents = [one.id for some in judgings for one in some.incidents]
        with self._connection.pipeline():
            held = run("SELECT part FROM partition_owner WHERE epoch = %s", (owner.epoch,))
            living = run(
                "SELECT id FROM person WHERE id = ANY(%s::text[]) AND erased_us IS NULL",
                (persons,),
            )
            standing = run(
                f"SELECT {changes.ASSESSMENT}, bound FROM assessment "
                "JOIN unnest(%s::text[], %s::bigint[]) AS asked (person, since_us) USING (person) "
                "WHERE end_us >= since_us",
                (persons, [one.since_us for one in judgings]),
            )
            kept = run(
                "SELECT id, person, revision FROM incident WHERE id = ANY(%s::text[])", (incidents,)
            )
            checks.owns({row[0] for row in held}, judgings, owner)
            for person in sorted(set(persons) - {row[0] for row in living}):
                checks.judgeable(None, person)
            of: dict[str, list[Any]] = defaultdict(list)
            for row in standing:
                of[row[0]].append(row)
            self._replace([changes.replaced(one, of[one.person]) for one in judgings])
            self._keep_superseded([row for one in judgings for row in one.superseded])
            self._keep_judged([one.judged for one in judgings])
            self._keep_incidents(judgings, {row[0]: row[1:] for row in kept})

    def _replace(self, plans: Sequence[Replaced]) -> None:
        gone = [identity for plan in plans for identity in plan.gone]
        put = [
            (*row, number)
            for plan, numbers in self._bind_replaced(plans)
            for row, number in zip(plan.over + plan.new, numbers, strict=True)
        ]
        if gone:
            self._put(
                "DELETE FROM assessment USING "
                "unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) "
                "AS gone (person, court_order, condition, start_us) "
                "WHERE assessment.person = gone.person "
                "AND assessment.court_order = gone.court_order "
                "AND assessment.condition = gone.condition "
                "AND assessment.start_us = gone.start_us",
                *columns(gone, 4),
            )
        if put:
            self._put(
                f"INSERT INTO assessment ({changes.ASSESSMENT}, bound) SELECT * FROM unnest("
                "%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], "
                "%b::bytea[], %s::text[], %s::text[], %s::boolean[], %s::bigint[]) "
                "ON CONFLICT (person, court_order, condition, start_us) DO UPDATE SET "
                "end_us = excluded.end_us, status = excluded.status, "
                "version_sha256 = excluded.version_sha256, "
                "policy_version = excluded.policy_version, "
                "engine_version = excluded.engine_version, unsigned = excluded.unsigned, "
                "bound = excluded.bound",
                *columns(put, 11),
            )

    def _keep_superseded(self, superseded: Sequence[KeptSuperseded]) -> None:
        if superseded:
            kept = self._all(
                f"INSERT INTO superseded ({changes.SUPERSEDED}) SELECT * FROM unnest("
                "%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], "
                "%b::bytea[], %s::text[], %s::text[], %s::boolean[], %s::bigint[], %s::bigint[]) "
                "ON CONFLICT DO NOTHING RETURNING person, court_order, condition, start_us, "
                "stood_from_us, stood_until_us, end_us",
                *columns([changes.superseded_row(one) for one in superseded], 12),
            )
            for key in kept:
                self._written("superseded", *key)

    def _keep_judged(self, judged: Sequence[Judged]) -> None:
        self._put(
            f"INSERT INTO judged ({changes.JUDGED}) SELECT * FROM unnest("
            "%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::boolean[], "
            "%s::bigint[], %s::smallint[]) ON CONFLICT (person) DO UPDATE SET "
            "until_us = excluded.until_us, sequence = excluded.sequence, "
            "policy_version = excluded.policy_version, engine_version = excluded.engine_version, "
            "unsigned = excluded.unsigned, due_us = excluded.due_us",
            *columns([rows.judged_row(one) for one in judged], 8),
        )

    def _keep_incidents(
        self, judgings: Sequence[Judging], kept: dict[str, tuple[str, int]]
    ) -> None:
        changed = changes.changed_incidents(judgings, kept)
        if changed:
            [last] = self._one(
                "UPDATE change_edge SET incident = incident + %s RETURNING incident", len(changed)
            )
            first = last - len(changed) + 1
            found = [changes.incident_row(one, n) for n, one in enumerate(changed, start=first)]
            self._put(
                f"INSERT INTO incident ({changes.INCIDENT}) SELECT * FROM unnest("
                "%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], "
                "%s::bigint[], %s::bigint[], %s::double precision[], %s::bigint[], %b::bytea[], "
                "%s::bigint[], %s::bigint[]) ON CONFLICT (id) DO UPDATE SET "
                "court_order = excluded.court_order, condition = excluded.condition, "
                "kind = excluded.kind, opened_us = excluded.opened_us, "
                "start_us = excluded.start_us, end_us = excluded.end_us, "
                "p_outside_max = excluded.p_outside_max, withdrawn_us = excluded.withdrawn_us, "
                "body = excluded.body, revision = excluded.revision, change = excluded.change",
                *columns(found, 13),
            )
            for one in changed:
                self._written("incident", one.id)
