"""How far an incident has come, worked out from its records alone."""

from datetime import datetime, timedelta
from typing import NamedTuple

from mesure.actions.incidents import contests
from mesure.actions.records.record_types import RegisterReader
from mesure.incidents import contest as steps


class IncidentProgress(NamedTuple):
    """How far an incident has come, for erasing, reminding and escalating."""

    is_seen: bool
    closes_at: datetime | None  # None: it is not decided, or contested.
    is_contested: bool


def incident_progress(rows: RegisterReader, incident: str, within: timedelta) -> IncidentProgress:
    """Return how far an incident has come; `within` is the time to contest."""
    review = contests.review_of(rows, incident)
    contested = [kept.value.contest for kept in contests.contests_of(rows, incident)]
    is_open = any(one.is_open for one in contested)
    return IncidentProgress(bool(review.seen), steps.closes_at(review, contested, within), is_open)
