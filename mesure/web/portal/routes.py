"""The addresses of the portal."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import OWN_SIDE
from mesure.web.frame import visits
from mesure.web.parts import Parts
from mesure.web.portal import absences, my_map, offline, today
from mesure.web.static_files import StaticFiles


def routes(parts: Parts, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    pages = visits.pageful("mesure.web.portal", parts, static, OWN_SIDE)
    everybody = visits.pageful("mesure.web.portal", parts, static)
    return [
        everybody.route("/portal/manifest.json", offline.manifest),
        everybody.route("/portal/worker.js", offline.worker),
        pages.route("/portal", today.shown),
        pages.route("/portal/map", my_map.shown),
        pages.route("/portal/absences", absences.shown),
        pages.route("/portal/absences/{absence}/take-back", sent=absences.taken_back),
        pages.route("/portal/absences/{way}", absences.form_shown, absences.form_sent),
    ]
