"""Confirmation: a page between a press and what cannot be undone, and refusals beside a field."""

from collections.abc import Mapping
from typing import TypeVar

from starlette.responses import Response

from mesure.actions.framework.action import Action
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.web.shared.visits import PageVisit

I = TypeVar("I")  # noqa: E741  What is asked for (input).
O = TypeVar("O")  # noqa: E741  What comes of it (output).

SURE = "sure"
EYES = frozenset({AccessRefusal.SAME_EYES, AccessRefusal.NEW_EYES})


def is_sure(visit: PageVisit) -> bool:
    """Tell whether the form comes from the page that asks once more."""
    return visit.form.value(SURE) == "yes" and not visit.is_resumed


def ask_page(
    visit: PageVisit,
    title: str,
    lines: tuple[str, ...],
    button: str,
    back: str,
    fields: Mapping[str, str] | None = None,
) -> Response:
    """Show what will happen and cannot be undone, with a button that does it and a way back."""
    contents = {"title": title, "lines": lines, "button": button, "back": back}
    return visit.page("sure.html", **contents, fields=fields or {})


def result_of(visit: PageVisit, action: Action[I, O], request: I, field: str) -> O | None:
    """Do something and return what comes of it; None: it was refused, and the field says why.

    That somebody else must act as a second pair of eyes is said there too; any other refusal of
    who asks is a page of its own.
    """
    try:
        return visit.perform(action, request)
    except ActionError as error:
        if isinstance(error, NotAllowedError) and error.reason not in EYES:
            raise
        if error.reason is not ActionRefusal.RESUMED:  # The page says so, above.
            visit.form.refuse(field, error.sentence(visit.texts.catalogue))
        return None
