"""Record heading: who a person is, what binds them, and who is in charge.

Officers say their purpose and the number of the case; the person's own side need not. The number of
a case is the person's own here: an order's number is only known once the case is open.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mesure.actions.cases import persons
from mesure.actions.cases.persons import PersonRequest, PersonView
from mesure.actions.orders import court_orders
from mesure.actions.orders.court_orders import OrderRequest
from mesure.orders.model.order import OrderVersion
from mesure.orders.wording import order_sentences
from mesure.orders.wording.order_sentences import OrderSection
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import OWN_SIDE
from mesure.reports.text import visible_text
from mesure.web.shared.visits import PageVisit


class LookPurpose(NamedTuple):
    """For what somebody looks."""

    purpose: Purpose | None = None
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person, and every version of an order that binds or will bind them."""

    shown: PersonView
    versions: tuple[OrderVersion, ...]
    zone: ZoneInfo

    @property
    def person(self) -> str:
        """Return the person's id."""
        return self.shown.person

    def now(self, visit: PageVisit) -> tuple[OrderVersion, ...]:
        """Return the versions in force now; one for each order."""
        return tuple(one for one in self.versions if visit.context.now in one.in_force)

    def today(self, visit: PageVisit) -> date:
        """Return the date on the person's clock."""
        return visit.context.now.astimezone(self.zone).date()


def why(visit: PageVisit, person: str, purpose: Purpose = Purpose.SUPERVISION) -> LookPurpose:
    """Return what a look has to say: a purpose and a case number, where it has to say any."""
    return LookPurpose() if visit.actor.role in OWN_SIDE else LookPurpose(purpose, person)


def record(visit: PageVisit, person: str, because: Purpose = Purpose.SUPERVISION) -> PersonRecord:
    """Open a person's record."""
    purpose, number = why(visit, person, because)
    request = PersonRequest(person=person, purpose=purpose, case_number=number)
    shown = visit.perform(persons.show, request)
    versions = tuple(
        version
        for order in shown.orders
        for version in visit.perform(
            court_orders.versions_in_force,
            OrderRequest(order=order, purpose=purpose, case_number=number),
        )
    )
    latest = max(versions, key=lambda version: version.in_force.start, default=None)
    return PersonRecord(shown, versions, visit.parts.zone if latest is None else latest.zone)


def own(visit: PageVisit) -> PersonRecord:
    """Open the record of the person who asks, or for whom counsel asks."""
    person = visit.actor.person
    assert person is not None, "a reader on the person's side stands for a person"
    return record(visit, person)


def in_words(visit: PageVisit, record: PersonRecord) -> list[OrderSection]:
    """Return what is in force now as sentences, safe to show."""
    return [
        OrderSection(
            visible_text.visible(passage.heading), tuple(map(visible_text.visible, passage.lines))
        )
        for version in record.now(visit)
        for passage in order_sentences.sentences(version, visit.texts.catalogue, asks=False)
    ]
