"""The addresses of the console."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import CASEWORK, Role
from mesure.web.console import (
    absence_answers,
    caseloads,
    contact,
    cover,
    incident_page,
    outside,
    people,
    person,
    trail,
    worklist_page,
)
from mesure.web.console.order_entry import routes as order_entry
from mesure.web.dependencies import Parts
from mesure.web.shared import documents, visits
from mesure.web.static_files import StaticFiles


def routes(parts: Parts, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    pages = visits.pageful("mesure.web.console", parts, static, CASEWORK)
    watching = visits.pageful("mesure.web.console", parts, static, {Role.SUPERVISOR})
    return [
        pages.route("/console", worklist_page.shown),
        pages.route("/console/help", worklist_page.helped),
        pages.route("/console/incidents/{incident}", incident_page.shown, incident_page.opened),
        pages.route("/console/incidents/{incident}/finding", sent=incident_page.found),
        pages.route("/console/incidents/{incident}/again", sent=incident_page.found_again),
        pages.route("/console/incidents/{incident}/second-look", sent=incident_page.second_look),
        pages.route("/console/incidents/{incident}/take-back", sent=incident_page.taken_back),
        pages.route("/console/incidents/{incident}/bundle", sent=incident_page.bundle),
        pages.route("/console/documents/{attachment}", documents.handed_over),
        pages.route("/console/people", people.shown),
        pages.route("/console/people/{person}", person.shown),
        pages.route("/console/people/{person}/card", sent=person.card_given),
        pages.route("/console/people/{person}/contact", contact.shown, contact.changed),
        pages.route("/console/people/{person}/contact/try", sent=contact.tried),
        pages.route("/console/people/{person}/grounds", sent=person.ground_recorded),
        pages.route("/console/people/{person}/grounds/{ground}", sent=person.ground_answered),
        pages.route("/console/people/{person}/trail/{ground}.csv", trail.as_csv),
        pages.route("/console/people/{person}/trail/{ground}.gpx", trail.as_gpx),
        pages.route("/console/people/{person}/trail/{ground}", trail.shown),
        pages.route("/console/absences", absence_answers.shown),
        pages.route(
            "/console/absences/{absence}", absence_answers.one_shown, absence_answers.answered
        ),
        pages.route("/console/absences/{absence}/end", sent=absence_answers.revoked),
        pages.route("/console/cover", cover.shown, cover.cover_sent),
        pages.route("/console/cover/on-call", sent=cover.watch_sent),
        pages.route("/console/cover/end", sent=cover.ended),
        pages.route("/console/cover/again", sent=cover.entered_again),
        pages.route(caseloads.ADDRESS, caseloads.shown, caseloads.moved),
        watching.route(outside.ADDRESS, outside.register),
        pages.route(f"{outside.ADDRESS}/of/{{person}}", outside.shown, outside.recorded),
        pages.route(
            f"{outside.ADDRESS}/of/{{person}}/{{request}}", outside.one_shown, outside.answered
        ),
        pages.route(f"{outside.ADDRESS}/of/{{person}}/{{request}}/review", sent=outside.reviewed),
        *order_entry.routes(pages),
    ]
