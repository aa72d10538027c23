"""Table of endpoints: which action answers which address of the API.

An action that is not here is not for other programs; `tests/web/api/not_offered.py` says why, and a
test asks that each is in one of the two. There is no address under which the places of several
people are listed.
"""

from typing import Any, Final

from mesure.actions.accounts import printed_cards, service_accounts, staff_accounts
from mesure.actions.cases import (
    case_notes,
    case_overview,
    caseload,
    colleagues,
    contact_check,
    officer_desks,
    persons,
    saved_views,
    worklist,
)
from mesure.actions.data_rights import outside_requests, own_record, subject_access
from mesure.actions.desk import handover_notes, overdue_things
from mesure.actions.devices import (
    app_enrolment,
    assignments,
    enrolment_codes,
    enrolment_record,
    message_log,
)
from mesure.actions.framework.action import Action
from mesure.actions.incidents import brief_answers, contests, incident_review, statistics
from mesure.actions.notifications import incident_feed, webhooks
from mesure.actions.orders import absences, court_orders, court_papers, end_correction
from mesure.actions.oversight import audit_log, inspection, not_judged
from mesure.actions.trails import grounds, trail_access
from mesure.web.api import answer_shapes
from mesure.web.api.endpoint import Endpoint

TAGS: Final = {
    "Persons": "Somebody under an order: who they are, and who is in charge of them.",
    "Orders": "What the court decided, version by version; a second officer checks places.",
    "Absences": "Dated exceptions: asked for, notified, declared, given, answered.",
    "Devices": "Which device, and who carried it when; what was explained with it.",
    "Incidents": "Possible breaches, and what became of them. Only a person makes a finding.",
    "Contests": "The person's side: their account, documents, and a contest with its clock.",
    "Looks": "A part of one trail, for an incident or a ground; and who looked at what.",
    "Outside": "Who asked for somebody's data from outside, why, and what came of it.",
    "Grounds": "Why a span of a trail may be seen although no incident shows it.",
    "Caseload": "Who works on whose case, who covers, who is on call, who is barred.",
    "Accounts": "Who works here, and which programs may ask.",
    "Webhooks": "Other programs that are notified automatically when something happens.",
    "Statistics": "How the programme works, as numbers; small ones are left out.",
    "Service": "How the service is doing, for those who operate it.",
    "Audit log": "Proof that nobody has changed the record unnoticed, for those who want to check.",
}


def _get(path: str, action: Action[Any, Any], tag: str) -> Endpoint:
    return Endpoint("GET", path, action, tag)


def _post(path: str, action: Action[Any, Any], tag: str, status: int = 201) -> Endpoint:
    return Endpoint("POST", path, action, tag, status)


def _put(
    path: str, action: Action[Any, Any], tag: str, state: Action[Any, Any] | None = None
) -> Endpoint:
    return Endpoint("PUT", path, action, tag, state=state)


def _delete(path: str, action: Action[Any, Any], tag: str) -> Endpoint:
    return Endpoint("DELETE", path, action, tag)


_PERSONS: Final = (
    _post("/persons", persons.enter, "Persons"),
    _get("/persons/{person}", persons.show, "Persons"),
    _put("/persons/{person}", persons.change_details, "Persons", persons.show),
    _put("/persons/{person}/contact", persons.set_contact, "Persons", persons.show),
    _post("/persons/{person}/contact/test-message", contact_check.try_person, "Persons"),
    _get("/persons/{person}/contact/test-message/{trial}", contact_check.person_trial, "Persons"),
    _get("/persons/{person}/in-charge", caseload.in_charge, "Persons"),
    _get("/persons/{person}/notes", case_notes.list_notes, "Persons"),
    _post("/persons/{person}/notes", case_notes.write, "Persons"),
    _post("/notes/{note}/correct", case_notes.correct, "Persons"),
    _post("/notes/{note}/take-back", case_notes.take_back, "Persons"),
    _get("/persons/{person}/counsel", printed_cards.list_counsel, "Persons"),
    _get("/persons/{person}/assessments", own_record.list_assessments, "Persons"),
    _get("/persons/{person}/device-health", own_record.health, "Persons"),
    _get("/persons/{person}/kept", own_record.list_retention, "Persons"),
    _get("/persons/{person}/everything", subject_access.everything, "Persons"),
)
_ORDERS: Final = (
    _post("/orders", court_orders.enter, "Orders"),
    _get("/orders/{order}", court_orders.show, "Orders"),
    _post("/orders/{order}/versions/{number}/confirm", court_orders.confirm, "Orders"),
    _post("/orders/{order}/versions/{number}/turn-down", court_orders.turn_down, "Orders"),
    _post("/orders/{order}/versions/{number}/papers", court_papers.attach, "Orders"),
    _get("/persons/{person}/court-papers", court_papers.list_papers, "Orders"),
    _get("/court-papers/{paper}", court_papers.show, "Orders"),
    _post("/court-papers/{paper}/take-back", court_papers.take_back, "Orders"),
    _get("/persons/{person}/waiting-versions", court_orders.list_pending, "Orders"),
    _post("/orders/{order}/suspensions", absences.suspend, "Orders"),
    _post("/orders/{order}/end", court_orders.end, "Orders"),
    _post("/orders/{order}/end/change", end_correction.change_end, "Orders"),
)
_ABSENCES: Final = (
    _get("/persons/{person}/absences", absences.list_absences, "Absences"),
    _post("/orders/{order}/absences", absences.give, "Absences"),
    _post("/orders/{order}/absences/ask", absences.ask, "Absences"),
    _post("/orders/{order}/absences/notify-departure", absences.notify_departure, "Absences"),
    _post("/orders/{order}/absences/declare-emergency", absences.declare_emergency, "Absences"),
    _post("/absences/{absence}/answer", absences.answer, "Absences"),
    _post("/absences/{absence}/revoke", absences.revoke, "Absences"),
    _post("/absences/{absence}/withdraw", absences.withdraw, "Absences"),
)
_DEVICES: Final = (
    Endpoint("GET", "/devices", enrolment_codes.list_devices, "Devices", page=enrolment_codes.PAGE),
    _post("/devices", enrolment_codes.add, "Devices"),
    _get("/devices/{device}", enrolment_codes.show, "Devices"),
    _get("/devices/{device}/messages", message_log.list_messages, "Devices"),
    _post("/devices/{device}/code", enrolment_codes.give_code, "Devices"),
    _post("/devices/{device}/pilot", app_enrolment.enrol_pilot, "Devices"),
    _put("/devices/{device}/pilot", app_enrolment.change_pilot, "Devices"),
    _post("/devices/{device}/retire", enrolment_codes.retire, "Devices"),
    _get("/persons/{person}/devices", assignments.list_assignments, "Devices"),
    _post("/persons/{person}/devices/{device}", assignments.give, "Devices"),
    _post("/devices/{old}/swap", assignments.swap, "Devices"),
    _post("/devices/{device}/take-back", assignments.take_back, "Devices"),
    _get("/persons/{person}/enrolments", enrolment_record.list_enrolments, "Devices"),
    _post("/orders/{order}/enrolments", enrolment_record.record, "Devices"),
)
_GROUNDS: Final = (
    _get("/persons/{person}/grounds", grounds.list_grounds, "Grounds"),
    _post("/persons/{person}/grounds", grounds.record, "Grounds"),
    _post("/grounds/{ground}/answer", grounds.answer, "Grounds"),
)
_OUTSIDE: Final = (
    _get("/persons/{person}/outside-requests", outside_requests.list_requests, "Outside"),
    _post("/persons/{person}/outside-requests", outside_requests.record, "Outside"),
    _get("/outside-requests", outside_requests.list_month, "Outside"),
    _get("/outside-requests/sample", outside_requests.sample, "Outside"),
    _post("/outside-requests/{request}/answer", outside_requests.answer, "Outside"),
    _post("/outside-requests/{request}/review", outside_requests.review, "Outside"),
)
_CASELOAD: Final = (
    _get("/today", worklist.list_items, "Caseload"),
    _get("/today/officers", officer_desks.list_desks, "Caseload"),
    _get("/today/handovers", handover_notes.list_unconfirmed, "Caseload"),
    _get("/persons/{person}/handovers", handover_notes.list_handovers, "Caseload"),
    _get("/persons/{person}/handovers/facts", handover_notes.show_facts, "Caseload"),
    _post("/persons/{person}/handovers", handover_notes.write, "Caseload"),
    _post("/handovers/{handover}/correct", handover_notes.correct, "Caseload"),
    _post("/handovers/{handover}/take-back", handover_notes.take_back, "Caseload"),
    _post("/handovers/{handover}/confirm", handover_notes.confirm, "Caseload"),
    _post("/handovers/{handover}/unconfirm", handover_notes.unconfirm, "Caseload"),
    _get("/today/overdue", overdue_things.list_overdue, "Caseload"),
    _get("/caseload", caseload.list_cases, "Caseload"),
    _get("/caseload/overview", case_overview.overview, "Caseload"),
    _post("/caseload/next-edges", case_overview.next_edges, "Caseload", 200),
    _get("/views", saved_views.list_views, "Caseload"),
    _post("/views", saved_views.save, "Caseload"),
    _delete("/views/{view}", saved_views.remove, "Caseload"),
    Endpoint("GET", "/caseload/nobodys", caseload.nobodys, "Caseload", page=caseload.NOBODYS),
    _put("/persons/{person}/officer", caseload.assign, "Caseload"),
    _put("/persons/{person}/barred/{account}", caseload.bar, "Caseload"),
    _delete("/persons/{person}/barred/{account}", caseload.unbar, "Caseload"),
    _post("/persons/{person}/barred/{account}/unbar", caseload.confirm_unbar, "Caseload"),
    _get("/persons/{person}/barred", caseload.list_bars, "Caseload"),
    _get("/covers", caseload.covers, "Caseload"),
    _post("/covers", caseload.cover, "Caseload"),
    _delete("/covers/{id}", caseload.end_cover, "Caseload"),
    _post("/on-call", caseload.on_call, "Caseload"),
    _delete("/on-call/{id}", caseload.end_on_call, "Caseload"),
    _get("/colleagues", colleagues.list_colleagues, "Caseload"),
)
_INCIDENTS: Final = (
    Endpoint(
        "GET",
        "/persons/{person}/incidents",
        incident_review.list_incidents,
        "Incidents",
        page=incident_review.COUNT,
        mark=incident_review.mark,
    ),
    _get("/incidents/changes", incident_feed.follow, "Incidents"),
    Endpoint(
        "GET",
        "/incidents/{incident}",
        incident_review.show,
        "Incidents",
        shape=answer_shapes.incident,
    ),
    _post("/incidents/{incident}/finding", incident_review.find, "Incidents"),
    _post("/incidents/{incident}/brief-answer", brief_answers.answer, "Incidents"),
    _post("/incidents/{incident}/finding/confirm", incident_review.confirm, "Incidents"),
    _post("/incidents/{incident}/finding/turn-down", incident_review.turn_down, "Incidents"),
    _post("/incidents/{incident}/finding/take-back", incident_review.take_back, "Incidents"),
    _post("/incidents/{incident}/finding/decide-again", incident_review.decide_again, "Incidents"),
)
_CONTESTS: Final = (
    _get("/incidents/{incident}/said", contests.show, "Contests"),
    _post("/incidents/{incident}/statements", contests.say, "Contests"),
    _post("/incidents/{incident}/documents", contests.attach, "Contests"),
    _get("/documents/{attachment}", contests.document, "Contests"),
    _post("/documents/{attachment}/take-back", contests.take_back_document, "Contests"),
    _post("/incidents/{incident}/contests", contests.make, "Contests"),
    _post("/contests/{contest}/withdraw", contests.withdraw, "Contests"),
)
_STATISTICS: Final = (_get("/statistics", statistics.show, "Statistics"),)
_LOOKS: Final = (
    _get("/persons/{person}/trail", trail_access.trail, "Looks"),
    _get("/persons/{person}/looks", trail_access.list_looks, "Looks"),
    _get("/inspection", inspection.search, "Looks"),
    _get("/inspection/looks", inspection.search_looks, "Looks"),
)
_ACCOUNTS: Final = (
    _get("/accounts", staff_accounts.list_accounts, "Accounts"),
    _post("/accounts", staff_accounts.open_account, "Accounts"),
    _delete("/accounts/{account}", staff_accounts.close, "Accounts"),
    _post("/accounts/{account}/reset", staff_accounts.reset, "Accounts"),
    _get("/services", service_accounts.list_services, "Accounts"),
    _post("/services", service_accounts.open_service, "Accounts"),
    _delete("/services/{service}", service_accounts.close, "Accounts"),
)
_WEBHOOKS: Final = (
    _get("/webhooks", webhooks.list_webhooks, "Webhooks"),
    _post("/webhooks", webhooks.add, "Webhooks"),
    _delete("/webhooks/{webhook}", webhooks.remove, "Webhooks"),
)
_AUDIT_LOG: Final = (
    _get("/judging/not-judged", not_judged.count_unjudged, "Service"),
    _get("/audit-log/entries", audit_log.lines, "Audit log"),
    _get("/audit-log/entries/{entry}/record", audit_log.record, "Audit log"),
    _get("/audit-log/entries/{entry}/inclusion", audit_log.inclusion, "Audit log"),
    _get("/audit-log/consistency", audit_log.consistency, "Audit log"),
    _get("/audit-log/checkpoint", audit_log.checkpoint, "Audit log"),
)

ENDPOINTS: Final = (
    *_PERSONS, *_ORDERS, *_ABSENCES, *_DEVICES, *_INCIDENTS, *_CONTESTS,
    *_LOOKS, *_GROUNDS, *_OUTSIDE, *_CASELOAD, *_ACCOUNTS, *_WEBHOOKS, *_STATISTICS, *_AUDIT_LOG,
)  # fmt: skip
