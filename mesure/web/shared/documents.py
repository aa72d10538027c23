"""Documents handed over as they came: what a person attached, and the court's papers.

A document is kept and opened by another program. A picture of a court's paper is shown in a page
too: a browser loads it as a picture, whatever else it may be.
"""

from urllib.parse import quote

from starlette.responses import Response

from mesure.actions.documents import document_types
from mesure.actions.documents.kept_documents import Document
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import DocumentRequest
from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import CourtPaperRequest
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import OWN_SIDE, Role
from mesure.web.shared.record_heading import LookPurpose
from mesure.web.shared.visits import PageVisit


def download(visit: PageVisit) -> Response:
    """Hand over a document that the person attached."""
    name = visit.path("attachment")
    own = visit.actor.role in OWN_SIDE
    request = DocumentRequest(
        attachment=name, purpose=None if own else Purpose.CONTEST, case_number="" if own else name
    )
    return _file(visit.perform(contests.document, request))


def download_paper(visit: PageVisit) -> Response:
    """Hand over a paper of the court."""
    purpose, number = _why(visit)
    request = CourtPaperRequest(paper=visit.path("paper"), purpose=purpose, case_number=number)
    return _file(visit.perform(court_papers.show, request))


def _why(visit: PageVisit) -> LookPurpose:
    """Return what a paper is looked at for; an inspector says the number of the inspection."""
    if visit.actor.role in OWN_SIDE:
        return LookPurpose()
    if visit.actor.role is Role.INSPECTOR:
        return LookPurpose(Purpose.INSPECTION, visit.query_value("case_number"))
    return LookPurpose(Purpose.SUPERVISION, visit.path("person"))


def _file(document: Document) -> Response:
    ending = document.name.rpartition(".")[2]
    plain = f'attachment; filename="{document_types.WITHOUT}.{ending}"'
    disposition = f"{plain}; filename*=UTF-8''{quote(document.name, safe='')}"
    return Response(
        document.content,
        media_type=document.media_type,
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )
