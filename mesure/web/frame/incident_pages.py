"""A person's possible breaches page by page, the latest first."""

from typing import Final
from urllib.parse import urlencode

from mesure.actions import review
from mesure.actions.review import IncidentHead, OfPerson
from mesure.web.frame.visits import Visit

PAGE: Final = 50


def asked(visit: Visit, person: str, address: str) -> tuple[tuple[IncidentHead, ...], str]:
    """Return the page that is asked for, and the address of that with earlier ones, or nothing."""
    found = visit.perform(review.listed, OfPerson(person, visit.asked("after"), PAGE + 1))
    shown = found[:PAGE]
    if len(found) == len(shown):
        return shown, ""
    return shown, f"{address}?{urlencode({'after': review.mark(shown[-1])})}"
