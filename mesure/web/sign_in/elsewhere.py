"""The door of those whom another directory knows: sent there, and taken back.

The browser that is sent gets a cookie for the way back; a state that comes without it is somebody
else's.
"""

from typing import Final

from starlette.responses import Response

from mesure.actions import sign_in_elsewhere
from mesure.actions.errors import ActionError, NotAllowedError
from mesure.actions.sign_in_elsewhere import CameBack
from mesure.web.frame.visits import Visit
from mesure.web.sign_in import doors

SENT: Final = "mesure_sent"
THERE: Final = "/sign-in/directory"


def sent(visit: Visit) -> Response:
    """Send the browser to the directory."""
    try:
        went = sign_in_elsewhere.go(visit.context)
    except ActionError as error:
        return _refused(visit, error)
    answer = visit.to(went.address)
    answer.set_cookie(
        SENT,
        went.browser,
        int(sign_in_elsewhere.VISIT_LASTS.total_seconds()),
        path=THERE,
        secure=visit.parts.is_secure,
        httponly=True,
        samesite="lax",
    )
    return answer


def came_back(visit: Visit) -> Response:
    """Sign in whom the directory sent back."""
    asked = CameBack(
        visit.asked("state"),
        visit.asked("code"),
        visit.request.cookies.get(SENT, ""),
        doors.browser(visit),
        doors.session(visit),
    )
    try:
        came_in = visit.perform(sign_in_elsewhere.by_directory, asked)
    except ActionError as error:
        return _refused(visit, error)
    answer = doors.led_in(visit, came_in, "/")
    answer.delete_cookie(SENT, path=THERE)
    return answer


def _refused(visit: Visit, error: ActionError) -> Response:
    visit.form.refuse("login", error.sentence(visit.texts.catalogue))
    status = 403 if isinstance(error, NotAllowedError) else 503
    return doors.shown(visit, "sign_in.html", "/", status)
