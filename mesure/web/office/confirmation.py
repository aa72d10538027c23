"""Confirmation: a page between a press and what cannot be undone."""

from collections.abc import Mapping

from starlette.responses import Response

from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.privacy.access_refusal import AccessRefusal
from mesure.web.shared.visits import PageVisit

SURE = "sure"
EYES = frozenset({AccessRefusal.SAME_EYES, AccessRefusal.NEW_EYES})


def is_sure(visit: PageVisit) -> bool:
    """Tell whether the form comes from the page that asks once more."""
    return visit.form.value(SURE) == "yes" and not visit.is_resumed


def move_fault(visit: PageVisit, reason: ActionRefusal, field: str, to: str) -> None:
    """Put the sentence of a refusal that came at one field to the field that it is about."""
    if visit.form.fault(field) == reason.in_words(visit.texts.catalogue):
        visit.form.faults[to] = visit.form.faults.pop(field)


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
