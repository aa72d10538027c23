from datetime import timedelta

import pytest

from mesure.actions.accounts import sign_in
from mesure.actions.accounts.sign_in import PasswordSignIn
from mesure.actions.devices import assignments
from mesure.actions.framework.context import PROGRAM, VISITOR
from mesure.actions.oversight import upkeep
from mesure.actions.refusals.refusals import NotAllowedError
from tests.actions.scene import OfficeScene


def test_nothing_is_entered_while_nothing_is_due(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    before = scene.office.size()
    upkeep.now_and_then(scene.office.context(PROGRAM))
    assert scene.office.size() == before


def test_what_is_carried_under_an_order_that_is_over_is_ended(scene: OfficeScene) -> None:
    scene.order()
    scene.carries()
    scene.office.now += timedelta(days=400)
    upkeep.now_and_then(scene.office.context(PROGRAM))
    assert scene.office.last()["facts"] == {"ended": 1}
    [carried] = scene.do(
        scene.ann, assignments.list_assignments, assignments.AssignmentsRequest("P-1")
    )
    assert carried.until_at is not None


def test_failures_that_count_no_more_are_forgotten(
    scene: OfficeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LET_LIE_MAX", 2)
    for login in ("one", "two"):
        with pytest.raises(NotAllowedError):
            scene.do(VISITOR, sign_in.by_password, PasswordSignIn(login, "x" * 12, "0"))
    upkeep.now_and_then(scene.office.context(PROGRAM))
    assert scene.office.last()["action"] == "sign_in.by_password"
    scene.office.later(days=1)
    upkeep.now_and_then(scene.office.context(PROGRAM))
    assert scene.office.last()["facts"] == {"forgotten": 2}
    with scene.office.store.read() as reading:
        assert not reading.entries_of_kind("failures")
