"""Policy changes: another policy or another version of the program judges from then on.

It judges the next person from nothing, or from what was kept, and earlier assessments stay on the
record.
"""

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Final
from unittest import mock

from mesure.actions.judging import judge_store, judging_values
from mesure.evaluation.checkpoint import codec
from mesure.instants import MAX_US, MIN_US
from mesure.service.installation import stores
from mesure_lab.whole.drawn import upheaval_plan
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.world import World

Span = tuple[int, int]
AssessedRow = tuple[str, str, str, int, int]  # Order, condition, status, start, end.
P_AT_ONCE: Final = 0.6  # That everybody falls due with the start, as where a window begins then.


def bring_policy(world: World, event: PlannedEvent) -> str:
    """Have the programme bring another policy."""
    path = upheaval_plan.policy_file(world.seed, event.item, world.swarm, world.folder)
    world.upheavals.is_judged_anew = True
    return _turn_over(world, event, lambda: world.machine.bring_policy(path))


def upgrade(world: World, event: PlannedEvent) -> str:
    """Have another version of the program start over what this one kept."""
    dice, version = Random(f"{world.seed} version {event.item}"), f"99.{event.item}.0"
    patches = [mock.patch.object(module, "VERSION", version)
               for module in (judge_store, judging_values, stores)]  # fmt: skip
    if dice.random() < 0.5:  # What was kept to go on from is in words of another version.
        patches.append(mock.patch.object(codec, "LAYOUT", f"mesure live {version}"))

    def install() -> None:
        for patch in patches:
            world.upheavals.program.enter_context(patch)
        world.upheavals.version = version

    return _turn_over(world, event, install)


def _turn_over(world: World, event: PlannedEvent, install: Callable[[], None]) -> str:
    """Start anew with something else installed; compare what was there before with what is kept."""
    world.judge()
    before = {name: _assessed(world, name) for name in world.names}
    with world.read_undisturbed() as reading:
        judged = {name: reading.progress_of(name) for name in world.names}
    world.upheavals.seen_us = {
        name: progress.until_us for name, progress in judged.items() if progress is not None
    }
    install()
    world.restart()
    if Random(f"{world.seed} at once {event.number}").random() >= P_AT_ONCE:
        world.upheavals.is_judged_anew = True  # What stood before a first fix is kept, as well.
        return "when they are due"
    worker = world.machine.leader.begin_judging()
    for name in world.upheavals.seen_us:
        worker.due.put(name, 0)
    world.judge()
    for name, rows in before.items():
        world.upheavals.stood_and_is_gone += (f"{name}: {one}" for one in _gone(world, name, rows))
    return "at once"


def _assessed(world: World, person: str) -> list[AssessedRow]:
    with world.read_undisturbed() as reading:
        return [
            (row.order, row.condition, row.status, row.start_us, row.end_us)
            for row in reading.assessments(person, MIN_US, MAX_US)
        ]


def _gone(world: World, person: str, before: Iterable[AssessedRow]) -> Iterator[str]:
    """Yield what applied, and neither applies nor is kept as superseded."""
    with world.read_undisturbed() as reading:
        past = [row.assessment for row in reading.assessments_superseded(person, MIN_US, MAX_US)]
    known = [(row.order, row.condition, row.status, row.start_us, row.end_us) for row in past]
    known += _assessed(world, person)
    for *what, start_us, end_us in before:
        spans = sorted((row[3], row[4]) for row in known if list(row[:3]) == what)
        for left in subtract_spans((start_us, end_us), spans):
            yield f"{what} of {left}"


def subtract_spans(whole: Span, covered: Iterable[Span]) -> Iterator[Span]:
    """Yield the parts of a half-open span that none of some spans, which are in order, covers."""
    at_us, end_us = whole
    for start_us, until_us in covered:
        if at_us < min(start_us, end_us):
            yield at_us, min(start_us, end_us)
        at_us = max(at_us, until_us)
    if at_us < end_us:
        yield at_us, end_us
