from datetime import timedelta
from typing import Any

import pytest

from mesure.actions.accounts import printed_cards, staff_accounts
from mesure.actions.accounts.printed_cards import GiveCard, InviteCounsel
from mesure.actions.accounts.staff_accounts import AccountRef
from mesure.actions.cases import caseload, persons
from mesure.actions.cases.caseload import (
    AssignCase,
    BarRequest,
    CaseloadRequest,
    SetOnCall,
    UnassignedCasesRequest,
)
from mesure.actions.cases.persons import DETAILS, EnterPerson, PersonRequest
from mesure.actions.framework.action import Action, ActionContext, EmptyRequest, perform
from mesure.actions.framework.case_access import CASE as CASE_FILE
from mesure.actions.framework.case_access import CaseFile
from mesure.actions.framework.context import PROGRAM
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.record_types import Register, RegisterReader
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotAllowedError, NotFoundError
from mesure.audit import entries
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values.faults import LostKeyError
from tests.actions.house import MORNING, Office
from tests.actions.scene import CASE, OfficeScene


def enter(scene: OfficeScene, person: str = "P-2", name: str = "Айгүл") -> None:
    scene.do(scene.ann, persons.enter, EnterPerson(person, name, "kk"))


def test_a_change_is_entered_in_its_own_transaction(scene: OfficeScene) -> None:
    enter(scene)
    entered = scene.office.last()
    assert entered["action"] == "persons.enter"
    assert (entered["by"], entered["role"], entered["persons"]) == ("ann", "officer", ["P-2"])
    assert entered["request"] == "R-1"
    assert "Айгүл" not in str(entered)


def test_a_change_that_fails_leaves_nothing_but_that_it_was_tried(scene: OfficeScene) -> None:
    before = len(scene.office.log())
    assert (
        scene.refusal_reason(scene.ann, persons.enter, EnterPerson("P-2", " "))
        is ActionRefusal.NAME
    )
    [tried] = scene.office.log(before)
    assert (tried["facts"], tried["persons"]) == ({"refused": "name"}, [])
    with scene.office.store.read() as reading:
        assert reading.person("P-2") is None


def test_a_refused_attempt_is_entered_with_whose_case_it_was(scene: OfficeScene) -> None:
    request = PersonRequest(person="P-1", **CASE)
    assert scene.refusal_reason(scene.bob, persons.show, request) is AccessRefusal.NOT_IN_CHARGE
    entered = scene.office.last()
    assert entered["facts"] == {"refused": "not_in_charge", "case_number": "ALM-2026-1"}
    assert (entered["persons"], entered["by"]) == (["P-1"], "bob")
    assert scene.office.deeds("refused", "not_in_charge") == scene.office.deeds("by", "bob")


def test_a_refused_attempt_enters_no_text_that_somebody_made_up(scene: OfficeScene) -> None:
    request = PersonRequest(person="Айгүл lives at 7 Abay Avenue", **CASE)
    for actor in (scene.bob, scene.person):
        scene.refusal_reason(actor, persons.show, request)
        entered = scene.office.last()
        assert (entered["by"], entered["persons"]) == (actor.account, [])
        assert "Abay" not in str(entered)


def test_who_is_under_an_order_cannot_be_asked_unseen(scene: OfficeScene) -> None:
    """How something fails says whether there is such a case; so it is entered, and the person's."""
    nobody = PersonRequest(person="P-9", **CASE)
    assert scene.refusal_reason(scene.chief, persons.show, nobody) is ActionRefusal.NOT_HERE
    entered = scene.office.last()
    assert (entered["by"], entered["action"]) == ("chief", "persons.show")
    assert entered["facts"] == {"refused": "not_here", "case_number": "ALM-2026-1"}
    assert (
        scene.refusal_reason(scene.chief, caseload.assign, AssignCase("P-1", "nobody"))
        is ActionRefusal.NO_OFFICER
    )
    entered = scene.office.last()
    assert (entered["facts"], entered["persons"]) == ({"refused": "no_officer"}, ["P-1"])
    there = EnterPerson("P-1", "Айгүл")
    assert scene.refusal_reason(scene.bob, persons.enter, there) is ActionRefusal.THERE_ALREADY
    assert scene.office.last()["persons"] == ["P-1"]


def test_what_fails_and_is_about_nobody_is_not_entered(scene: OfficeScene) -> None:
    before = scene.office.size()
    assert (
        scene.refusal_reason(scene.chief, caseload.on_call, SetOnCall("x", MORNING, MORNING))
        is ActionRefusal.SPAN
    )
    request = AccountRef("nobody")
    assert (
        scene.refusal_reason(scene.chief, staff_accounts.reset, request) is ActionRefusal.NOT_HERE
    )
    assert scene.office.size() == before


def test_a_look_is_entered_with_purpose_and_case_number(scene: OfficeScene) -> None:
    enter(scene)
    request = PersonRequest(person="P-2", purpose=Purpose.COURT, case_number="ALM-2026-1")
    shown = scene.do(scene.ann, persons.show, request)
    assert (shown.name, shown.in_charge.account) == ("Айгүл", "ann")
    entered = scene.office.last()
    assert (entered["sort"], entered["purpose"]) == ("look", "court")
    assert entered["facts"]["case_number"] == "ALM-2026-1"


def test_the_persons_own_look_needs_no_purpose_and_is_entered_all_the_same(
    scene: OfficeScene,
) -> None:
    enter(scene)
    scene.do(scene.person, persons.show, PersonRequest(person="P-1"))
    assert scene.office.last()["purpose"] == "own_data"
    other = PersonRequest(person="P-2")
    assert scene.refusal_reason(scene.person, persons.show, other) is AccessRefusal.ANOTHER_PERSON


def test_the_log_says_nothing_about_anybody_in_clear(scene: OfficeScene) -> None:
    enter(scene)
    with scene.office.store.read() as reading:
        size = reading.frontier().size
        lines = reading.entries(0, size)
    assert all(isinstance(entries.read(line), entries.RecordEntry) for line in lines)


def test_one_entry_about_many_persons_is_found_by_each(scene: OfficeScene) -> None:
    for number in range(2, 40):
        enter(scene, f"P-{number}")
    scene.do(scene.ann, caseload.list_cases, CaseloadRequest())
    assert len(scene.office.last()["persons"]) == 39
    last = {scene.office.deeds("person", f"P-{number}")[-1] for number in (1, 20, 39)}
    assert len({one.partition(".")[0] for one in last}) == 1
    by_action = scene.office.deeds("action", "caseload.list")
    assert len(by_action) > 1
    assert min(by_action).endswith(".000")


def test_a_row_about_a_person_opens_only_with_their_case(scene: OfficeScene) -> None:
    enter(scene)
    doing: list[object] = []

    def peek(work: WriteTransaction) -> None:
        context = scene.office.context(scene.bob)
        opened = ActionContext(work, context, persons.change_details, None)
        doing.append(opened)
        opened.rows.need(DETAILS, "P-2")

    with pytest.raises(NotAllowedError):
        scene.office.store.write(peek)


def test_a_case_that_is_there_is_never_begun_anew(scene: OfficeScene) -> None:
    def begin(work: WriteTransaction) -> None:
        ActionContext(work, scene.office.context(scene.bob), persons.enter, None).opens("P-1")

    with pytest.raises(AssertionError):
        scene.office.store.write(begin)


def test_who_is_not_kept_is_not_here(scene: OfficeScene) -> None:
    request = PersonRequest(person="P-9", **CASE)
    assert scene.refusal_reason(scene.chief, persons.show, request) is ActionRefusal.NOT_HERE


def test_a_person_whose_key_is_gone_is_erased(scene: OfficeScene) -> None:
    enter(scene)
    scene.office.keyring.forget("P-2", 0)
    request = PersonRequest(person="P-2", **CASE)
    assert scene.refusal_reason(scene.ann, persons.show, request) is ActionRefusal.ERASED


@pytest.mark.parametrize(
    ("change", "request_"),
    [
        (printed_cards.give, GiveCard("P-2")),
        (printed_cards.invite, InviteCounsel("P-2", "Counsel", MORNING + timedelta(days=1))),
        (caseload.assign, AssignCase("P-2", "bob")),
        (caseload.bar, BarRequest("P-2", "bob")),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_nothing_more_is_entered_that_names_who_was_erased(
    scene: OfficeScene, change: Action[Any, Any], request_: object
) -> None:
    enter(scene)
    scene.office.keyring.forget("P-2", 0)
    assert scene.refusal_reason(scene.chief, change, request_) is ActionRefusal.ERASED
    with scene.office.store.read() as reading:
        assert reading.entries_with_key(ACCOUNT.name, "person", "P-2") == ()
        case = reading.entry(CASE_FILE.name, "P-2")
        assert case is None or case.revision == 1


def test_what_is_kept_is_sealed_and_bound_to_its_place(scene: OfficeScene) -> None:
    enter(scene)
    with scene.office.store.read() as reading:
        entry = reading.entry("details", "P-2")
        assert entry is not None
        assert "Айгүл".encode() not in entry.body
        value = RegisterReader(reading, scene.office.keyring).need(DETAILS, "P-2").value
    assert value.name == "Айгүл"
    key = scene.office.keyring.find_key("P-2")
    for elsewhere in (("P-2", "details", "P-9", 1), ("P-2", "details", "P-2", 2)):
        with pytest.raises(LostKeyError, match="belongs elsewhere"):
            sealing.unseal(key, entry.body, sealing.entry_seal_context(*elsewhere))


def test_nothing_is_kept_twice_under_one_name(scene: OfficeScene) -> None:
    def twice(rows: Register, _: WriteTransaction) -> None:
        rows.add(ACCOUNT, "ann", rows.need(ACCOUNT, "ann").value)

    with pytest.raises(Exception, match="there_already"):
        scene.office.write(twice)


def test_assigning_somebody_unknown_is_told(scene: OfficeScene) -> None:
    assert (
        scene.refusal_reason(scene.chief, caseload.assign, AssignCase("P-1", "nobody"))
        is ActionRefusal.NO_OFFICER
    )
    with pytest.raises(NotFoundError):
        scene.do(scene.chief, caseload.assign, AssignCase("P-9", None))


def test_a_look_for_one_purpose_only_is_entered_with_it(scene: OfficeScene) -> None:
    scene.do(scene.chief, caseload.nobodys, UnassignedCasesRequest())
    assert scene.office.last()["purpose"] == "supervision"


def test_the_program_acts_under_its_own_name(office: Office) -> None:
    with pytest.raises(NotAllowedError) as refused:
        perform(office.context(PROGRAM), staff_accounts.list_accounts, EmptyRequest())
    assert refused.value.reason is AccessRefusal.ROLE
    assert office.last()["by"] == "program"
    assert Role(office.last()["role"]) is Role.PROGRAM
    assert CaseFile("P-1").officer is None
