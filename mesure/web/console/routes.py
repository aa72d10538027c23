"""The addresses of the console."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import CASEWORK, Role
from mesure.web.console import (
    absences,
    caseloads,
    contact,
    cover,
    incident,
    outside,
    people,
    person,
    today,
    trail,
)
from mesure.web.console.order_entry import routes as order_entry
from mesure.web.frame import documents, visits
from mesure.web.parts import Parts
from mesure.web.static_files import StaticFiles


def routes(parts: Parts, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    pages = visits.pageful("mesure.web.console", parts, static, CASEWORK)
    watching = visits.pageful("mesure.web.console", parts, static, {Role.SUPERVISOR})
    return [
        pages.route("/console", today.shown),
        pages.route("/console/help", today.helped),
        pages.route("/console/incidents/{incident}", incident.shown, incident.opened),
        pages.route("/console/incidents/{incident}/finding", sent=incident.found),
        pages.route("/console/incidents/{incident}/again", sent=incident.found_again),
        pages.route("/console/incidents/{incident}/second-look", sent=incident.second_look),
        pages.route("/console/incidents/{incident}/take-back", sent=incident.taken_back),
        pages.route("/console/incidents/{incident}/bundle", sent=incident.bundle),
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
        pages.route("/console/absences", absences.shown),
        pages.route("/console/absences/{absence}", absences.one_shown, absences.answered),
        pages.route("/console/absences/{absence}/end", sent=absences.revoked),
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
