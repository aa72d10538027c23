from datetime import datetime, timedelta

import pytest

from mesure.actions.cases import worklist
from mesure.actions.cases.worklist import WorkItemType
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import absences, binding_order, court_orders, end_correction
from mesure.actions.orders.absences import (
    AbsenceRef,
    AbsencesRequest,
    AbsenceStage,
    AbsenceView,
    AnswerAbsence,
    RequestAbsence,
    RevokeAbsence,
)
from mesure.actions.orders.court_orders import EndOrder, OrderRequest
from mesure.actions.orders.end_correction import ChangeOrderEnd
from mesure.actions.refusals import refusals
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.orders.model.order import OrderVersion
from mesure.privacy.access_refusal import AccessRefusal
from tests.actions.scene import CASE, OfficeScene

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def order_in_force(scene: OfficeScene) -> None:
    scene.order()


def make_request(start: datetime, until: datetime | None = None, **more: object) -> RequestAbsence:
    fields: dict[str, object] = {
        "order": "ALM-1",
        "conditions": ("C1",),
        "start_at": start,
        "until_at": until or start + 6 * HOUR,
        "reason": "A night shift.",
    }
    return RequestAbsence(**{**fields, **more})  # type: ignore[arg-type]


def version(scene: OfficeScene) -> OrderVersion:
    [order_version] = scene.do(
        scene.ann, court_orders.versions_in_force, OrderRequest(order="ALM-1", **CASE)
    )
    assert isinstance(order_version, OrderVersion)
    return order_version


def of(scene: OfficeScene, name: str) -> AbsenceView:
    shown: tuple[AbsenceView, ...] = scene.do(
        scene.person, absences.list_absences, AbsencesRequest("P-1")
    )
    return next(one for one in shown if one.absence == name)


def test_what_was_asked_for_lifts_nothing_until_it_is_granted(scene: OfficeScene) -> None:
    name = scene.do(scene.person, absences.ask, make_request(scene.office.now + 2 * DAY))
    assert len(version(scene).absences) == 1
    scene.do(scene.ann, absences.answer, AnswerAbsence(name, True, "Yes."))
    granted = version(scene).absences[-1]
    assert (granted.id, granted.allows, granted.by) == (name, frozenset({"C1"}), "ann")
    assert of(scene, name).kept.answer == "Yes."


def test_an_answer_has_a_clock(scene: OfficeScene) -> None:
    soon = scene.do(scene.person, absences.ask, make_request(scene.office.now + HOUR))
    late = scene.do(scene.person, absences.ask, make_request(scene.office.now + 30 * DAY))
    assert of(scene, soon).kept.due_at == scene.office.now + HOUR
    assert of(scene, late).kept.due_at == scene.office.now + 3 * DAY
    scene.office.later(hours=1)
    assert of(scene, soon).is_overdue
    assert not of(scene, late).is_overdue
    scene.do(scene.ann, absences.answer, AnswerAbsence(soon, False, "Ask earlier."))
    assert not of(scene, soon).is_overdue
    again = AnswerAbsence(soon, True, "Well then.")
    assert scene.refusal_reason(scene.ann, absences.answer, again) is ActionRefusal.ANSWERED


def test_a_person_takes_back_what_is_not_answered(scene: OfficeScene) -> None:
    name = scene.do(scene.person, absences.ask, make_request(scene.office.now + DAY))
    scene.do(scene.person, absences.withdraw, AbsenceRef(name))
    assert of(scene, name).kept.stage == AbsenceStage.WITHDRAWN
    refused = scene.refusal_reason(scene.person, absences.withdraw, AbsenceRef(name))
    assert refused is ActionRefusal.ANSWERED


def test_a_departure_is_notified_and_an_emergency_declared_afterwards(scene: OfficeScene) -> None:
    now = scene.office.now
    gone = scene.do(scene.person, absences.notify_departure, make_request(now + HOUR))
    ill = scene.do(scene.person, absences.declare_emergency, make_request(now - 10 * HOUR))
    assert len(version(scene).absences) == 1
    assert of(scene, ill).kept.due_at == now + 3 * DAY
    for name in (gone, ill):
        scene.do(scene.ann, absences.answer, AnswerAbsence(name, True, "Seen the paper."))
    starts = [one.span.start for one in version(scene).absences[1:]]
    assert sorted(starts) == [now - 10 * HOUR, now + HOUR]


def test_each_way_in_has_its_time(scene: OfficeScene) -> None:
    now = scene.office.now
    assert (
        scene.refusal_reason(scene.person, absences.ask, make_request(now)) is ActionRefusal.BEGUN
    )
    late = make_request(now - 8 * DAY)
    refused = scene.refusal_reason(scene.person, absences.declare_emergency, late)
    assert refused is ActionRefusal.DECLARED
    assert scene.refusal_reason(
        scene.person, absences.declare_emergency, make_request(now + HOUR)
    ) is (ActionRefusal.DECLARED)
    over = make_request(now - 8 * HOUR)
    assert scene.refusal_reason(scene.person, absences.notify_departure, over) is ActionRefusal.OVER


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"conditions": ("C9",)}, ActionRefusal.CONDITIONS),
        ({"conditions": ()}, ActionRefusal.CONDITIONS),
        ({"conditions": ("C1",) * 3}, ActionRefusal.CONDITIONS),  # The order has two.
        ({"at": "den"}, ActionRefusal.PLACE),
        ({"travel_s": 60}, ActionRefusal.TRAVEL),
        ({"at": "home", "travel_s": -1}, ActionRefusal.TRAVEL),
        ({"reason": " "}, ActionRefusal.REASON),
        ({"reason": "x" + " " * refusals.REASON_CHARS_MAX}, ActionRefusal.REASON),
        ({"order": "ALM-9"}, AccessRefusal.ANOTHER_PERSON),
    ],
)
def test_what_cannot_be_meant_is_refused(
    scene: OfficeScene, more: dict[str, object], why: ActionRefusal | AccessRefusal
) -> None:
    wrong = make_request(scene.office.now + DAY, None, **more)
    assert scene.refusal_reason(scene.person, absences.ask, wrong) is why


def test_an_absence_lies_within_the_order_and_ends(scene: OfficeScene) -> None:
    after = make_request(scene.office.now + 400 * DAY)
    assert scene.refusal_reason(scene.person, absences.ask, after) is ActionRefusal.NOT_IN_FORCE
    start = scene.office.now + DAY
    refused = scene.refusal_reason(scene.person, absences.ask, make_request(start, start))
    assert refused is ActionRefusal.SPAN
    endless = make_request(start, start + 61 * DAY)
    assert scene.refusal_reason(scene.person, absences.ask, endless) is ActionRefusal.SPAN


def test_two_that_name_different_places_disagree(scene: OfficeScene) -> None:
    """A1 of the order file names the office on the night of 10 March."""
    night = datetime.fromisoformat("2026-03-10T22:00+05:00")
    same = make_request(night, at="office")
    anywhere = make_request(night)
    other = make_request(night, at="home")
    assert scene.refusal_reason(scene.ann, absences.give, other) is ActionRefusal.DISAGREES
    name = scene.do(scene.person, absences.ask, other)
    answer = AnswerAbsence(name, True, "Yes.")
    assert scene.refusal_reason(scene.ann, absences.answer, answer) is ActionRefusal.DISAGREES
    assert of(scene, name).kept.stage == AbsenceStage.ASKED
    for fine in (same, anywhere, make_request(night, at="home", conditions=("C2",))):
        scene.do(scene.ann, absences.give, fine)


def test_what_was_allowed_stays_allowed(scene: OfficeScene) -> None:
    begun = scene.do(
        scene.ann, absences.give, make_request(scene.office.now - HOUR, scene.office.now + 5 * HOUR)
    )
    to_come = scene.do(scene.ann, absences.give, make_request(scene.office.now + 9 * DAY))
    for name in (begun, to_come):
        scene.do(scene.ann, absences.revoke, RevokeAbsence(name, "The shift was called off."))
    left = {one.id: one for one in version(scene).absences}
    assert to_come not in left
    assert left[begun].span.end == scene.office.now
    again = RevokeAbsence(begun, "Again.")
    assert scene.refusal_reason(scene.ann, absences.revoke, again) is ActionRefusal.NOT_GRANTED


def test_who_ended_an_absence_and_when_stands_beside_the_reason(scene: OfficeScene) -> None:
    asked = make_request(scene.office.now + HOUR, scene.office.now + 9 * HOUR)
    name = scene.do(scene.person, absences.ask, asked)
    scene.do(scene.chief, absences.answer, AnswerAbsence(name, True, "Yes."))
    scene.office.later(hours=3)
    scene.do(scene.ann, absences.revoke, RevokeAbsence(name, "The shift was called off."))
    kept = of(scene, name).kept
    assert (kept.stage, kept.until_at) == (AbsenceStage.GRANTED, scene.office.now)
    assert (kept.answered_at, kept.answered_by) == (scene.office.now, scene.ann.account)
    assert kept.answer == "The shift was called off."


def test_only_so_many_wait_for_an_answer(scene: OfficeScene) -> None:
    for _ in range(absences.OPEN_MAX):
        scene.do(scene.person, absences.ask, make_request(scene.office.now + DAY))
    one_more = make_request(scene.office.now + DAY)
    assert (
        scene.refusal_reason(scene.person, absences.ask, one_more) is ActionRefusal.ENOUGH_ABSENCES
    )


def test_another_officer_answers_nothing(scene: OfficeScene) -> None:
    name = scene.do(scene.person, absences.ask, make_request(scene.office.now + DAY))
    answer = AnswerAbsence(name, True, "Yes.")
    assert scene.refusal_reason(scene.bob, absences.answer, answer) is AccessRefusal.NOT_IN_CHARGE
    assert scene.refusal_reason(scene.person, absences.answer, answer) is AccessRefusal.ROLE
    assert AbsenceStage(binding_order.GRANTED) is AbsenceStage.GRANTED


def test_a_request_beyond_an_early_end_waits_no_more_and_again_if_the_end_is_changed(
    scene: OfficeScene,
) -> None:
    now = scene.office.now
    before = scene.do(scene.person, absences.ask, make_request(now + 2 * DAY))
    beyond = scene.do(scene.person, absences.ask, make_request(now + 5 * DAY))

    def requests_on_desk() -> set[str]:
        items = scene.do(scene.ann, worklist.list_items, EmptyRequest())
        return {item.id for item in items if item.what is WorkItemType.ABSENCE}

    assert requests_on_desk() == {before, beyond}
    scene.do(scene.ann, court_orders.end, EndOrder("ALM-1", now + 4 * DAY, "2-17/2026", "Lifted."))
    assert requests_on_desk() == {before}, "nobody can grant it, and it is not needed"
    scene.office.now = now + 3 * DAY
    assert not of(scene, beyond).is_overdue
    last = ChangeOrderEnd("ALM-1", 1, now + 6 * DAY, "Two days later.")
    scene.do(scene.ann, end_correction.change_end, last)
    assert requests_on_desk() == {before, beyond}
    scene.do(scene.ann, absences.answer, AnswerAbsence(beyond, True, "Yes."))
    assert of(scene, beyond).kept.stage == AbsenceStage.GRANTED
