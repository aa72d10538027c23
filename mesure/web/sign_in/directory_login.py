"""Directory login: sent to another directory, and taken back.

The browser that is sent gets a cookie for the way back; a state that comes without it is somebody
else's.
"""

from typing import Final

from starlette.responses import Response

from mesure.actions.accounts import directory_sign_in
from mesure.actions.accounts.directory_sign_in import DirectoryCallback
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.web.shared.visits import PageVisit
from mesure.web.sign_in import login

SENT: Final = "mesure_sent"
THERE: Final = "/sign-in/directory"


def send_to_directory(visit: PageVisit) -> Response:
    """Send the browser to the directory."""
    try:
        went = directory_sign_in.go(visit.context)
    except ActionError as error:
        return _refused(visit, error)
    answer = visit.to(went.address)
    answer.set_cookie(
        SENT,
        went.browser,
        int(directory_sign_in.VISIT_LASTS.total_seconds()),
        path=THERE,
        secure=visit.parts.is_secure,
        httponly=True,
        samesite="lax",
    )
    return answer


def came_back(visit: PageVisit) -> Response:
    """Sign in whom the directory sent back."""
    request = DirectoryCallback(
        visit.query_value("state"),
        visit.query_value("code"),
        visit.request.cookies.get(SENT, ""),
        login.browser(visit),
        login.session(visit),
    )
    try:
        came_in = visit.perform(directory_sign_in.by_directory, request)
    except ActionError as error:
        return _refused(visit, error)
    answer = login.led_in(visit, came_in, "/")
    answer.delete_cookie(SENT, path=THERE)
    return answer


def _refused(visit: PageVisit, error: ActionError) -> Response:
    visit.form.refuse("login", error.sentence(visit.texts.catalogue))
    status = 403 if isinstance(error, NotAllowedError) else 503
    return login.show_door(visit, "sign_in.html", "/", status)
