import pytest

from mesure.actions.cases import persons
from mesure.actions.cases.persons import ChangeDetails, EnterPerson, PersonRequest
from mesure.actions.framework.context import Actor
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.privacy.charge import ChargeBasis
from mesure.privacy.roles import Role
from tests.actions.scene import CASE, OfficeScene

SERVICE = Actor("S-1", Role.SERVICE, scopes=frozenset({"persons.enter"}))


def test_an_officer_enters_for_their_own_caseload(scene: OfficeScene) -> None:
    scene.do(scene.bob, persons.enter, EnterPerson("P-2", "Айгүл", officer="ann"))
    shown = scene.do(scene.bob, persons.show, PersonRequest(person="P-2", **CASE))
    assert (shown.in_charge.account, shown.in_charge.how) == ("bob", ChargeBasis.OWN)


def test_a_supervisor_or_a_program_names_an_officer_or_nobody(scene: OfficeScene) -> None:
    scene.do(scene.chief, persons.enter, EnterPerson("P-2", "Айгүл", officer="bob"))
    scene.do(SERVICE, persons.enter, EnterPerson("P-3", "Дана"))
    shown = scene.do(scene.chief, persons.show, PersonRequest(person="P-3", **CASE))
    assert shown.in_charge.how is ChargeBasis.SUPERVISOR
    nobody = EnterPerson("P-4", "Дана", officer="nobody")
    assert scene.refusal_reason(scene.chief, persons.enter, nobody) is ActionRefusal.NO_OFFICER


@pytest.mark.parametrize(
    ("person_request", "why"),
    [
        (EnterPerson("", "Айгүл"), ActionRefusal.NAME),
        (EnterPerson("device:D-1", "Айгүл"), ActionRefusal.NAME),
        (EnterPerson("P-1", "Айгүл"), ActionRefusal.THERE_ALREADY),
        (EnterPerson("P-2", "x" * 121), ActionRefusal.NAME),
        (EnterPerson("P-2", "Айгүл", "xx"), ActionRefusal.LANGUAGE),
        (EnterPerson("P-2", "Айгүл", email="a\nb"), ActionRefusal.EMAIL),
        (EnterPerson("P-2", "Айгүл", email="A <a@b.example>"), ActionRefusal.EMAIL),
        (EnterPerson("P-2", "Айгүл", phone="7010000000, 7010000001"), ActionRefusal.PHONE),
    ],
)
def test_what_cannot_be_entered_is_refused(
    scene: OfficeScene, person_request: EnterPerson, why: ActionRefusal
) -> None:
    assert scene.refusal_reason(scene.ann, persons.enter, person_request) is why


def test_a_page_shows_what_is_carried_now(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    scene.do(scene.ann, persons.change_details, ChangeDetails("P-1", "Айгүл", "kk", "+7 700"))
    shown = scene.do(scene.person, persons.show, PersonRequest(person="P-1"))
    assert (shown.orders, shown.devices, shown.phone) == (("ALM-1",), ("D-1",), "+7 700")
