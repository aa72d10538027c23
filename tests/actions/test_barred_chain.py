"""Whoever is barred from a case does not come back through an account that they let in."""

import pytest

from mesure.actions import accounts, caseload, persons
from mesure.actions.accounts import OfAccount, OpenAccount
from mesure.actions.acting import Actor
from mesure.actions.caseload import Bar
from mesure.actions.persons import PersonAsked
from mesure.privacy.refusal import Reason
from mesure.privacy.roles import Role
from tests.actions.scene import CASE, Scene

ASKED = PersonAsked(person="P-1", **CASE)
CHAIN = "accounts that somebody barred lets in see the case from which they are barred"
ALONE = "one supervisor alone lets somebody barred see the case again"


def barred(scene: Scene) -> Actor:
    """Bar the supervisor from the person's case, and return who did it."""
    vera = scene.office.account("vera", Role.SUPERVISOR)
    scene.office.later(days=30)
    scene.do(vera, caseload.bar, Bar("P-1", "chief"))
    return vera


def opened(scene: Scene, by: Actor, role: Role = Role.SUPERVISOR) -> Actor:
    link = scene.do(by, accounts.open_account, OpenAccount("New", role))
    return Actor(link.account, role)


@pytest.mark.xfail(strict=True, reason=CHAIN)
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.INSPECTOR])
def test_an_account_that_a_barred_supervisor_opens_is_barred_with_them(
    scene: Scene, role: Role
) -> None:
    barred(scene)
    new = opened(scene, scene.chief, role)
    scene.office.later(days=30)
    assert scene.refused(new, persons.show, ASKED) is Reason.BARRED


@pytest.mark.xfail(strict=True, reason=CHAIN)
def test_so_is_one_that_was_let_in_by_that_one(scene: Scene) -> None:
    barred(scene)
    new = opened(scene, scene.chief)
    scene.office.later(days=30)
    last = opened(scene, new)
    assert scene.refused(last, persons.show, ASKED) is Reason.BARRED
    assert scene.refused(last, caseload.unbar, Bar("P-1", "chief")) is Reason.BARRED


@pytest.mark.xfail(strict=True, reason=CHAIN)
def test_so_is_a_colleague_whose_account_they_reset(scene: Scene) -> None:
    vera = barred(scene)
    scene.do(scene.chief, accounts.reset, OfAccount("ann"))
    assert scene.refused(scene.ann, persons.show, ASKED) is Reason.BARRED
    scene.office.later(minutes=1)
    scene.do(vera, accounts.reset, OfAccount("ann"))  # Then it is nobody's but hers again.
    assert scene.do(scene.ann, persons.show, ASKED).name == "Name of P-1"


@pytest.mark.xfail(strict=True, reason=ALONE)
def test_a_supervisor_alone_lets_nobody_in_again(scene: Scene) -> None:
    vera = barred(scene)
    scene.do(vera, caseload.unbar, Bar("P-1", "chief"))
    assert scene.refused(scene.chief, persons.show, ASKED) is Reason.BARRED
