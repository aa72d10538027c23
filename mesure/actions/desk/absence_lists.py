"""Absence lists: the absences of the persons in somebody's charge, and whose each is."""

from collections.abc import Sequence

import msgspec

from mesure.actions.cases import caseload, persons
from mesure.actions.framework.action import ActionContext, EmptyRequest, look
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsenceRef, AbsenceView
from mesure.actions.orders.binding_order import ABSENCE
from mesure.actions.refusals import lost_keys
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK


class PersonAbsence(msgspec.Struct, frozen=True):
    """An absence, and whose it is."""

    person: str
    name: str
    shown: AbsenceView


class AbsenceLines(msgspec.Struct, frozen=True):
    """The absences of several persons, and of whom none can be read: their keys are lost."""

    absences: tuple[PersonAbsence, ...]
    unreadable: tuple[str, ...]


@look("today.absences", CASEWORK, purpose=Purpose.SUPERVISION)
def absences_of_all(doing: ActionContext, _: EmptyRequest) -> AbsenceLines:
    """List the absences of the persons one is in charge of, asked for and answered."""
    people = [file.person for file in caseload.files_of(doing, doing.actor.account)]
    names = persons.names(doing, people)

    def read(part: Sequence[str]) -> list[PersonAbsence]:
        about = doing.rows.of_persons([ABSENCE], part)
        return [
            PersonAbsence(person, names.by_person[person], absences.line(stored_absence, doing.now))
            for person in part
            for stored_absence in about.of(ABSENCE, person)
        ]

    readable = [person for person in people if person not in names.unreadable]
    parts, shut = lost_keys.read_apart(doing.context.keyring, readable, read)
    unreadable = sorted({*shut, *names.unreadable})
    return AbsenceLines(tuple(line for part in parts for line in part), tuple(unreadable))


@look("absences.show", CASEWORK, purpose=Purpose.SUPERVISION)
def absence(doing: ActionContext, request: AbsenceRef) -> PersonAbsence:
    """See one absence, and whose it is."""
    stored_absence = doing.need(ABSENCE, request.absence)
    assert stored_absence.person is not None, "an absence is somebody's"
    name = persons.name(doing, stored_absence.person)
    return PersonAbsence(stored_absence.person, name, absences.line(stored_absence, doing.now))
