"""The addresses of the portal."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import OWN_SIDE, Role
from mesure.web.dependencies import Parts
from mesure.web.portal import (
    absence_requests,
    counsel,
    my_data,
    my_map,
    notices,
    offline,
    sign_ins,
    today_page,
    venue_search,
)
from mesure.web.portal.help import help_page
from mesure.web.shared import documents, visits
from mesure.web.static_files import StaticFiles


def routes(parts: Parts, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    pages = visits.pageful("mesure.web.portal", parts, static, OWN_SIDE)
    own = visits.pageful("mesure.web.portal", parts, static, {Role.PERSON})
    everybody = visits.pageful("mesure.web.portal", parts, static)
    return [
        everybody.route("/portal/manifest.json", offline.manifest),
        everybody.route("/portal/worker.js", offline.worker),
        pages.route("/portal", today_page.shown),
        pages.route("/portal/map", my_map.shown),
        pages.route(venue_search.ADDRESS, venue_search.shown),
        pages.route("/portal/notices", notices.shown),
        pages.route("/portal/notices/{incident}", notices.one_shown, notices.written),
        pages.route(
            "/portal/notices/{incident}/contests/{contest}/take-back",
            sent=notices.contest_taken_back,
        ),
        pages.route(
            "/portal/notices/{incident}/documents/{attachment}/take-back",
            sent=notices.document_taken_back,
        ),
        pages.route("/portal/notices/{incident}/bundle", sent=notices.bundle),
        pages.route("/portal/documents/{attachment}", documents.handed_over),
        pages.route("/portal/more", my_data.more),
        pages.route("/portal/nights", my_data.nights),
        pages.route("/portal/device", my_data.device),
        pages.route("/portal/looks", my_data.who_looked),
        pages.route("/portal/kept", my_data.kept, my_data.everything),
        pages.route("/portal/help", help_page.shown),
        own.route(sign_ins.ADDRESS, sign_ins.shown),
        own.route("/portal/counsel", counsel.shown, counsel.invited),
        own.route("/portal/counsel/{account}/end", sent=counsel.ended),
        pages.route("/portal/absences", absence_requests.shown),
        pages.route("/portal/absences/{absence}/take-back", sent=absence_requests.taken_back),
        pages.route(
            "/portal/absences/{way}", absence_requests.form_shown, absence_requests.form_sent
        ),
    ]
