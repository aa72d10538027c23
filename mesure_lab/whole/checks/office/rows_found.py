"""Rows found: the register finds each row by what it says now, and lists what waits and no more."""

import sys
from collections.abc import Iterator
from typing import Any, Final

from mesure.actions.orders.court_orders import WAITING
from mesure.actions.records import record_types
from mesure.actions.records.record_types import RecordType
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.world import World

ROOM: Final = "mesure.actions."


@invariant("rows_are_found_by_what_they_say", "docs/specs/store.md")
def rows_are_found_by_what_they_say(world: World) -> Iterator[str]:
    """Yield rows that are found by a key of before, or not by one of now."""
    with world.read_undisturbed() as reading, world.read_register() as rows:
        for kind in _kinds():
            for row in record_types.rows_of_kind(reading, kind):
                if row.person is not None and row.person not in world.names:
                    continue
                keys = set(kind.keys(rows.need(kind, row.id).value))
                if keys != set(row.keys):
                    yield f"{kind.name} {row.id} is found by {set(row.keys)}, and says {keys}"


def _kinds() -> list[RecordType[Any]]:
    """Return every kind of row of which the program knows."""
    modules = [module for name, module in sys.modules.items() if name.startswith(ROOM)]
    values = (value for module in modules for value in vars(module).values())
    kinds = {kind.name: kind for kind in values if isinstance(kind, RecordType)}
    return [kinds[name] for name in sorted(kinds)]


@invariant("what_waits_is_listed", "decisions 0006 and 0059")
def what_waits_is_listed(world: World) -> Iterator[str]:
    """Yield versions that wait for a second officer and are not listed, or the other way round."""
    with world.read_register() as rows:
        for (order, number), known in world.desk.versions.items():
            if known.is_unsure or known.person not in world.names:
                continue
            waits = known.must_wait and not (known.answered_by or known.is_turned_down)
            is_listed = rows.get(WAITING, f"{number:06}.{order}") is not None
            if waits is not is_listed:
                yield f"{order} {number}: {known}, and listed as waiting: {is_listed}"


FOUND: Final = (rows_are_found_by_what_they_say, what_waits_is_listed)
