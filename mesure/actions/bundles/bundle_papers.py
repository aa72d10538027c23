"""Papers of the court in a bundle: those of the versions that it holds, once somebody asks for it.

They go in by an action of their own, and not by an option of one request: everyone who asks for the
bundle afterwards, on either side, gets the same content. They stay in it.
Specification: docs/specs/evidence_bundle.md
Decision: docs/decisions/0056-the-courts-paper-is-confirmed-with-the-order.md
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from mesure.actions.bundles.bundle_room import BundleRoom
from mesure.actions.documents import document_types, kept_documents
from mesure.actions.framework import case_opening
from mesure.actions.framework.action import ActionContext, action
from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import CourtPaperRecord
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.privacy.roles import CASEWORK
from mesure.store.values.effects import StoredIncident

FOLDER: Final = "papers/"


class BundlePapersRecord(msgspec.Struct, frozen=True):
    """That the court's papers are in the bundle of an incident, and who put them there."""

    added_at: datetime
    added_by: str


BUNDLE_PAPERS: Final = RecordType("bundle_papers", BundlePapersRecord)


class AddPapers(msgspec.Struct, frozen=True):
    """Into the bundle of which incident the court's papers go."""

    incident: str


@action("bundle.add_papers", CASEWORK)
def add(doing: ActionContext, request: AddPapers) -> None:
    """Put the court's papers into the bundle of an incident, for both sides and from now on."""
    incident = case_opening.open_incident(doing, request.incident)
    versions = doing.work.versions(incident.order)
    numbers = [version.number for version in versions]
    papers = [
        one for n in numbers for one in court_papers.of_version(doing.rows, incident.order, n)
    ]
    if not papers:
        raise ActionConflictError(ActionRefusal.NO_PAPER)
    doing.note(papers=[paper.value.sha256 for paper in papers])
    if doing.rows.get(BUNDLE_PAPERS, incident.id) is None:
        value = BundlePapersRecord(doing.now, doing.actor.account)
        doing.rows.add(BUNDLE_PAPERS, incident.id, value, incident.person)


def collect_papers(
    doing: ActionContext, incident: StoredIncident, numbers: Iterable[int], room: BundleRoom
) -> dict[str, Any]:
    """Return what the review says of the court's papers; those that fit go in.

    Nothing where nobody asked for them: a bundle from before is still the same bytes.
    """
    if doing.rows.get(BUNDLE_PAPERS, incident.id) is None:
        return {}
    lines = []
    for number in numbers:
        for paper in court_papers.all_of_version(doing.rows, incident.order, number):
            content = kept_documents.content(doing.rows, paper.id, paper.value.parts)
            path = document_types.path_in(FOLDER, paper.id, paper.value.media_type)
            is_back = paper.value.taken_back_at is not None
            lines.append(_line(paper) | room.put(path, content, is_taken_back=is_back))
    return {"papers": lines}


def _line(paper: Stored[CourtPaperRecord]) -> dict[str, Any]:
    value = paper.value
    return {
        "paper": paper.id,
        "number": value.number,
        "name": value.name,
        "media_type": value.media_type,
        "bytes": value.size,
        "sha256": value.sha256,
        "attached_at": value.attached_at,
        "attached_by": value.attached_by,
        "is_compared": value.is_compared,
    }
