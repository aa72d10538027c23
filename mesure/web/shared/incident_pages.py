"""A person's possible breaches page by page, the latest first."""

from typing import Final
from urllib.parse import urlencode

from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import IncidentHead, IncidentsRequest
from mesure.web.shared.visits import PageVisit

PAGE: Final = 50


def page_of(visit: PageVisit, person: str, address: str) -> tuple[tuple[IncidentHead, ...], str]:
    """Return the page that is asked for, and the address of that with earlier ones, or nothing."""
    heads = visit.perform(
        incident_review.list_incidents,
        IncidentsRequest(person, visit.query_value("after"), PAGE + 1),
    )
    shown = heads[:PAGE]
    if len(heads) == len(shown):
        return shown, ""
    return shown, f"{address}?{urlencode({'after': incident_review.mark(shown[-1])})}"
