"""The addresses of counsel."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import Role
from mesure.web.counsel import case, counsel_incident
from mesure.web.dependencies import Dependencies
from mesure.web.shared import documents, visits
from mesure.web.shared.evidence import page_map
from mesure.web.static_files import StaticFiles


def routes(parts: Dependencies, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    pages = visits.pageful("mesure.web.counsel", parts, static, {Role.COUNSEL})
    return [
        pages.route(case.ADDRESS, case.show),
        pages.route("/counsel/nights", case.show_nights),
        pages.route("/counsel/order", case.show_order),
        pages.route("/counsel/notes", case.show_notes),
        pages.route("/counsel/looks", case.who_looked),
        pages.route("/counsel/help", case.show_help),
        pages.route("/counsel/help/map", page_map.show_help),
        pages.route("/counsel/incidents/{incident}", counsel_incident.show),
        pages.route("/counsel/incidents/{incident}/bundle", sent=counsel_incident.bundle),
        pages.route("/counsel/papers/{paper}", documents.download_paper),
        pages.route("/counsel/documents/{attachment}", documents.download),
    ]
