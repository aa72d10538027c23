"""Webhooks: which programs are notified of events, and at which addresses.

An operator registers an address; the secret is made here and shown once. What is sent is an event
in the form of CloudEvents: which incident, of which person and order, and its state. It never says
where anybody was; a program that needs more asks the API, where that is a look.
Decision: docs/decisions/0033-api-and-webhooks.md
"""

import re
from base64 import b64encode
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec

from mesure.actions.framework.action import ActionContext, action, look
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.records.tokens import OneTimeSecret
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError
from mesure.instants import to_us
from mesure.orders.text.sayings import TranslatableEnum
from mesure.privacy.roles import Role
from mesure.store.values.outgoing import Outgoing, SendStatus

OUTGOING: Final = "webhook"  # The kind of row in the outbox.
SECRET_BYTES: Final = 32
SECRET_PREFIX: Final = "whsec_"  # noqa: S105  How each secret begins.
SEALED_UNDER: Final = "house:webhooks"
ADDRESS_CHARS_MAX: Final = 1_000
WEBHOOKS_MAX: Final = 20
TYPE: Final = "org.mesure.{event}.1"
TRIAL_TYPE: Final = TYPE.format(event="webhook.test")
DELIVERED: Final = "webhook"  # What is noted of an event that its receiver took.
WAITING_MAX: Final = 100  # Events that wait for one receiver are counted so far.
PATIENCE_MAX: Final = timedelta(days=7)  # Longer than a receiver is waited for.
_TRIAL: Final = re.compile(r"[0-9]{8}T[0-9]{4}", re.ASCII)


class WebhookEventType(StrEnum):
    """An event as a webhook reports it."""

    INCIDENT_OPENED = "incident.opened"
    INCIDENT_CHANGED = "incident.changed"
    INCIDENT_WITHDRAWN = "incident.withdrawn"
    FINDING_MADE = "finding.made"
    CONTEST_OPENED = "contest.opened"
    CONTEST_ANSWERED = "contest.answered"


_GOES_ON: Final = {
    TYPE.format(event=event.value)
    for event in (WebhookEventType.INCIDENT_CHANGED, WebhookEventType.INCIDENT_WITHDRAWN)
}
_FIRST: Final = {TRIAL_TYPE, TYPE.format(event=WebhookEventType.INCIDENT_OPENED.value)}
_ANSWERED: Final = TYPE.format(event=WebhookEventType.CONTEST_ANSWERED.value)


class WebhookRecord(msgspec.Struct, frozen=True):
    """A receiver, from when on, and of which events."""

    address: str
    secret: bytes
    events: tuple[WebhookEventType, ...]
    entered_at: datetime
    entered_by: str


WEBHOOK: Final = RecordType("webhook", WebhookRecord, programme_key=SEALED_UNDER)


class WebhookRefusal(TranslatableEnum):
    """Why nothing can be sent to an address."""

    ADDRESS = (
        "webhook_address",
        "This is no address for a webhook: write https://, a name, and no password in it.",
    )
    NO_EVENT = "webhook_no_event", "Say of which events the webhook tells."
    TOO_MANY = "webhook_too_many", "There are too many webhooks. Remove one first."


class AddWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """Where a program listens, and for what."""

    address: str
    events: tuple[WebhookEventType, ...]


class NewWebhook(OneTimeSecret, frozen=True):
    """A webhook, and the secret by which its receiver knows us; it is shown once."""

    webhook: str
    secret: str


class WebhookRef(msgspec.Struct, frozen=True):
    """Which webhook."""

    webhook: str


class WebhooksRequest(msgspec.Struct, frozen=True):
    """Nothing to choose."""


class WebhookView(msgspec.Struct, frozen=True):
    """A webhook as the list shows it."""

    webhook: str
    address: str
    events: tuple[WebhookEventType, ...]
    entered_at: datetime
    entered_by: str


@action("webhooks.add", {Role.OPERATOR})
def add(doing: ActionContext, request: AddWebhook) -> NewWebhook:
    """Register an address to which events are sent, and get the secret that signs them."""
    if not is_address(request.address):
        raise InvalidInputError(WebhookRefusal.ADDRESS)
    if not request.events:
        raise InvalidInputError(WebhookRefusal.NO_EVENT)
    if len(list(doing.rows.all(WEBHOOK))) >= WEBHOOKS_MAX:
        raise ActionConflictError(WebhookRefusal.TOO_MANY)
    secret = doing.context.salts(SECRET_BYTES)
    events = tuple(sorted(set(request.events)))
    value = WebhookRecord(request.address, secret, events, doing.now, doing.actor.account)
    webhook = doing.rows.add(WEBHOOK, doing.new_id("W"), value)
    doing.note(webhook=webhook.id)
    return NewWebhook(webhook.id, SECRET_PREFIX + b64encode(secret).decode())


@action("webhooks.remove", {Role.OPERATOR})
def remove(doing: ActionContext, request: WebhookRef) -> None:
    """Remove an address; nothing more is sent to it."""
    webhook = doing.rows.need(WEBHOOK, request.webhook)
    doing.rows.drop(WEBHOOK, webhook.id)
    doing.note(webhook=webhook.id)


@look("webhooks.list", {Role.OPERATOR, Role.SUPERVISOR, Role.INSPECTOR})
def list_webhooks(doing: ActionContext, request: WebhooksRequest) -> tuple[WebhookView, ...]:  # noqa: ARG001
    """List the addresses to which events are sent."""
    return tuple(
        WebhookView(hook.id, value.address, value.events, value.entered_at, value.entered_by)
        for hook, value in ((hook, hook.value) for hook in doing.rows.all(WEBHOOK))
    )


def is_address(address: str) -> bool:
    """Tell whether something can be the address of a webhook.

    Without TLS only this machine is reached, if at all; where a name leads is seen when it is sent.

    >>> [is_address(a) for a in ("https://hooks.example/mesure", "https://a:b@hooks.example", "x")]
    [True, False, False]
    """
    if len(address) > ADDRESS_CHARS_MAX or not address.isascii() or not address.isprintable():
        return False
    try:
        host = httpx.URL(address).host  # What sends to it reads hosts more strictly.
        parts = urlsplit(address)
        port = parts.port
    except (httpx.InvalidURL, ValueError):
        return False
    if port == 0 or parts.username is not None or parts.fragment or not host:
        return False
    is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return parts.scheme == "https" or (parts.scheme == "http" and is_here)


# --- A test event, and how it fares --------------------------------------------------------------


class WebhookTrial(msgspec.Struct, frozen=True):
    """A test event that is to be sent, by the minute in which it was asked for."""

    trial: str


class DeliveriesRequest(msgspec.Struct, frozen=True):
    """Which webhook, and which test event, where one was sent."""

    webhook: str
    trial: str = ""


class WebhookTrialState(StrEnum):
    """What became of a test event."""

    WAITING = "waiting"  # It will be sent in a moment.
    PUT_OFF = "put_off"  # The receiver did not take it yet; it is tried again.
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class WebhookDeliveries(msgspec.Struct, frozen=True):
    """How events fare on their way to a webhook."""

    waiting: int  # Events not delivered yet; WAITING_MAX: that many or more.
    tries: int  # How often the one that is due first was tried.
    said: str  # Why it did not go out at the last try; empty: it was not tried.
    trial: WebhookTrialState | None  # None: there is no such test event.


@action("webhooks.try", {Role.OPERATOR})
def try_webhook(doing: ActionContext, request: WebhookRef) -> WebhookTrial:
    """Have a test event sent to an address; it is about nobody."""
    webhook = doing.rows.need(WEBHOOK, request.webhook)
    trial = f"{doing.now:%Y%m%dT%H%M}"
    name = _trial_name(webhook.id, trial)
    event = {
        "specversion": "1.0",
        "id": name,
        "type": TRIAL_TYPE,
        "subject": webhook.id,
        "time": doing.now,
        "datacontenttype": "application/json",
        "data": {},
    }
    body = msgspec.json.encode(WebhookDelivery(webhook.id, name, event))
    doing.work.enqueue(Outgoing(OUTGOING, name, to_us(doing.now), body, to=webhook.id))
    doing.note(webhook=webhook.id)
    return WebhookTrial(trial)


@look("webhooks.deliveries", {Role.OPERATOR, Role.SUPERVISOR, Role.INSPECTOR})
def deliveries(doing: ActionContext, request: DeliveriesRequest) -> WebhookDeliveries:
    """See how much waits for an address, and what became of a test event."""
    webhook = doing.rows.need(WEBHOOK, request.webhook)
    # What is put off is due later, within the days for which a receiver is waited for.
    horizon_us = to_us(doing.now + PATIENCE_MAX)
    waiting = doing.work.due(OUTGOING, horizon_us, WAITING_MAX, webhook.id)
    first = doing.work.send_status(OUTGOING, waiting[0].key) if waiting else None
    trial = None
    if _TRIAL.fullmatch(request.trial):
        trial = doing.work.send_status(OUTGOING, _trial_name(webhook.id, request.trial))
    return WebhookDeliveries(
        waiting=len(waiting),
        tries=0 if first is None else first.times,
        said="" if first is None else first.said,
        trial=None if trial is None else _trial_state(trial),
    )


def _trial_name(webhook: str, trial: str) -> str:
    return name_of(f"test:{trial}", webhook)


def _trial_state(sent: SendStatus) -> WebhookTrialState:
    if sent.is_done:
        is_sent = sent.said == DELIVERED
        return WebhookTrialState.DELIVERED if is_sent else WebhookTrialState.GIVEN_UP
    return WebhookTrialState.PUT_OFF if sent.times else WebhookTrialState.WAITING


# --- Telling -----------------------------------------------------------------------------------


class WebhookDelivery(msgspec.Struct, frozen=True):
    """An event for one webhook, as the outbox keeps it."""

    webhook: str
    id: str
    event: dict[str, Any]


class WebhookEvent(msgspec.Struct, frozen=True):
    """Something that happened: about what, and whose it is."""

    event: WebhookEventType
    id: str  # The same whenever it is sent again.
    subject: str
    person: str
    at: datetime
    data: dict[str, Any]


def tell(
    doing: ActionContext,
    hooks: tuple[Stored[WebhookRecord], ...],
    webhook_event: WebhookEvent,
    due_us: int,
) -> None:
    """Have an event sent to each webhook that wants it, once."""
    for hook in hooks:
        if webhook_event.event in hook.value.events:
            name = name_of(webhook_event.id, hook.id)
            body = msgspec.json.encode(WebhookDelivery(hook.id, name, cloud_event(webhook_event)))
            row = Outgoing(OUTGOING, name, due_us, body, to=hook.id, person=webhook_event.person)
            doing.work.enqueue(row)


def name_of(event: str, hook: str) -> str:
    """Return what an event is called on its way to a webhook."""
    return f"{event}:{hook}"


def of_incident(incident: str, revision: int) -> str:
    """Return what the event is called that tells of an incident as it was kept."""
    return f"{incident}:{revision}"


def goes_on(delivery: WebhookDelivery) -> bool:
    """Tell whether an event is useless to a receiver that got no event of the incident before."""
    return delivery.event["type"] in _GOES_ON


def names_before(delivery: WebhookDelivery, revision: int) -> tuple[str, ...]:
    """Return what the events are called that come before one on its way to the same webhook.

    `revision` is the last of the incident that it is about. Of some there is no event.
    """
    event, subject = delivery.event, str(delivery.event["subject"])
    events = []
    if goes_on(delivery):
        revision = int(str(event["id"]).rpartition(":")[2]) - 1
    elif event["type"] == _ANSWERED:
        events = [f"{event['data']['contest']}:made"]
    if event["type"] not in _FIRST:
        events += [of_incident(subject, number) for number in range(1, revision + 1)]
    return tuple(name_of(event, delivery.webhook) for event in events)


def cloud_event(webhook_event: WebhookEvent) -> dict[str, Any]:
    """Return an event in the structured mode of CloudEvents 1.0, without its source."""
    return {
        "specversion": "1.0",
        "id": webhook_event.id,
        "type": TYPE.format(event=webhook_event.event.value),
        "subject": webhook_event.subject,
        "time": webhook_event.at,
        "datacontenttype": "application/json",
        "data": webhook_event.data,
    }
