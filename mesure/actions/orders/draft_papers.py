"""Draft papers: the court's paper attached while an order is entered; it goes on with the order."""

import msgspec

from mesure.actions.framework.action import ActionContext, action
from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import PaperPlace
from mesure.actions.orders.order_drafts import DRAFT
from mesure.privacy.roles import CASEWORK


class AttachDraftPaper(msgspec.Struct, frozen=True):
    """A paper of the court for a draft: PDF, JPEG or PNG."""

    draft: str
    name: str
    content: bytes


@action("orders.attach_draft_paper", CASEWORK)
def attach(doing: ActionContext, request: AttachDraftPaper) -> str:
    """Attach the court's paper to a draft; no later step of the entry loses it."""
    draft, person = doing.open_case_of(doing.rows.get(DRAFT, request.draft))
    doing.note(draft=draft.id)
    place = PaperPlace(draft=draft.id)
    return court_papers.keep(doing, person, place, request.name, request.content)
