"""Second officers in words: who may confirm a version, and from when, before anybody presses."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from mesure.actions.orders import second_officers
from mesure.actions.orders.second_officers import (
    SecondOfficer,
    SecondOfficersRequest,
    SecondOfficerState,
)
from mesure.web.shared.visits import PageVisit


@dataclass(frozen=True, slots=True)
class Confirmers:
    """Who may confirm a version, in lines; what applies to the reader; a way out."""

    lines: tuple[Markup, ...]
    own: str | Markup  # Why the reader may not confirm it now; empty: they may, or entered it.
    is_stuck: bool  # Nobody may, now or later, unless somebody does something.


def confirmers(visit: PageVisit, zone: ZoneInfo, request: SecondOfficersRequest) -> Confirmers:
    """Return who may confirm a version, or one that would be entered now."""
    everybody = visit.perform(second_officers.second_officers, request)
    ways = {SecondOfficerState.NOW, SecondOfficerState.LATER}
    own = next((one for one in everybody if one.account == visit.actor.account), None)
    return Confirmers(
        tuple(_line(visit, one, zone) for one in everybody),
        "" if own is None else _own(visit, own, zone),
        not any(one.state in ways for one in everybody),
    )


def _line(visit: PageVisit, officer: SecondOfficer, zone: ZoneInfo) -> Markup:
    catalogue, name = visit.texts, officer.name
    if officer.state is SecondOfficerState.NOW:
        return catalogue.text("{name}: at once", name=name)
    if officer.state is SecondOfficerState.LATER:
        moment = _moment(visit, officer.from_at, zone)
        return catalogue.text("{name}: from {moment}", name=name, moment=moment)
    if officer.state is SecondOfficerState.NEVER:
        return catalogue.text("{name}: not this version, since one let the other in", name=name)
    days = visit.context.procedure.eyes.within(visit.context.now.date())
    length = catalogue.length(days)
    return catalogue.text(
        "{name}: {length} after they have used their link", name=name, length=length
    )


def _own(visit: PageVisit, officer: SecondOfficer, zone: ZoneInfo) -> str | Markup:
    catalogue = visit.texts
    if officer.state is SecondOfficerState.LATER:
        moment = _moment(visit, officer.from_at, zone)
        return catalogue.text("You may confirm this version from {moment}.", moment=moment)
    if officer.state is SecondOfficerState.NEVER:
        return catalogue.text(
            "You cannot confirm this version: the person who entered it had their link from you."
        )
    return ""


def _moment(visit: PageVisit, at: datetime | None, zone: ZoneInfo) -> Markup:
    assert at is not None, "who may later, may from a moment on"
    return visit.texts.near(at, visit.context.now, zone)
