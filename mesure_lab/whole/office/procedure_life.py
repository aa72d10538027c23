"""Procedure: a programme changes until when things are decided, from a day on, and starts anew.

What was raised before that day keeps the clock of its own day.
Decision: docs/decisions/0052-separate-clocks-for-looking-and-deciding.md
"""

from datetime import timedelta
from random import Random
from typing import Final

from mesure.actions.cases import worklist
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.framework.action import EmptyRequest
from mesure.machine import clock
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.world import World

BY_ITS_DAY: Final = "decided_by_the_clock_of_its_day"
GROUPS: Final = ("place", "device", "help")
EVER: Final = "2000-01-01"
MINUTES: Final = (300, 1_500, 3_100)


def change_procedure(world: World, dice: Random, _person: str) -> str:
    """Write the programme's file of deadlines anew, and start the service with it."""
    changed_on, deadlines = f"{clock.now():%Y-%m-%d}", world.desk.decide_minutes
    deadlines.setdefault(EVER, dice.choice(MINUTES))
    deadlines[changed_on] = dice.choice(MINUTES)
    path = world.folder / "deadlines.yaml"
    path.write_text("\n".join(_file(deadlines)) + "\n")
    settings = world.machine.settings
    world.machine.settings = settings.model_copy(update={"deadlines": path})
    world.restart()
    return f"{deadlines[changed_on]} minutes, {_look(world)}"


def _file(deadlines: dict[str, int]) -> list[str]:
    lines = ["deadlines: Changed", f"version: {len(deadlines)}", "rules:"]
    values = ", ".join(
        f"{{from: {day}, value: {minutes}, counts: all_hours}}"
        for day, minutes in sorted(deadlines.items())
    )
    for group in GROUPS:
        lines += [
            f"  decide_{group}:", "    unit: minutes", "    reason: It was agreed anew.",
            "    reference: decision 0052", f"    values: [{values}]",
        ]  # fmt: skip
    return lines


def _look(world: World) -> str:
    """Hold until when each incident on a supervisor's list is decided against its own day."""
    people, deadlines = world.people, world.desk.decide_minutes
    answers = [
        desk_steps.ask(world, actor, worklist.list_items, EmptyRequest())
        for actor in (people.supervisor, *people.officers)
    ]
    items = [item for answer in answers if answer.is_done for item in answer.answer]
    for item in items:
        if item.what is not WorkItemType.INCIDENT or item.decide_by is None:
            continue
        raised_on = f"{item.since_at:%Y-%m-%d}"
        last = max(day for day in deadlines if day <= raised_on)
        if item.decide_by != item.since_at + timedelta(minutes=deadlines[last]):
            world.broken(BY_ITS_DAY, f"{item.id} of {item.since_at} by {item.decide_by}")
    return f"{len(items)} wait"
