"""The people on one's list: by name, with what waits, and nothing about what they are like."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import CaseloadRequest, CaseView, UnassignedCasesRequest
from mesure.privacy.charge import ChargeBasis
from mesure.privacy.roles import Role
from mesure.web.console import caseloads
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/console/people"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person, as the list shows them."""

    person: str
    name: str
    why: str  # Why they are on this list, where it is not simply one's own case.


def show(visit: PageVisit) -> Response:
    """Show whom one is in charge of; a supervisor also sees who is on nobody's list."""
    own = [_line(visit, one) for one in visit.perform(caseload.list_cases, CaseloadRequest())]
    nobodys: list[PersonRow] = []
    later = ""
    if visit.actor.role is Role.SUPERVISOR:
        cases = visit.perform(caseload.nobodys, UnassignedCasesRequest(visit.query_value("after")))
        nobodys, later = [_line(visit, one) for one in cases], caseloads.later(ADDRESS, cases)
    return visit.page(
        "people.html",
        people=_by_name(own),
        nobodys=_by_name(nobodys),
        later=later,
        is_supervisor=visit.actor.role is Role.SUPERVISOR,
    )


def _by_name(lines: list[PersonRow]) -> list[PersonRow]:
    return sorted(lines, key=lambda line: (line.name.casefold(), line.person))


def _line(visit: PageVisit, case: CaseView) -> PersonRow:
    catalogue, charge = visit.texts, case.in_charge
    why = ""
    if case.officer != visit.actor.account and charge.how is ChargeBasis.COVER:
        why = catalogue.text("you stand in")
    elif charge.account != visit.actor.account:
        why = catalogue.text("now in charge: {name}", name=charge.name)
    return PersonRow(case.person, case.name, why)
