"""The addresses of the office."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import Role
from mesure.web.dependencies import Dependencies
from mesure.web.office import (
    accounts_page,
    barring_page,
    first_week,
    office_page,
    programs_page,
    webhooks_page,
)
from mesure.web.shared import visits
from mesure.web.static_files import StaticFiles


def routes(parts: Dependencies, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    package = "mesure.web.office"
    pages = visits.pageful(package, parts, static, {Role.SUPERVISOR, Role.OPERATOR})
    leading = visits.pageful(package, parts, static, {Role.SUPERVISOR})
    account = f"{accounts_page.ADDRESS}/{{account}}"
    case = f"{barring_page.ADDRESS}/{{person}}"
    webhook = f"{webhooks_page.ADDRESS}/{{webhook}}"
    return [
        pages.route(office_page.ADDRESS, office_page.show),
        pages.route(f"{office_page.ADDRESS}/help", office_page.show_help),
        pages.route(first_week.ADDRESS, first_week.show),
        pages.route(f"{first_week.ADDRESS}/drill", sent=first_week.record_drill),
        pages.route(accounts_page.ADDRESS, accounts_page.show, accounts_page.open_account),
        pages.route(account, accounts_page.show_account),
        pages.route(f"{account}/name", sent=accounts_page.rename),
        pages.route(f"{account}/link", sent=accounts_page.give_link),
        pages.route(f"{account}/close", sent=accounts_page.close),
        leading.route(barring_page.ADDRESS, barring_page.choose),
        leading.route(case, barring_page.show, barring_page.bar),
        leading.route(f"{case}/ask", sent=barring_page.ask_to_unbar),
        leading.route(f"{case}/keep", sent=barring_page.keep_barred),
        leading.route(f"{case}/unbar", sent=barring_page.unbar),
        pages.route(programs_page.ADDRESS, programs_page.show, programs_page.open_program),
        pages.route(f"{programs_page.ADDRESS}/{{service}}/close", sent=programs_page.close),
        pages.route(webhooks_page.ADDRESS, webhooks_page.show, webhooks_page.add),
        pages.route(f"{webhook}/try", sent=webhooks_page.send_trial),
        pages.route(f"{webhook}/remove", sent=webhooks_page.remove),
    ]
