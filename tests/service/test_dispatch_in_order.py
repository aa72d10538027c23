"""What happened later to an incident is told after what happened before, also when that waits."""

import json
from collections.abc import Sequence

import pytest

from mesure.actions.framework.context import Actor
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import AddWebhook, WebhookEventType
from mesure.incidents.finding import FindingOutcome
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from mesure.service.outgoing.dispatch import Notifier
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.raised import incident
from tests.service.sinks import HookSink
from tests.service.test_dispatch import _by_hook, _notifier, _raise, _sent


@pytest.fixture
def hook(office: Office, hooks: HookSink) -> str:
    """Return the webhook of somebody who wants everything of an incident, and raise one."""
    operator = office.account("O-1", Role.OPERATOR)
    events = tuple(WebhookEventType)
    return office.do(
        operator, webhooks.add, AddWebhook(address=hooks.address, events=events)
    ).webhook


def _turns(office: Office, notifier: Notifier, seconds: int = 0) -> None:
    office.later(seconds=seconds)
    notifier.turn()
    notifier.settle()


def _refused(
    office: Office, hooks: HookSink, status: int, pauses_s: Sequence[int] = (0,)
) -> Notifier:
    """Raise an incident whose opening a receiver does not take."""
    notifier = _notifier(office, _by_hook())
    _raise(office, notifier)
    hooks.status = status
    for seconds in pauses_s:
        _turns(office, notifier, seconds)
    return notifier


def _take_again(hooks: HookSink) -> None:
    hooks.requests.clear()
    hooks.status = 204


def _heard(hooks: HookSink) -> list[str]:
    return [json.loads(one.body)["type"].split(".")[-2] for one in hooks.requests]


def test_a_withdrawal_waits_for_the_opening_that_was_not_taken(
    office: Office, hooks: HookSink, hook: str
) -> None:
    notifier = _refused(office, hooks, 500, (0, 10, 30))
    _take_again(hooks)
    raised.judge(office, raised.end_incident(incident("P-1", "I-1")))
    _turns(office, notifier, 1)
    raised.judge(office, raised.withdrawn(raised.end_incident(incident("P-1", "I-1"))))
    _turns(office, notifier, 1)
    assert _heard(hooks) == []
    again = _notifier(office, _by_hook())  # A service that was started anew knows as much.
    for _ in range(6):
        _turns(office, again, 90)
    assert _heard(hooks) == ["opened", "changed", "withdrawn"]


def test_what_the_receiver_never_heard_of_is_not_withdrawn(
    office: Office, hooks: HookSink, hook: str
) -> None:
    notifier = _refused(office, hooks, 410)  # Not this one, for ever.
    _take_again(hooks)
    raised.judge(office, raised.withdrawn(incident("P-1", "I-1")))
    _turns(office, notifier, 60)
    assert _heard(hooks) == []
    assert _sent(office, webhooks.OUTGOING, f"I-1:2:{hook}").said == "not_told"


def test_no_revision_is_told_before_one_with_a_shorter_number(
    office: Office, hooks: HookSink, hook: str
) -> None:
    notifier = _refused(office, hooks, 500)
    revised = incident("P-1", "I-1")
    for _ in range(8):
        revised = raised.end_incident(revised)
        raised.judge(office, revised)
    notifier.turn()
    raised.judge(office, raised.withdrawn(revised))  # Due at the same moment, as revision 10.
    notifier.turn()
    notifier.settle()
    _take_again(hooks)
    for _ in range(6):
        _turns(office, notifier, 90)
    assert _heard(hooks) == ["opened", "changed", "withdrawn"]


def test_a_finding_waits_for_the_opening_of_its_incident(
    office: Office, hooks: HookSink, hook: str
) -> None:
    notifier = _refused(office, hooks, 500)
    officer = Actor("K-1", Role.OFFICER)
    request = IncidentRequest(incident="I-1", purpose=Purpose.POSSIBLE_BREACH, case_number="N")
    office.do(officer, incident_review.show, request)
    finding = RecordFinding("I-1", FindingOutcome.CANNOT_TELL, "The beacon was heard.")
    office.do(officer, incident_review.find, finding)
    _take_again(hooks)
    _turns(office, notifier, 1)
    assert _heard(hooks) == []
    for _ in range(6):
        _turns(office, notifier, 90)
    assert _heard(hooks) == ["opened", "made"]
