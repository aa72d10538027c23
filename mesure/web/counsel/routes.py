"""The addresses of counsel."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import Role
from mesure.web.counsel import case, counsel_incident
from mesure.web.dependencies import Parts
from mesure.web.shared import documents, visits
from mesure.web.static_files import StaticFiles


def routes(parts: Parts, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    pages = visits.pageful("mesure.web.counsel", parts, static, {Role.COUNSEL})
    return [
        pages.route(case.ADDRESS, case.shown),
        pages.route("/counsel/nights", case.nights_shown),
        pages.route("/counsel/order", case.order_shown),
        pages.route("/counsel/looks", case.who_looked),
        pages.route("/counsel/help", case.helped),
        pages.route("/counsel/incidents/{incident}", counsel_incident.shown),
        pages.route("/counsel/incidents/{incident}/bundle", sent=counsel_incident.bundle),
        pages.route("/counsel/documents/{attachment}", documents.handed_over),
    ]
