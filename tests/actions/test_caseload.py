from datetime import timedelta

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.cases import case_overview, caseload, persons
from mesure.actions.cases.case_overview import OverviewRequest
from mesure.actions.cases.caseload import (
    AssignCase,
    BarRequest,
    CaseloadRequest,
    CaseRequest,
    EndShift,
    SetCover,
    SetOnCall,
    UnassignedCasesRequest,
)
from mesure.actions.cases.persons import PersonRequest, SetContact
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.case_access import CASE as CASE_FILE
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.charge import ChargeBasis
from mesure.privacy.roles import Role
from tests.actions.scene import CASE, OfficeScene

HOUR = timedelta(hours=1)


def in_charge(scene: OfficeScene) -> tuple[str, ChargeBasis]:
    shown = scene.do(scene.person, caseload.in_charge, CaseRequest("P-1"))
    return shown.account, shown.how


def cover_request(scene: OfficeScene) -> SetCover:
    now = scene.office.now
    return SetCover("ann", "bob", now, now + 2 * HOUR)


def test_somebody_is_always_in_charge(scene: OfficeScene) -> None:
    assert in_charge(scene) == ("ann", ChargeBasis.OWN)
    scene.do(scene.ann, caseload.cover, cover_request(scene))
    assert in_charge(scene) == ("bob", ChargeBasis.COVER)
    scene.office.later(hours=2)
    assert in_charge(scene) == ("ann", ChargeBasis.OWN)
    scene.do(scene.chief, staff_accounts.close, AccountRef("ann"))
    assert in_charge(scene) == ("chief", ChargeBasis.SUPERVISOR)
    now = scene.office.now
    watch = scene.do(scene.chief, caseload.on_call, SetOnCall("bob", now, now + HOUR))
    assert in_charge(scene) == ("bob", ChargeBasis.ON_CALL)
    scene.do(scene.chief, caseload.end_on_call, EndShift(watch))
    assert in_charge(scene) == ("chief", ChargeBasis.SUPERVISOR)


def test_cover_opens_cases_and_its_end_shuts_them(scene: OfficeScene) -> None:
    request = PersonRequest(person="P-1", **CASE)
    assert scene.refusal_reason(scene.bob, persons.show, request) is AccessRefusal.NOT_IN_CHARGE
    cover = scene.do(scene.ann, caseload.cover, cover_request(scene))
    assert scene.do(scene.bob, persons.show, request).name == "Name of P-1"
    assert [one.person for one in scene.do(scene.bob, caseload.list_cases, CaseloadRequest())] == [
        "P-1"
    ]
    assert [one.id for one in scene.do(scene.bob, caseload.covers, EmptyRequest())] == [cover]
    scene.do(scene.bob, caseload.end_cover, EndShift(cover))
    assert scene.refusal_reason(scene.bob, persons.show, request) is AccessRefusal.NOT_IN_CHARGE
    assert scene.do(scene.bob, caseload.covers, EmptyRequest()) == ()


def test_who_covers_twice_at_once_reads_each_person_once(scene: OfficeScene) -> None:
    for _ in range(2):
        scene.do(scene.ann, caseload.cover, cover_request(scene))
    [case] = scene.do(scene.bob, caseload.list_cases, CaseloadRequest())
    [overview] = scene.do(scene.bob, case_overview.overview, OverviewRequest())
    assert (case.person, overview.person) == ("P-1", "P-1")


def test_officers_find_cover_for_themselves_only(scene: OfficeScene) -> None:
    now = scene.office.now
    other = SetCover("bob", "ann", now, now + HOUR)
    assert scene.refusal_reason(scene.ann, caseload.cover, other) is AccessRefusal.NOT_YOURS
    cover = scene.do(scene.chief, caseload.cover, other)
    third = scene.office.account("eve", Role.OFFICER)
    assert (
        scene.refusal_reason(third, caseload.end_cover, EndShift(cover)) is AccessRefusal.NOT_YOURS
    )
    oneself = SetCover("ann", "ann", now, now + HOUR)
    assert scene.refusal_reason(scene.ann, caseload.cover, oneself) is ActionRefusal.NO_OFFICER
    backwards = SetCover("ann", "bob", now, now)
    assert scene.refusal_reason(scene.ann, caseload.cover, backwards) is ActionRefusal.SPAN
    over = SetCover("ann", "bob", now - HOUR, now)
    assert scene.refusal_reason(scene.ann, caseload.cover, over) is ActionRefusal.OVER
    nobody = SetOnCall("nobody", now, now + HOUR)
    assert scene.refusal_reason(scene.chief, caseload.on_call, nobody) is ActionRefusal.NO_OFFICER


def test_a_person_is_moved_to_another_caseload(scene: OfficeScene) -> None:
    scene.do(scene.chief, caseload.assign, AssignCase("P-1", "bob"))
    assert in_charge(scene) == ("bob", ChargeBasis.OWN)
    assert scene.do(scene.ann, caseload.list_cases, CaseloadRequest()) == ()
    scene.do(scene.chief, caseload.assign, AssignCase("P-1", None))
    assert [
        case.person for case in scene.do(scene.chief, caseload.nobodys, UnassignedCasesRequest())
    ] == ["P-1"]
    assert in_charge(scene) == ("chief", ChargeBasis.SUPERVISOR)


def test_nobodys_cases_come_page_by_page_though_some_are_taken_meanwhile(
    scene: OfficeScene,
) -> None:
    names = [scene.office.person(f"P-2{number}") for number in range(7)]

    def page(after: str, count: int = 3) -> list[str]:
        cases = scene.do(scene.chief, caseload.nobodys, UnassignedCasesRequest(after, count))
        return [one.person for one in cases]

    first = page("")
    assert first == names[:3]
    scene.do(scene.chief, caseload.assign, AssignCase(first[0], "bob"))
    scene.do(scene.chief, caseload.assign, AssignCase(names[4], "ann"))
    scene.do(scene.chief, caseload.bar, BarRequest(names[5], "chief"))
    assert page(first[-1]) == [names[3], names[6]]


def test_who_is_barred_sees_nothing_and_is_in_charge_of_nothing(scene: OfficeScene) -> None:
    scene.do(scene.chief, caseload.bar, BarRequest("P-1", "ann"))
    request = PersonRequest(person="P-1", **CASE)
    assert scene.refusal_reason(scene.ann, persons.show, request) is AccessRefusal.BARRED
    assert in_charge(scene) == ("chief", ChargeBasis.SUPERVISOR)
    again = AssignCase("P-1", "ann")
    assert scene.refusal_reason(scene.chief, caseload.assign, again) is ActionRefusal.OFFICER_BARRED
    scene.do(scene.chief, caseload.unbar, BarRequest("P-1", "ann"))
    second = scene.office.account("second", Role.SUPERVISOR)
    scene.do(second, caseload.confirm_unbar, BarRequest("P-1", "ann"))
    scene.do(scene.chief, caseload.assign, again)
    assert in_charge(scene) == ("ann", ChargeBasis.OWN)


def test_a_barred_supervisor_does_not_let_in_themselves(scene: OfficeScene) -> None:
    second = scene.office.account("second", Role.SUPERVISOR)
    scene.do(second, caseload.bar, BarRequest("P-1", "chief"))
    refused = scene.refusal_reason(scene.chief, caseload.unbar, BarRequest("P-1", "chief"))
    assert refused is AccessRefusal.BARRED
    request = CaseloadRequest("ann")
    assert scene.do(scene.chief, caseload.list_cases, request) == ()
    assert [one.person for one in scene.do(second, caseload.list_cases, request)] == ["P-1"]


def test_a_person_is_barred_from_no_case(scene: OfficeScene) -> None:
    barred = BarRequest("P-1", "A-person")
    assert scene.refusal_reason(scene.chief, caseload.bar, barred) is ActionRefusal.NOT_STAFF
    for number in range(10):
        scene.office.account(f"O-{number}", Role.OFFICER)
        scene.do(scene.chief, caseload.bar, BarRequest("P-1", f"O-{number}"))
    refused = scene.refusal_reason(scene.chief, caseload.bar, BarRequest("P-1", "bob"))
    assert refused is ActionRefusal.ENOUGH_BARRED


def test_a_case_file_begins_with_its_first_change(scene: OfficeScene) -> None:
    scene.office.write(lambda rows, _: rows.drop(CASE_FILE, "P-1"))
    assert in_charge(scene) == ("chief", ChargeBasis.SUPERVISOR)
    scene.do(scene.chief, caseload.assign, AssignCase("P-1", "ann"))
    assert in_charge(scene) == ("ann", ChargeBasis.OWN)


def test_officers_see_their_own_list(scene: OfficeScene) -> None:
    refused = scene.refusal_reason(scene.ann, caseload.list_cases, CaseloadRequest("bob"))
    assert refused is AccessRefusal.NOT_YOURS


def test_a_person_says_how_they_are_reached(scene: OfficeScene) -> None:
    scene.do(scene.ann, persons.enter, persons.EnterPerson("P-2", "Айгүл"))
    own = scene.office.account("own", Role.PERSON, "P-2")
    scene.do(own, persons.set_contact, SetContact("P-2", email="a@example.org"))
    shown = scene.do(own, persons.show, PersonRequest(person="P-2"))
    assert (shown.email, shown.phone) == ("a@example.org", None)
    wrong = SetContact("P-2", phone="")
    assert scene.refusal_reason(own, persons.set_contact, wrong) is ActionRefusal.PHONE
    changed = persons.ChangeDetails("P-2", "Айгүл С.", "ru", phone="+7 700")
    scene.do(scene.ann, persons.change_details, changed)
    assert scene.do(own, persons.show, PersonRequest(person="P-2")).language == "ru"
    bad = persons.ChangeDetails("P-2", "Айгүл", "xx")
    assert scene.refusal_reason(scene.ann, persons.change_details, bad) is ActionRefusal.LANGUAGE
