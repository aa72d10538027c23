from datetime import datetime, timedelta
from pathlib import Path

from mesure.actions.data_rights import retained_data
from mesure.actions.devices import assignments
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM
from mesure.actions.orders import court_orders, early_ends, end_correction
from mesure.actions.orders.court_orders import EndOrder, OrderRequest, OrderView
from mesure.actions.orders.end_correction import ChangeOrderEnd
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.instants import to_us
from mesure.privacy.access_refusal import AccessRefusal
from tests.actions import house
from tests.actions.scene import ORDER, OfficeScene
from tests.actions.test_court_orders import versions_in_force


def end_early(scene: OfficeScene, at: datetime) -> None:
    scene.order()
    scene.do(
        scene.ann, court_orders.end, EndOrder("ALM-1", at, "2-17/2026", "The court lifted it.")
    )


def show(scene: OfficeScene) -> OrderView:
    view: OrderView = scene.do(scene.person, court_orders.show, OrderRequest(order="ALM-1"))
    return view


def test_an_early_end_is_changed_while_it_lies_ahead(scene: OfficeScene) -> None:
    first, wrong = scene.office.now, scene.office.now + timedelta(days=3)
    end_early(scene, wrong)
    scene.carries()
    right = wrong.replace(month=5)
    many = "x" * (refusals.REASON_CHARS_MAX + 1)
    for reason, decision in ((" ", ""), ("x" + " " * len(many), ""), ("x", many)):
        bad = ChangeOrderEnd("ALM-1", 1, right, reason, decision)
        refused = scene.refusal_reason(scene.ann, end_correction.change_end, bad)
        assert refused is ActionRefusal.REASON
    scene.office.later(hours=1)
    change = ChangeOrderEnd("ALM-1", 1, right, "May, not April.", "2-18/2026")
    scene.do(scene.chief, end_correction.change_end, change)
    assert scene.office.last()["action"] == "orders.change_end"
    assert early_ends.ends_at(versions_in_force(scene)) == right
    view = show(scene)
    assert [
        (entry.at, entry.reason, entry.entered_by, entry.entered_at) for entry in view.ends
    ] == [
        (wrong, "The court lifted it.", "ann", first),
        (right, "May, not April.", "chief", scene.office.now),
    ]
    assert view.end == view.ends[-1]
    assert view.ends[-1].decision == "2-18/2026"
    scene.office.now = wrong  # The device is carried on.
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 0
    scene.office.now = right
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 1
    late = ChangeOrderEnd("ALM-1", 2, None, "x")
    refused = scene.refusal_reason(scene.ann, end_correction.change_end, late)
    assert refused is ActionRefusal.END_PASSED


def test_an_early_end_that_is_taken_back_counts_as_none(scene: OfficeScene) -> None:
    at = scene.office.now + timedelta(days=3)
    end_early(scene, at)
    scene.carries()
    scene.do(
        scene.ann, end_correction.change_end, ChangeOrderEnd("ALM-1", 1, None, "Another order.")
    )
    view = show(scene)
    assert (view.end, view.ends[-1].at, view.ends[-1].decision) == (None, None, "2-17/2026")
    until = early_ends.ends_at(versions_in_force(scene))
    assert until == view.versions[-1].until_at
    with scene.office.store.read() as reading:
        rows = RegisterReader(reading, scene.office.keyring)
        assert retained_data.ends_us(reading, rows, "P-1") == to_us(until)
    again = ChangeOrderEnd("ALM-1", 2, at, "It was right.")
    refused = scene.refusal_reason(scene.ann, end_correction.change_end, again)
    assert refused is ActionRefusal.NOT_HERE
    scene.office.now = at
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 0
    later = at + timedelta(days=3)
    scene.do(scene.ann, court_orders.end, EndOrder("ALM-1", later, "2-19/2026", "Lifted now."))
    assert early_ends.ends_at(versions_in_force(scene)) == later
    view = show(scene)
    assert [entry.at for entry in view.ends] == [at, None, later]


def test_a_changed_end_lies_within_what_two_persons_confirmed(scene: OfficeScene) -> None:
    end_early(scene, scene.office.now + timedelta(days=3))
    shorter = ORDER.replace("2026-01-05, until: 2027-01-05", "2026-04-01, until: 2026-07-01")
    scene.order(shorter)
    [last] = show(scene).versions[1:]
    late = ChangeOrderEnd("ALM-1", 1, last.until_at, "x")
    refused = scene.refusal_reason(scene.ann, end_correction.change_end, late)
    assert refused is ActionRefusal.ENDS_BEFORE
    within = last.until_at - timedelta(minutes=1)
    scene.do(scene.ann, end_correction.change_end, ChangeOrderEnd("ALM-1", 1, within, "x"))
    assert early_ends.ends_at(versions_in_force(scene)) == within
    early = ChangeOrderEnd("ALM-1", 2, scene.office.now.replace(year=2025), "x")
    refused = scene.refusal_reason(scene.ann, end_correction.change_end, early)
    assert refused is ActionRefusal.ENDS_AFTER_BEGINNING


def test_only_an_end_that_was_entered_is_changed(scene: OfficeScene) -> None:
    scene.order()
    change = ChangeOrderEnd("ALM-1", 0, None, "x")
    refused = scene.refusal_reason(scene.ann, end_correction.change_end, change)
    assert refused is ActionRefusal.NOT_HERE


def test_an_end_is_changed_so_often_that_its_record_still_has_room(scene: OfficeScene) -> None:
    at = scene.office.now + timedelta(days=3)
    end_early(scene, at)
    longest = "\N{GRINNING FACE}" * refusals.REASON_CHARS_MAX
    for number in range(1, early_ends.ENTRIES_MAX):
        change = ChangeOrderEnd("ALM-1", number, at + timedelta(minutes=number), longest, longest)
        scene.do(scene.ann, end_correction.change_end, change)
    change = ChangeOrderEnd("ALM-1", early_ends.ENTRIES_MAX, at, "x")
    refused = scene.refusal_reason(scene.ann, end_correction.change_end, change)
    assert refused is ActionRefusal.ENOUGH_SAID
    assert len(show(scene).ends) == early_ends.ENTRIES_MAX


def test_an_end_of_somebody_whose_key_is_lost_waits_for_it(
    scene: OfficeScene, tmp_path: Path
) -> None:
    end_early(scene, scene.office.now + timedelta(days=3))
    for actor in (scene.bob, scene.counsel, scene.person):
        change = ChangeOrderEnd("ALM-1", 1, None, "x")
        refused = scene.refusal_reason(actor, end_correction.change_end, change)
        assert isinstance(refused, AccessRefusal)
    house.lose_key(tmp_path, "P-1")
    refused = scene.refusal_reason(scene.ann, end_correction.change_end, change)
    assert refused is ActionRefusal.UNREADABLE


def test_a_change_that_somebody_else_made_meanwhile_is_read_first(scene: OfficeScene) -> None:
    end_early(scene, scene.office.now + timedelta(days=3))
    at = scene.office.now + timedelta(days=4)
    scene.do(scene.chief, end_correction.change_end, ChangeOrderEnd("ALM-1", 1, at, "x"))
    late = ChangeOrderEnd("ALM-1", 1, None, "y")
    refused = scene.refusal_reason(scene.ann, end_correction.change_end, late)
    assert refused is ActionRefusal.CHANGED
