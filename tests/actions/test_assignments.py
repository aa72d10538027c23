from datetime import timedelta
from pathlib import Path

from mesure.actions.devices import app_enrolment, assignments, enrolment_codes
from mesure.actions.devices.app_enrolment import EnrolUnsignedApp
from mesure.actions.devices.assignments import (
    AssignDevice,
    AssignmentsRequest,
    AssignmentView,
    ReturnDevice,
    SwapDevice,
)
from mesure.actions.devices.enrolment_codes import DeviceRef
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM
from mesure.actions.orders import assignment_end, court_orders
from mesure.actions.orders.court_orders import EndOrder, EnterVersion
from mesure.actions.records.app_records import AppFamily
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from tests.actions import house
from tests.actions.scene import ORDER, OfficeScene

HOUR = timedelta(hours=1)


def list_assignments(scene: OfficeScene) -> tuple[AssignmentView, ...]:
    shown: tuple[AssignmentView, ...] = scene.do(
        scene.person, assignments.list_assignments, AssignmentsRequest("P-1")
    )
    return shown


def is_due(scene: OfficeScene) -> bool:
    office = scene.office
    return assignments.is_due(office.store, office.keyring, office.now)


def test_a_device_is_given_only_under_an_order_that_binds(scene: OfficeScene) -> None:
    scene.device()
    give = AssignDevice("D-1", "P-1", "ALM-1")
    assert scene.refusal_reason(scene.ann, assignments.give, give) is ActionRefusal.NOT_HERE
    scene.do(scene.ann, court_orders.enter, EnterVersion(ORDER.encode()))
    assert scene.refusal_reason(scene.ann, assignments.give, give) is ActionRefusal.NOT_IN_FORCE
    scene.order()
    scene.do(scene.ann, assignments.give, give)
    assert [one.device for one in list_assignments(scene)] == ["D-1"]
    assert scene.refusal_reason(scene.ann, assignments.give, give) is ActionRefusal.DEVICE
    unknown = AssignDevice("D-9", "P-1", "ALM-1")
    assert scene.refusal_reason(scene.ann, assignments.give, unknown) is ActionRefusal.NOT_HERE


def test_a_device_is_given_back_or_swapped_without_a_gap(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    scene.device("D-2")
    scene.office.later(hours=2)
    scene.do(scene.ann, assignments.swap, SwapDevice("D-1", "D-2"))
    old, new = list_assignments(scene)
    assert (old.until_at, new.start_at, new.until_at) == (new.start_at, scene.office.now, None)
    refused = scene.refusal_reason(scene.ann, assignments.swap, SwapDevice("D-2", "D-9"))
    assert refused is ActionRefusal.NOT_HERE
    scene.office.later(hours=1)
    scene.do(scene.ann, assignments.take_back, ReturnDevice("D-2", scene.office.now - HOUR / 2))
    assert list_assignments(scene)[-1].until_at == scene.office.now - HOUR / 2
    refused = scene.refusal_reason(scene.ann, assignments.take_back, ReturnDevice("D-2"))
    assert refused is ActionRefusal.NOBODYS


def test_an_end_that_was_entered_is_not_moved_and_the_refusal_says_so(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    scene.device("D-2")
    scene.office.later(hours=3)
    scene.do(scene.ann, assignments.take_back, ReturnDevice("D-1"))
    before = list_assignments(scene)
    earlier = scene.office.now - HOUR
    for action, request in (
        (assignments.take_back, ReturnDevice("D-1", earlier)),
        (assignments.swap, SwapDevice("D-1", "D-2", earlier)),
    ):
        assert scene.refusal_reason(scene.ann, action, request) is ActionRefusal.RETURNED
    assert list_assignments(scene) == before


def test_nothing_is_entered_for_long_ago_or_for_later(scene: OfficeScene) -> None:
    scene.order()
    scene.device()
    for at in (scene.office.now + HOUR, scene.office.now - timedelta(days=8)):
        give = AssignDevice("D-1", "P-1", "ALM-1", at)
        assert scene.refusal_reason(scene.ann, assignments.give, give) is ActionRefusal.BACKDATED


def test_the_end_of_an_order_ends_what_is_carried_by_itself(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    scene.device("D-2")
    scene.do(scene.ann, assignments.give, AssignDevice("D-2", "P-1", "ALM-1"))
    assert not is_due(scene)
    scene.office.now = scene.office.now.replace(year=2027, month=2)
    assert is_due(scene)
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 2
    assert scene.office.last()["by"] == "program"
    ends = {one.until_at for one in list_assignments(scene)}
    assert [one.isoformat() for one in ends if one] == ["2027-01-04T19:00:00+00:00"]
    assert not is_due(scene)


def test_an_early_end_is_asked_for_early_and_an_extension_later(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    at = scene.office.now + timedelta(days=3)
    scene.do(scene.ann, court_orders.end, EndOrder("ALM-1", at, "2-17/2026", "Lifted."))
    scene.office.now = at
    assert is_due(scene)
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 1
    assert list_assignments(scene)[0].until_at == at


def test_an_extension_of_the_order_goes_on(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    longer = ORDER.replace("2026-01-05, until: 2027-01-05", "2026-12-01, until: 2028-01-05")
    scene.do(scene.ann, court_orders.enter, EnterVersion(longer.encode()))
    scene.office.now = scene.office.now.replace(year=2027, month=2)
    assert not is_due(scene)
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 0
    assert list_assignments(scene)[0].until_at is None


def test_what_is_asked_too_early_is_asked_again(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()

    scene.office.write(lambda rows, _: assignment_end.ask_again(rows, "ALM-1", scene.office.now))
    assert is_due(scene)
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 0
    assert not is_due(scene)


def test_what_an_erased_person_carried_is_ended(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    scene.office.keyring.forget("P-1", 0)
    scene.office.now = scene.office.now.replace(year=2027, month=2)
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 1


def erase(scene: OfficeScene) -> None:
    """Erase everything about the person before its time, as a court may order."""
    scene.office.keyring.forget("P-1", 0)
    scene.office.store.write(lambda work: work.erase("P-1", scene.office.now))


def test_the_end_of_the_order_of_somebody_who_was_erased_stops_nobody_elses(
    scene: OfficeScene,
) -> None:
    scene.order()
    scene.carries()
    erase(scene)
    scene.office.now = scene.office.now.replace(year=2027, month=2)
    assert is_due(scene)
    assert scene.do(PROGRAM, assignments.end_due, EmptyRequest()) == 1
    assert not is_due(scene)


def test_a_supervisor_takes_back_the_device_of_somebody_who_was_erased(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    erase(scene)
    scene.office.later(hours=1)
    scene.do(scene.chief, assignments.take_back, ReturnDevice("D-1"))
    with scene.office.store.read() as reading:
        assert [one.until for one in reading.assignments("D-1")] == [scene.office.now]
    assert scene.office.last()["action"] == "assignments.take_back"
    assert scene.office.last()["persons"] == []  # Nothing would take the id out again.


def test_a_device_of_somebody_who_was_erased_is_retired(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    scene.do(scene.ann, app_enrolment.enrol_pilot, EnrolUnsignedApp("D-1", AppFamily.OSMAND))
    erase(scene)
    scene.office.later(hours=1)
    scene.do(scene.chief, enrolment_codes.retire, DeviceRef("D-1"))
    device = scene.do(scene.chief, enrolment_codes.show, DeviceRef("D-1"))
    assert device.is_retired
    assert scene.office.last()["persons"] == []


def test_a_device_in_the_place_of_one_of_an_erased_person_is_refused_in_words(
    scene: OfficeScene,
) -> None:
    scene.order()
    scene.carries()
    scene.do(scene.chief, enrolment_codes.add, DeviceRef("D-9"))
    erase(scene)
    scene.office.later(hours=1)
    request = SwapDevice("D-1", "D-9")
    assert scene.refusal_reason(scene.chief, assignments.swap, request) is ActionRefusal.ERASED


def test_an_order_for_somebody_who_was_erased_is_refused_in_words(scene: OfficeScene) -> None:
    scene.order()
    erase(scene)
    entered = EnterVersion(ORDER.encode())
    assert scene.refusal_reason(scene.chief, court_orders.enter, entered) is ActionRefusal.ERASED


def test_a_device_for_somebody_who_was_erased_is_refused_in_words(scene: OfficeScene) -> None:
    """An erasure that was cut short leaves the text of their order, which nobody can read."""
    scene.order()
    scene.office.keyring.forget("P-1", 0)
    scene.do(scene.chief, enrolment_codes.add, DeviceRef("D-9"))
    request = AssignDevice("D-9", "P-1", "ALM-1")
    assert scene.refusal_reason(scene.chief, assignments.give, request) is ActionRefusal.ERASED


def test_a_key_that_is_lost_though_nobody_was_erased_is_a_fault(
    scene: OfficeScene, tmp_path: Path
) -> None:
    scene.order()
    scene.device()
    house.lose_key(tmp_path, "P-1")
    request = AssignDevice("D-1", "P-1", "ALM-1")
    reason = scene.refusal_reason(scene.chief, assignments.give, request)
    assert reason is ActionRefusal.UNREADABLE, "not that they were erased"
