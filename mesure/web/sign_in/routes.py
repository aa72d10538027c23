"""The addresses of signing in and out, of the first time, and of one's own account."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import SIGNED_IN, STAFF, Role
from mesure.web.dependencies import Dependencies
from mesure.web.requests.login_queue import LoginQueue
from mesure.web.shared import visits
from mesure.web.shared.visits import LoginDoor
from mesure.web.sign_in import directory_login, login, own_account, passkey_pages, setting_up
from mesure.web.static_files import StaticFiles


def routes(parts: Dependencies, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    # A crowd at the door could fill the memory, and keep every thread from the other pages.
    door = LoginDoor(LoginQueue(), login.comer)
    everybody = visits.pageful("mesure.web.sign_in", parts, static, door=door)
    own = visits.pageful("mesure.web.sign_in", parts, static, SIGNED_IN - {Role.SERVICE}, door)
    staff = visits.pageful("mesure.web.sign_in", parts, static, STAFF)
    return [
        everybody.route("/", login.first),
        everybody.route("/sign-in", login.by_password, login.check_password),
        everybody.route("/sign-in/card", login.by_card, login.check_card),
        everybody.route("/sign-in/passkey", sent=passkey_pages.sign_in),
        everybody.route("/sign-in/passkey/ask", sent=passkey_pages.sign_in_options),
        everybody.route(directory_login.THERE, directory_login.send_to_directory),
        everybody.route(f"{directory_login.THERE}/back", directory_login.came_back),
        everybody.route("/sign-out", sent=login.sign_out),
        everybody.route("/set-up/{token}", setting_up.open_link, setting_up.finish),
        everybody.route("/language", sent=own_account.choose_language),
        everybody.route("/help", login.show_help),
        everybody.route("/still", own_account.stay),
        everybody.route("/still/words", own_account.stay_words),
        own.route("/account", own_account.show, own_account.change_password),
        staff.route("/account/message", sent=own_account.send_trial),
        staff.route("/account/email", sent=own_account.set_email),
        staff.route("/account/passkeys", sent=passkey_pages.add),
        staff.route("/account/passkeys/ask", sent=passkey_pages.registration_options),
        staff.route("/account/passkeys/{key}/remove", sent=passkey_pages.remove),
        own.route("/account/sign-out-everywhere", sent=own_account.sign_out_everywhere),
    ]
