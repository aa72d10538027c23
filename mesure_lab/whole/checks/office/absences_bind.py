"""Absences bind: what was granted excuses from each condition that it names and a version knows."""

from collections.abc import Iterator

from mesure.actions.judging import judge_store
from mesure.actions.orders.absences import AbsenceStage
from mesure.actions.orders.binding_order import ABSENCE
from mesure.actions.records.record_types import RegisterReader
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.world import World


@invariant("granted_excuses", "decision 0006")
def granted_excuses(world: World) -> Iterator[str]:
    """Yield absences by which nobody is judged, or from other conditions than they name."""
    keyring = world.machine.made.keyring
    with world.read_undisturbed() as reading:
        for person in world.names:
            rows = RegisterReader(reading, keyring).about(ABSENCE, person)
            granted = [row for row in rows if row.value.stage == AbsenceStage.GRANTED]
            for duty in judge_store.duties(reading, keyring, person):
                for version in duty.versions:
                    known = {condition.id for condition in version.conditions}
                    excused = {absence.id: absence.allows for absence in version.absences}
                    for row in granted:
                        names = known & {*row.value.conditions}
                        if excused.get(row.id, frozenset()) != names:
                            yield f"{row.id} excuses from {excused.get(row.id)}, and not {names}"
