"""The addresses of signing in and out, of the first time, and of one's own account."""

from starlette.routing import BaseRoute

from mesure.privacy.roles import SIGNED_IN, STAFF, Role
from mesure.web.crowd import Crowd
from mesure.web.frame import visits
from mesure.web.frame.visits import Door
from mesure.web.parts import Parts
from mesure.web.sign_in import doors, elsewhere, own_account, passkeys, setting_up
from mesure.web.static_files import StaticFiles


def routes(parts: Parts, static: StaticFiles) -> list[BaseRoute]:
    """Return the routes."""
    # A crowd at the door could fill the memory, and keep every thread from the other pages.
    door = Door(Crowd(), doors.comer)
    everybody = visits.pageful("mesure.web.sign_in", parts, static, door=door)
    own = visits.pageful("mesure.web.sign_in", parts, static, SIGNED_IN - {Role.SERVICE}, door)
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
        staff.route("/account/message", sent=own_account.message_tried),
        staff.route("/account/passkeys", sent=passkeys.added),
        staff.route("/account/passkeys/ask", sent=passkeys.asked_for_new),
        staff.route("/account/passkeys/{key}/remove", sent=passkeys.removed),
        own.route("/account/sign-out-everywhere", sent=own_account.signed_out_everywhere),
    ]
