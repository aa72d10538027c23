"""Documents that a person attached, handed over as they came and never shown within a page."""

from urllib.parse import quote

from starlette.responses import Response

from mesure.actions.incidents import contests, document_types
from mesure.actions.incidents.contests import DocumentRequest
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import OWN_SIDE
from mesure.web.shared.visits import PageVisit


def download(visit: PageVisit) -> Response:
    """Hand over a document, to be kept and opened by another program."""
    name = visit.path("attachment")
    own = visit.actor.role in OWN_SIDE
    request = DocumentRequest(
        attachment=name,
        purpose=None if own else Purpose.CONTEST,
        case_number="" if own else name,
    )
    document = visit.perform(contests.document, request)
    ending = document.name.rpartition(".")[2]
    plain = f'attachment; filename="{document_types.WITHOUT}.{ending}"'
    disposition = f"{plain}; filename*=UTF-8''{quote(document.name, safe='')}"
    return Response(
        document.content,
        media_type=document.media_type,
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )
