"""People rows: what a list says of each person now, on the page and in a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mesure.actions.cases.case_overview import CaseOverview, NextEdge
from mesure.actions.documents import spreadsheet
from mesure.privacy.charge import ChargeBasis
from mesure.web.console.desk import people_filters
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import work_words
from mesure.web.shared.words.incident_phrases import Tag

COLUMNS: Final = (
    "person", "name", "officer", "in_charge", "orders", "devices", "last_heard", "battery_percent",
    "open", "overdue", "oldest_since", "next_edge", "next_condition", "next_begins",
    "is_readable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person, as the list shows them now."""

    person: str
    name: str
    why: str  # Why they are on this list, where it is not simply one's own; or what is amiss.
    last_heard: str
    state: Tag | None  # What is amiss with the device; None: nothing is.
    battery: str
    open: int
    overdue: int
    next_edge: str


def row_of(visit: PageVisit, case: CaseOverview, edge: NextEdge | None) -> PersonRow:
    """Return the line of a person."""
    overdue = sum(1 for thing in case.waiting if thing.is_overdue)
    return PersonRow(
        person=case.person,
        name=case.name,
        why=_why(visit, case),
        last_heard=_heard(visit, case),
        state=_state(visit, case),
        battery=_battery(visit, case),
        open=len(case.waiting),
        overdue=overdue,
        next_edge=_edge(visit, edge),
    )


def _why(visit: PageVisit, case: CaseOverview) -> str:
    catalogue, charge = visit.texts, case.in_charge
    if not case.is_readable:
        return work_words.unreadable(catalogue, is_readable=False)
    if case.officer == visit.actor.account:
        return ""  # A cover for oneself is named once, and not with each person.
    if charge.account == visit.actor.account and charge.how is ChargeBasis.COVER:
        return catalogue.text("you are covering")
    return catalogue.text("now in charge: {name}", name=charge.name)


def _heard(visit: PageVisit, case: CaseOverview) -> str:
    instants = [one.heard_at for one in case.devices if one.heard_at is not None]
    if not instants:
        return ""
    return visit.texts.near(max(instants), visit.context.now, visit.parts.zone)


def _state(visit: PageVisit, case: CaseOverview) -> Tag | None:
    catalogue = visit.texts
    tags: dict[str, Tag] = {
        "strap": (catalogue.text("the strap is open"), "amiss"),
        "quiet": (catalogue.text("not heard"), "wait"),
        "never": (catalogue.text("not heard yet"), "wait"),
        "none": (catalogue.text("no device"), ""),
    }
    return tags.get(people_filters.device_state(case, visit.context.now))


def _battery(visit: PageVisit, case: CaseOverview) -> str:
    catalogue = visit.texts
    known = [one for one in case.devices if one.battery_percent is not None]
    if not known:
        return ""
    device = min(known, key=lambda glance: glance.battery_percent or 0)
    if device.is_charging:
        return catalogue.text("{percent} %, charging", percent=device.battery_percent)
    return catalogue.text("{percent} %", percent=device.battery_percent)


def _edge(visit: PageVisit, edge: NextEdge | None) -> str:
    if edge is None:
        return ""
    catalogue = visit.texts
    when = catalogue.near(edge.at, visit.context.now, visit.parts.zone)
    if edge.begins:
        return catalogue.text("{condition} begins {when}", condition=edge.condition, when=when)
    return catalogue.text("{condition} ends {when}", condition=edge.condition, when=when)


def as_csv(cases: Sequence[CaseOverview], edges: Mapping[str, NextEdge]) -> bytes:
    """Return the same as a file for a spreadsheet, with instants in UTC."""
    return spreadsheet.encode(COLUMNS, (_values(case, edges.get(case.person)) for case in cases))


def _values(case: CaseOverview, edge: NextEdge | None) -> Sequence[object]:
    heard_at = max((one.heard_at for one in case.devices if one.heard_at), default=None)
    since = min((thing.since_at for thing in case.waiting), default=None)
    percents = [one.battery_percent for one in case.devices if one.battery_percent is not None]
    return (
        case.person, case.name, case.officer or "", case.in_charge.name,
        " ".join(case.orders), " ".join(one.device for one in case.devices),
        "" if heard_at is None else heard_at.isoformat(), min(percents, default=""),
        len(case.waiting), sum(1 for thing in case.waiting if thing.is_overdue),
        "" if since is None else since.isoformat(),
        "" if edge is None else edge.at.isoformat(),
        "" if edge is None else edge.condition,
        "" if edge is None else edge.begins,
        case.is_readable,
    )  # fmt: skip
