"""A backlog: what people did about incidents goes out behind all that was raised before."""

import json
from datetime import time, timedelta

import pytest

from mesure.actions.framework.context import PROGRAM
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.incidents.incident_review import RecordFinding
from mesure.actions.notifications import notification_dispatch, webhooks
from mesure.actions.notifications.notification_dispatch import NotifyChanges
from mesure.actions.notifications.webhooks import AddWebhook, WebhookEventType
from mesure.incidents.finding import FindingOutcome
from mesure.instants import to_us
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from tests.actions import raised
from tests.actions.house import Office

NEWS = NotifyChanges(time(21), time(8), "Asia/Almaty")


def list_events(office: Office) -> list[str]:
    with office.store.read() as reading:
        due = reading.due(webhooks.OUTGOING, to_us(office.now + timedelta(days=2)), 100)
    return sorted(json.loads(row.body)["event"]["type"].split(".")[2] for row in due)


def test_no_finding_goes_out_before_the_incident_that_it_is_about(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an hour without the leader more was raised than is followed in one step."""
    monkeypatch.setattr(notification_dispatch, "COUNT_MAX", 1)
    officer = office.account("K-1", Role.OFFICER)
    office.account("P-1-account", Role.PERSON, "P-1")
    office.person("P-1", officer)
    hook = AddWebhook(address="https://hooks.example/", events=tuple(WebhookEventType))
    office.do(office.account("O-1", Role.OPERATOR), webhooks.add, hook)
    context = office.context(PROGRAM)
    while notification_dispatch.follow_if_new(context, NEWS):
        pass
    for name in ("I-1", "I-2"):
        raised.judge(office, raised.incident("P-1", name))
    look = IncidentRequest(incident="I-2", purpose=Purpose.POSSIBLE_BREACH, case_number="N-1")
    office.do(officer, incident_review.show, look)
    finding = RecordFinding("I-2", FindingOutcome.CANNOT_TELL, "Too few readings.")
    office.do(officer, incident_review.find, finding)
    steps = []
    while notification_dispatch.follow_if_new(office.context(PROGRAM), NEWS):
        steps.append(list_events(office))
    assert steps[0] == ["incident"]
    assert steps[1] == ["incident", "incident"]
    assert steps[-1] == ["finding", "incident", "incident"]
