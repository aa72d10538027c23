"""Webhooks: which addresses receive events, what waits for them, and a test event."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response

from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import (
    WAITING_MAX,
    AddWebhook,
    DeliveriesRequest,
    WebhookDeliveries,
    WebhookEventType,
    WebhookRef,
    WebhooksRequest,
    WebhookTrialState,
    WebhookView,
)
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.privacy.roles import Role
from mesure.web.office import accounts_page, confirmation
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.contact_words import TrialLine
from mesure.web.shared.words.page_texts import PageTexts

ADDRESS: Final = "/office/webhooks"


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A receiving address, as the list shows it."""

    webhook: str
    address: str
    events: tuple[str, ...]
    entered_at: datetime
    entered_by: str
    state: str
    kind: str
    trial: TrialLine | None


def show(visit: PageVisit, status: int = 200) -> Response:
    """Show which addresses receive events, and how their delivery goes."""
    names = accounts_page.names_of(visit)
    ticked = set(visit.form.value_list("event"))
    contents = {
        "rows": [_row(visit, one, names) for one in _webhooks(visit)],
        "may_change": visit.actor.role is Role.OPERATOR,
        "events": list(_events(visit, ticked)),
        "was_removed": visit.query_value("removed") == "yes",
    }
    return visit.page("webhooks.html", status, **contents)


def add(visit: PageVisit) -> Response:
    """Register an address, and show the secret that signs its events once."""
    form, catalogue = visit.form, visit.texts
    address = form.text("receiver", catalogue.text("Enter the address of the receiver."))
    known = {one.value for one in WebhookEventType}
    events = tuple(WebhookEventType(one) for one in form.value_list("event") if one in known)
    if not events:
        form.refuse("event_1", catalogue.text("Tick at least one event."))
    if form.faults:
        return show(visit, 422)
    request = AddWebhook(address=address, events=events)
    webhook = visit.result_of(webhooks.add, request, "receiver", confirmation.EYES)
    if webhook is None:
        return show(visit, 422)
    contents = {"name": address, "secret": webhook.secret, "back": ADDRESS, "place": "webhooks"}
    return visit.page("secret.html", **contents)


def send_trial(visit: PageVisit) -> Response:
    """Have a test event sent."""
    webhook = visit.path("webhook")
    sent = visit.perform(webhooks.try_webhook, WebhookRef(webhook))
    return visit.to(f"{ADDRESS}?of={webhook}&sent={sent.trial}#trial")


def remove(visit: PageVisit) -> Response:
    """Send nothing more to an address; ask once more before."""
    webhook, catalogue = visit.path("webhook"), visit.texts
    view = next((one for one in _webhooks(visit) if one.webhook == webhook), None)
    if view is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    if not confirmation.is_sure(visit):
        title = catalogue.text("Remove the webhook to {address}", address=view.address)
        lines = (
            catalogue.text("Nothing more is sent there, not even what waits now."),
            catalogue.text("Its secret is gone. If you add it again, it gets a new one."),
        )
        button = catalogue.text("Remove the webhook")
        return confirmation.ask_page(visit, title, lines, button, ADDRESS)
    visit.perform(webhooks.remove, WebhookRef(webhook))
    return visit.to(f"{ADDRESS}?removed=yes")


def event_words(event: WebhookEventType, catalogue: PageTexts) -> str:
    """Return what an event is about."""
    return {
        WebhookEventType.INCIDENT_OPENED: catalogue.text("a possible breach was raised"),
        WebhookEventType.INCIDENT_CHANGED: catalogue.text("it ended, or more evidence came"),
        WebhookEventType.INCIDENT_WITHDRAWN: catalogue.text("later evidence refuted it"),
        WebhookEventType.FINDING_MADE: catalogue.text("somebody made a finding"),
        WebhookEventType.CONTEST_OPENED: catalogue.text("the person contests it"),
        WebhookEventType.CONTEST_ANSWERED: catalogue.text("a contest was answered"),
    }[event]


def _webhooks(visit: PageVisit) -> tuple[WebhookView, ...]:
    return visit.perform(webhooks.list_webhooks, WebhooksRequest())


def _events(visit: PageVisit, ticked: set[str]) -> Iterator[tuple[str, str, bool]]:
    for event in WebhookEventType:
        yield event.value, event_words(event, visit.texts), event.value in ticked


def _row(visit: PageVisit, view: WebhookView, names: dict[str, str]) -> WebhookRow:
    trial = visit.query_value("sent") if visit.query_value("of") == view.webhook else ""
    request = DeliveriesRequest(view.webhook, trial)
    deliveries = visit.perform(webhooks.deliveries, request)
    state, kind = _state(deliveries, visit.texts)
    return WebhookRow(
        webhook=view.webhook,
        address=view.address,
        events=tuple(str(event_words(one, visit.texts)) for one in view.events),
        entered_at=view.entered_at,
        entered_by=names.get(view.entered_by, view.entered_by),
        state=state,
        kind=kind,
        trial=None if deliveries.trial is None else _trial(deliveries, visit.texts),
    )


def _state(deliveries: WebhookDeliveries, catalogue: PageTexts) -> tuple[str, str]:
    """Return how events fare on their way, and the kind of the tag that says so."""
    if not deliveries.waiting:
        return str(catalogue.text("nothing waits")), "met"
    if deliveries.waiting >= WAITING_MAX:
        words = catalogue.text("{count} events wait, or more", count=WAITING_MAX)
    else:
        words = catalogue.plural("{count} event waits", "{count} events wait", deliveries.waiting)
    if not deliveries.tries:
        return str(words), "wait"
    tried = catalogue.plural("tried {count} time", "tried {count} times", deliveries.tries)
    said = catalogue.under_head(tried, deliveries.said)
    return f"{words}{catalogue.text('; ')}{said}", "amiss"


def _trial(deliveries: WebhookDeliveries, catalogue: PageTexts) -> TrialLine:
    if deliveries.trial is WebhookTrialState.DELIVERED:
        return TrialLine(catalogue.text("The receiver took the test event."), "done", changes=False)
    if deliveries.trial is WebhookTrialState.GIVEN_UP:
        words = catalogue.text(
            "The receiver refused the test event for good. Nothing is sent again."
        )
        return TrialLine(words, "amiss", changes=False)
    if deliveries.trial is WebhookTrialState.PUT_OFF:
        words = catalogue.text("The receiver did not take the test event yet. It is tried again.")
        return TrialLine(words, "wait", changes=True)
    return TrialLine(catalogue.text("The test event is being sent."), "wait", changes=True)
