"""Problem answers: what an action refused; the same reason always gives the same answer."""

from typing import Final

from mesure.actions.framework.optimistic_lock import StaleReason
from mesure.actions.refusals.refusals import (
    ActionConflictError,
    ActionError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from mesure.actions.refusals.store_faults import ConflictError, LostKeyError, UnavailableError
from mesure.orders.text.catalogue import Catalogue
from mesure.privacy.access_refusal import AccessRefusal
from mesure.web.requests.problems import FieldFault, Problem

STATUS: Final = {
    NotAllowedError: 403,
    NotFoundError: 404,
    ActionConflictError: 409,
    InvalidInputError: 422,
}
SIGN_IN: Final = {AccessRefusal.SESSION, AccessRefusal.SIGN_IN}


def of_action(error: ActionError, catalogue: Catalogue) -> Problem:
    """Return the problem that an action's refusal is, in the reader's language."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    headers = {"Content-Language": catalogue.language}
    if error.reason in SIGN_IN:
        status = 401
        headers["WWW-Authenticate"] = 'Bearer realm="mesure"'
    if error.reason is AccessRefusal.ANOTHER_PERSON:
        status = 404  # Nobody learns whether something that is not theirs exists.
    if error.reason is StaleReason.CHANGED_MEANWHILE:
        status = 412
    if error.reason is AccessRefusal.WAIT:
        status = 429
    faults = tuple(
        FieldFault("", sentence)
        for sentence in (error.faults if isinstance(error, InvalidInputError) else ())
    )
    kind = error.reason.value.replace("_", "-")
    return Problem(status, kind, error.sentence(catalogue), faults, headers)


def of_store(error: Exception) -> Problem | None:
    """Return the problem that a fault of the store is; None where the fault may not happen."""
    return next((said for kind, said in _OF_STORE if isinstance(error, kind)), None)


_OF_STORE: Final = (
    (
        UnavailableError,
        Problem(
            503,
            "away",
            "The service cannot write just now. Nothing was changed. Ask again in a little while.",
            headers={"Retry-After": "5"},
        ),
    ),
    (
        ConflictError,
        Problem(409, "conflict", "Somebody has changed this at the same moment. Read it again."),
    ),
    (
        LostKeyError,
        Problem(404, "unreadable", "This cannot be read: its key is lost. Tell the operator."),
    ),
)


def nobody(catalogue: Catalogue) -> Problem:
    """Return what is answered to a visitor where somebody must be signed in."""
    return of_action(NotAllowedError(AccessRefusal.SESSION), catalogue)
