"""Bundle documents: the documents of an incident, the bytes as they came, by their hash.

A document's path says its id and nothing that anybody wrote.
Specification: docs/specs/evidence_bundle.md
"""

from hashlib import sha256
from typing import Any, Final

from mesure.actions.bundles.bundle_room import BundleRoom
from mesure.actions.documents import document_types
from mesure.actions.framework.action import ActionContext
from mesure.actions.incidents import contests
from mesure.actions.records.incident_records import ATTACHMENT, AttachmentRecord
from mesure.actions.records.record_types import Stored
from mesure.store.values.effects import StoredIncident

FOLDER: Final = "documents/"


def collect_documents(
    doing: ActionContext, incident: StoredIncident, room: BundleRoom
) -> list[dict[str, Any]]:
    """Return the documents of an incident as its review names them; those that fit go in."""
    lines = []
    attachments = doing.rows.find(ATTACHMENT, "incident", incident.id)
    for attachment in sorted(
        attachments, key=lambda attachment: (attachment.value.attached_at, attachment.id)
    ):
        content = contests.content(doing.rows, attachment)
        path = document_types.path_in(FOLDER, attachment.id, attachment.value.media_type)
        is_back = attachment.value.taken_back_at is not None
        line = _line(attachment) | room.put(path, content, is_taken_back=is_back)
        if content is not None:
            line |= {"sha256": sha256(content).hexdigest()}
        lines.append(line)
    return lines


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
    }
