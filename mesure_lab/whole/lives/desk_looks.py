"""Desk looks: everything that can be looked at, and by whom; all roles try all of it.

Who may look is written here again, from docs/law.md and decision 0031, not from the product.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, NamedTuple

from mesure.actions.accounts import passkeys, printed_cards, service_accounts, staff_accounts
from mesure.actions.accounts.printed_cards import PersonAccountsRequest
from mesure.actions.cases import case_overview, caseload, colleagues, contact_check, officer_desks
from mesure.actions.cases.case_overview import EdgesRequest, OverviewRequest
from mesure.actions.cases.caseload import CaseloadRequest, CaseRequest, UnassignedCasesRequest
from mesure.actions.cases.colleagues import ColleaguesRequest
from mesure.actions.data_rights import outside_requests, own_record
from mesure.actions.data_rights.outside_requests import MonthQuery, OutsideRequestsQuery
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.desk import absence_lists, overdue_things
from mesure.actions.devices import assignments, enrolment_codes, enrolment_record, message_log
from mesure.actions.devices.assignments import AssignmentsRequest
from mesure.actions.devices.enrolment_codes import DeviceRef, DevicesRequest
from mesure.actions.devices.enrolment_record import EnrolmentsRequest
from mesure.actions.framework.action import Action, EmptyRequest
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import IncidentsRequest
from mesure.actions.notifications import incident_feed, webhooks
from mesure.actions.notifications.incident_feed import IncidentFeedRequest
from mesure.actions.notifications.webhooks import WebhooksRequest
from mesure.actions.orders import absences, court_orders
from mesure.actions.orders.absences import AbsencesRequest
from mesure.actions.orders.court_orders import OrderRequest
from mesure.actions.oversight import audit_log, inspection, not_judged, office_setup
from mesure.actions.oversight.audit_log import (
    CheckpointRequest,
    ConsistencyRequest,
    InclusionRequest,
    LogLinesRequest,
    RecordRequest,
)
from mesure.actions.oversight.inspection import LogSearch
from mesure.actions.trails import trail_files
from mesure.actions.trails.trail_files import TrailFileRequest
from mesure.actions.trails.trail_formats import TrailFormat
from mesure.machine import clock
from mesure.privacy.roles import Role
from mesure_lab.whole.drawn.random_persons import DrawnPerson

Why = dict[str, Any]  # The purpose and the number of the case, where a role says them.
Request = Callable[[DrawnPerson, Why], object]


class DeskLook(NamedTuple):
    """Something that can be looked at, by whom, and how it is asked for."""

    action: Action[Any, Any]
    may: frozenset[Role]
    request: Request
    is_about_person: bool = True


SUPERVISOR: Final = frozenset({Role.SUPERVISOR})
INSPECTOR: Final = frozenset({Role.INSPECTOR})
OPERATOR: Final = frozenset({Role.OPERATOR})
PERSON: Final = frozenset({Role.PERSON})
WORKS: Final = SUPERVISOR | {Role.OFFICER}
OWN: Final = PERSON | {Role.COUNSEL}
WATCHES: Final = SUPERVISOR | OPERATOR | INSPECTOR | {Role.SERVICE}
STAFF: Final = WORKS | OPERATOR | INSPECTOR
PROGRAM: Final = frozenset({Role.SERVICE})
EVERYONE: Final = STAFF | OWN | PROGRAM


def _nothing(_person: DrawnPerson, _why: Why) -> EmptyRequest:
    return EmptyRequest()


def _month(_person: DrawnPerson, _why: Why) -> MonthQuery:
    return MonthQuery(f"{clock.now():%Y-%m}")


def _trail(person: DrawnPerson, why: Why) -> TrailFileRequest:
    now = clock.now()
    start_at = now - timedelta(hours=6)
    return TrailFileRequest(
        person=person.name, start_at=start_at, until_at=now, form=TrailFormat.CSV, **why
    )


LOOKS: Final = (
    DeskLook(absences.list_absences, WORKS | OWN, lambda person, _: AbsencesRequest(person.name)),
    DeskLook(absence_lists.absences_of_all, WORKS, _nothing, is_about_person=False),
    DeskLook(assignments.list_assignments, WORKS | OWN,
             lambda person, _: AssignmentsRequest(person.name)),
    DeskLook(own_record.health, WORKS | OWN, lambda person, _: OwnRecordRequest(person.name)),
    DeskLook(own_record.list_retention, WORKS | OWN,
             lambda person, _: OwnRecordRequest(person.name)),
    DeskLook(enrolment_record.list_enrolments, WORKS | OWN | INSPECTOR,
             lambda person, _: EnrolmentsRequest(person.name)),
    DeskLook(caseload.in_charge, WORKS | OWN | INSPECTOR | PROGRAM,
             lambda person, _: CaseRequest(person.name)),
    DeskLook(caseload.list_bars, SUPERVISOR | INSPECTOR,
             lambda person, _: CaseRequest(person.name)),
    DeskLook(caseload.list_cases, WORKS, lambda *_: CaseloadRequest(), is_about_person=False),
    DeskLook(caseload.nobodys, SUPERVISOR, lambda *_: UnassignedCasesRequest(),
             is_about_person=False),
    DeskLook(caseload.covers, WORKS | INSPECTOR, _nothing, is_about_person=False),
    DeskLook(case_overview.overview, WORKS, lambda *_: OverviewRequest(), is_about_person=False),
    DeskLook(case_overview.next_edges, WORKS, lambda person, _: EdgesRequest((person.name,))),
    DeskLook(colleagues.list_colleagues, WORKS | INSPECTOR,
             lambda *_: ColleaguesRequest(with_former=True), is_about_person=False),
    DeskLook(contact_check.own, STAFF, _nothing, is_about_person=False),
    DeskLook(printed_cards.show, PERSON, lambda person, _: PersonAccountsRequest(person.name)),
    DeskLook(printed_cards.list_counsel, WORKS | PERSON,
             lambda person, _: PersonAccountsRequest(person.name)),
    DeskLook(incident_review.list_incidents, WORKS | OWN | PROGRAM,
             lambda person, _: IncidentsRequest(person.name)),
    DeskLook(incident_feed.follow, WORKS | PROGRAM, lambda *_: IncidentFeedRequest(),
             is_about_person=False),
    DeskLook(outside_requests.list_requests, WORKS | OWN | INSPECTOR,
             lambda person, why: OutsideRequestsQuery(person=person.name, **why)),
    DeskLook(outside_requests.list_month, SUPERVISOR | INSPECTOR, _month, is_about_person=False),
    DeskLook(outside_requests.sample, SUPERVISOR | INSPECTOR, _month, is_about_person=False),
    DeskLook(court_orders.show, WORKS | OWN | INSPECTOR,
             lambda person, why: OrderRequest(order=person.order, **why)),
    DeskLook(court_orders.versions_in_force, WORKS | OWN | INSPECTOR,
             lambda person, why: OrderRequest(order=person.order, **why)),
    DeskLook(overdue_things.list_overdue, SUPERVISOR, _nothing, is_about_person=False),
    DeskLook(overdue_things.count_overdue, SUPERVISOR, _nothing, is_about_person=False),
    DeskLook(officer_desks.list_desks, SUPERVISOR, _nothing, is_about_person=False),
    DeskLook(trail_files.make_file, WORKS | OWN, _trail),
    DeskLook(enrolment_codes.show, WORKS | OPERATOR | PROGRAM,
             lambda person, _: DeviceRef(person.carried[0][0]), is_about_person=False),
    DeskLook(enrolment_codes.list_devices, WORKS | OPERATOR | PROGRAM,
             lambda *_: DevicesRequest(), is_about_person=False),
    DeskLook(message_log.list_messages, WORKS | OPERATOR,
             lambda person, _: DeviceRef(person.carried[0][0]), is_about_person=False),
    DeskLook(staff_accounts.list_accounts, SUPERVISOR | OPERATOR | INSPECTOR, _nothing,
             is_about_person=False),
    DeskLook(service_accounts.list_services, SUPERVISOR | OPERATOR | INSPECTOR, _nothing,
             is_about_person=False),
    DeskLook(webhooks.list_webhooks, SUPERVISOR | OPERATOR | INSPECTOR,
             lambda *_: WebhooksRequest(), is_about_person=False),
    DeskLook(passkeys.list_passkeys, STAFF, _nothing, is_about_person=False),
    DeskLook(office_setup.first_week, SUPERVISOR | OPERATOR, _nothing, is_about_person=False),
    DeskLook(not_judged.count_unjudged, WATCHES, _nothing, is_about_person=False),
    DeskLook(audit_log.checkpoint, WATCHES, lambda *_: CheckpointRequest(),
             is_about_person=False),
    DeskLook(audit_log.lines, WATCHES, lambda *_: LogLinesRequest(), is_about_person=False),
    DeskLook(audit_log.inclusion, WATCHES, lambda *_: InclusionRequest(entry=1, size=3),
             is_about_person=False),
    DeskLook(audit_log.consistency, WATCHES, lambda *_: ConsistencyRequest(earlier=2, size=3),
             is_about_person=False),
    DeskLook(audit_log.record, INSPECTOR, lambda _, why: RecordRequest(entry=1, **why),
             is_about_person=False),
    DeskLook(inspection.search, INSPECTOR, lambda _, why: LogSearch(day=clock.now().date(), **why),
             is_about_person=False),
)  # fmt: skip
NEVER: Final = {look.action.name: EVERYONE - look.may for look in LOOKS}
