"""Statements behind lists: a page at a time by key, the latest first, and nothing sealed.

A page begins behind a key and not after a number of rows. So nothing is left out or given twice
when rows come or go between two pages. What a page needs of many is asked for at once: where the
database is another process, each question is a round trip.

Whether a row has a key is asked by a subquery that gives the row's id, not by EXISTS: PostgreSQL
may make a join of EXISTS, and the plan that is kept for a prepared statement, which knows no
values, then goes through all keys of a kind once for every row: minutes for what an index answers
in milliseconds.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from mesure.audit.log_file import RecordOpening
from mesure.devices.assignment import Assignments
from mesure.instants import US_PER_DAY
from mesure.store.sql.composing import Among, at_most, rows_of, same
from mesure.store.sql.layout import T
from mesure.store.sql.register import ENTRY, RegisterReading, entry
from mesure.store.values import rows
from mesure.store.values.effects import IncidentGroupKey, StoredIncident, StoredIncidentHead
from mesure.store.values.records import Order
from mesure.store.values.register import ChangeNumbers, DailyTally, KeyValue, RegisterRow
from mesure.store.writing import assessment_changes as changes

_NAMED: Final = rows_of(T.incident, changes.HEAD, Among(T.incident.c.id, "names")).order_by("id")
_BODIES_NAMED: Final = rows_of(
    T.incident, changes.INCIDENT, Among(T.incident.c.id, "names")
).order_by("id")
_HAS_KEY: Final = rows_of(
    T.register_key,
    "id",
    same(T.register_key, "kind, key, value"),
    T.register_key.c.id == T.incident.c.id,
).scalar_subquery()
_HAS_ROW: Final = rows_of(
    T.register, "id", same(T.register, "kind"), T.register.c.id == T.incident.c.id
).scalar_subquery()
_WITHOUT: Final = rows_of(
    T.incident,
    changes.HEAD,
    Among(T.incident.c.person, "persons"),
    _HAS_KEY.is_(None),
    sa.or_(T.incident.c.withdrawn_us.is_(None), _HAS_ROW.is_not(None)),
).order_by("start_us", "id")
_with_key = rows_of(T.register_key, "id", same(T.register_key, "kind, key, value"))
# Of everybody the keys are taken away from all at once: asked of one incident after the other, they
# are looked up as often as there are incidents, of which nearly all have the key.
_ALL_WITHOUT: Final = rows_of(
    T.incident,
    changes.HEAD,
    T.incident.c.id.in_(rows_of(T.incident.alias("every"), "id").except_(_with_key)),
    sa.or_(T.incident.c.withdrawn_us.is_(None), _HAS_ROW.is_not(None)),
).order_by("start_us", "id")
_ENTRIES_OF: Final = ENTRY.where(
    Among(T.register.c.person, "persons"), Among(T.register.c.kind, "kinds")
).order_by("person", "kind", "id")
_ENTRIES_NAMED: Final = ENTRY.where(
    same(T.register, "kind"), Among(T.register.c.id, "names")
).order_by("id")
_with_any = rows_of(
    T.register_key, "id", same(T.register_key, "kind, key"), Among(T.register_key.c.value, "values")
)
_ENTRIES_WITH: Final = ENTRY.where(
    same(T.register, "kind"), T.register.c.id.in_(_with_any)
).order_by("id")
_IDS_PRESENT: Final = rows_of(
    T.register, "id", same(T.register, "kind"), Among(T.register.c.id, "names")
)
_ORDERS_ABOUT: Final = rows_of(
    T.court_order, rows.ORDER, Among(T.court_order.c.person, "persons")
).order_by("id")
_CARRIED_BY: Final = rows_of(
    T.assignment, rows.ASSIGNMENT, Among(T.assignment.c.person, "persons")
).order_by("start_us", "device")
_KNOWN: Final = rows_of(T.person, "id", Among(T.person.c.id, "persons"))
_OPENINGS: Final = rows_of(
    T.audit_record, "entry, salt, record", Among(T.audit_record.c.entry, "entries")
).order_by("entry")
_key, _by = T.register_key.alias("k"), T.register_key.alias("b")
_TALLIED: Final = (
    sa.select(
        _by.c.value,
        sa.func.count(),
        sa.func.min(T.register.c.changed_us),
        sa.func.max(T.register.c.changed_us),
    )
    .join_from(_key, _by, sa.and_(_by.c.kind == _key.c.kind, _by.c.id == _key.c.id))
    .join(T.register, sa.and_(T.register.c.kind == _key.c.kind, T.register.c.id == _key.c.id))
    .where(same(_key, "kind, key, value"), _by.c.key == sa.bindparam("by"))
    .group_by(
        _by.c.value, T.register.c.changed_us // sa.literal_column(str(US_PER_DAY), sa.BigInteger)
    )
    .order_by(_by.c.value, sa.func.min(T.register.c.changed_us))
)


def _count_of(table: sa.Table) -> Any:  # noqa: ANN401  A subquery that can be added to another.
    return sa.select(sa.func.count()).where(same(table, "person")).scalar_subquery()


_THINGS: Final = sa.select(_count_of(T.register) + _count_of(T.assessment))
_LAST: Final = rows_of(T.change_edge, "administered, incident")
_CHANGED: Final = rows_of(T.person, "id", T.person.c.changed > sa.bindparam("administered")).union(
    rows_of(T.incident, "person", T.incident.c.change > sa.bindparam("incident"))
)


@cache
def _heads(*, is_before: bool, is_alike: bool) -> sa.Select[Any]:
    """Return what asks for incidents about a person, the last first."""
    statement = rows_of(T.incident, changes.HEAD, same(T.incident, "person"))
    if is_before:
        place = sa.tuple_(T.incident.c.start_us, T.incident.c.id)
        statement = statement.where(
            place < sa.tuple_(sa.bindparam("before_us"), sa.bindparam("before"))
        )
    if is_alike:
        alike = same(T.incident, "court_order, condition, kind")
        statement = statement.where(alike, T.incident.c.withdrawn_us.is_(None))
    return at_most(statement.order_by(T.incident.c.start_us.desc(), T.incident.c.id.desc()))


@cache
def _latest(*, is_before: bool, is_also: bool) -> sa.Select[Any]:
    """Return what asks for the rows of a kind with a key, the last first."""
    statement = rows_of(_key, "kind, id", same(_key, "kind, key, value"))
    if is_before:
        statement = statement.where(_key.c.id < sa.bindparam("before"))
    if is_also:
        also = rows_of(
            _by,
            "id",
            _by.c.kind == _key.c.kind,
            _by.c.key == sa.bindparam("other_key"),
            _by.c.value == sa.bindparam("other_value"),
            _by.c.id == _key.c.id,
        )
        statement = statement.where(also.scalar_subquery().is_not(None))
    rows = at_most(statement.order_by(_key.c.id.desc())).subquery("asked")
    is_row = sa.and_(T.register.c.kind == rows.c.kind, T.register.c.id == rows.c.id)
    return ENTRY.join_from(T.register, rows, is_row).order_by(T.register.c.id.desc())


class ListsReading(RegisterReading):
    """What lists are read from."""

    def heads_of(
        self,
        person: str,
        count: int,
        before: tuple[int, str] | None = None,
        alike: IncidentGroupKey | None = None,
    ) -> tuple[StoredIncidentHead, ...]:
        """Return incidents about a person by when they began and id, the last first, up to `count`.

        `before`: those that began before this moment, or then and have a smaller id. `alike`: those
        of one condition and kind that were not withdrawn.
        """
        statement = _heads(is_before=before is not None, is_alike=alike is not None)
        values: dict[str, object] = {"person": person, "count": count}
        values |= zip(("before_us", "before"), before or (), strict=False)
        values |= zip(("court_order", "condition", "kind"), alike or (), strict=False)
        return _heads_in(self._ask(statement, **values))

    def heads_named(self, names: Collection[str]) -> tuple[StoredIncidentHead, ...]:
        """Return the incidents with these ids, as far as there are any, by their ids."""
        return _heads_in(self._ask(_NAMED, names=list(names)))

    def incidents_named(self, names: Collection[str]) -> tuple[StoredIncident, ...]:
        """Return the same with what is sealed of them."""
        return tuple(StoredIncident(*row) for row in self._ask(_BODIES_NAMED, names=list(names)))

    def heads_without(
        self, persons: Sequence[str], kind: str, key: str, value: str
    ) -> tuple[StoredIncidentHead, ...]:
        """Return the incidents about these persons, by when they began and id, that may wait.

        The row of the register of this kind and of the same id has not this key, or is not there
        and the incident was not withdrawn.
        """
        values = {"kind": kind, "key": key, "value": value}
        return _heads_in(self._ask(_WITHOUT, persons=list(persons), **values))

    def all_heads_without(self, kind: str, key: str, value: str) -> tuple[StoredIncidentHead, ...]:
        """Return the same of everybody."""
        return _heads_in(self._ask(_ALL_WITHOUT, kind=kind, key=key, value=value))

    def entries_of(self, persons: Sequence[str], kinds: Sequence[str]) -> tuple[RegisterRow, ...]:
        """Return what the register has of these kinds about these persons, by person, kind, id."""
        answer = self._ask(_ENTRIES_OF, persons=list(persons), kinds=list(kinds))
        return tuple(map(entry, answer))

    def entries_named(self, kind: str, names: Collection[str]) -> tuple[RegisterRow, ...]:
        """Return the rows of a kind with these ids, as far as there are any, by their ids."""
        if not names:
            return ()
        return tuple(map(entry, self._ask(_ENTRIES_NAMED, kind=kind, names=list(names))))

    def entries_with_any(
        self, kind: str, key: str, values: Collection[str]
    ) -> tuple[RegisterRow, ...]:
        """Return the rows of a kind with any of these values of a key, by their ids."""
        asked = {"kind": kind, "key": key, "values": list(values)}
        return tuple(map(entry, self._ask(_ENTRIES_WITH, **asked)))

    def ids_present(self, kind: str, names: Collection[str]) -> frozenset[str]:
        """Return which of these ids a row of a kind has; nothing that is sealed is read."""
        return frozenset(name for (name,) in self._ask(_IDS_PRESENT, kind=kind, names=list(names)))

    def persons_present(self, persons: Collection[str]) -> frozenset[str]:
        """Return which of these are persons who are kept, erased ones too."""
        return frozenset(name for (name,) in self._ask(_KNOWN, persons=list(persons)))

    def orders_about(self, persons: Collection[str]) -> tuple[Order, ...]:
        """Return the orders about these persons, by their ids."""
        return tuple(map(rows.order, self._ask(_ORDERS_ABOUT, persons=list(persons))))

    def assignments_about(self, persons: Collection[str]) -> Assignments:
        """Return what these persons carried when, in order of time."""
        return tuple(map(rows.assignment, self._ask(_CARRIED_BY, persons=list(persons))))

    def openings_of(self, entries: Collection[int]) -> tuple[RecordOpening, ...]:
        """Return the records of these entries of the audit log that still exist, in order."""
        return tuple(RecordOpening(*row) for row in self._ask(_OPENINGS, entries=list(entries)))

    def tally(self, kind: str, key: str, value: str, by: str) -> tuple[DailyTally, ...]:
        """Count the rows of a kind with this key by what they have of another key, and by day.

        By value and time. Rows without the other key are not counted.
        """
        values = {"kind": kind, "key": key, "value": value, "by": by}
        return tuple(DailyTally(*row) for row in self._ask(_TALLIED, **values))

    def things_about(self, person: str) -> int:
        """Count the rows of the register about a person, and the current assessments."""
        return int(self._one(_THINGS, person=person)[0])

    def latest(
        self,
        kind: str,
        key: str,
        value: str,
        before: str | None = None,
        count: int = 100,
        also: KeyValue | None = None,
    ) -> tuple[RegisterRow, ...]:
        """Return the rows of a kind with this key before this id, by their ids, the last first.

        `also`: only those that have this key too.
        """
        statement = _latest(is_before=before is not None, is_also=also is not None)
        values: dict[str, object] = {"kind": kind, "key": key, "value": value, "count": count}
        values |= zip(("other_key", "other_value"), also or (), strict=False)
        return tuple(map(entry, self._ask(statement, before=before, **values)))

    def last_changes(self) -> ChangeNumbers:
        """Return the numbers of the last changes."""
        return ChangeNumbers(*self._one(_LAST))

    def find_changed(self, since: ChangeNumbers) -> tuple[str, ...]:
        """Return about whom anything administered, or an incident, changed after these."""
        return tuple(name for (name,) in self._ask(_CHANGED, **since._asdict()))


def _heads_in(answer: Iterable[rows.Row]) -> tuple[StoredIncidentHead, ...]:
    return tuple(StoredIncidentHead(*row) for row in answer)
