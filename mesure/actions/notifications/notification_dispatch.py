"""Notification dispatch: the person first, then the officer in charge, then other programs.

The program follows what changes and puts the notices of it into the outbox, in the same transaction
as how far it has come. Each notice has a key, so none is sent twice, however often its cause is
seen. What happened long ago is no longer reported.

An incident that nobody opens is brought to somebody else: the officer who covers or is on call,
then a supervisor, and so on until somebody opens it. Each step is kept, and the person can read it.

Nothing here reaches a court or the police. A finding is a person's, and so is what follows from it.
Decision: docs/decisions/0033-api-and-webhooks.md
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext, action, perform
from mesure.actions.framework.context import Context
from mesure.actions.notifications import incident_feed, notification_rules, webhooks
from mesure.actions.notifications.notification_rules import ESCALATION, UNREAD, NotificationQueue
from mesure.actions.notifications.notification_texts import NotificationType, RecipientType
from mesure.actions.notifications.webhooks import WebhookEvent, WebhookEventType, WebhookRecord
from mesure.actions.records import case_deadlines
from mesure.actions.records.incident_records import REVIEW
from mesure.actions.records.record_types import RecordType, Stored
from mesure.actions.refusals import lost_keys
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.incidents.finding import ReviewStage
from mesure.instants import to_datetime, to_us
from mesure.privacy import charge
from mesure.privacy.quiet_hours import QuietHours
from mesure.privacy.roles import Role
from mesure.store.values.effects import StoredIncident
from mesure.store.values.outgoing import Outgoing

COUNT_MAX: Final = 200  # In one transaction.
STEPS_MAX: Final = 12
UNREADABLE_AGAIN: Final = timedelta(hours=1)  # When an unreadable person is tried again.
TOLD_WITHIN: Final = timedelta(days=7)  # Well before the outbox forgets what was sent.
WHERE: Final = "notices"


class FeedPositionRecord(msgspec.Struct, frozen=True):
    """How far what changes was followed."""

    change: int  # Of incidents.
    number: int  # Of what is administered about persons.
    since_at: datetime  # What happened before is not reported.


class EscalationRecord(msgspec.Struct, frozen=True):
    """To whom an incident was brought because nobody had opened it."""

    incident: str
    step: int
    to: str
    at: datetime


FOLLOWING: Final = RecordType("following", FeedPositionRecord)
ESCALATED: Final = RecordType(
    "escalated", EscalationRecord, lambda escalation: [("incident", escalation.incident)]
)


class NotifyChanges(msgspec.Struct, frozen=True):
    """When nobody is disturbed with what can wait."""

    quiet_from: time
    quiet_until: time
    zone: str


class EscalateIncident(msgspec.Struct, frozen=True):
    """What is due, by its key in the outbox."""

    key: str


# --- Following ---------------------------------------------------------------------------------


def follow_if_new(context: Context, request: NotifyChanges) -> int:
    """Follow what changed, if anything did; return how much that was."""
    with context.store.read() as reading:
        entry = reading.entry(FOLLOWING.name, WHERE)
        if entry is not None:
            come_to = FOLLOWING.read(entry.body)
            is_new = reading.incidents_since(come_to.change, 1)
            is_due = reading.due(UNREAD, to_us(context.now), 1)
            if not (is_new or is_due or reading.changes(come_to.number, 1)):
                return 0
    return perform(context, follow, request)


@action("notify.follow", {Role.PROGRAM})
def follow(doing: ActionContext, request: NotifyChanges) -> int:
    """Notify those who must know of what has changed."""
    following = doing.rows.get(FOLLOWING, WHERE)
    if following is None:
        doing.rows.add(FOLLOWING, WHERE, _from_now_on(doing))
        return 0
    later_us = to_us(doing.now + UNREADABLE_AGAIN)
    quiet = QuietHours(request.quiet_from, request.quiet_until, ZoneInfo(request.zone))
    began_at = following.value.since_at
    notifier = NotificationQueue(doing, quiet, max(began_at, doing.now - TOLD_WITHIN), began_at)
    incidents = doing.work.incidents_since(following.value.change, COUNT_MAX)
    # What people did about incidents goes out behind all that was raised before.
    is_behind = len(incidents) == COUNT_MAX
    changes = () if is_behind else doing.work.changes(following.value.number, COUNT_MAX)
    for incident in incidents:
        if _is_here(doing, incident.person):
            _tell(notifier, incident)
    unread = doing.work.due(UNREAD, to_us(doing.now), COUNT_MAX)
    for row in unread:
        since_at = msgspec.json.decode(row.body, type=datetime)
        if _is_told(NotificationQueue(doing, quiet, since_at), str(row.person)):
            doing.work.finish(UNREAD, row.key, "told")
        else:
            doing.work.again(UNREAD, row.key, later_us, ActionRefusal.UNREADABLE.value)
    for changed in changes:
        if not _is_told(notifier, changed.person):
            key, body = f"{changed.person}:{changed.number}", msgspec.json.encode(notifier.since_at)
            doing.work.enqueue(Outgoing(UNREAD, key, later_us, body, person=changed.person))
    come_to = FeedPositionRecord(
        incidents[-1].change if incidents else following.value.change,
        changes[-1].number if changes else following.value.number,
        following.value.since_at,
    )
    doing.rows.change(following, come_to)
    return len(incidents) + len(changes) + len(unread)


def _is_told(notifier: NotificationQueue, person: str) -> bool:
    """Tell of a person whatever there is; False where their key is lost: nobody else waits."""
    with lost_keys.skip_unopened() as opening:
        if _is_here(notifier.doing, person):
            notification_rules.tell_of(notifier, person)
    return not opening.is_shut


def _from_now_on(doing: ActionContext) -> FeedPositionRecord:
    change, number = 0, 0
    while incidents := doing.work.incidents_since(change, COUNT_MAX):
        change = incidents[-1].change
    while changes := doing.work.changes(number, COUNT_MAX):
        number = changes[-1].number
    return FeedPositionRecord(change, number, doing.now)


def _is_here(doing: ActionContext, person: str) -> bool:
    """Open a person's case, and tell whether there is one: it may have been erased meanwhile."""
    if doing.work.person(person) is None or doing.context.keyring.is_erased(person):
        return False
    doing.case(person)
    return True


def _tell(notifier: NotificationQueue, incident: StoredIncident) -> None:
    """Tell of an incident that was raised, changed or withdrawn, or stands again."""
    key, was_told = notifier.occurrence(incident), notifier.was_told(incident)
    is_first, is_known = key == incident.id, notifier.knows(key)
    person, to = incident.person, RecipientType.PERSON
    if incident.withdrawn_us is not None:
        if was_told:
            hooks = notifier.hooks_told(incident)
            _tell_programs(notifier, WebhookEventType.INCIDENT_WITHDRAWN, incident, hooks)
        if is_known or (is_first and was_told):
            news = notification_rules.withdrawn_of(incident.kind)
            notifier.notice(to, person, news, incident.id, person, key=key)
        return
    is_news = not is_known and to_datetime(incident.opened_us) >= notifier.since_at
    if is_known or not is_first:
        _tell_programs(notifier, WebhookEventType.INCIDENT_CHANGED, incident, notifier.hooks)
    elif is_news:
        _tell_programs(notifier, WebhookEventType.INCIDENT_OPENED, incident, notifier.hooks)
    if is_news:
        _tell_staff(notifier, incident, key)
        news = notification_rules.news_of(incident.kind)
        notifier.notice(to, person, news, incident.id, person, key=key)


def _tell_staff(notifier: NotificationQueue, incident: StoredIncident, occurrence: str) -> None:
    """Tell the officer in charge; of a call for help everybody who may act now, and at once.

    What cannot wait goes to the officer on call as well while the office is closed; what can, waits
    until it opens.
    """
    person = incident.person
    doing, kind = notifier.doing, incident.kind
    staff: tuple[str, ...] = (notifier.officer(person),)
    news = notification_rules.to_staff(kind)
    if news is NotificationType.CALL_FOR_HELP:
        staff = notifier.all_in_charge(person)
    elif case_deadlines.is_for_on_call(doing.procedure, kind, doing.now):
        staff = tuple(dict.fromkeys((*staff, *notifier.on_call(person))))
    told_at = case_deadlines.staff_told_at(doing.procedure, kind, doing.now)
    for account in staff:
        key = occurrence if len(staff) == 1 else f"{occurrence}:{account}"
        notifier.notice(
            RecipientType.ACCOUNT, account, news, incident.id, person, key=key, not_before=told_at
        )
    _expect(notifier.doing, incident, occurrence, 1, staff)


def _tell_programs(
    notifier: NotificationQueue,
    event: WebhookEventType,
    incident: StoredIncident,
    hooks: tuple[Stored[WebhookRecord], ...],
) -> None:
    data = msgspec.to_builtins(incident_feed.change_of(incident))
    name, now = webhooks.of_incident(incident.id, incident.revision), notifier.doing.now
    webhook_event = WebhookEvent(event, name, incident.id, incident.person, now, data)
    webhooks.tell(notifier.doing, hooks, webhook_event, to_us(now))


# --- What nobody opens -------------------------------------------------------------------------


class PendingEscalation(msgspec.Struct, frozen=True):
    """That an incident is to be opened by somebody, and who has been notified so far."""

    incident: str
    step: int
    told: tuple[str, ...]


def _expect(
    doing: ActionContext, incident: StoredIncident, key: str, step: int, notified: tuple[str, ...]
) -> None:
    body = msgspec.json.encode(PendingEscalation(incident.id, step, notified))
    look_by = case_deadlines.of_incident(doing.procedure, incident.kind, doing.now).look_by
    name = f"{key}:{step}"
    doing.work.enqueue(Outgoing(ESCALATION, name, to_us(look_by), body, person=incident.person))


def escalate_due(context: Context) -> int:
    """Bring to somebody else what nobody has opened in time; return how much was due."""
    with context.store.read() as reading:
        due = reading.due(ESCALATION, to_us(context.now), COUNT_MAX)
    for row in due:
        perform(context, escalate, EscalateIncident(row.key))
    return len(due)


@action("notify.escalate", {Role.PROGRAM})
def escalate(doing: ActionContext, request: EscalateIncident) -> None:
    """Bring an incident that nobody has opened in time to somebody else."""
    sent = doing.work.send_status(ESCALATION, request.key)
    if sent is None or sent.is_done:
        return
    row = sent.outgoing
    expected = msgspec.json.decode(row.body, type=PendingEscalation)
    incident = doing.work.incident(expected.incident)
    is_here = row.person is not None and _is_here(doing, row.person)
    notifier, outcome = NotificationQueue(doing, None, doing.now), "seen"
    with lost_keys.skip_unopened() as opening:
        is_seen = incident is None or not is_here or _is_seen(notifier, incident, request.key)
        if incident is not None and not is_seen:
            outcome = f"brought to {_bring(notifier, incident, expected, request.key)}"
    if opening.is_shut:
        # Whether anybody has opened it is known once there is the key again.
        later_us = to_us(doing.now + UNREADABLE_AGAIN)
        doing.work.again(ESCALATION, request.key, later_us, ActionRefusal.UNREADABLE.value)
        return
    doing.work.finish(ESCALATION, request.key, outcome)


def _is_seen(notifier: NotificationQueue, incident: StoredIncident, key: str) -> bool:
    """Tell whether nobody need open an incident any more, or it waits under another key."""
    review = notifier.doing.rows.get(REVIEW, incident.id)
    is_opened = review is not None and review.value.stage is not ReviewStage.OPENED
    waits = key.rpartition(":")[0] == notifier.occurrence(incident)
    return incident.withdrawn_us is not None or is_opened or not waits


def _bring(
    notifier: NotificationQueue, incident: StoredIncident, expected: PendingEscalation, about: str
) -> str:
    """Bring an incident to somebody else, under its key in the outbox; return to whom."""
    doing = notifier.doing
    to = _next(doing, incident.person, expected.told)
    step = EscalationRecord(incident.id, expected.step, to, doing.now)
    doing.rows.add(ESCALATED, about, step, incident.person)
    news = notification_rules.to_staff(incident.kind, unseen=True)
    notifier.notice(RecipientType.ACCOUNT, to, news, incident.id, incident.person, key=about)
    if expected.step < STEPS_MAX:
        next_step, told_so_far = expected.step + 1, (*expected.told, to)
        _expect(doing, incident, about.rpartition(":")[0], next_step, told_so_far)
    doing.note(incident=incident.id, brought_to=to)
    return to


def _next(doing: ActionContext, person: str, notified: tuple[str, ...]) -> str:
    """Return who is notified next: the others in charge, then supervisors, then the same again."""
    candidates = list(_candidates(doing, person))
    fresh = [account for account in candidates if account not in notified]
    if fresh:
        return fresh[0]
    supervisors = [account for account in candidates if account in doing.staff.supervisors]
    return supervisors[len(notified) % len(supervisors)] if supervisors else candidates[0]


def _candidates(doing: ActionContext, person: str) -> Iterator[str]:
    file = case_access.file_of(doing.rows, person)
    barred = case_access.accounts_barred_from(file, doing.staff)
    now = charge.all_in_charge(file.officer, barred, doing.staff, doing.now)
    yield from (one.account for one in now)
    free = [name for name in doing.staff.supervisors if name not in barred]
    yield from chain(free or doing.staff.supervisors[:1])
