"""A person's record page by page, the latest first: possible breaches, and what officers wrote."""

from typing import Final
from urllib.parse import urlencode

from mesure.actions.cases import case_notes
from mesure.actions.cases.case_notes import NotesRequest
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import IncidentHead, IncidentsRequest
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import note_words

PAGE: Final = 50


def incidents(visit: PageVisit, person: str, address: str) -> tuple[tuple[IncidentHead, ...], str]:
    """Return the page that is asked for, and the address of that with earlier ones, or nothing."""
    heads = visit.perform(
        incident_review.list_incidents,
        IncidentsRequest(person, visit.query_value("after"), PAGE + 1),
    )
    shown = heads[:PAGE]
    if len(heads) == len(shown):
        return shown, ""
    return shown, f"{address}?{urlencode({'after': incident_review.mark(shown[-1])})}"


def notes(visit: PageVisit, record: PersonRecord, address: str) -> dict[str, object]:
    """Return what a page of notes, calls and visits shows to the person's own side.

    Officers are not named to them there.
    """
    skip = note_words.count_to_skip(visit.query_value("skip"))
    page = visit.perform(case_notes.list_notes, NotesRequest(person=record.person, skip=skip))
    return {
        "notes": note_words.rows(page, visit.texts, {}),
        "earlier": note_words.earlier_page(page, address),
        "now": visit.context.now,
        "zone": record.zone,
    }
