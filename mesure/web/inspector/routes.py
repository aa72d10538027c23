"""The addresses of those who watch over the programme."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import Role
from mesure.web.dependencies import Dependencies
from mesure.web.inspector import export, log, looks_search, overview, record
from mesure.web.shared import documents, visits
from mesure.web.static_files import StaticFiles


def routes(parts: Dependencies, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    package = "mesure.web.inspector"
    figures = visits.pageful(package, parts, static, {Role.INSPECTOR, Role.SUPERVISOR})
    logs = visits.pageful(package, parts, static, {Role.INSPECTOR, Role.SUPERVISOR, Role.OPERATOR})
    pages = visits.pageful(package, parts, static, {Role.INSPECTOR})

    return [
        figures.route(overview.ADDRESS, overview.show),
        figures.route("/inspector/statistics.csv", export.as_csv),
        figures.route("/inspector/statistics.parquet", export.as_parquet),
        logs.route("/inspector/help", overview.show_help),
        pages.route(record.ADDRESS, record.show),
        pages.route(looks_search.ADDRESS, looks_search.show),
        pages.route(f"{looks_search.PAPERS}/{{paper}}", documents.download_paper),
        logs.route(log.ADDRESS, log.show, log.compare),
        logs.route(f"{log.ADDRESS}/checkpoint", log.send_checkpoint),
        logs.route(f"{log.ADDRESS}/proof", log.send_proof),
    ]
