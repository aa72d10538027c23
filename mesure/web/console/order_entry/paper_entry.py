"""Paper entry: the court's paper attached to a draft or a version, and taken back."""

from typing import Final

from starlette.responses import Response

from mesure.actions.orders import court_papers, draft_papers
from mesure.actions.orders.court_papers import AttachPaper, CourtPaperRef
from mesure.actions.orders.draft_papers import AttachDraftPaper
from mesure.web.console.order_entry import drafting
from mesure.web.console.order_entry.drafting import Draft
from mesure.web.shared.visits import PageVisit

FIELD: Final = "paper"
NUMBER_CHARS_MAX: Final = 9


def attach_to_draft(visit: PageVisit, draft: Draft) -> bool:
    """Attach what was chosen to a draft, if anything was; False: it was refused, and why is noted.

    It is kept by itself, before anything else of the form is looked at.
    """
    upload = visit.uploads.get(FIELD)
    if upload is None:
        return True
    request = AttachDraftPaper(draft.shown.draft, upload.name, upload.data)
    return visit.try_action(draft_papers.attach, request, FIELD)


def attach_to_version(visit: PageVisit, order: str, number: int) -> bool:
    """Attach what was chosen to a version; False: it was refused, and why is noted."""
    upload = visit.uploads.get(FIELD)
    if upload is None:
        refuse_none(visit)
        return False
    request = AttachPaper(order, number, upload.name, upload.data)
    return visit.try_action(court_papers.attach, request, FIELD)


def refuse_none(visit: PageVisit) -> None:
    """Note that nothing was chosen."""
    visit.form.refuse(FIELD, visit.texts.text("Choose the court’s paper, as PDF or as a picture."))


def take_back(visit: PageVisit) -> Response:
    """Take a paper back that does not belong there."""
    visit.perform(court_papers.take_back, CourtPaperRef(visit.path("paper")))
    return visit.to(_page_of(visit))


def _page_of(visit: PageVisit) -> str:
    person = visit.path("person")
    if "draft" in visit.request.path_params:
        return f"{drafting.of_person(person)}/drafts/{visit.path('draft')}#papers"
    order, number = visit.query_value("order"), visit.query_value("number")[:NUMBER_CHARS_MAX]
    return f"{drafting.version_of(person, order, int(number) if number.isdecimal() else 1)}#papers"
