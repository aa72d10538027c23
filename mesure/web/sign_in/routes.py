"""The addresses of signing in and out, of the first time, and of one's own account."""

from asyncio import Semaphore
from typing import Final

from starlette.routing import BaseRoute

from mesure.privacy.roles import SIGNED_IN, STAFF, Role
from mesure.web.frame import visits
from mesure.web.parts import Parts
from mesure.web.sign_in import doors, elsewhere, own_account, passkeys, setting_up
from mesure.web.static_files import StaticFiles

# Checking one takes 64 MiB, so a crowd at the door could fill the memory, and keep every thread
# from the other pages.
PASSWORDS_AT_ONCE: Final = 4


def routes(parts: Parts, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    at_once = Semaphore(PASSWORDS_AT_ONCE)
    everybody = visits.pageful("mesure.web.sign_in", parts, static, at_once=at_once)
    own = visits.pageful("mesure.web.sign_in", parts, static, SIGNED_IN - {Role.SERVICE}, at_once)
    staff = visits.pageful("mesure.web.sign_in", parts, static, STAFF)
    return [
        everybody.route("/", doors.first),
        everybody.route("/sign-in", doors.by_password, doors.password_sent),
        everybody.route("/sign-in/card", doors.by_card, doors.card_sent),
        everybody.route("/sign-in/passkey", sent=passkeys.signed_in),
        everybody.route("/sign-in/passkey/ask", sent=passkeys.asked_to_sign_in),
        everybody.route(elsewhere.THERE, elsewhere.sent),
        everybody.route(f"{elsewhere.THERE}/back", elsewhere.came_back),
        everybody.route("/sign-out", sent=doors.sign_out),
        everybody.route("/set-up/{token}", setting_up.opened, setting_up.finished),
        everybody.route("/language", sent=own_account.language_chosen),
        everybody.route("/help", doors.helped),
        own.route("/account", own_account.shown, own_account.password_changed),
        staff.route("/account/passkeys", sent=passkeys.added),
        staff.route("/account/passkeys/ask", sent=passkeys.asked_for_new),
        staff.route("/account/passkeys/{key}/remove", sent=passkeys.removed),
        own.route("/account/sign-out-everywhere", sent=own_account.signed_out_everywhere),
    ]
