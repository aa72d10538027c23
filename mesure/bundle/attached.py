"""Attached documents and papers of a bundle: each is one that its review names, and none is more.

The manifest has the hash of every file; this is about what the review says of what the person's
side attached, and of the court's papers, which is what people read.
Specification: docs/specs/evidence_bundle.md
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from mesure.actions.bundles import bundle_documents, bundle_papers
from mesure.actions.bundles.bundle_room import OmissionReason
from mesure.actions.documents import document_types
from mesure.bundle.evaluate_again import REVIEW, Files
from mesure.reports.bundle.bundle_manifest import BundleCheck, BundleError


class DocumentLine(msgspec.Struct, frozen=True):
    """A document as the review of a bundle names it."""

    attachment: str
    media_type: str
    bytes: int
    sha256: str
    path: str | None
    left_out: OmissionReason | None


class PaperLine(DocumentLine, frozen=True):
    """A paper of the court as the review of a bundle names it."""

    attachment: str = msgspec.field(name="paper")


class AttachedCount(NamedTuple):
    """How much is in a bundle as it was attached."""

    documents: int
    papers: int  # Of the court.
    left_out: int  # Documents and papers that are named only.


class _Review(msgspec.Struct, frozen=True):
    documents: list[DocumentLine]
    papers: list[PaperLine] = []


def check(content: Files) -> AttachedCount:
    """Return how much is in a bundle as it was attached, and how much it names only."""
    try:
        review = msgspec.json.decode(content[REVIEW], type=_Review)
    except (KeyError, ValueError, RecursionError) as error:
        raise BundleError(BundleCheck.DOCUMENTS, REVIEW, str(error)) from None
    documents = _count(review.documents, bundle_documents.FOLDER, content)
    papers = _count(review.papers, bundle_papers.FOLDER, content)
    named = len(review.documents) + len(review.papers)
    return AttachedCount(documents, papers, named - documents - papers)


def _count(lines: Sequence[DocumentLine], folder: str, content: Files) -> int:
    """Return how many files of a folder there are, when each is one that a line names."""
    there = {path for path in content if path.startswith(folder)}
    for line in lines:
        _check(line, folder, content)
        if line.path is not None and line.path not in there:  # Else it would be hashed as often.
            raise BundleError(BundleCheck.DOCUMENTS, line.path, "the review names it twice")
        there.discard(line.path or "")
    for path in sorted(there):
        raise BundleError(BundleCheck.DOCUMENTS, path, "the review names no such document")
    return sum(line.path is not None for line in lines)


def _check(line: DocumentLine, folder: str, content: Files) -> None:
    if (line.path is None) == (line.left_out is None):
        what = f"{line.attachment} is neither in it nor said to be left out, or both"
        raise BundleError(BundleCheck.DOCUMENTS, REVIEW, what)
    if line.path is None:
        return
    if line.media_type not in document_types.ENDINGS or line.path != document_types.path_in(
        folder, line.attachment, line.media_type
    ):
        what = f"{line.attachment} stands under another name than its own"
        raise BundleError(BundleCheck.DOCUMENTS, REVIEW, what)
    data = content.get(line.path)
    if data is None:
        raise BundleError(BundleCheck.DOCUMENTS, line.path, "it is named and not there")
    if (len(data), sha256(data).hexdigest()) != (line.bytes, line.sha256):
        raise BundleError(BundleCheck.DOCUMENTS, line.path, "it is not the one that was attached")
    if document_types.media_type_of(data) != line.media_type:
        raise BundleError(BundleCheck.DOCUMENTS, line.path, f"it is no {line.media_type}")
