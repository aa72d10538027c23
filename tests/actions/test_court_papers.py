"""The court's paper goes with the order, is part of what is confirmed, and is erased with them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mesure.actions.data_rights import subject_access
from mesure.actions.data_rights.erasure import DuePersons, erase_persons
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.documents import kept_documents
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import AttachDocument
from mesure.actions.orders import court_orders, court_papers, draft_papers, order_drafts
from mesure.actions.orders.court_orders import EnterVersion, OrderRequest, VersionRef, VersionView
from mesure.actions.orders.court_papers import (
    AttachPaper,
    CourtPaperRef,
    CourtPaperRequest,
    CourtPapersRequest,
)
from mesure.actions.orders.draft_papers import AttachDraftPaper
from mesure.actions.orders.order_drafts import (
    BeginDraft,
    DraftRef,
    DraftRequest,
    EnterDraft,
    SaveDraft,
)
from mesure.actions.records.procedure import STANDARD
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.instants import to_us
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.store.keyring import file as keyring_file
from mesure.store.keyring.file import FileKeyring
from tests.actions import raised
from tests.actions import scene as scene_
from tests.actions.house import MASTER, Chance, Office
from tests.actions.scene import CASE, ORDER, OfficeScene
from tests.store import databases
from tests.store.databases import Database, SqliteDatabase

PDF = b"%PDF-1.7 the court orders"
LONG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * (5 << 12)  # More than five parts.


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return SqliteDatabase(tmp_path / "papers.db")
    return databases.empty_postgres(request)


@pytest.fixture
def either(database: Database, tmp_path: Path) -> Iterator[OfficeScene]:
    """A scene on either store."""
    keyring_file.make(tmp_path / "paper_keys.db", MASTER, Chance())
    with (
        closing(FileKeyring(tmp_path / "paper_keys.db", MASTER, Chance())) as keyring,
        closing(database.open()) as store,
    ):
        yield scene_.scene(Office(store, keyring))


def begin(scene: OfficeScene) -> str:
    draft: str = scene.do(scene.ann, order_drafts.begin, BeginDraft("P-1", ORDER.encode()))
    return draft


def attach_to_draft(
    scene: OfficeScene, draft: str, content: bytes = PDF, name: str = "a.pdf"
) -> str:
    request = AttachDraftPaper(draft, name, content)
    paper: str = scene.do(scene.ann, draft_papers.attach, request)
    return paper


def attach(scene: OfficeScene, actor: Actor, content: bytes = PDF, number: int = 1) -> str:
    paper: str = scene.do(actor, court_papers.attach, AttachPaper("ALM-1", number, "a", content))
    return paper


def open_paper(scene: OfficeScene, actor: Actor, paper: str) -> Any:
    why = {
        scene.person.account: {},
        scene.counsel.account: {},
        scene.inspector.account: {"purpose": Purpose.INSPECTION, "case_number": "1"},
    }.get(actor.account, CASE)
    return scene.do(actor, court_papers.show, CourtPaperRequest(paper=paper, **why))


def version(scene: OfficeScene, number: int = 1) -> VersionView:
    shown = scene.do(scene.chief, court_orders.show, OrderRequest(order="ALM-1", **CASE))
    view: VersionView = shown.versions[number - 1]
    return view


def list_papers(scene: OfficeScene) -> Any:
    return scene.do(scene.person, court_papers.list_papers, CourtPapersRequest(person="P-1"))


def parts(scene: OfficeScene) -> int:
    with scene.office.store.read() as reading:
        return len(reading.entries_about("P-1", kept_documents.PART.name))


# --- With a draft --------------------------------------------------------------------------------


def test_a_paper_goes_with_its_draft_to_the_order_and_everybody_concerned_reads_it(
    either: OfficeScene,
) -> None:
    draft = begin(either)
    paper = attach_to_draft(either, draft, LONG, "Decision 7.JPG")
    either.do(either.ann, order_drafts.keep, SaveDraft(draft, 1, ORDER.encode() + b"\n"))
    shown = either.do(either.ann, order_drafts.show, DraftRequest(draft=draft, **CASE))
    assert [one.name for one in shown.papers] == ["Decision 7.png"]
    text = ORDER.encode() + b"\n"
    entered = either.do(either.ann, order_drafts.enter, EnterDraft(draft, 2, text))
    either.do(either.chief, court_orders.confirm, VersionRef("ALM-1", 1, entered.whole_sha256))
    assert [one.paper for one in version(either).papers] == [paper]
    for actor in (either.ann, either.chief, either.person, either.counsel, either.inspector):
        document = open_paper(either, actor, paper)
        assert (document.content, document.media_type) == (LONG, "image/png")
    (line,) = list_papers(either)
    assert (line.sha256, line.number) == (sha256(LONG).hexdigest(), 1)


def test_no_step_back_and_no_conflict_of_the_text_loses_a_paper(scene: OfficeScene) -> None:
    draft = begin(scene)
    scene.do(scene.ann, order_drafts.keep, SaveDraft(draft, 1, b"order: B\n"))
    attach_to_draft(scene, draft)
    assert scene.refusal_reason(scene.ann, order_drafts.keep, SaveDraft(draft, 1, b"order: C\n"))
    scene.do(scene.ann, order_drafts.undo, DraftRef(draft, 2))
    shown = scene.do(scene.ann, order_drafts.show, DraftRequest(draft=draft, **CASE))
    assert len(shown.papers) == 1


def test_a_draft_that_is_given_up_takes_its_papers_with_it(scene: OfficeScene) -> None:
    draft = begin(scene)
    paper = attach_to_draft(scene, draft, LONG)
    assert parts(scene) == 6
    scene.do(scene.ann, order_drafts.drop, DraftRef(draft, 1))
    assert parts(scene) == 0
    request = CourtPaperRequest(paper=paper, **CASE)
    assert (
        scene.refusal_reason(scene.ann, court_papers.show, request) is AccessRefusal.NOT_IN_CHARGE
    )


def test_the_paper_of_a_draft_is_for_officers_alone_and_can_be_taken_out(
    scene: OfficeScene,
) -> None:
    draft = begin(scene)
    paper = attach_to_draft(scene, draft)
    for actor in (scene.person, scene.counsel):
        request = CourtPaperRequest(paper=paper)
        assert scene.refusal_reason(actor, court_papers.show, request) is ActionRefusal.NOT_HERE
    assert list_papers(scene) == ()
    scene.do(scene.ann, court_papers.take_back, CourtPaperRef(paper))
    assert parts(scene) == 0
    shown = scene.do(scene.ann, order_drafts.show, DraftRequest(draft=draft, **CASE))
    assert shown.papers == ()


# --- What is confirmed ---------------------------------------------------------------------------


def waits(scene: OfficeScene) -> str:
    entered = scene.do(scene.ann, court_orders.enter, EnterVersion(ORDER.encode()))
    assert not entered.binds
    whole: str = entered.whole_sha256
    return whole


def test_a_paper_that_came_after_the_second_officer_read_is_read_before_it_is_confirmed(
    either: OfficeScene,
) -> None:
    read = waits(either)
    attach(either, either.ann)
    request = VersionRef("ALM-1", 1, read)
    refused = either.refusal_reason(either.chief, court_orders.confirm, request)
    assert refused is ActionRefusal.OTHER_TEXT
    again = version(either).whole_sha256
    assert again != read
    either.do(either.chief, court_orders.confirm, VersionRef("ALM-1", 1, again))
    assert version(either).whole_sha256 == again


def test_another_paper_under_the_same_name_is_another_hash(scene: OfficeScene) -> None:
    read = waits(scene)
    first = attach(scene, scene.ann)
    first_hash = version(scene).whole_sha256
    scene.do(scene.ann, court_papers.take_back, CourtPaperRef(first))
    assert version(scene).whole_sha256 == read
    attach(scene, scene.ann, PDF + b" otherwise")
    assert version(scene).whole_sha256 not in {first_hash, read}


def test_what_comes_or_goes_after_it_was_confirmed_changes_nothing_of_what_was_confirmed(
    scene: OfficeScene,
) -> None:
    waits(scene)
    first = attach(scene, scene.ann)
    read = version(scene).whole_sha256
    scene.office.later(minutes=1)
    scene.do(scene.chief, court_orders.confirm, VersionRef("ALM-1", 1, read))
    scene.office.later(minutes=1)
    attach(scene, scene.ann, PDF + b" enclosure")
    assert version(scene).whole_sha256 == read
    scene.do(scene.ann, court_papers.take_back, CourtPaperRef(first))
    view = version(scene)
    assert view.whole_sha256 == read
    assert [one.taken_back_by for one in view.papers] == [scene.ann.account, ""]


# --- Bounds, and who may -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html>", ActionRefusal.DOCUMENT),
        (b"", ActionRefusal.DOCUMENT),
        (b"%PDF-" + bytes(kept_documents.DOCUMENT_BYTES_MAX), ActionRefusal.TOO_LARGE),
    ],
)
def test_only_papers_and_pictures_of_a_size_are_taken(
    scene: OfficeScene, content: bytes, reason: ActionRefusal
) -> None:
    scene.order()
    request = AttachPaper("ALM-1", 1, "a.pdf", content)
    assert scene.refusal_reason(scene.ann, court_papers.attach, request) is reason
    draft = begin(scene)
    asked_of_draft = AttachDraftPaper(draft, "a.pdf", content)
    assert scene.refusal_reason(scene.ann, draft_papers.attach, asked_of_draft) is reason
    assert parts(scene) == 0


def test_a_version_that_is_not_there_gets_no_paper(scene: OfficeScene) -> None:
    scene.order()
    request = AttachPaper("ALM-1", 2, "a.pdf", PDF)
    assert scene.refusal_reason(scene.ann, court_papers.attach, request) is ActionRefusal.NOT_HERE


def test_the_same_paper_sent_twice_is_kept_once_and_there_are_only_so_many(
    scene: OfficeScene,
) -> None:
    scene.order()
    assert attach(scene, scene.ann) == attach(scene, scene.ann)
    for number in range(1, court_papers.PAPERS_MAX):
        attach(scene, scene.ann, PDF + str(number).encode())
    request = AttachPaper("ALM-1", 1, "a.pdf", PDF + b" more")
    assert (
        scene.refusal_reason(scene.ann, court_papers.attach, request) is ActionRefusal.ENOUGH_SAID
    )


def test_the_courts_papers_leave_the_person_their_own_room(scene: OfficeScene) -> None:
    scene.order()
    raised.judge(scene.office, raised.incident("P-1", "I-1"))
    procedure = replace(STANDARD, documents_bytes_max=len(PDF) + 5)

    def do(actor: Actor, action: Any, request: Any) -> Any:
        return perform(replace(scene.office.context(actor), procedure=procedure), action, request)

    do(scene.ann, court_papers.attach, AttachPaper("ALM-1", 1, "a", PDF))
    do(scene.person, contests.attach, AttachDocument("I-1", "a", PDF))
    with pytest.raises(ActionConflictError) as full:
        do(scene.ann, court_papers.attach, AttachPaper("ALM-1", 1, "a", PDF + b"2"))
    assert full.value.reason is ActionRefusal.PAPERS_FULL


def test_only_whoever_attached_it_or_a_supervisor_takes_it_back_and_its_hash_stays(
    scene: OfficeScene,
) -> None:
    scene.order()
    paper = attach(scene, scene.ann)
    for actor, reason in (
        (scene.bob, AccessRefusal.NOT_IN_CHARGE),
        (scene.person, AccessRefusal.ROLE),
    ):
        assert scene.refusal_reason(actor, court_papers.take_back, CourtPaperRef(paper)) is reason
    other = attach(scene, scene.chief, PDF + b"2")
    refused = scene.refusal_reason(scene.ann, court_papers.take_back, CourtPaperRef(other))
    assert refused is AccessRefusal.NOT_YOURS
    scene.do(scene.chief, court_papers.take_back, CourtPaperRef(paper))
    request = CourtPaperRequest(paper=paper)
    assert scene.refusal_reason(scene.person, court_papers.show, request) is ActionRefusal.ERASED
    assert scene.refusal_reason(scene.chief, court_papers.take_back, CourtPaperRef(paper))
    left = next(one for one in list_papers(scene) if one.paper == paper)
    assert (left.name, left.sha256) == ("", sha256(PDF).hexdigest())


def test_somebody_who_has_no_business_there_learns_nothing_of_a_paper(scene: OfficeScene) -> None:
    scene.order()
    paper = attach(scene, scene.ann)
    for name in (paper, "Q-nothing"):
        request = CourtPaperRequest(paper=name, **CASE)
        refused = scene.refusal_reason(scene.bob, court_papers.show, request)
        assert refused is AccessRefusal.NOT_IN_CHARGE


# --- The log, the person's file, and the end -----------------------------------------------------


def test_the_log_has_the_hash_and_neither_name_nor_content(scene: OfficeScene) -> None:
    scene.order()
    before = scene.office.size()
    request = AttachPaper("ALM-1", 1, "Aigerim Testova.pdf", PDF)
    paper = scene.do(scene.ann, court_papers.attach, request)
    open_paper(scene, scene.person, paper)
    attached, opened = scene.office.log(before)
    assert attached["facts"] == {
        "order": "ALM-1", "version": 1, "paper": paper, "sha256": sha256(PDF).hexdigest(),
    }  # fmt: skip
    assert (opened["action"], opened["persons"]) == ("orders.paper", ["P-1"])
    assert "Aigerim" not in str([attached, opened])


def test_the_person_has_it_in_everything_that_is_kept(scene: OfficeScene) -> None:
    scene.order()
    attach(scene, scene.ann)
    rows = scene.do(scene.person, subject_access.everything, OwnRecordRequest("P-1"))
    kinds = {row["kind"]: row["body"] for row in rows.tables["register"]}
    assert kinds["court_paper"]["sha256"] == sha256(PDF).hexdigest()
    assert kinds["attachment_part"]


def test_nothing_of_a_paper_is_left_when_the_person_was_erased(either: OfficeScene) -> None:
    either.order()
    paper = attach(either, either.ann, LONG)
    either.office.keyring.forget("P-1", to_us(either.office.now))
    either.office.do(PROGRAM, erase_persons, DuePersons(("P-1",), "record_days"))
    with either.office.store.read() as reading:
        for kind in (court_papers.COURT_PAPER.name, kept_documents.PART.name):
            assert reading.entries_about("P-1", kind) == ()
            assert reading.entry(kind, paper) is None


def test_no_byte_that_tells_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    keyring_file.make(tmp_path / "k.db", MASTER, Chance())
    prepared = SqliteDatabase(tmp_path / "papers.db")
    with (
        closing(FileKeyring(tmp_path / "k.db", MASTER, Chance())) as keyring,
        closing(prepared.open()) as store,
    ):
        scene = scene_.scene(Office(store, keyring))
        scene.order()
        paper = attach(scene, scene.ann)
        before = _file(prepared)
        keyring.forget("P-1", to_us(scene.office.now))
        scene.office.do(PROGRAM, erase_persons, DuePersons(("P-1",), "record_days"))
    after = _file(prepared)
    assert PDF not in before  # It lies sealed.
    for trace in (paper.encode(), sha256(PDF).hexdigest().encode()):
        assert trace in before
        assert trace not in after


def _file(prepared: SqliteDatabase) -> bytes:
    with closing(sqlite3.connect(prepared.where)) as connection:
        connection.execute("VACUUM")
    paths = (path for path in Path(prepared.where).parent.glob("papers.db*"))
    return b"".join(path.read_bytes() for path in paths)
