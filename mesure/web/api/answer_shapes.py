"""Answer shapes: what an action returns, in a form that other programs read better."""

from typing import Any

import msgspec

from mesure.actions.incidents.incident_review import IncidentHead, IncidentView, ReviewAttempt
from mesure.incidents.finding import Review


class IncidentShown(msgspec.Struct, frozen=True):
    """An incident with its evidence, the explanation in four languages, and the review."""

    head: IncidentHead
    p_outside_max: float | None
    explained: dict[str, Any]
    review: Review
    attempts: tuple[ReviewAttempt, ...] = ()


def incident(incident_view: IncidentView) -> IncidentShown:
    """Return an incident with what the judge kept of it read."""
    explained: dict[str, Any] = msgspec.json.decode(incident_view.explained)
    return IncidentShown(
        incident_view.head,
        incident_view.p_outside_max,
        explained,
        incident_view.review,
        incident_view.attempts,
    )
