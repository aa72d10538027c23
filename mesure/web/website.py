"""Website: everything that a browser can open, in one application.

Console, portal, counsel, inspection, office and API never meet; only here do their routes come
together.
"""

from starlette.types import ASGIApp

from mesure.web import app, map_tiles, static_files
from mesure.web.console import routes as console
from mesure.web.counsel import routes as counsel
from mesure.web.dependencies import Dependencies
from mesure.web.inspector import routes as inspector
from mesure.web.office import routes as office
from mesure.web.portal import routes as portal
from mesure.web.shared import visits
from mesure.web.shared.error_pages import ErrorPages
from mesure.web.sign_in import routes as sign_in


def build(parts: Dependencies) -> ASGIApp:
    """Return the application, with its pages."""
    static = static_files.own()
    kinds = (sign_in, console, portal, counsel, inspector, office)
    pages = [route for kind in kinds for route in kind.routes(parts, static)]
    if parts.basemap is not None:
        pages.append(map_tiles.route(parts.basemap))
    whole = app.build(parts, static, pages)
    return ErrorPages(whole, visits.pageful("mesure.web", parts, static).pages)
