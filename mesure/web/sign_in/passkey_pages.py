"""Passkeys on the pages: signing in with one, adding one, taking one away.

What a device is asked and what it signs goes through a small script; without it the pages work as
ever, with password and code, and never speak of passkeys. Browsers know passkeys only where the
service has a name and is reached by TLS, or on the machine itself.
"""

import msgspec
from starlette.responses import Response

from mesure.actions.accounts import passkeys
from mesure.actions.accounts.passkeys import Asked, OfKey, Signed
from mesure.actions.framework.action import Nothing
from mesure.actions.refusals.refusals import ActionError
from mesure.web.shared import visits
from mesure.web.shared.visits import Visit
from mesure.web.sign_in import login, own_account


def asked_to_sign_in(visit: Visit) -> Response:
    """Hand over what a device is to sign."""
    return _json(passkeys.begin_sign_in(visit.context))


def signed_in(visit: Visit) -> Response:
    """Sign in with what a device has signed."""
    there = visits.local(visit.form.value("next"), "/")
    request = Signed(
        visit.form.value("challenge"),
        visit.form.value("credential"),
        browser=login.browser(visit),
        replaces=login.session(visit),
    )
    try:
        came_in = visit.perform(passkeys.by_passkey, request)
    except ActionError as error:
        visit.form.refuse("login", error.sentence(visit.texts.catalogue))
        return login.shown(visit, "sign_in.html", there, 403)
    return login.led_in(visit, came_in, there)


def asked_for_new(visit: Visit) -> Response:
    """Hand over what a device is asked for to make a new key."""
    return _json(visit.perform(passkeys.begin, Nothing()))


def added(visit: Visit) -> Response:
    """Add the key that a device has made."""
    form, catalogue = visit.form, visit.texts
    name = form.text("name", catalogue.text("Give the passkey a name, such as “my phone”."))
    if form.faults:
        return own_account.page(visit, 422)
    request = Signed(form.value("challenge"), form.value("credential"), name)
    done = visit.tried(passkeys.add, request, "name")
    return visit.to("/account#passkeys") if done else own_account.page(visit, 422)


def removed(visit: Visit) -> Response:
    """Let a key open nothing any more."""
    visit.perform(passkeys.remove, OfKey(visit.path("key")))
    return visit.to("/account#passkeys")


def _json(challenge: Asked) -> Response:
    return Response(msgspec.json.encode(challenge), media_type="application/json")
