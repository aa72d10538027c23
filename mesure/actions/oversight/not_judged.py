"""Persons who cannot be judged at present: how many, for the operator.

Somebody whose judging failed is tried again by the minute. Until that succeeds nothing new is said
of them, and an officer reads what was judged before. Those who watch over the service see how many
there are and since when, and not who; the officer in charge reads it in the list of the day.
"""

from datetime import datetime

import msgspec

from mesure.actions.framework.action import ActionContext, EmptyRequest, look
from mesure.actions.judging import judging_position
from mesure.actions.oversight.audit_log import WATCHES
from mesure.instants import to_datetime


class UnjudgedPersons(msgspec.Struct, frozen=True):
    """How many persons cannot be judged at present, and since when the first of them."""

    persons: int
    since_at: datetime | None


@look("judging.not_judged", WATCHES)
def count_unjudged(doing: ActionContext, _: EmptyRequest) -> UnjudgedPersons:
    """Read how many persons cannot be judged at present."""
    since_us_by_person = judging_position.not_judged(doing.work)
    since_us = min(since_us_by_person.values(), default=None)
    return UnjudgedPersons(
        len(since_us_by_person), None if since_us is None else to_datetime(since_us)
    )
