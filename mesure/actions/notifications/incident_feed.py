"""Incident feed: incidents in the order in which they changed last.

A follower gets what they may open and nothing else, and says each time how far they have read.
Only whether anything is new can be asked without a look; that says nothing about anybody.
"""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from mesure.actions.framework import case_access, case_opening
from mesure.actions.framework.action import ActionContext, look
from mesure.actions.framework.context import Context
from mesure.instants import to_datetime, to_datetime_or_none
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.values.effects import StoredIncident

COUNT_MAX: Final = 200
LOOKED_THROUGH_MAX: Final = 1_000  # Others' incidents that are passed over in one step.

Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)]


class IncidentFeedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """From where on, and how much at once."""

    after: Number = 0
    count: Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)] = 100


class IncidentChange(msgspec.Struct, frozen=True):
    """State of an incident since its last change; where anybody was is not in it."""

    change: int
    incident: str
    revision: int
    person: str
    order: str
    condition: str
    kind: str
    opened_at: datetime
    start_at: datetime
    end_at: datetime | None
    withdrawn_at: datetime | None


class IncidentChanges(msgspec.Struct, frozen=True):
    """What changed, and from where to go on."""

    after: int
    changes: tuple[IncidentChange, ...]


@look(
    "incidents.follow", {Role.OFFICER, Role.SUPERVISOR, Role.SERVICE}, purpose=Purpose.SUPERVISION
)
def follow(doing: ActionContext, request: IncidentFeedRequest) -> IncidentChanges:
    """Read which incidents of the persons one may open were raised or changed since then."""
    incident_changes: list[IncidentChange] = []
    after, looked_through = request.after, 0
    is_open: dict[str, bool] = {}
    while len(incident_changes) < request.count and looked_through < LOOKED_THROUGH_MAX:
        incidents = doing.work.incidents_since(after, COUNT_MAX)
        if not incidents:
            break
        for incident in incidents:
            after, looked_through = incident.change, looked_through + 1
            person = incident.person
            if person not in is_open:
                is_open[person] = _opens(doing, person)
            if is_open[person]:
                incident_changes.append(change_of(incident))
            if len(incident_changes) == request.count:
                break
    return IncidentChanges(after, tuple(incident_changes))


def _opens(doing: ActionContext, person: str) -> bool:
    """Open a person's case if the follower may, and tell whether they may."""
    file = case_access.file_of(doing.rows, person)
    if is_open := case_opening.may_open(doing, file):
        doing.cases([person], {person: file})
    return is_open


def change_of(incident: StoredIncident) -> IncidentChange:
    """Return the state of an incident, without what is sealed."""
    return IncidentChange(
        change=incident.change,
        incident=incident.id,
        revision=incident.revision,
        person=incident.person,
        order=incident.order,
        condition=incident.condition,
        kind=incident.kind,
        opened_at=to_datetime(incident.opened_us),
        start_at=to_datetime(incident.start_us),
        end_at=to_datetime_or_none(incident.end_us),
        withdrawn_at=to_datetime_or_none(incident.withdrawn_us),
    )


def newest(context: Context, after: int) -> int:
    """Return a number after which there was nothing when this was asked, or the last one seen."""
    with context.store.read() as reading:
        return max(after, reading.last_changes().incident)
