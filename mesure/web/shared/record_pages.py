"""Record pages: what those of a person's record share, for all their readers.

Possible breaches, notes and looks come page by page, the latest first; a test message is sent to
the person by themselves or by somebody who works here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from mesure.actions.cases import case_notes, contact_check, persons
from mesure.actions.cases.case_notes import NotesRequest
from mesure.actions.cases.contact_check import ContactCheck, PersonTrialRef
from mesure.actions.cases.persons import ChangeDetails, PersonRequest, PersonView, SetContact
from mesure.actions.desk import handover_notes
from mesure.actions.desk.handover_notes import HandoversRequest
from mesure.actions.framework import optimistic_lock
from mesure.actions.framework.action import Action
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import IncidentHead, IncidentsRequest
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.actions.trails import trail_access
from mesure.actions.trails.trail_access import LooksRequest
from mesure.privacy.roles import Role
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import contact_words, look_words, note_words, work_words
from mesure.web.shared.words.incident_phrases import Tag

PAGE: Final = 50

I = TypeVar("I", ChangeDetails, SetContact)  # noqa: E741
Again = Callable[[PageVisit, int], Response]  # The page that the form was on.


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """A possible breach, as a list shows it."""

    address: str
    title: str
    when: Markup
    tag: Tag


def incidents(
    visit: PageVisit, person: str, address: str, most: int = PAGE
) -> tuple[tuple[IncidentHead, ...], str]:
    """Return the page that is asked for, and the address of that with earlier ones, or nothing."""
    request = IncidentsRequest(person, visit.query_value("after"), most + 1)
    heads = visit.perform(incident_review.list_incidents, request)
    shown = heads[:most]
    if len(heads) == len(shown):
        return shown, ""
    return shown, f"{address}?{urlencode({'after': incident_review.mark(shown[-1])})}"


def looks(
    visit: PageVisit, person: str, address: str, roles: Collection[Role]
) -> dict[str, object]:
    """Return what a page of looks shows: those of some roles, the latest first."""
    request = LooksRequest(
        person=person, after=visit.query_value("after"), latest_first=True, roles=tuple(roles)
    )
    page = visit.perform(trail_access.list_looks, request)
    earlier = "" if page.after is None else f"{address}?after={page.after}"
    return {"looks": look_words.lines(page.looks, visit.texts), "earlier": earlier}


def notes(visit: PageVisit, record: PersonRecord, address: str) -> dict[str, object]:
    """Return what a page of notes, calls, visits and hand-overs shows to the person's own side.

    Officers are not named to them there.
    """
    skip = note_words.count_to_skip(visit.query_value("skip"))
    page = visit.perform(case_notes.list_notes, NotesRequest(person=record.person, skip=skip))
    handovers = visit.perform(handover_notes.list_handovers, HandoversRequest(person=record.person))
    return {
        "notes": note_words.rows(page, visit.texts, {}),
        "earlier": note_words.earlier_page(page, address),
        "handovers": work_words.handovers(handovers, visit.texts, {}, record.zone),
    }


def contact_contents(visit: PageVisit, record: PersonRecord, address: str) -> dict[str, object]:
    """Return what a page shows on which it is changed how a person is reached."""
    person, trial = record.shown, visit.query_value("sent")
    procedure, texts = visit.context.procedure, visit.texts
    sent, is_own = PersonTrialRef(record.person, trial), visit.actor.role is Role.PERSON
    to_sender = contact_words.to_own_person if is_own else contact_words.to_person
    values = {"name": person.name, "language": person.language, "seen": _mark(person)}
    values |= {"phone": person.phone or "", "email": person.email or ""}
    return {
        "form": visit.form.over(values),
        "address": address,
        "was_kept": visit.query_value("kept") == "yes",
        "trial": trial and to_sender(visit.perform(contact_check.person_trial, sent), texts),
        "unreachable": contact_words.unreachable(procedure, person.email, person.phone, texts),
    }


def change_contact(visit: PageVisit, action: Action[I, None], request: I, field: str) -> bool:
    """Change how a person is reached, unless somebody did so since the form was opened."""
    looked, seen = PersonRequest(person=request.person), visit.form.value("seen")
    if seen:
        action = optimistic_lock.if_unchanged(
            action, persons.show, looked, lambda shown: _mark(shown) == seen
        )
    return not visit.form.faults and visit.try_action(action, request, field)


def _mark(person: PersonView) -> str:
    """Return what stands for all that can be changed on it."""
    return repr((person.name, person.language, person.phone, person.email))


def send_trial(visit: PageVisit, person: str, address: str, again: Again) -> Response:
    """Send a message on trial to a person; where none can be sent the page says why."""
    try:
        sent = visit.perform(contact_check.try_person, ContactCheck(person))
    except ActionConflictError as refused:
        visit.form.refuse("email", refused.sentence(visit.texts.catalogue))
        return again(visit, 422)
    return visit.to(f"{address}?sent={sent.trial}#trial")
