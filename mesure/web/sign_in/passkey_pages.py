"""Passkeys on the pages: signing in with one, adding one, taking one away.

What a device is asked and what it signs goes through a small script; without it the pages work as
ever, with password and code, and never speak of passkeys. Browsers know passkeys only where the
service has a name and is reached by TLS, or on the machine itself.
"""

import msgspec
from starlette.responses import Response

from mesure.actions.accounts import passkeys
from mesure.actions.accounts.passkeys import PasskeyOptions, PasskeyRef, PasskeyResponse
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.refusals.refusals import ActionError
from mesure.web.shared import visits
from mesure.web.shared.visits import PageVisit
from mesure.web.sign_in import login, own_account


def sign_in_options(visit: PageVisit) -> Response:
    """Hand over what a device is to sign."""
    return _json(passkeys.begin_sign_in(visit.context))


def sign_in(visit: PageVisit) -> Response:
    """Sign in with what a device has signed."""
    there = visits.local(visit.form.value("next"), "/")
    request = PasskeyResponse(
        visit.form.value("challenge"),
        visit.form.value("credential"),
        browser=login.browser(visit),
        replaces=login.session(visit),
    )
    try:
        came_in = visit.perform(passkeys.by_passkey, request)
    except ActionError as error:
        visit.form.refuse("login", error.sentence(visit.texts.catalogue))
        return login.show_door(visit, "sign_in.html", there, 403)
    return login.led_in(visit, came_in, there)


def registration_options(visit: PageVisit) -> Response:
    """Hand over what a device is asked for to make a new key."""
    return _json(visit.perform(passkeys.begin, EmptyRequest()))


def add(visit: PageVisit) -> Response:
    """Add the key that a device has made."""
    form, catalogue = visit.form, visit.texts
    name = form.text("name", catalogue.text("Give the passkey a name, such as “my phone”."))
    if form.faults:
        return own_account.show(visit, 422)
    request = PasskeyResponse(form.value("challenge"), form.value("credential"), name)
    done = visit.try_action(passkeys.add, request, "name")
    return visit.to("/account#passkeys") if done else own_account.show(visit, 422)


def remove(visit: PageVisit) -> Response:
    """Let a key open nothing any more."""
    visit.perform(passkeys.remove, PasskeyRef(visit.path("key")))
    return visit.to("/account#passkeys")


def _json(challenge: PasskeyOptions) -> Response:
    return Response(msgspec.json.encode(challenge), media_type="application/json")
