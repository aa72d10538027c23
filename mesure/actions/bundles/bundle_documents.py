"""Bundle documents: the documents of an incident, the bytes as they came, by their hash.

What does not fit is named with its hash, and so is what was erased; whoever has such a document
from elsewhere can tell that it is the one. A document's path says its id and nothing that anybody
wrote.
Specification: docs/specs/evidence_bundle.md
"""

from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from mesure.actions.documents import document_types
from mesure.actions.framework.action import ActionContext
from mesure.actions.incidents import contests
from mesure.actions.records.incident_records import ATTACHMENT, AttachmentRecord
from mesure.actions.records.record_types import Stored
from mesure.store.values.effects import StoredIncident

FOLDER: Final = "documents/"
BYTES_MAX: Final = (
    64 << 20
)  # Of one bundle: with messages and papers a quarter of what a ZIP takes.


class OmissionReason(StrEnum):
    """Why a document is named and not included."""

    SIZE = "size"  # With it the documents would be larger than a bundle holds.
    TAKEN_BACK = "taken_back"  # By the person, before anybody decided with it.
    ERASED = "erased"  # Its bytes are not kept any more.


def collect_documents(
    doing: ActionContext, incident: StoredIncident
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Return the documents of an incident as its review names them, and those that fit, by path."""
    lines, files = [], dict[str, bytes]()
    attachments = doing.rows.find(ATTACHMENT, "incident", incident.id)
    room = BYTES_MAX
    for attachment in sorted(
        attachments, key=lambda attachment: (attachment.value.attached_at, attachment.id)
    ):
        content = contests.content(doing.rows, attachment)
        line = _line(attachment)
        if content is None:
            is_back = attachment.value.taken_back_at is not None
            line |= {
                "left_out": (OmissionReason.TAKEN_BACK if is_back else OmissionReason.ERASED).value
            }
        else:
            line |= {"sha256": sha256(content).hexdigest()}
            if len(content) > room:
                line |= {"left_out": OmissionReason.SIZE.value}
            else:
                room -= len(content)
                line |= {"path": path_of(attachment.id, attachment.value.media_type)}
                files[line["path"]] = content
        lines.append(line)
    return lines, files


def path_of(attachment: str, media_type: str) -> str:
    """Return where a bundle holds a document.

    >>> path_of("D-abc", "application/pdf")
    'documents/D-abc.pdf'
    """
    return f"{FOLDER}{attachment}.{document_types.ENDINGS[media_type]}"


def _line(attachment: Stored[AttachmentRecord]) -> dict[str, Any]:
    value = attachment.value
    return {
        "attachment": attachment.id,
        "name": value.name,
        "media_type": value.media_type,
        "bytes": value.size,
        "sha256": value.sha256,
        "attached_at": value.attached_at,
        "attached_by": value.attached_by,
        "path": None,
        "left_out": None,
    }
