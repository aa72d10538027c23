"""Desk lives: which module does which piece of work of the office."""

from collections.abc import Callable
from random import Random
from typing import Final

from mesure_lab.whole.drawn.office_days import WORKS, OfficeWork
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.office import (
    case_lives,
    counsel_life,
    data_lives,
    desk_steps,
    drafting_life,
    note_lives,
    procedure_life,
    program_lives,
    statement_life,
    venue_life,
)
from mesure_lab.whole.world import World

TURNS_MAX: Final = 4  # Of one event, less one.

LIVES: Final[dict[OfficeWork, Callable[[World, Random, str], str]]] = {
    OfficeWork.DRAFT: drafting_life.draft_order,
    OfficeWork.VENUES: venue_life.keep_venues,
    OfficeWork.NOTES: note_lives.write_notes,
    OfficeWork.HAND_OVER: note_lives.hand_over,
    OfficeWork.COUNSEL: counsel_life.visit_of_counsel,
    OfficeWork.OWN_DATA: data_lives.ask_for_data,
    OfficeWork.CONTACTS: data_lives.change_contact,
    OfficeWork.DEPARTURE: data_lives.give_notice,
    OfficeWork.PROGRAMS: program_lives.set_up_programs,
    OfficeWork.SPARE_DEVICE: program_lives.spare_device,
    OfficeWork.BARS: case_lives.let_in_again,
    OfficeWork.GROUNDS: case_lives.have_ground,
    OfficeWork.LOOKS: case_lives.look_everywhere,
    OfficeWork.PROCEDURE: procedure_life.change_procedure,
    OfficeWork.STATEMENTS: statement_life.say_and_take_back,
}


def happen(world: World, event: PlannedEvent) -> str:
    """Have a piece of work done about somebody, some of it more than once; nothing without them."""
    person, work = world.persons[event.person].name, WORKS[event.item]
    dice, words = world.network.dice, [str(work)]
    for _ in range(dice.randrange(1, TURNS_MAX)):
        if not desk_steps.is_here(world, person):
            words.append("nobody")
            break
        words.append(LIVES[work](world, dice, person))
    return " ".join(words)
