"""One's own account: the language one reads, another password, and leaving every browser."""

from typing import Final

from starlette.responses import Response

from mesure.actions.accounts import passkeys, sign_in, staff_accounts
from mesure.actions.accounts.sign_in import ChangePassword
from mesure.actions.accounts.staff_accounts import SetLanguage
from mesure.actions.cases import contact_check
from mesure.actions.cases.contact_check import ContactTrial, SetOwnContact
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.refusals.refusals import ActionConflictError, ActionError
from mesure.privacy.roles import STAFF
from mesure.web import languages, signed_in
from mesure.web.requests import csrf
from mesure.web.shared import visits
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words import contact_words
from mesure.web.shared.words.contact_words import TrialLine
from mesure.web.sign_in import login
from mesure.web.sign_in.login import BROWSER_S

ACCOUNT: Final = "Mesure-Session-Account"
FORM: Final = "Mesure-Session-Form"


def choose_language(visit: PageVisit) -> Response:
    """Keep the language that somebody chose, in the browser and with the account."""
    chosen = visit.form.value("language")
    answer = visit.to(visits.local(visit.form.value("back"), "/"))
    if chosen in visit.parts.languages:
        secure = visit.parts.is_secure
        answer.set_cookie(languages.COOKIE, chosen, BROWSER_S, samesite="lax", secure=secure)
        if visit.session is not None:
            visit.perform(staff_accounts.set_language, SetLanguage(chosen))
    return answer


def stay(visit: PageVisit) -> Response:
    """Keep one's session alive, and say whose it is and how long it lasts; it needs no page.

    A request in the background keeps nothing alive. Forms of a page that was open while its holder
    signed in again go on by what is said here.
    """
    session = visit.session
    if session is None:
        return Response(status_code=204, headers={visits.LASTS: "0"})
    headers = {
        visits.LASTS: visits.lasts_s(session, visit.context.now),
        ACCOUNT: session.actor.account,
        FORM: csrf.token(visit.request.scope["state"]["session"]),
    }
    return Response(status_code=204, headers=headers)


def stay_words(visit: PageVisit) -> Response:
    """Return what a page says before a session ends; a script asks for it when it is needed."""
    return visit.page("still.html")


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show one's own account, with what is wrong with what was sent."""
    is_staff = visit.actor.role in STAFF
    own = visit.perform(passkeys.list_passkeys, EmptyRequest()) if is_staff else ()
    contents = {
        "is_staff": is_staff,
        "keys": own,
        "has_passkeys": is_staff and login.knows_passkeys(visit),
        "may_add": len(own) < passkeys.PASSKEYS_MAX,
        "is_recent": passkeys.is_recent(visit.context),
        **(_reached(visit) if is_staff else {}),
    }
    return visit.page("account_page.html", status, **contents)


def change_password(visit: PageVisit) -> Response:
    """Choose another password, or PIN; the holder then signs in again."""
    form, catalogue = visit.form, visit.texts
    old = form.value("old") or _missing(visit, "old", catalogue.text("Enter the current one."))
    new = form.value("new") or _missing(visit, "new", catalogue.text("Enter the new one."))
    if form.faults:
        return show(visit, 422)
    try:
        visit.perform(sign_in.change_password, ChangePassword(old, new))
    except ActionError as error:
        form.refuse("old", error.sentence(catalogue.catalogue))
        return show(visit, 422)
    return _out(visit)


def sign_out_everywhere(visit: PageVisit) -> Response:
    """Leave every browser."""
    visit.perform(sign_in.out_everywhere, EmptyRequest())
    return _out(visit)


def send_trial(visit: PageVisit) -> Response:
    """Have a test message sent to oneself."""
    try:
        sent = visit.perform(contact_check.try_own, EmptyRequest())
    except ActionConflictError as refused:
        visit.form.refuse("email", refused.sentence(visit.texts.catalogue))
        return show(visit, 422)
    return visit.to(f"/account?sent={sent.trial}#trial")


def set_email(visit: PageVisit) -> Response:
    """Choose by which address one is written to; an empty one takes it away."""
    request = SetOwnContact(visit.form.value("email").strip() or None)
    if not visit.try_action(contact_check.set_own, request, "email"):
        return show(visit, 422)
    return visit.to("/account?kept=yes#messages")


def _missing(visit: PageVisit, name: str, sentence: str) -> str:
    visit.form.refuse(name, sentence)
    return ""


def _out(visit: PageVisit) -> Response:
    answer = visit.to("/")
    signed_in.take_session(visit.parts, answer)
    return answer


def _trial(visit: PageVisit) -> TrialLine | None:
    trial = visit.query_value("sent")
    if not trial:
        return None
    state = visit.perform(contact_check.own_trial, ContactTrial(trial))
    return contact_words.to_oneself(state, visit.texts)


def _reached(visit: PageVisit) -> dict[str, object]:
    """Return the address at which a member of staff is written to, and what came of a trial."""
    email = visit.perform(contact_check.own, EmptyRequest()).email
    return {
        "form": visit.form.over({"email": email or ""}),
        "trial": _trial(visit),
        "was_kept": visit.query_value("kept") == "yes",
        "has_email": email is not None,
        "unreachable": contact_words.unreachable(visit.context.procedure, email, None, visit.texts),
    }
