"""Why an officer may be given the days before an incident, which its bundle needs to be judged.

What lies around an incident is seen because of it; the four days before are not. So whoever works
on a case asks, and somebody else agrees, as for any other look at a trail. The person's own side
asks nobody. A ground for a bundle shows nothing of a trail elsewhere.
Decision: docs/decisions/0036-one-bundle-for-both-sides.md
"""

from datetime import timedelta
from typing import Final

import msgspec

from mesure.actions import contests, grounds
from mesure.actions.acting import Doing, action
from mesure.actions.errors import FaultyError, NotAllowedError, NotNowError
from mesure.actions.grounds import GROUND, REASON_CHARS_MAX, GroundKept
from mesure.actions.register import Kept
from mesure.actions.why import Why
from mesure.privacy import purposes
from mesure.privacy.purposes import Purpose
from mesure.privacy.refusal import Reason
from mesure.privacy.roles import CASEWORK
from mesure.store.effects import KeptIncident
from mesure.store.instants import instant

FOR: Final = frozenset({Purpose.COURT, Purpose.CONTEST})
RUN_UP: Final = timedelta(days=4)
"""A judgement remembers two days, and begins a day before that; what lies before says nothing."""


class AskForBundle(msgspec.Struct, frozen=True):
    """Of which incident, for what, and why."""

    incident: str
    purpose: Purpose
    case_number: str
    reason: str


@action("bundle.ask", CASEWORK)
def ask(doing: Doing, asked: AskForBundle) -> str:
    """Record why the days before an incident are needed, as a ground that somebody else answers."""
    incident = contests.opened(doing, asked.incident)
    if asked.purpose not in FOR:
        raise NotAllowedError(Reason.PURPOSE, incident.person)
    if not purposes.is_case_number(asked.case_number):
        raise NotAllowedError(Reason.CASE_NUMBER, incident.person)
    if not 0 < len(asked.reason.strip()) <= REASON_CHARS_MAX:
        raise FaultyError(Why.REASON)
    if any(kept.value.waits or kept.value.counts(doing.now) for kept in _of(doing, incident)):
        raise NotNowError(Why.THERE_ALREADY)
    around = grounds.around(incident, doing.now)
    value = GroundKept(
        asked.purpose,
        asked.case_number,
        instant(incident.start_us) - RUN_UP,
        around.end,
        asked.reason,
        doing.now,
        doing.actor.account,
        incident=incident.id,
    )
    kept = doing.rows.add(GROUND, doing.new_id("G"), value, incident.person)
    doing.note(ground=kept.id, ground_purpose=asked.purpose.value)
    return kept.id


def need(doing: Doing, incident: KeptIncident) -> None:
    """Refuse whoever works on the case and has no ground for this bundle that counts now."""
    if doing.actor.role not in CASEWORK:
        return
    found = [kept for kept in _of(doing, incident) if kept.value.counts(doing.now)]
    if not found:
        raise NotAllowedError(Reason.NO_GROUND, incident.person)
    doing.note(ground=found[-1].id)


def _of(doing: Doing, incident: KeptIncident) -> list[Kept[GroundKept]]:
    found = doing.rows.about(GROUND, incident.person)
    return [kept for kept in found if kept.value.incident == incident.id]
