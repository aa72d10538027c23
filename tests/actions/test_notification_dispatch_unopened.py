"""An incident that nobody opens is brought to the cover, then to supervisors."""

from datetime import timedelta

import pytest

from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import SetCover
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.notifications import notification_dispatch
from mesure.actions.notifications.notification_dispatch import ESCALATED, EscalateIncident
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.raised import incident
from tests.actions.test_notification_dispatch import NEWS, _follow, _notices, _see, officer

__all__ = ["officer"]


def _escalate(office: Office) -> int:
    return notification_dispatch.escalate_due(office.context(PROGRAM))


def _steps(office: Office) -> list[str]:
    with office.store.read() as reading:
        escalations = RegisterReader(reading, office.keyring).all(ESCALATED)
        return [
            escalation.value.to
            for escalation in sorted(escalations, key=lambda escalation: escalation.value.step)
        ]


def test_what_nobody_opens_is_brought_to_the_cover_and_then_to_supervisors(
    office: Office, officer: Actor
) -> None:
    office.account("K-2", Role.OFFICER)
    span = (office.now + timedelta(minutes=1), office.now + timedelta(days=3))
    raised.judge(office, incident("P-1", "I-1"))
    _follow(office)
    office.do(officer, caseload.cover, SetCover("K-1", "K-2", *span))
    assert _escalate(office) == 0
    office.later(hours=4)
    assert _escalate(office) == 1
    assert _steps(office) == ["K-2"]
    assert ("K-2", "unseen") in _notices(office)
    assert office.last()["facts"] == {"incident": "I-1", "brought_to": "K-2"}
    for _ in range(3):
        office.later(hours=4)
        assert _escalate(office) == 1
    assert _steps(office) == ["K-2", "S-1", "S-1", "S-1"]


def test_what_was_opened_is_brought_to_nobody(office: Office, officer: Actor) -> None:
    raised.judge(office, incident("P-1", "I-1"), incident("P-1", "I-2"), incident("P-1", "I-3"))
    _follow(office)
    _see(office, officer, "I-1")
    raised.judge(office, raised.withdrawn(incident("P-1", "I-2")))
    office.later(hours=4)
    assert _escalate(office) == 3
    assert _steps(office) == ["S-1"]
    office.later(hours=4)
    assert _escalate(office) == 1


def test_each_step_is_entered_on_its_own_so_that_nobody_reads_of_another(
    office: Office, officer: Actor
) -> None:
    office.person("P-2", officer)
    raised.judge(office, incident("P-1", "I-1"), incident("P-2", "I-2"))
    _follow(office)
    office.later(hours=4)
    assert _escalate(office) == 2
    assert [one["persons"] for one in office.log()[-2:]] == [["P-1"], ["P-2"]]
    assert _escalate(office) == 0


def test_what_was_brought_on_is_not_brought_on_again(office: Office, officer: Actor) -> None:
    raised.judge(office, incident("P-1", "I-1"))
    _follow(office)
    office.later(hours=4)
    _escalate(office)
    office.do(PROGRAM, notification_dispatch.escalate, EscalateIncident("I-1:1"))
    office.do(PROGRAM, notification_dispatch.escalate, EscalateIncident("nothing:1"))
    assert _steps(office) == ["S-1"]


def test_it_ends_some_time(office: Office, officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification_dispatch, "STEPS_MAX", 2)
    raised.judge(office, incident("P-1", "I-1"))
    _follow(office)
    done = 0
    for _ in range(5):
        office.later(hours=4)
        done += _escalate(office)
    assert done == 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROGRAM])
def test_only_the_program_itself_tells(office: Office, officer: Actor, role: Role) -> None:
    actor = Actor("X-1", role, "P-1")
    with pytest.raises(NotAllowedError):
        office.do(actor, notification_dispatch.follow, NEWS)
    with pytest.raises(NotAllowedError):
        office.do(actor, notification_dispatch.escalate, EscalateIncident("I-1:1"))
