"""Trail limits: how much of a trail may be seen: around an incident, or by a recorded ground.

There is no other way to a trail. What is asked for beyond that is not shown, and a look that would
show nothing is refused. Two hours before and after an incident show how it came about, and so does
what follows up to the fix by which it was decided; as much is held while it is open.
Law: German Constitutional Court, 1 December 2020, 2 BvR 916/11: a trail is seen on occasion only
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""

from datetime import datetime, timedelta
from typing import Final

from mesure.orders.values.span import Span

AROUND_INCIDENT: Final = timedelta(hours=2)
# A ground is for a question, and a question that needs more than three days is for a court.
GROUND_SPAN_MAX: Final = timedelta(days=3)
GROUND_LASTS: Final = timedelta(days=7)  # After that it is recorded again or has no force.


def around_incident(
    start: datetime, end: datetime | None, decided: datetime, now: datetime
) -> Span:
    """Return what may be seen because of an incident; one that is not over reaches until now."""
    # A night may be seen in the morning to have been spent elsewhere.
    last = min(max(end + AROUND_INCIDENT, decided), now) if end is not None else now
    first = start - AROUND_INCIDENT
    return Span(first, max(last, start))


def visible_span(span: Span | None, may_be_seen: Span) -> Span | None:
    """Return what is shown of what was asked for; None where that is nothing."""
    return may_be_seen if span is None else span.overlap(may_be_seen)
