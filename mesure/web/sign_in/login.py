"""Login and logout, by either door."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from mesure.actions.accounts import failed_sign_ins, sessions, sign_in
from mesure.actions.accounts.sign_in import CardSignIn, PasswordSignIn, SignInResult, SignOut
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.privacy.roles import CASEWORK, OWN_SIDE, Role
from mesure.web import signed_in
from mesure.web.requests import csrf, rates
from mesure.web.requests.login_queue import LoginCaller
from mesure.web.shared import resumption, visits
from mesure.web.shared.form_fields import FormFields
from mesure.web.shared.visits import PageVisit

BROWSER: Final = "mesure_browser"
BROWSER_S: Final = 365 * 24 * 3600
LOCAL: Final = "localhost"
# Where somebody may go besides where they begin.
WATCHING: Final = {Role.SUPERVISOR: ("/inspector", "/office"), Role.OPERATOR: ("/inspector/log",)}


def home(role: Role) -> str:
    """Return where somebody begins."""
    if role is Role.COUNSEL:
        return "/counsel"
    if role is Role.PERSON:
        return "/portal"
    if role is Role.INSPECTOR:
        return "/inspector"
    return "/console" if role in CASEWORK else "/office"


def first(visit: PageVisit) -> Response:
    """Lead a visitor who opens the service to where they begin."""
    session = visit.session
    return visit.to("/sign-in/card" if session is None else home(session.actor.role))


def show_help(visit: PageVisit) -> Response:
    """Show help with signing in."""
    return visit.page("help.html")


def by_password(visit: PageVisit) -> Response:
    """Show the door of those who work here; a person's page leads to the other one."""
    there = visits.local(visit.query_value("next"), "/")
    if there.startswith(("/portal", "/counsel")):
        return visit.to(f"/sign-in/card?next={quote(there, safe='')}")
    return show_door(visit, "sign_in.html", there)


def by_card(visit: PageVisit) -> Response:
    """Show the door of people under an order."""
    return show_door(visit, "card.html", visits.local(visit.query_value("next"), "/"))


def check_password(visit: PageVisit) -> Response:
    """Sign in with name, password and code; a form that was interrupted waits at the door."""
    if visit.query_value(resumption.QUERY):
        return _interrupted(visit, "sign_in.html")
    form, catalogue = visit.form, visit.texts
    login = form.text("login", catalogue.text("Enter the name of your account."))
    password = form.value("password")
    if not password:
        form.refuse("password", catalogue.text("Enter your password."))
    code = form.text("code", catalogue.text("Enter the code that your app shows now."))

    def enter() -> SignInResult:
        request = PasswordSignIn(login, password, code, browser(visit), session(visit))
        return visit.perform(sign_in.by_password, request)

    return _entered(visit, "sign_in.html", "login", enter)


def check_card(visit: PageVisit) -> Response:
    """Sign in with a card and a PIN; a form that was interrupted waits at the door."""
    if visit.query_value(resumption.QUERY):
        return _interrupted(visit, "card.html")
    form, catalogue = visit.form, visit.texts
    card = form.text("card", catalogue.text("Enter the code on your card."))
    pin = form.text("pin", catalogue.text("Enter your PIN."))

    def enter() -> SignInResult:
        return visit.perform(sign_in.by_card, CardSignIn(card, pin, browser(visit), session(visit)))

    return _entered(visit, "card.html", "card", enter)


def sign_out(visit: PageVisit) -> Response:
    """Sign out, and let the browser forget what it keeps."""
    token = session(visit)
    if visit.session is not None and token is not None:
        visit.perform(sign_in.out, SignOut(token))
    answer = visit.to("/sign-in/card" if visit.actor.role in OWN_SIDE else "/sign-in")
    signed_in.take_session(visit.parts, answer)
    return answer


def _interrupted(visit: PageVisit, template: str) -> Response:
    """Show the door to a visitor who sent a form after their session had ended."""
    path = visit.query_value(resumption.QUERY)
    form = resumption.encode_form(visit.request, visit.form.values, path)
    at_door = replace(visit, form=FormFields({resumption.FIELD: form}))
    return show_door(at_door, template, visits.local(resumption.page_of(visit.request), "/"))


def _entered(
    visit: PageVisit, template: str, field: str, enter: Callable[[], SignInResult]
) -> Response:
    there = visits.local(visit.form.value("next"), "/")
    if visit.form.faults:
        return show_door(visit, template, there, 422)
    try:
        came_in = enter()
    except NotAllowedError as refused:
        visit.form.refuse(field, refused.sentence(visit.texts.catalogue))
        return show_door(visit, template, there, 403)
    except ActionError as error:  # The PIN that was chosen is no PIN.
        visit.form.refuse("pin", error.sentence(visit.texts.catalogue))
        return show_door(visit, template, there, 422)
    return led_in(visit, came_in, there)


def led_in(visit: PageVisit, came_in: SignInResult, there: str) -> Response:
    """Lead somebody who came in to where they were going, or to where they begin."""
    form = resumption.read(visit.form.value(resumption.FIELD))
    if form is not None and _is_same(visit, came_in):
        answer = visit.page("resume.html", going_on=form, own_csrf=csrf.token(came_in.session))
        return _with_cookies(visit, came_in, answer)
    start = home(came_in.role)
    also = WATCHING.get(came_in.role, ())
    answer = visit.to(there if there.startswith((start, *also, "/account")) else start)
    return _with_cookies(visit, came_in, answer)


def _is_same(visit: PageVisit, came_in: SignInResult) -> bool:
    """Tell whether the session that ended in this browser was the visitor's own."""
    ended = visit.request.cookies.get(signed_in.cookie_name(visit.parts), "")
    return sessions.holder(visit.context.store, visit.context.keyring, ended) == came_in.account


def _with_cookies(visit: PageVisit, came_in: SignInResult, answer: Response) -> Response:
    answer.headers.append("Set-Cookie", signed_in.cookie(visit.parts, came_in.session))
    if not _is_same(visit, came_in):  # What somebody else read here is not theirs to read.
        signed_in.forget(answer)
    if came_in.browser is not None:
        secure = visit.parts.is_secure
        answer.set_cookie(
            BROWSER, came_in.browser, BROWSER_S, secure=secure, httponly=True, samesite="lax"
        )
    return answer


def show_door(visit: PageVisit, template: str, there: str, status: int = 200) -> Response:
    """Show a door."""
    has_directory = visit.context.directory is not None
    contents = {
        "has_directory": has_directory,
        "has_passkeys": knows_passkeys(visit),
        "interrupted": visit.form.value(resumption.FIELD),
    }
    return visit.page(template, status, next=there, **contents)


def knows_passkeys(visit: PageVisit) -> bool:
    """Tell whether browsers know passkeys here: with TLS and a name, or on the machine itself."""
    site = visit.context.site
    if site is None or site.rp_id == LOCAL:
        return site is not None
    is_number = site.rp_id.replace(".", "").isdecimal() or ":" in site.rp_id
    return visit.parts.is_secure and not is_number


def comer(visit: PageVisit) -> LoginCaller:
    """Return as whom somebody comes to a door: those who have been here before go first."""
    network = rates.network_of(visit.request.scope)
    if visit.session is not None:
        return LoginCaller(network, known=visit.actor.account)
    name = visit.form.value("login") or visit.form.value("card")
    account = failed_sign_ins.account_of_browser(visit.context, browser(visit))
    return LoginCaller(network, name.strip().casefold(), account)


def browser(visit: PageVisit) -> str | None:
    """Return the token of a browser in which somebody has signed in before."""
    return visit.request.cookies.get(BROWSER)


def session(visit: PageVisit) -> str | None:
    """Return the token of the session that the browser has."""
    token: str | None = visit.request.scope["state"].get("session")
    return token
