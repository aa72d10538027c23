"""Attached documents of a bundle, checked: each is one that its review names, and none is more.

The manifest has the hash of every file; this is about what the review says of the documents, which
is what people read.
Specification: docs/specs/evidence_bundle.md
"""

from hashlib import sha256

import msgspec

from mesure.actions.bundles import bundle_documents
from mesure.actions.bundles.bundle_documents import FOLDER, OmissionReason
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


class _Review(msgspec.Struct, frozen=True):
    documents: list[DocumentLine]


def check(content: Files) -> tuple[int, int]:
    """Return how many documents are in a bundle, and how many it names only."""
    try:
        lines = msgspec.json.decode(content[REVIEW], type=_Review).documents
    except (KeyError, ValueError, RecursionError) as error:
        raise BundleError(BundleCheck.DOCUMENTS, REVIEW, str(error)) from None
    there = {path for path in content if path.startswith(FOLDER)}
    for line in lines:
        _check(line, content)
        there.discard(line.path or "")
    for path in sorted(there):
        raise BundleError(BundleCheck.DOCUMENTS, path, "the review names no such document")
    included = sum(line.path is not None for line in lines)
    return included, len(lines) - included


def _check(line: DocumentLine, content: Files) -> None:
    if (line.path is None) == (line.left_out is None):
        what = f"{line.attachment} is neither in it nor said to be left out, or both"
        raise BundleError(BundleCheck.DOCUMENTS, REVIEW, what)
    if line.path is None:
        return
    if line.media_type not in document_types.ENDINGS or line.path != bundle_documents.path_of(
        line.attachment, line.media_type
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
