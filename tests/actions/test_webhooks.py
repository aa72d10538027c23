import base64
import inspect
import json
from typing import Any

import pytest

from mesure.actions.framework.action import ActionContext, ActionType
from mesure.actions.framework.context import Actor
from mesure.actions.notifications import notification_dispatch, notification_rules, webhooks
from mesure.actions.notifications.webhooks import (
    WEBHOOK,
    AddWebhook,
    NewWebhook,
    WebhookEvent,
    WebhookEventType,
    WebhookRef,
    WebhooksRequest,
)
from mesure.actions.records.record_types import Register
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotFoundError
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.outgoing import Outgoing
from tests.actions.house import MORNING, Office

ADDRESS = "https://hooks.example/mesure"


@pytest.fixture
def operator(office: Office) -> Actor:
    return office.account("O-1", Role.OPERATOR)


def _add(office: Office, operator: Actor, *events: WebhookEventType) -> NewWebhook:
    return office.do(operator, webhooks.add, AddWebhook(address=ADDRESS, events=events))


def test_a_webhook_is_added_listed_and_removed(office: Office, operator: Actor) -> None:
    added = _add(
        office, operator, WebhookEventType.INCIDENT_OPENED, WebhookEventType.INCIDENT_OPENED
    )
    assert len(base64.b64decode(added.secret.removeprefix("whsec_"))) == 32
    [shown] = office.do(operator, webhooks.list_webhooks, WebhooksRequest())
    assert (shown.webhook, shown.address) == (added.webhook, ADDRESS)
    assert shown.events == (WebhookEventType.INCIDENT_OPENED,)
    assert "secret" not in shown.__struct_fields__
    office.do(operator, webhooks.remove, WebhookRef(added.webhook))
    assert not office.do(operator, webhooks.list_webhooks, WebhooksRequest())
    with pytest.raises(NotFoundError):
        office.do(operator, webhooks.remove, WebhookRef(added.webhook))


def test_every_event_is_told_somewhere() -> None:
    source = inspect.getsource(notification_rules) + inspect.getsource(notification_dispatch)
    never = [event for event in WebhookEventType if f"WebhookEventType.{event.name}" not in source]
    assert not never, f"One can ask for these, and they never come: {never}"


def test_a_secret_does_not_lie_in_the_store(office: Office, operator: Actor) -> None:
    added = _add(office, operator, WebhookEventType.INCIDENT_OPENED)
    secret = base64.b64decode(added.secret.removeprefix("whsec_"))
    with office.store.read() as reading:
        [entry] = reading.entries_of_kind(WEBHOOK.name)
    assert base64.b64encode(secret) not in entry.body
    assert b"hooks.example" not in entry.body


@pytest.mark.parametrize(
    "address",
    [
        "", "hooks.example", "http://hooks.example/", "ftp://hooks.example/", "file:///etc/passwd",
        "https://", "https://user:pass@hooks.example/", "https://hooks.example/#part",
        "https://hooks.example:99999/", "https://hooks.example:0/", "https://hooks.example/\n",
        "https://хукс.example/", "https://hooks.example/" + "x" * 1_000,
        "http://127.0.0.1.example/", "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_address_for_webhooks_is_refused(
    office: Office, operator: Actor, address: str
) -> None:
    request = AddWebhook(address=address, events=(WebhookEventType.INCIDENT_OPENED,))
    with pytest.raises(InvalidInputError):
        office.do(operator, webhooks.add, request)


def test_a_webhook_tells_of_something(office: Office, operator: Actor) -> None:
    with pytest.raises(InvalidInputError):
        _add(office, operator)


def test_there_is_an_end_to_webhooks(
    office: Office, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "WEBHOOKS_MAX", 1)
    _add(office, operator, WebhookEventType.INCIDENT_OPENED)
    with pytest.raises(ActionConflictError):
        _add(office, operator, WebhookEventType.INCIDENT_OPENED)


# --- What is told ------------------------------------------------------------------------------

TOLD = WebhookEvent(
    event=WebhookEventType.INCIDENT_OPENED,
    id="I-1:1",
    subject="I-1",
    person="P-1",
    at=MORNING,
    data={"incident": "I-1"},
)


def _tell(office: Office, event: WebhookEvent) -> list[Outgoing]:
    def tell_webhooks(rows: Register, work: WriteTransaction) -> None:
        doing = ActionContext(work, office.context(Actor("x", Role.PROGRAM)), webhooks.add, None)
        webhooks.tell(doing, tuple(rows.all(WEBHOOK)), event, 0)

    office.write(tell_webhooks)
    with office.store.read() as reading:
        return list(reading.due(webhooks.OUTGOING, 0, 100))


def test_an_event_goes_once_to_each_webhook_that_wants_it(office: Office, operator: Actor) -> None:
    office.person("P-1")
    wants = _add(office, operator, WebhookEventType.INCIDENT_OPENED)
    _add(office, operator, WebhookEventType.FINDING_MADE)
    assert len(_tell(office, TOLD)) == 1
    [row] = _tell(office, TOLD)
    assert (row.to, row.person) == (wants.webhook, "P-1")


def test_an_event_has_the_form_of_cloudevents(office: Office, operator: Actor) -> None:
    office.person("P-1")
    _add(office, operator, WebhookEventType.INCIDENT_OPENED)
    event: dict[str, Any] = json.loads(_tell(office, TOLD)[0].body)["event"]
    assert event == {
        "specversion": "1.0",
        "id": "I-1:1",
        "type": "org.mesure.incident.opened.1",
        "subject": "I-1",
        "time": "2026-02-10T08:00:00Z",
        "datacontenttype": "application/json",
        "data": {"incident": "I-1"},
    }


def test_listing_is_a_look() -> None:
    assert webhooks.list_webhooks.sort is ActionType.LOOK
