"""Notes and hand-overs: what is written about somebody stays as it was written, and who read it.

Decision: docs/decisions/0059-work-does-not-fall-between-two-officers.md
"""

from datetime import timedelta
from random import Random
from typing import Final

from mesure.actions.cases import case_notes, caseload, persons
from mesure.actions.cases.case_notes import CorrectNote, NoteKind, NoteRef, NotesRequest, WriteNote
from mesure.actions.cases.caseload import EndShift, SetCover, SetOnCall
from mesure.actions.cases.persons import PersonRequest
from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import (
    ConfirmHandover,
    CorrectHandover,
    HandoverRef,
    HandoversRequest,
    WriteHandover,
)
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.machine import clock
from mesure.privacy.roles import Role
from mesure_lab.whole import office_people
from mesure_lab.whole.acts import CASE
from mesure_lab.whole.drawn.scenery import H, M, S
from mesure_lab.whole.lives.desk_memory import KnownNote
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.office_people import StandIn
from mesure_lab.whole.world import World

AS_WRITTEN: Final = "notes_stay_as_written"
READ: Final = "handovers_read_as_they_are"
UNDO_US: Final = 10 * M
WAITS_US: Final = (S, 3 * M, 11 * M)
HOURS: Final = (1, 5, 30)


def write_notes(world: World, dice: Random, person: str) -> str:
    """Write, correct or take back a note, and read all of them."""
    actor = desk_steps.caseworker(world, dice, person)
    known = [name for name, note in world.desk.notes.items() if note.person == person]
    if not known or dice.random() < 0.4:
        word = _write(world, dice, actor, person)
    else:
        name = dice.choice(known)
        word = dice.choice((_correct, _correct_stale, _take_back))(world, dice, actor, name)
    reader = dice.choice((actor, office_people.own(person)))
    _read(world, reader, person)
    return word


def _write(world: World, dice: Random, actor: Actor, person: str) -> str:
    text = f"He called. {dice.randbytes(5).hex()}"
    happened_at = clock.now() - timedelta(minutes=dice.randrange(1, 90))
    request = WriteNote(person, dice.choice(list(NoteKind)), happened_at, text)
    answer = desk_steps.ask(world, actor, case_notes.write, request, person)
    if answer.is_done:
        note = KnownNote(person, [text], [actor.account], clock.now_us())
        world.desk.notes[answer.answer] = note
    return answer.word


def _correct(world: World, dice: Random, actor: Actor, name: str) -> str:
    note, text = world.desk.notes[name], f"She called. {dice.randbytes(5).hex()}"
    request = CorrectNote(name, len(note.texts), NoteKind.CALL, clock.now(), text)
    answer = desk_steps.ask(world, actor, case_notes.correct, request, note.person)
    if answer.is_unsure:
        del world.desk.notes[name]
    elif answer.is_done:
        note.texts.append(text)
        note.authors.append(actor.account)
    return answer.word


def _correct_stale(world: World, _dice: Random, actor: Actor, name: str) -> str:
    """Correct what has other versions than one has read."""
    note = world.desk.notes[name]
    request = CorrectNote(name, len(note.texts) - 1, NoteKind.CALL, clock.now(), "Unseen.")
    action = case_notes.correct
    return desk_steps.ask_in_vain(world, actor, action, request, note.person, AS_WRITTEN)


def _take_back(world: World, dice: Random, actor: Actor, name: str) -> str:
    """Take a note back, soon or late; another's never."""
    note = world.desk.notes[name]
    world.wait(dice.choice(WAITS_US))
    is_late = clock.now_us() > note.written_us + UNDO_US + S
    if set(note.authors) != {actor.account} or is_late:
        action = case_notes.take_back
        return desk_steps.ask_in_vain(world, actor, action, NoteRef(name), note.person, AS_WRITTEN)
    answer = desk_steps.ask(world, actor, case_notes.take_back, NoteRef(name), note.person)
    if answer.is_done or answer.is_unsure:
        del world.desk.notes[name]
    if answer.is_done:
        world.desk.taken_back[name] = note.person
    return answer.word


def _read(world: World, reader: Actor, person: str) -> None:
    says_why = {} if reader.role is Role.PERSON else CASE
    request = NotesRequest(person=person, **says_why)
    answer = desk_steps.ask(world, reader, case_notes.list_notes, request, person)
    for view in answer.answer.notes if answer.is_done else ():
        note = world.desk.notes.get(view.note)
        texts = [version.text for version in view.record.versions]
        if note is not None and texts != note.texts:
            world.broken(AS_WRITTEN, f"{view.note} has {len(texts)} versions, not as written")
        if view.note in world.desk.taken_back and texts:
            world.broken(AS_WRITTEN, f"{view.note} was taken back and is read")


# --- Handing over --------------------------------------------------------------------------------


def hand_over(world: World, dice: Random, person: str) -> str:
    """Have a case covered for, write what the next officer should know, and have it read."""
    words = [_cover(world, dice, person)]
    names = [name for name, note in world.desk.handovers.items() if note.person == person]
    actor = desk_steps.caseworker(world, dice, person)
    if not names or dice.random() < 0.4:
        words.append(_write_handover(world, dice, actor, person))
    else:
        name = dice.choice(names)
        steps = (_confirm, _confirm, _confirm_stale, _unconfirm, _correct_handover, _withdraw)
        words.append(dice.choice(steps)(world, dice, actor, name))
    _read_handovers(world, dice.choice((actor, office_people.own(person))), person)
    desk_steps.ask(
        world, actor, handover_notes.show_facts, HandoversRequest(person=person, **CASE), person
    )
    supervisor = world.people.supervisor
    desk_steps.ask(world, supervisor, handover_notes.list_unconfirmed, EmptyRequest())
    return " ".join(words)


def _cover(world: World, dice: Random, person: str) -> str:
    """Have another officer stand in, or end that; they look at the case in any case."""
    people, supervisor = world.people, world.people.supervisor
    first, second = dice.sample(people.officers, 2)
    now, now_us = clock.now(), clock.now_us()
    is_on_call, hours = dice.random() < 0.3, dice.choice(HOURS)
    until_at, until_us = now + timedelta(hours=hours), now_us + hours * H
    running = [one for one in people.stand_ins if one.until_us > now_us and one.id]
    if running and dice.random() < 0.6:
        stand_in = dice.choice(running)
        action = caseload.end_on_call if stand_in.covers is None else caseload.end_cover
        answer = desk_steps.ask(world, supervisor, action, EndShift(stand_in.id))
        if answer.is_done:
            stand_in.until_us = now_us
    else:
        request: SetOnCall | SetCover = SetOnCall(second.account, now, until_at)
        if not is_on_call:
            request = SetCover(first.account, second.account, now, until_at)
            _cover_for_another(world, second, first, request)
        action_ = caseload.on_call if is_on_call else caseload.cover
        answer = desk_steps.ask(world, supervisor, action_, request)
        if answer.is_done or answer.is_unsure:
            covers = None if is_on_call else first.account
            stand_in = StandIn(answer.answer or "", covers, second.account, now_us, until_us)
            people.stand_ins.append(stand_in)
    world.wait(dice.choice((10 * S, 2 * H)))
    for officer in people.officers:
        look = PersonRequest(person=person, **CASE)
        desk_steps.ask(world, officer, persons.show, look, person)
    desk_steps.ask(world, supervisor, caseload.covers, EmptyRequest())
    return answer.word


def _cover_for_another(world: World, officer: Actor, other: Actor, cover: SetCover) -> None:
    """Have an officer say that they stand in for another, who has not asked."""
    mine = SetCover(other.account, officer.account, cover.start_at, cover.until_at)
    desk_steps.ask_in_vain(world, officer, caseload.cover, mine, None, "access_table")


def _write_handover(world: World, dice: Random, actor: Actor, person: str) -> str:
    text = f"Agreed with the court: {dice.randbytes(5).hex()}"
    request = WriteHandover(person, text)
    answer = desk_steps.ask(world, actor, handover_notes.write, request, person)
    if answer.is_done:
        note = KnownNote(person, [text], [actor.account], clock.now_us())
        world.desk.handovers[answer.answer] = note
    return answer.word


def _confirm(world: World, _dice: Random, actor: Actor, name: str) -> str:
    """Confirm that one has read a note; its writer cannot."""
    note = world.desk.handovers[name]
    request, action = ConfirmHandover(name, len(note.texts)), handover_notes.confirm
    if note.authors[-1] == actor.account:
        return desk_steps.ask_in_vain(world, actor, action, request, note.person, READ)
    answer = desk_steps.ask(world, actor, action, request, note.person)
    if answer.is_unsure:
        del world.desk.handovers[name]
    elif answer.is_done:
        note.receipts.add((actor.account, len(note.texts)))
    return answer.word


def _confirm_stale(world: World, _dice: Random, actor: Actor, name: str) -> str:
    """Confirm a note of which one has read another version."""
    note = world.desk.handovers[name]
    request = ConfirmHandover(name, len(note.texts) - 1)
    action = handover_notes.confirm
    return desk_steps.ask_in_vain(world, actor, action, request, note.person, READ)


def _unconfirm(world: World, _dice: Random, actor: Actor, name: str) -> str:
    note = world.desk.handovers[name]
    receipt = actor.account, len(note.texts)
    action, request = handover_notes.unconfirm, HandoverRef(name)
    if receipt not in note.receipts:
        return desk_steps.ask_in_vain(world, actor, action, request, note.person, READ)
    answer = desk_steps.ask(world, actor, action, request, note.person)
    if answer.is_unsure:
        del world.desk.handovers[name]
    elif answer.is_done:
        note.receipts.discard(receipt)
    return answer.word


def _correct_handover(world: World, dice: Random, actor: Actor, name: str) -> str:
    note, text = world.desk.handovers[name], f"Agreed anew: {dice.randbytes(5).hex()}"
    request = CorrectHandover(name, len(note.texts), text)
    may = note.authors[-1] == actor.account or actor.role is Role.SUPERVISOR
    action = handover_notes.correct
    if not may:
        return desk_steps.ask_in_vain(world, actor, action, request, note.person, READ)
    answer = desk_steps.ask(world, actor, action, request, note.person)
    if answer.is_unsure:
        del world.desk.handovers[name]
    elif answer.is_done:
        note.texts.append(text)
        note.authors.append(actor.account)
    return answer.word


def _withdraw(world: World, dice: Random, actor: Actor, name: str) -> str:
    """Take a hand-over note back, which somebody else wrote, or read, or which is old."""
    note = world.desk.handovers[name]
    world.wait(dice.choice(WAITS_US))
    is_late = clock.now_us() > note.written_us + UNDO_US + S
    action, request = handover_notes.take_back, HandoverRef(name)
    if set(note.authors) != {actor.account} or note.receipts or is_late:
        return desk_steps.ask_in_vain(world, actor, action, request, note.person, READ)
    answer = desk_steps.ask(world, actor, action, request, note.person)
    if answer.is_done or answer.is_unsure:
        del world.desk.handovers[name]
    if answer.is_done:
        world.desk.taken_back[name] = note.person
    return answer.word


def _read_handovers(world: World, reader: Actor, person: str) -> None:
    says_why = {} if reader.role is Role.PERSON else CASE
    request = HandoversRequest(person=person, **says_why)
    answer = desk_steps.ask(world, reader, handover_notes.list_handovers, request, person)
    for view in answer.answer if answer.is_done else ():
        note = world.desk.handovers.get(view.handover)
        if note is None:
            continue
        if [version.text for version in view.record.versions] != note.texts:
            world.broken(READ, f"{view.handover} is not as it was written")
        receipts = {(receipt.by, receipt.versions) for receipt in view.record.receipts}
        if receipts != note.receipts:
            world.broken(READ, f"{view.handover} was read by {receipts}, not {note.receipts}")
        is_read = any(count == len(note.texts) for _, count in note.receipts)
        if view.record.waits is is_read:
            world.broken(READ, f"{view.handover} waits: {view.record.waits}")
