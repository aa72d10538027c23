"""Notification rules: who is notified of what when something about a person has changed.

Each rule reports what happened once, under a key that is the same each time. The outbox knows what
was sent; what is kept about the person says what there is to report.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext
from mesure.actions.notifications import notification_texts, webhooks
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.actions.notifications.webhooks import WEBHOOK, WebhookEventType, WebhookRecord
from mesure.actions.orders import absences
from mesure.actions.orders.absences import AbsenceOrigin, AbsenceStage
from mesure.actions.orders.binding_order import ABSENCE, AbsenceRecord
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.incident_records import CONTEST, REVIEW, ContestRecord
from mesure.actions.records.record_types import RegisterReader, Stored
from mesure.incidents import incident as incidents
from mesure.incidents.device_problems import DeviceProblemKind
from mesure.incidents.finding import Review
from mesure.instants import to_datetime, to_us
from mesure.privacy import charge, quiet_hours
from mesure.privacy.charge import ChargeBasis, InCharge
from mesure.privacy.quiet_hours import QuietHours
from mesure.privacy.roles import Role
from mesure.store.values.effects import StoredIncident
from mesure.store.values.outgoing import Outgoing

ESCALATION: Final = "escalation"  # The kind of row in the outbox that waits for an opening.
UNREAD: Final = "unread"  # What waits for a person's key, to tell of what changed.
PERSON_FIRST: Final = timedelta(minutes=1)  # Officers are notified so much later than the person.
SILENT: Final = "silent"
HELP: Final = DeviceProblemKind.HELP.value


def news_of(kind: str) -> NotificationType:
    """Return the notice that a person gets of an incident of this kind."""
    if incidents.is_of_place(kind):
        return NotificationType.YOUR_POSSIBLE_BREACH
    return NotificationType.YOUR_SILENCE if kind == SILENT else NotificationType.YOUR_DEVICE


def withdrawn_of(kind: str) -> NotificationType:
    """Return the notice to a person when an incident of this kind is withdrawn.

    What a device says of itself is never withdrawn; a silence is, when its reports come late.
    """
    return (
        NotificationType.YOUR_WITHDRAWN
        if incidents.is_of_place(kind)
        else NotificationType.YOUR_SILENCE_WITHDRAWN
    )


def to_staff(kind: str, *, unseen: bool = False) -> NotificationType:
    """Return the notice to those in charge of an incident of this kind; `unseen`: a second one."""
    if kind == HELP:
        return NotificationType.CALL_FOR_HELP
    if incidents.is_of_place(kind):
        return NotificationType.UNSEEN if unseen else NotificationType.POSSIBLE_BREACH
    if kind == SILENT:
        return NotificationType.UNSEEN_SILENCE if unseen else NotificationType.SILENCE
    return NotificationType.UNSEEN_DEVICE if unseen else NotificationType.DEVICE


class NotificationQueue:
    """The notices of one action."""

    def __init__(
        self,
        doing: ActionContext,
        quiet: QuietHours | None,
        since_at: datetime,
        began_at: datetime | None = None,
    ) -> None:
        self.doing, self._quiet, self.since_at = doing, quiet, since_at
        self._began_at = since_at if began_at is None else began_at  # When it was followed first.
        self.hooks = tuple(doing.rows.all(WEBHOOK))

    def occurrence(self, incident: StoredIncident) -> str:
        """Return the key of an incident in the outbox: another each time that it stands again."""
        key, news = incident.id, withdrawn_of(incident.kind).value
        while self.doing.work.send_status(notification_texts.OUTGOING, f"{key}:{news}"):
            key += ":again"
        return key

    def knows(self, occurrence: str) -> bool:
        """Tell whether somebody was notified of an incident when it was raised, or stood again."""
        return self.doing.work.send_status(ESCALATION, f"{occurrence}:1") is not None

    def was_told(self, incident: StoredIncident) -> bool:
        """Tell whether a notice of an incident was sent, if known: the outbox forgets in time."""
        is_old = self._began_at <= to_datetime(incident.opened_us) < self.since_at
        return is_old or self.knows(incident.id)

    def hooks_told(self, incident: StoredIncident) -> tuple[Stored[WebhookRecord], ...]:
        """Return the webhooks that existed when an incident was raised, or were sent it since."""
        opened_at = to_datetime(incident.opened_us)
        return tuple(
            hook
            for hook in self.hooks
            if hook.value.entered_at <= opened_at or self._has_heard(hook.id, incident)
        )

    def _has_heard(self, hook: str, incident: StoredIncident) -> bool:
        names = (
            webhooks.name_of(webhooks.of_incident(incident.id, revision), hook)
            for revision in range(1, incident.revision)
        )
        return any(
            self.doing.work.send_status(webhooks.OUTGOING, name) is not None for name in names
        )

    def officer(self, person: str) -> str:
        """Return who is in charge of a person now."""
        doing = self.doing
        return case_access.in_charge(doing.rows, person, doing.staff, doing.now).account

    def all_in_charge(self, person: str) -> tuple[str, ...]:
        """Return everybody who may act now: who covers, whose case it is, who is on call.

        Where there is nobody else, the one who is answerable all the same.
        """
        accounts = dict.fromkeys(one.account for one in self._in_charge(person))
        return tuple(accounts) or (self.officer(person),)

    def on_call(self, person: str) -> tuple[str, ...]:
        """Return who is on call and may act on a person's case; perhaps nobody."""
        in_charge = self._in_charge(person)
        return tuple(one.account for one in in_charge if one.how is ChargeBasis.ON_CALL)

    def _in_charge(self, person: str) -> Iterable[InCharge]:
        doing = self.doing
        file = case_access.file_of(doing.rows, person)
        barred = case_access.accounts_barred_from(file, doing.staff)
        return charge.all_in_charge(file.officer, barred, doing.staff, doing.now)

    def notice(
        self,
        to: RecipientType,
        whom: str,
        news: NotificationType,
        about: str,
        person: str,
        key: str | None = None,
        not_before: datetime | None = None,
        *,
        at_once: bool = False,
    ) -> None:
        """Notify somebody, once for this news about this thing; `at_once`: at night, too."""
        is_later = to is RecipientType.ACCOUNT and news is not NotificationType.CALL_FOR_HELP
        at = self.doing.now + (PERSON_FIRST if is_later else timedelta(0))
        at = max(at, not_before or at)
        if not (news.is_urgent or at_once) and self._quiet is not None:
            at = quiet_hours.notify_at(self._quiet, at)
        enqueue(self.doing, Notification(to, whom, news, about), person, key or about, at)

    def programs(
        self,
        event: WebhookEventType,
        key: str,
        person: str,
        subject: str,
        at: datetime,
        **more: object,
    ) -> None:
        """Notify other programs, once; `subject` is the id of what it is about."""
        data: dict[str, Any] = {"person": person, **more}
        webhook_event = webhooks.WebhookEvent(event, key, subject, person, at, data)
        webhooks.tell(self.doing, self.hooks, webhook_event, to_us(self.doing.now))

    def is_news(self, at: datetime | None) -> bool:
        """Tell whether something happened lately enough for a notice."""
        return at is not None and at >= self.since_at


def enqueue(
    doing: ActionContext, notice: Notification, person: str | None, key: str, at: datetime
) -> None:
    """Have a notice go out at a moment, once for its news under this key."""
    name, body = f"{key}:{notice.news.value}", notice.encode()
    row = Outgoing(notification_texts.OUTGOING, name, to_us(at), body, to=notice.id, person=person)
    doing.work.enqueue(row)


def of_card(doing: ActionContext, account: str, person: str, news: NotificationType) -> None:
    """Tell a person at once that a card to their record was printed, or used first."""
    key = f"{account}:{to_us(doing.now)}"
    enqueue(
        doing, Notification(RecipientType.PERSON, person, news, account), person, key, doing.now
    )


def of_retired(doing: ActionContext, device: str, person: str) -> None:
    """Tell a person and the officer in charge that their device was taken out of use."""
    key = f"{device}:{to_us(doing.now)}"
    officer = case_access.in_charge(doing.rows, person, doing.staff, doing.now).account
    for notice in (
        Notification(RecipientType.PERSON, person, NotificationType.YOUR_DEVICE_RETIRED, person),
        Notification(RecipientType.ACCOUNT, officer, NotificationType.DEVICE_RETIRED, person),
    ):
        enqueue(doing, notice, person, key, doing.now)


def of_bar(doing: ActionContext, whom: str, person: str) -> None:
    """Tell a supervisor that somebody who is barred from a person's case is let in again."""
    key = f"{person}:{whom}:{to_us(doing.now)}"
    notice = Notification(RecipientType.ACCOUNT, whom, NotificationType.UNBARRED, person)
    enqueue(doing, notice, person, key, doing.now)


def tell_of(notifier: NotificationQueue, person: str) -> None:
    """Tell what there is to tell about a person's reviews, contests and absences."""
    rows = notifier.doing.rows
    for review in rows.about(REVIEW, person):
        _tell_finding(notifier, person, review)
    for contest in rows.about(CONTEST, person):
        _tell_contest(notifier, person, contest)
    for absence in rows.about(ABSENCE, person):
        _tell_absence(notifier, person, absence)


def _tell_finding(notifier: NotificationQueue, person: str, review: Stored[Review]) -> None:
    """Tell of a finding, when it can no longer be taken back as a slip."""
    found_at, finding = review.value.found_at, review.value.finding
    if finding is None or found_at is None or not notifier.is_news(found_at):
        return
    key = f"{review.id}:found:{to_us(found_at)}"
    holds_at = found_at + notifier.doing.procedure.undo_within
    to, news = RecipientType.PERSON, NotificationType.YOUR_FINDING
    notifier.notice(to, person, news, review.id, person, key, holds_at)
    cause = None if finding.cause is None else finding.cause.value
    facts: dict[str, Any] = {"outcome": finding.outcome.value, "cause": cause}
    event = WebhookEventType.FINDING_MADE, key, person, review.id, found_at
    notifier.programs(*event, incident=review.id, **facts, found_at=found_at)


def _tell_contest(notifier: NotificationQueue, person: str, stored: Stored[ContestRecord]) -> None:
    contest, incident = stored.value.contest, stored.value.incident
    about: dict[str, Any] = {"incident": incident, "contest": stored.id}
    if notifier.is_news(contest.made_at):
        key = f"{stored.id}:made"
        to, news = RecipientType.ACCOUNT, NotificationType.CONTEST
        notifier.notice(to, notifier.officer(person), news, incident, person, key)
        opened = WebhookEventType.CONTEST_OPENED, key, person, incident, contest.made_at
        notifier.programs(*opened, **about, due_at=contest.due_at)
    if contest.answered_at is not None and notifier.is_news(contest.answered_at):
        key = f"{stored.id}:answered:{to_us(contest.answered_at)}"
        # The finding that answered it may be taken back until then.
        holds_at = contest.answered_at + notifier.doing.procedure.undo_within
        to, news = RecipientType.PERSON, NotificationType.YOUR_CONTEST
        notifier.notice(to, person, news, incident, person, key, holds_at)
        answered = WebhookEventType.CONTEST_ANSWERED, key, person, incident, contest.answered_at
        answer = None if contest.answer is None else contest.answer.value
        notifier.programs(*answered, **about, answer=answer)


def _tell_absence(notifier: NotificationQueue, person: str, stored: Stored[AbsenceRecord]) -> None:
    absence = stored.value
    by_officer = absence.how in {AbsenceOrigin.GIVEN, AbsenceOrigin.SUSPENSION}
    is_asked = absence.stage == AbsenceStage.ASKED and notifier.is_news(absence.asked_at)
    if is_asked and not by_officer:
        to, news, key = RecipientType.ACCOUNT, NotificationType.ABSENCE, f"{stored.id}:asked"
        notifier.notice(to, notifier.officer(person), news, stored.id, person, key)
    if absence.answered_at is not None and notifier.is_news(absence.answered_at):
        by = notifier.doing.rows.get(ACCOUNT, absence.answered_by or "-")
        if by is not None and by.value.role is Role.PERSON:
            return  # They took it back themselves, and wait for no answer.
        to, news = RecipientType.PERSON, NotificationType.YOUR_ABSENCE
        key = f"{stored.id}:answered:{to_us(absence.answered_at)}:{absence.stage}"
        binds_now = absences.stage_of(absence) is AbsenceStage.REVOKED
        notifier.notice(to, person, news, stored.id, person, key, at_once=binds_now)


def still_holds(rows: RegisterReader, notice: Notification, key: str) -> bool:
    """Tell whether what a notice tells, under its key in the outbox, is so when it goes out.

    It may be taken back; what was decided anew since has a notice of its own.
    """
    if notice.news is NotificationType.YOUR_CONTEST:
        contested = rows.find(CONTEST, "incident", notice.about)
        answered = (stored.value.contest.answered_at for stored in contested)
        return any(at is not None and f":answered:{to_us(at)}:" in key for at in answered)
    if notice.news is not NotificationType.YOUR_FINDING:
        return True
    review = rows.get(REVIEW, notice.about)
    found_at = None if review is None else review.value.found_at
    return found_at is not None and f":found:{to_us(found_at)}:" in key
