"""Setting up: a link that was handed over becomes an account with a password and an app."""

from starlette.responses import Response

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountSetup, FinishSetup, OpenSetupLink
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.web.shared import square_code
from mesure.web.shared.visits import PageVisit


def open_link(visit: PageVisit) -> Response:
    """Show what the holder of a link does to come in."""
    return _shown(visit, _setup(visit))


def finish(visit: PageVisit) -> Response:
    """Keep what was chosen, and show the codes for a lost phone, once."""
    form, catalogue = visit.form, visit.texts
    login = form.text("login", catalogue.text("Choose the name with which you sign in."))
    password = form.value("password")
    if not password:
        form.refuse("password", catalogue.text("Choose a password."))
    elif password != form.value("again"):
        form.refuse("again", catalogue.text("This is not the same password. Type it again."))
    code = form.text("code", catalogue.text("Enter the code that your app shows now."))
    if form.faults:
        return _shown(visit, _setup(visit), 422)
    try:
        request = FinishSetup(visit.path("token"), login, password, code)
        recovery = visit.perform(staff_accounts.finish_setup, request)
    except NotAllowedError as refused:
        if refused.reason is not AccessRefusal.SIGN_IN:
            raise
        form.refuse("code", catalogue.text("This code is not right. Take the next that it shows."))
        return _shown(visit, _setup(visit), 422)
    except ActionError as error:
        form.refuse("password", error.sentence(catalogue.catalogue))
        return _shown(visit, _setup(visit), 422)
    return visit.page("set_up_done.html", codes=recovery.codes)


def _setup(visit: PageVisit) -> AccountSetup:
    offered = visit.form.value("offered") or None
    return visit.perform(staff_accounts.begin_setup, OpenSetupLink(visit.path("token"), offered))


def _shown(visit: PageVisit, setup: AccountSetup, status: int = 200) -> Response:
    wide, path = square_code.squares(setup.totp_address)
    groups = [setup.totp_secret[at : at + 4] for at in range(0, len(setup.totp_secret), 4)]
    contents = {"setup": setup, "wide": wide, "squares": path, "secret": " ".join(groups)}
    return visit.page("set_up.html", status, **contents)
