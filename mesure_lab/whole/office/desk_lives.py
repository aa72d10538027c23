"""Desk lives: which piece of work of the office is lived by what."""

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
    program_lives,
    venue_life,
)
from mesure_lab.whole.world import World

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
}


def happen(world: World, event: PlannedEvent) -> str:
    """Have a piece of work done about somebody; nothing where they are not there."""
    person, work = world.persons[event.person].name, WORKS[event.item]
    if not desk_steps.is_here(world, person):
        return f"{work} about nobody"
    return f"{work} {LIVES[work](world, world.network.dice, person)}"
