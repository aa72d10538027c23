"""Judging handover: whether a new leader judges itself, or leaves it to a cluster.

The setting says which, and the store remembers who it was last. A leader that is to judge refuses
while a cluster does; once that is ended it begins a new term, under which no executor that wakes up
late can claim anything.
Decision: docs/decisions/0066-spark-schedules-and-the-store-keeps-the-state.md
"""

from contextlib import closing
from typing import Final

import msgspec

from mesure.actions.judging import judging_term
from mesure.machine import clock
from mesure.machine.service_error import TransientServiceError
from mesure.service.children.judge_process import JudgeInstruction
from mesure.service.children.processes import ChildCommand
from mesure.service.cluster.service_lease import WHY_ONE
from mesure.service.installation import stores
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.store.values.effects import JudgingPlace

WHAT: Final = "it says that the service judges, and `mesure country judge` judges in this database"
REMEDY: Final = "end that job, or set judge = country"


def take_over(instance: Installation, command: list[str]) -> list[ChildCommand]:
    """Return the processes by which a leader judges from now on; none where a cluster does it."""
    settings = instance.settings
    with instance.store.read() as reading:
        was = judging_term.read(reading).place
    if was is not settings.judge:
        if settings.judge is JudgingPlace.SERVICE:
            _refuse_beside_cluster(settings)
        instance.store.write(lambda work: judging_term.begin(work, settings.judge, clock.true_us()))
    return [] if settings.judge is JudgingPlace.COUNTRY else _judges(settings, command)


def _refuse_beside_cluster(settings: Settings) -> None:
    if settings.database_url is None:
        return  # It was moved here from a database, by export and import or from a copy.
    with closing(stores.country_lease(settings)) as lease:
        if lease.is_taken():
            raise TransientServiceError("judge", WHAT, WHY_ONE, REMEDY)


def _judges(settings: Settings, command: list[str]) -> list[ChildCommand]:
    """Return the processes that judge: by our settings, a share of the partitions each."""
    count = settings.workers
    shown = clock.clock_setting()
    instructions = [
        JudgeInstruction(settings.dump_for_child(), number, count, shown) for number in range(count)
    ]
    return [ChildCommand(command, msgspec.json.encode(one)) for one in instructions]
