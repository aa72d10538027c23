"""The addresses of signing in and out, of the first time, and of one's own account."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import SIGNED_IN, STAFF, Role
from mesure.web.dependencies import Parts
from mesure.web.requests.login_queue import Crowd
from mesure.web.shared import visits
from mesure.web.shared.visits import Door
from mesure.web.sign_in import directory_login, login, own_account, passkey_pages, setting_up
from mesure.web.static_files import StaticFiles


def routes(parts: Parts, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    # A crowd at the door could fill the memory, and keep every thread from the other pages.
    door = Door(Crowd(), login.comer)
    everybody = visits.pageful("mesure.web.sign_in", parts, static, door=door)
    own = visits.pageful("mesure.web.sign_in", parts, static, SIGNED_IN - {Role.SERVICE}, door)
    staff = visits.pageful("mesure.web.sign_in", parts, static, STAFF)
    return [
        everybody.route("/", login.first),
        everybody.route("/sign-in", login.by_password, login.password_sent),
        everybody.route("/sign-in/card", login.by_card, login.card_sent),
        everybody.route("/sign-in/passkey", sent=passkey_pages.signed_in),
        everybody.route("/sign-in/passkey/ask", sent=passkey_pages.asked_to_sign_in),
        everybody.route(directory_login.THERE, directory_login.sent),
        everybody.route(f"{directory_login.THERE}/back", directory_login.came_back),
        everybody.route("/sign-out", sent=login.sign_out),
        everybody.route("/set-up/{token}", setting_up.opened, setting_up.finished),
        everybody.route("/language", sent=own_account.language_chosen),
        everybody.route("/help", login.helped),
        own.route("/account", own_account.shown, own_account.password_changed),
        staff.route("/account/message", sent=own_account.message_tried),
        staff.route("/account/passkeys", sent=passkey_pages.added),
        staff.route("/account/passkeys/ask", sent=passkey_pages.asked_for_new),
        staff.route("/account/passkeys/{key}/remove", sent=passkey_pages.removed),
        own.route("/account/sign-out-everywhere", sent=own_account.signed_out_everywhere),
    ]
