"""Documents of a contest lie in the bundle as they came, and none is changed, added or lost."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from mesure.actions.bundles import bundle_papers, bundle_room
from mesure.actions.bundles.bundle_papers import AddPapers
from mesure.actions.documents import kept_documents
from mesure.actions.incidents import contests
from mesure.actions.orders import court_papers
from mesure.actions.orders.court_papers import AttachPaper, CourtPaperRef
from mesure.bundle import archive, verification_words
from mesure.bundle import attached as bundle_attached
from mesure.bundle import verify as verify_bundle
from mesure.machine import texts
from mesure.reports.bundle.bundle_manifest import BundleCheck, BundleError
from tests.service import bundled, independent_bundle
from tests.service.bundled import OFFICER, PERSON, ROSTER, Bundled

PHOTO = b"\xff\xd8\xff\xe0 a photo of a bus ticket"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Bundled]:
    with bundled.open_case(tmp_path) as case:
        yield case


def review(data: bytes) -> dict[str, object]:
    review_fields: dict[str, object] = json.loads(archive.read(data)["content/review.json"])
    return review_fields


def documents(data: bytes) -> list[dict[str, object]]:
    entries = review(data)["documents"]
    assert isinstance(entries, list)
    return entries


def test_a_document_is_in_both_sides_bundles_as_it_came(case: Bundled) -> None:
    name = case.attach()
    theirs, ours = case.make(PERSON, None), case.make(OFFICER)
    assert theirs.sha256 == ours.sha256
    [line] = documents(ours.data)
    assert line["sha256"] == sha256(ROSTER).hexdigest()
    assert (line["name"], line["bytes"]) == ("roster.pdf", len(ROSTER))
    assert line["path"] == f"documents/{name}.pdf"
    assert archive.read(ours.data)[f"content/documents/{name}.pdf"] == ROSTER
    report = verify_bundle.verify(ours.data)
    assert (report.documents, report.left_out) == (1, 0)
    lines = list(verification_words.holds(report, texts.catalogue("en")))
    assert "1 document is in it as it was attached." in lines


def test_a_document_of_many_parts_comes_out_whole(
    case: Bundled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_documents, "PART_BYTES", 7)
    case.attach(PHOTO, "ticket.jpg")
    files = archive.read(case.make(PERSON, None).data)
    [document] = [data for path, data in files.items() if path.startswith("content/documents/")]
    assert document == PHOTO


def test_what_does_not_fit_is_named_with_its_hash(
    case: Bundled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_room, "BYTES_MAX", len(ROSTER) + len(PHOTO) - 1)
    case.attach()
    case.office.later(hours=1)
    case.attach(PHOTO, "ticket.jpg")
    case.office.later(hours=1)
    case.attach(b"%PDF-", "empty.pdf")
    data = case.make(PERSON, None).data
    first, second, third = documents(data)
    assert (first["left_out"], second["left_out"], third["left_out"]) == (None, "size", None)
    assert (second["path"], second["sha256"]) == (None, sha256(PHOTO).hexdigest())
    report = verify_bundle.verify(data)
    assert (report.documents, report.left_out) == (2, 1)
    lines = list(verification_words.holds(report, texts.catalogue("en")))
    assert "1 document is named with its hash, and is not in it." in lines


def test_what_was_erased_is_named_with_the_hash_it_had(case: Bundled) -> None:
    name = case.attach()
    case.office.write(lambda rows, _: rows.drop(kept_documents.PART, f"{name}.000"))
    data = case.make(PERSON, None).data
    [line] = documents(data)
    assert (line["left_out"], line["path"]) == ("erased", None)
    assert line["sha256"] == sha256(ROSTER).hexdigest()
    assert verify_bundle.verify(data).left_out == 1


def test_what_the_person_took_back_is_named_as_such(case: Bundled) -> None:
    name = case.attach()
    case.office.do(PERSON, contests.take_back_document, contests.DocumentRef(name))
    data = case.make(PERSON, None).data
    [line] = documents(data)
    assert (line["left_out"], line["path"], line["name"]) == ("taken_back", None, "")
    assert line["sha256"] == sha256(ROSTER).hexdigest()
    assert verify_bundle.verify(data).left_out == 1


# --- The court's papers --------------------------------------------------------------------------

COURT = b"%PDF-1.7 the court orders\n"


def attach_paper(case: Bundled, content: bytes = COURT, name: str = "order.pdf") -> str:
    return case.office.do(OFFICER, court_papers.attach, AttachPaper("A-1", 1, name, content))


def papers(data: bytes) -> list[dict[str, object]]:
    entries = review(data).get("papers", [])
    assert isinstance(entries, list)
    return entries


def test_the_courts_paper_is_in_both_sides_bundles_once_an_officer_asks(case: Bundled) -> None:
    name = attach_paper(case)
    before = case.make(PERSON, None)
    assert "papers" not in review(before.data)
    case.office.do(OFFICER, bundle_papers.add, AddPapers(case.incident().id))
    ours, theirs = case.make(OFFICER), case.make(PERSON, None)
    assert ours.sha256 == theirs.sha256 != before.sha256
    path = f"papers/{name}.pdf"
    assert archive.read(ours.data)[f"content/{path}"] == COURT
    named = json.loads(archive.read(ours.data)["manifest.json"])["files"][path]
    assert named == {"bytes": len(COURT), "sha256": sha256(COURT).hexdigest()}
    [line] = papers(ours.data)
    assert (line["paper"], line["path"], line["number"]) == (name, path, 1)
    report = verify_bundle.verify(ours.data)
    assert (report.court_papers, report.documents, report.left_out) == (1, 0, 0)
    lines = list(verification_words.holds(report, texts.catalogue("en")))
    assert "1 paper of the court is in it as it was attached." in lines
    independent_bundle.check(ours.data)


def test_a_paper_that_was_changed_in_the_bundle_is_found(case: Bundled) -> None:
    name = attach_paper(case)
    case.office.do(OFFICER, bundle_papers.add, AddPapers(case.incident().id))
    files = archive.read(case.make(PERSON, None).data)
    files[f"content/papers/{name}.pdf"] += b"x"
    with pytest.raises(BundleError, match="it is not the one that was named"):
        verify_bundle.verify(archive.write(files))


def test_a_paper_that_is_gone_or_has_no_room_is_named_with_its_hash(
    case: Bundled, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = attach_paper(case)
    case.office.later(hours=1)
    gone = attach_paper(case, COURT + b"2", "second.pdf")
    case.office.later(hours=1)
    attach_paper(case, COURT + b"34", "third.pdf")
    case.office.do(OFFICER, bundle_papers.add, AddPapers(case.incident().id))
    case.office.do(OFFICER, court_papers.take_back, CourtPaperRef(back))
    case.office.write(lambda rows, _: rows.drop(kept_documents.PART, f"{gone}.000"))
    monkeypatch.setattr(bundle_room, "BYTES_MAX", len(COURT))
    data = case.make(PERSON, None).data
    entries = papers(data)
    assert [line["left_out"] for line in entries] == ["taken_back", "erased", "size"]
    assert [line["sha256"] for line in entries] == [
        sha256(COURT + more).hexdigest() for more in (b"", b"2", b"34")
    ]
    assert verify_bundle.verify(data).left_out == 3
    independent_bundle.check(data)


# --- What does not hold --------------------------------------------------------------------------


def content() -> dict[str, bytes]:
    line = {
        "attachment": "D-1",
        "media_type": "application/pdf",
        "bytes": len(ROSTER),
        "sha256": sha256(ROSTER).hexdigest(),
        "path": "documents/D-1.pdf",
        "left_out": None,
    }
    return {"review.json": json.dumps({"documents": [line]}).encode(), "documents/D-1.pdf": ROSTER}


def name_twice(files: dict[str, bytes]) -> None:
    """Name a document twice: it would be counted, and its bytes hashed, as often as it is named."""
    review_fields = json.loads(files["review.json"])
    review_fields["documents"] *= 2
    files["review.json"] = json.dumps(review_fields).encode()


def change_document(files: dict[str, bytes], **changes: object) -> None:
    review_fields = json.loads(files["review.json"])
    review_fields["documents"][0] |= changes
    files["review.json"] = json.dumps(review_fields).encode()


def test_what_holds_is_counted() -> None:
    assert bundle_attached.check(content()) == (1, 0, 0)


def test_papers_of_the_court_are_counted_apart_and_a_fault_of_one_is_named() -> None:
    files = content()
    review_fields = json.loads(files["review.json"])
    [line] = review_fields["documents"]
    paper = {**line, "paper": "Q-1", "path": "papers/Q-1.pdf"}
    del paper["attachment"]
    files["review.json"] = json.dumps({**review_fields, "papers": [paper]}).encode()
    files["papers/Q-1.pdf"] = ROSTER
    assert bundle_attached.check(files) == (1, 1, 0)
    files["papers/Q-1.pdf"] = ROSTER + b"x"
    with pytest.raises(BundleError, match="not the one that was attached"):
        bundle_attached.check(files)
    files["papers/Q-1.pdf"] = ROSTER
    files["papers/Q-2.pdf"] = ROSTER
    with pytest.raises(BundleError, match="no such document"):
        bundle_attached.check(files)


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        (lambda c: c.pop("review.json"), "review.json", "review.json"),
        (lambda c: c.update({"review.json": b"{}"}), "review.json", "documents"),
        (lambda c: c.pop("documents/D-1.pdf"), "documents/D-1.pdf", "named and not there"),
        (
            lambda c: c.update({"documents/D-1.pdf": ROSTER[:-1] + b"x"}),
            "documents/D-1.pdf",
            "not the one that was attached",
        ),
        (lambda c: c.update({"documents/D-2.pdf": ROSTER}), "documents/D-2.pdf", "no such"),
        (name_twice, "documents/D-1.pdf", "twice"),
        (lambda c: change_document(c, sha256="00"), "documents/D-1.pdf", "not the one"),
        (lambda c: change_document(c, bytes=1), "documents/D-1.pdf", "not the one"),
        (lambda c: change_document(c, left_out="size"), "review.json", "neither"),
        (lambda c: change_document(c, path=None), "review.json", "neither"),
        (lambda c: change_document(c, left_out="lost"), "review.json", "lost"),
        (lambda c: change_document(c, path="order/1.yaml"), "review.json", "another name"),
        (lambda c: change_document(c, media_type="text/html"), "review.json", "another name"),
        (lambda c: change_document(c, path=None, left_out="size"), "documents/D-1.pdf", "no such"),
    ],
)
def test_the_fault_and_its_place_are_named(
    change: Callable[[dict[str, bytes]], None], path: str, message: str
) -> None:
    files = content()
    change(files)
    with pytest.raises(BundleError) as caught:
        bundle_attached.check(files)
    assert (caught.value.step, caught.value.path) == (BundleCheck.DOCUMENTS, path)
    assert message in caught.value.what


def test_a_document_that_is_no_such_thing_is_named() -> None:
    files = content()
    files["documents/D-1.pdf"] = b"<html>"
    change_document(files, bytes=6, sha256=sha256(b"<html>").hexdigest())
    with pytest.raises(BundleError, match="it is no application/pdf"):
        bundle_attached.check(files)
