"""A document that a person attached, handed over as it came and never shown within a page."""

from urllib.parse import quote

from starlette.responses import Response

from mesure.actions.incidents import contests, document_types
from mesure.actions.incidents.contests import AttachmentAsked
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import OWN_SIDE
from mesure.web.shared.visits import Visit


def handed_over(visit: Visit) -> Response:
    """Hand over a document, to be kept and opened by another program."""
    name = visit.path("attachment")
    own = visit.actor.role in OWN_SIDE
    asked = AttachmentAsked(
        attachment=name,
        purpose=None if own else Purpose.CONTEST,
        case_number="" if own else name,
    )
    found = visit.perform(contests.document, asked)
    ending = found.name.rpartition(".")[2]
    plain = f'attachment; filename="{document_types.WITHOUT}.{ending}"'
    disposition = f"{plain}; filename*=UTF-8''{quote(found.name, safe='')}"
    return Response(
        found.content,
        media_type=found.media_type,
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )
