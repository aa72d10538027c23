"""The addresses of the portal."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import OWN_SIDE, Role
from mesure.web.dependencies import Dependencies
from mesure.web.portal import (
    absence_requests,
    my_data,
    my_map,
    notices,
    offline,
    today_page,
    venue_search,
)
from mesure.web.portal.access import counsel, own_contact, sign_ins
from mesure.web.portal.help import help_page
from mesure.web.shared import documents, visits
from mesure.web.shared.evidence import page_map
from mesure.web.static_files import StaticFiles


def routes(parts: Dependencies, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    pages = visits.pageful("mesure.web.portal", parts, static, OWN_SIDE)
    own = visits.pageful("mesure.web.portal", parts, static, {Role.PERSON})
    everybody = visits.pageful("mesure.web.portal", parts, static)
    return [
        everybody.route("/portal/manifest.json", offline.manifest),
        everybody.route("/portal/worker.js", offline.worker),
        pages.route("/portal", today_page.show),
        pages.route("/portal/offline", offline.show),
        pages.route("/portal/map", my_map.show),
        pages.route(venue_search.ADDRESS, venue_search.show),
        pages.route("/portal/notices", notices.show),
        pages.route("/portal/notices/{incident}", notices.show_notice, notices.send_statement),
        pages.route(
            "/portal/notices/{incident}/contests/{contest}/take-back",
            sent=notices.take_back_contest,
        ),
        pages.route(
            "/portal/notices/{incident}/documents/{attachment}/take-back",
            sent=notices.take_back_document,
        ),
        pages.route("/portal/notices/{incident}/bundle", sent=notices.bundle),
        pages.route("/portal/documents/{attachment}", documents.download),
        pages.route("/portal/papers/{paper}", documents.download_paper),
        pages.route("/portal/more", my_data.more),
        pages.route("/portal/nights", my_data.nights),
        pages.route("/portal/device", my_data.device),
        pages.route("/portal/notes", my_data.notes),
        pages.route("/portal/looks", my_data.who_looked),
        pages.route("/portal/kept", my_data.show_retention, my_data.everything),
        pages.route("/portal/help", help_page.show),
        pages.route("/portal/help/map", page_map.show_help),
        own.route(sign_ins.ADDRESS, sign_ins.show),
        own.route(own_contact.ADDRESS, own_contact.show, own_contact.change),
        own.route(f"{own_contact.ADDRESS}/try", sent=own_contact.send_trial),
        own.route("/portal/counsel", counsel.show, counsel.invite),
        own.route("/portal/counsel/{account}/end", sent=counsel.end),
        pages.route("/portal/absences", absence_requests.show),
        pages.route("/portal/absences/{absence}/take-back", sent=absence_requests.take_back),
        pages.route(
            "/portal/absences/{way}", absence_requests.show_form, absence_requests.send_request
        ),
    ]
