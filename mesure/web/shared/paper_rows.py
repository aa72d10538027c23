"""Paper rows: papers of the court as pages list them, each with a link, and pictures to look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import CourtPapersRequest, CourtPaperView
from mesure.privacy.roles import Role
from mesure.reports.text import visible_text
from mesure.web.shared import record_heading
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.page_texts import PageTexts


@dataclass(frozen=True, slots=True)
class CourtPaperRow:
    """A paper of the court, as a page lists it."""

    paper: str
    address: str  # Empty: it was taken back.
    name: str
    order: str
    size: str
    is_picture: bool
    at: datetime
    by: str
    sha256: str
    taken_back_at: datetime | None
    may_take_back: bool


def rows(
    papers: Iterable[CourtPaperView], visit: PageVisit, address: str, query: str = ""
) -> list[CourtPaperRow]:
    """Return papers as rows; `address` is under which each is handed over."""
    return [_row(paper, visit, address, query) for paper in papers]


def _row(paper: CourtPaperView, visit: PageVisit, address: str, query: str) -> CourtPaperRow:
    is_gone = paper.taken_back_at is not None
    is_own = paper.attached_by == visit.actor.account
    return CourtPaperRow(
        paper=paper.paper,
        address="" if is_gone else f"{address}/{paper.paper}{query}",
        name=visible_text.visible(paper.name),
        order=visible_text.visible(paper.order),
        size=_size(paper.size, visit.texts),
        is_picture=not is_gone and paper.media_type.startswith("image/"),
        at=paper.attached_at,
        by=paper.attached_by,
        sha256=paper.sha256,
        taken_back_at=paper.taken_back_at,
        may_take_back=not is_gone and (is_own or visit.actor.role is Role.SUPERVISOR),
    )


def _size(size: int, catalogue: PageTexts) -> str:
    """Return how large a paper is, in whole kilobytes of 1024 bytes, at least one."""
    return catalogue.text("{kilobytes} KB", kilobytes=max(1, round(size / 1024)))


def in_force(visit: PageVisit, record: PersonRecord, address: str) -> list[CourtPaperRow]:
    """Return the papers behind the orders that bind a person now or will, for their own side."""
    purpose, number = record_heading.why(visit, record.person)
    request = CourtPapersRequest(person=record.person, purpose=purpose, case_number=number)
    orders = {version.order for version in record.versions}
    papers = visit.perform(court_papers.list_papers, request)
    return rows((paper for paper in papers if paper.order in orders), visit, address)
