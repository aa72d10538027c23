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
from mesure.web.console.desk import digest_page, handover_page, next_line, notes_page, officers_page
from mesure.web.console.devices import routes as devices
from mesure.web.console.order_entry import routes as order_entry
from mesure.web.dependencies import Dependencies
from mesure.web.shared import documents, visits
from mesure.web.shared.evidence import page_map
from mesure.web.shared.visits import PagePackage
from mesure.web.static_files import StaticFiles


def routes(parts: Dependencies, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    pages = visits.pageful("mesure.web.console", parts, static, CASEWORK)
    watching = visits.pageful("mesure.web.console", parts, static, {Role.SUPERVISOR})
    return [
        pages.route("/console", worklist_page.show),
        pages.route("/console/help", worklist_page.show_help),
        pages.route("/console/help/map", page_map.show_help),
        pages.route(
            "/console/incidents/{incident}", incident_page.show, incident_page.open_incident
        ),
        pages.route("/console/incidents/{incident}/finding", sent=incident_page.decide),
        pages.route("/console/incidents/{incident}/again", sent=incident_page.decide_again),
        pages.route("/console/incidents/{incident}/second-look", sent=incident_page.second_look),
        pages.route("/console/incidents/{incident}/take-back", sent=incident_page.take_back),
        pages.route("/console/incidents/{incident}/bundle", sent=incident_page.bundle),
        pages.route(f"{next_line.ADDRESS}/{{incident}}", next_line.go_on),
        pages.route(digest_page.ADDRESS, digest_page.show, digest_page.open_all),
        pages.route(f"{digest_page.ADDRESS}/answer", sent=digest_page.answer),
        pages.route(f"{digest_page.ADDRESS}/take-back", sent=digest_page.take_back),
        pages.route("/console/documents/{attachment}", documents.download),
        *_of_people(pages),
        pages.route("/console/absences", absence_answers.show),
        pages.route(
            "/console/absences/{absence}", absence_answers.show_request, absence_answers.answer
        ),
        pages.route("/console/absences/{absence}/end", sent=absence_answers.revoke),
        pages.route("/console/cover", cover.show, cover.add_cover),
        pages.route("/console/cover/on-call", sent=cover.add_on_call),
        pages.route("/console/cover/end", sent=cover.end),
        pages.route("/console/cover/again", sent=cover.enter_again),
        pages.route(caseloads.ADDRESS, caseloads.show, caseloads.move),
        watching.route(officers_page.ADDRESS, officers_page.show),
        watching.route(outside.ADDRESS, outside.register),
        pages.route(f"{outside.ADDRESS}/of/{{person}}", outside.show, outside.record_request),
        pages.route(
            f"{outside.ADDRESS}/of/{{person}}/{{request}}", outside.show_request, outside.answer
        ),
        pages.route(
            f"{outside.ADDRESS}/of/{{person}}/{{request}}/review", sent=outside.enter_review
        ),
        *devices.routes(parts, static),
        *order_entry.routes(pages),
    ]


def _of_people(pages: PagePackage) -> list[BaseRoute]:
    """Return the routes of the list of people and of a person's page."""
    return [
        pages.route(people.ADDRESS, people.show),
        pages.route(people.CSV, people.as_csv),
        pages.route(people.VIEWS, sent=people.save_view),
        pages.route(f"{people.VIEWS}/remove", sent=people.remove_view),
        pages.route("/console/people/{person}", person.show),
        pages.route("/console/people/{person}/card", sent=person.give_card),
        pages.route("/console/people/{person}/contact", contact.show, contact.change),
        pages.route("/console/people/{person}/contact/try", sent=contact.send_trial),
        pages.route(notes_page.ADDRESS, notes_page.show, notes_page.write),
        pages.route(f"{notes_page.ADDRESS}/{{note}}", notes_page.show_note, notes_page.correct),
        pages.route(f"{notes_page.ADDRESS}/{{note}}/take-back", sent=notes_page.take_back),
        *_of_handovers(pages),
        pages.route("/console/people/{person}/grounds", sent=person.record_ground),
        pages.route("/console/people/{person}/grounds/{ground}", sent=person.answer_ground),
        pages.route("/console/people/{person}/trail/{ground}.csv", trail.as_csv),
        pages.route("/console/people/{person}/trail/{ground}.gpx", trail.as_gpx),
        pages.route("/console/people/{person}/trail/{ground}", trail.show),
        pages.route(
            "/console/people/{person}/absences/give",
            absence_answers.show_give,
            absence_answers.give,
        ),
    ]


def _of_handovers(pages: PagePackage) -> list[BaseRoute]:
    """Return the routes of what is handed over with a case."""
    note = f"{handover_page.ADDRESS}/{{handover}}"
    return [
        pages.route(handover_page.ADDRESS, handover_page.show, handover_page.write),
        pages.route(f"{note}/correct", sent=handover_page.correct),
        pages.route(f"{note}/take-back", sent=handover_page.take_back),
        pages.route(f"{note}/confirm", sent=handover_page.confirm),
        pages.route(f"{note}/unconfirm", sent=handover_page.unconfirm),
    ]
