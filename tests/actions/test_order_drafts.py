"""A draft binds nobody, loses no step, and is gone when it was entered or given up."""

from typing import Any

import pytest

from mesure.actions.documents import kept_documents
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import court_orders, order_drafts
from mesure.actions.orders.court_orders import PendingVersionsRequest, VersionRef
from mesure.actions.orders.order_drafts import (
    BeginDraft,
    DraftRef,
    DraftRequest,
    DraftsRequest,
    EnterDraft,
    SaveDraft,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.machine import texts
from mesure.orders.venues import venue_categories
from mesure.privacy.access_refusal import AccessRefusal
from mesure.store.values import records
from tests.actions.scene import CASE, ORDER, OfficeScene


def begin(scene: OfficeScene, text: str = ORDER, files: dict[str, bytes] | None = None) -> str:
    request = BeginDraft("P-1", text.encode(), files or {})
    draft: str = scene.do(scene.ann, order_drafts.begin, request)
    return draft


def show_draft(scene: OfficeScene, draft: str) -> Any:
    return scene.do(scene.ann, order_drafts.show, DraftRequest(draft=draft, **CASE))


def pieces(scene: OfficeScene) -> int:
    with scene.office.store.read() as reading:
        return len(reading.entries_about("P-1", order_drafts.PIECE.name))


def test_steps_are_kept_and_can_be_taken_back_one_by_one(scene: OfficeScene) -> None:
    draft = begin(scene, "order: A\n")
    assert scene.do(scene.ann, order_drafts.keep, SaveDraft(draft, 1, b"order: B\n")) == 2
    assert scene.do(scene.ann, order_drafts.keep, SaveDraft(draft, 2, b"order: C\n")) == 3
    assert (show_draft(scene, draft).text, show_draft(scene, draft).steps_back) == (
        b"order: C\n",
        2,
    )
    scene.do(scene.ann, order_drafts.undo, DraftRef(draft, 3))
    assert show_draft(scene, draft).text == b"order: B\n"
    scene.do(scene.ann, order_drafts.undo, DraftRef(draft, 4))
    assert (show_draft(scene, draft).text, show_draft(scene, draft).steps_back) == (
        b"order: A\n",
        0,
    )
    refused = scene.refusal_reason(scene.ann, order_drafts.undo, DraftRef(draft, 5))
    assert refused is ActionRefusal.NOT_HERE
    assert pieces(scene) == 1


def test_the_same_text_again_is_no_step(scene: OfficeScene) -> None:
    draft = begin(scene)
    scene.do(scene.ann, order_drafts.keep, SaveDraft(draft, 1, ORDER.encode()))
    assert show_draft(scene, draft).steps_back == 0


def test_only_so_many_steps_are_kept(scene: OfficeScene) -> None:
    draft = begin(scene)
    for number in range(1, order_drafts.EARLIER_MAX + 3):
        text = f"order: {number}\n".encode()
        scene.do(scene.ann, order_drafts.keep, SaveDraft(draft, number, text))
    assert show_draft(scene, draft).steps_back == order_drafts.EARLIER_MAX
    assert pieces(scene) == order_drafts.EARLIER_MAX + 1


def test_whoever_changes_a_draft_that_somebody_else_changed_is_told(scene: OfficeScene) -> None:
    draft = begin(scene)
    scene.do(scene.chief, order_drafts.keep, SaveDraft(draft, 1, b"order: B\n"))
    request = SaveDraft(draft, 1, b"order: C\n")
    assert scene.refusal_reason(scene.ann, order_drafts.keep, request) is ActionRefusal.CHANGED
    assert show_draft(scene, draft).text == b"order: B\n"


def test_a_large_map_is_kept_in_pieces_and_comes_back_whole(scene: OfficeScene) -> None:
    data = bytes(range(256)) * 8000
    draft = begin(scene, files={"map.geojson": data})
    assert pieces(scene) == 1 + 3
    assert show_draft(scene, draft).files == {"map.geojson": data}
    more = SaveDraft(draft, 1, ORDER.encode(), {"b.geojson": b"{}"})
    scene.do(scene.ann, order_drafts.keep, more)
    assert set(show_draft(scene, draft).files) == {"map.geojson", "b.geojson"}
    scene.do(scene.ann, order_drafts.drop, DraftRef(draft, 2))
    assert pieces(scene) == 0
    assert scene.do(scene.ann, order_drafts.of_person, DraftsRequest("P-1")) == ()


@pytest.mark.parametrize(
    "draft_request",
    [
        BeginDraft("P-1", b"x" * (17 << 20)),
        BeginDraft("P-1", b"", {"a\n": b""}),
        BeginDraft("P-1", b"", {f"{number}": b"" for number in range(101)}),
    ],
)
def test_what_no_order_could_have_is_refused(scene: OfficeScene, draft_request: BeginDraft) -> None:
    assert scene.refusal_reason(scene.ann, order_drafts.begin, draft_request) in {
        ActionRefusal.TOO_LARGE,
        ActionRefusal.NAME,
    }


def test_a_refusal_for_size_says_the_limits_that_hold() -> None:
    words = ActionRefusal.TOO_LARGE.in_words(texts.catalogue("en"))
    assert f"document may have {kept_documents.DOCUMENT_BYTES_MAX >> 20} MB" in words
    assert f"at most {order_drafts.FILES_MAX} maps {records.TEXT_BYTES_MAX >> 20} MB" in words
    assert f"{venue_categories.VENUES_MAX:,} places" in words


def test_there_are_only_so_many_drafts_about_one_person(scene: OfficeScene) -> None:
    for _ in range(order_drafts.DRAFTS_MAX):
        begin(scene)
    request = BeginDraft("P-1", b"")
    assert scene.refusal_reason(scene.ann, order_drafts.begin, request) is ActionRefusal.ENOUGH_SAID


def test_a_draft_is_entered_as_an_order_and_is_gone(scene: OfficeScene) -> None:
    draft = begin(scene)
    entered = scene.do(scene.ann, order_drafts.enter, EnterDraft(draft, 1, ORDER.encode()))
    assert (entered.order, entered.number, entered.binds) == ("ALM-1", 1, False)
    assert pieces(scene) == 0
    refused = scene.refusal_reason(scene.ann, order_drafts.drop, DraftRef(draft, 1))
    assert refused is AccessRefusal.NOT_IN_CHARGE


def test_nothing_else_is_entered_than_what_was_drafted(scene: OfficeScene) -> None:
    draft = begin(scene)
    other = ORDER.replace("C1:", "C9:").replace("allows: C1", "allows: C9")
    request = EnterDraft(draft, 1, other.encode())
    assert scene.refusal_reason(scene.ann, order_drafts.enter, request) is ActionRefusal.OTHER_TEXT
    unfinished = begin(scene, "order: A\n")
    request = EnterDraft(unfinished, 1, b"order: A\n")
    assert scene.refusal_reason(scene.ann, order_drafts.enter, request) is ActionRefusal.ORDER
    assert scene.do(scene.ann, court_orders.list_pending, PendingVersionsRequest("P-1")) == ()


def test_a_draft_about_one_person_enters_nothing_about_another(scene: OfficeScene) -> None:
    scene.office.person("P-2", scene.ann)
    text = ORDER.replace("P-1", "P-2")
    draft = begin(scene, text)
    request = EnterDraft(draft, 1, text.encode())
    assert (
        scene.refusal_reason(scene.ann, order_drafts.enter, request) is ActionRefusal.ANOTHER_PERSON
    )
    assert scene.do(scene.ann, court_orders.list_pending, PendingVersionsRequest("P-2")) == ()


def test_what_is_unfinished_is_listed_to_whoever_may_see_it(scene: OfficeScene) -> None:
    draft = begin(scene)
    orders = scene.do(scene.ann, order_drafts.list_unfinished, EmptyRequest())
    assert [(one.draft, one.person) for one in orders.drafts] == [(draft, "P-1")]
    entered = scene.do(scene.ann, order_drafts.enter, EnterDraft(draft, 1, ORDER.encode()))
    for actor, is_own in ((scene.ann, True), (scene.chief, False)):
        orders = scene.do(actor, order_drafts.list_unfinished, EmptyRequest())
        assert [(one.order, one.number, one.is_own) for one in orders.waiting] == [
            ("ALM-1", 1, is_own)
        ]
    assert scene.do(
        scene.bob, order_drafts.list_unfinished, EmptyRequest()
    ) == order_drafts.UnfinishedOrders((), ())
    scene.do(scene.chief, court_orders.confirm, VersionRef("ALM-1", 1, entered.whole_sha256))
    assert scene.do(
        scene.ann, order_drafts.list_unfinished, EmptyRequest()
    ) == order_drafts.UnfinishedOrders((), ())


def test_another_officer_sees_no_draft(scene: OfficeScene) -> None:
    draft = begin(scene)
    request = DraftRequest(draft=draft, **CASE)
    assert (
        scene.refusal_reason(scene.bob, order_drafts.show, request) is AccessRefusal.NOT_IN_CHARGE
    )
