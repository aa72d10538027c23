"""Bundle grounds: why an officer may be given the days before an incident, which judging needs.

The time around an incident is seen because of it; the four days before are not. So an officer on
the case asks, and somebody else agrees, as for any other look at a trail. The person's own side
asks nobody. A ground for a bundle shows nothing of a trail elsewhere.
Decision: docs/decisions/0036-one-bundle-for-both-sides.md
"""

from datetime import timedelta
from typing import Final

import msgspec

from mesure.actions.framework import case_opening
from mesure.actions.framework.action import ActionContext, action
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import GroundRecord
from mesure.instants import to_datetime
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import CASEWORK
from mesure.store.values.effects import StoredIncident

FOR: Final = frozenset({Purpose.COURT, Purpose.CONTEST})
RUN_UP: Final = timedelta(days=4)
"""A judgement remembers two days, and begins a day before that; what lies before says nothing."""


class RequestBundleGround(msgspec.Struct, frozen=True):
    """Of which incident, for what, and why."""

    incident: str
    purpose: Purpose
    case_number: str
    reason: str


@action("bundle.ask", CASEWORK)
def ask(doing: ActionContext, request: RequestBundleGround) -> str:
    """Record why the days before an incident are needed, as a ground that somebody else answers."""
    incident = case_opening.open_incident(doing, request.incident)
    if request.purpose not in FOR:
        raise NotAllowedError(AccessRefusal.PURPOSE, incident.person)
    around = grounds.around(doing, incident)
    value = GroundRecord(
        request.purpose,
        request.case_number,
        to_datetime(incident.start_us) - RUN_UP,
        around.end,
        request.reason,
        doing.now,
        doing.actor.account,
        incident=incident.id,
    )
    return grounds.keep(doing, incident.person, value)


def need(doing: ActionContext, incident: StoredIncident) -> None:
    """Refuse an officer on the case who has no ground for this bundle that counts now."""
    if doing.actor.role not in CASEWORK:
        return
    there = grounds.for_bundle(doing, incident.person, incident.id)
    valid_grounds = [kept for kept in there if kept.value.counts(doing.now)]
    if not valid_grounds:
        raise NotAllowedError(AccessRefusal.NO_GROUND, incident.person)
    doing.note(ground=valid_grounds[-1].id)
