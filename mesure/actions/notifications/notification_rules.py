"""What is told to whom when something about a person has changed.

Each rule says once what happened, by a key that is the same whenever it is come upon. The outbox
knows what was told; what is kept about the person says what there is to tell.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from mesure.actions.framework import case_access
from mesure.actions.framework.action import Doing
from mesure.actions.notifications import notification_texts, webhooks
from mesure.actions.notifications.notification_texts import News, Notice, To
from mesure.actions.notifications.webhooks import WEBHOOK, Event, WebhookKept
from mesure.actions.orders.absences import How, Stage
from mesure.actions.orders.binding_order import ABSENCE, AbsenceKept
from mesure.actions.records.incident_records import CONTEST, REVIEW, ContestKept
from mesure.actions.records.record_types import Kept, Rows
from mesure.incidents import incident as incidents
from mesure.incidents.device_alerts import Kind
from mesure.incidents.finding import Review
from mesure.instants import to_datetime, to_us
from mesure.privacy import charge, quiet_hours
from mesure.privacy.quiet_hours import QuietHours
from mesure.store.values.effects import KeptIncident
from mesure.store.values.outgoing import Outgoing

ESCALATION: Final = "escalation"  # The kind of row in the outbox that waits for an opening.
PERSON_FIRST: Final = timedelta(minutes=1)  # Officers are told so much later than the person.
SILENT: Final = "silent"
HELP: Final = Kind.HELP.value


def news_of(kind: str) -> News:
    """Return what a person is told of an incident of this kind."""
    if incidents.is_of_place(kind):
        return News.YOUR_POSSIBLE_BREACH
    return News.YOUR_SILENCE if kind == SILENT else News.YOUR_DEVICE


def withdrawn_of(kind: str) -> News:
    """Return what a person is told when an incident of this kind is withdrawn.

    What a device says of itself is never withdrawn; a silence is, when its reports come late.
    """
    return News.YOUR_WITHDRAWN if incidents.is_of_place(kind) else News.YOUR_SILENCE_WITHDRAWN


def to_staff(kind: str, *, unseen: bool = False) -> News:
    """Return what those in charge are told of an incident of this kind; `unseen`: a second time."""
    if kind == HELP:
        return News.CALL_FOR_HELP
    if incidents.is_of_place(kind):
        return News.UNSEEN if unseen else News.POSSIBLE_BREACH
    if kind == SILENT:
        return News.UNSEEN_SILENCE if unseen else News.SILENCE
    return News.UNSEEN_DEVICE if unseen else News.DEVICE


class Told:
    """What is told within one action."""

    def __init__(
        self,
        doing: Doing,
        quiet: QuietHours | None,
        since_at: datetime,
        began_at: datetime | None = None,
    ) -> None:
        self.doing, self._quiet, self.since_at = doing, quiet, since_at
        self._began_at = since_at if began_at is None else began_at  # When it was followed first.
        self.hooks = tuple(doing.rows.all(WEBHOOK))

    def knows(self, incident: str) -> bool:
        """Tell whether an incident was told of when it was raised."""
        return self.doing.work.sent(ESCALATION, f"{incident}:1") is not None

    def was_told(self, incident: KeptIncident) -> bool:
        """Tell whether an incident was told of, as far as is known: the outbox forgets in time."""
        is_old = self._began_at <= to_datetime(incident.opened_us) < self.since_at
        return is_old or self.knows(incident.id)

    def hooks_told(self, incident: KeptIncident) -> tuple[Kept[WebhookKept], ...]:
        """Return the webhooks that were there when an incident was raised, or heard of it since."""
        opened_at = to_datetime(incident.opened_us)
        return tuple(
            hook
            for hook in self.hooks
            if hook.value.entered_at <= opened_at or self._has_heard(hook.id, incident)
        )

    def _has_heard(self, hook: str, incident: KeptIncident) -> bool:
        names = (
            webhooks.name_of(webhooks.of_incident(incident.id, revision), hook)
            for revision in range(1, incident.revision)
        )
        return any(self.doing.work.sent(webhooks.OUTGOING, name) is not None for name in names)

    def officer(self, person: str) -> str:
        """Return who is in charge of a person now."""
        doing = self.doing
        return case_access.in_charge(doing.rows, person, doing.staff, doing.now).account

    def on_call(self, person: str) -> tuple[str, ...]:
        """Return everybody who may act now: who covers, whose case it is, who is on call.

        Where there is nobody else, the one who is answerable all the same.
        """
        doing = self.doing
        file = case_access.file_of(doing.rows, person)
        barred = case_access.barred_from(file, doing.staff)
        now = charge.all_in_charge(file.officer, barred, doing.staff, doing.now)
        accounts = dict.fromkeys(one.account for one in now)
        return tuple(accounts) or (self.officer(person),)

    def notice(
        self,
        to: To,
        whom: str,
        news: News,
        about: str,
        person: str,
        key: str | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """Have somebody told, once for this news about this thing."""
        is_later = to is To.ACCOUNT and news is not News.CALL_FOR_HELP
        at = self.doing.now + (PERSON_FIRST if is_later else timedelta(0))
        at = max(at, not_before or at)
        if not news.is_urgent and self._quiet is not None:
            at = quiet_hours.told_at(self._quiet, at)
        enqueue(self.doing, Notice(to, whom, news, about), person, key or about, at)

    def programs(
        self, event: Event, key: str, person: str, incident: str, at: datetime, **more: object
    ) -> None:
        """Have other programs told, once."""
        data: dict[str, Any] = {"person": person, "incident": incident, **more}
        webhook_event = webhooks.Told(
            event=event, id=key, subject=incident, person=person, at=at, data=data
        )
        webhooks.tell(self.doing, self.hooks, webhook_event, to_us(self.doing.now))

    def is_news(self, at: datetime | None) -> bool:
        """Tell whether something happened lately enough to be told."""
        return at is not None and at >= self.since_at


def enqueue(doing: Doing, notice: Notice, person: str | None, key: str, at: datetime) -> None:
    """Have a notice go out at a moment, once for its news under this key."""
    name, body = f"{key}:{notice.news.value}", notice.written()
    row = Outgoing(notification_texts.OUTGOING, name, to_us(at), body, to=notice.id, person=person)
    doing.work.enqueue(row)


def of_card(doing: Doing, account: str, person: str, news: News) -> None:
    """Tell a person at once that a card to their record was printed, or used first."""
    key = f"{account}:{to_us(doing.now)}"
    enqueue(doing, Notice(To.PERSON, person, news, account), person, key, doing.now)


def of_retired(doing: Doing, device: str, person: str) -> None:
    """Tell a person and whoever is in charge that their device was taken out of use."""
    key = f"{device}:{to_us(doing.now)}"
    officer = case_access.in_charge(doing.rows, person, doing.staff, doing.now).account
    for notice in (
        Notice(To.PERSON, person, News.YOUR_DEVICE_RETIRED, person),
        Notice(To.ACCOUNT, officer, News.DEVICE_RETIRED, person),
    ):
        enqueue(doing, notice, person, key, doing.now)


def of_bar(doing: Doing, whom: str, person: str) -> None:
    """Tell a supervisor that somebody who is barred from a person's case is let in again."""
    key = f"{person}:{whom}:{to_us(doing.now)}"
    notice = Notice(To.ACCOUNT, whom, News.UNBARRED, person)
    enqueue(doing, notice, person, key, doing.now)


def tell_of(notifier: Told, person: str) -> None:
    """Tell what there is to tell about a person's reviews, contests and absences."""
    rows = notifier.doing.rows
    for review in rows.about(REVIEW, person):
        _tell_finding(notifier, person, review)
    for contest in rows.about(CONTEST, person):
        _tell_contest(notifier, person, contest)
    for absence in rows.about(ABSENCE, person):
        _tell_absence(notifier, person, absence)


def _tell_finding(notifier: Told, person: str, review: Kept[Review]) -> None:
    """Tell of a finding, when it can no longer be taken back as a slip."""
    found_at, finding = review.value.found_at, review.value.finding
    if finding is None or found_at is None or not notifier.is_news(found_at):
        return
    key = f"{review.id}:found:{to_us(found_at)}"
    holds_at = found_at + notifier.doing.procedure.undo_within
    notifier.notice(
        To.PERSON, person, News.YOUR_FINDING, review.id, person, key=key, not_before=holds_at
    )
    notifier.programs(
        Event.FINDING_MADE,
        key,
        person,
        review.id,
        found_at,
        outcome=finding.outcome.value,
        cause=None if finding.cause is None else finding.cause.value,
        found_at=found_at,
    )


def _tell_contest(notifier: Told, person: str, stored_contest: Kept[ContestKept]) -> None:
    contest, incident = stored_contest.value.contest, stored_contest.value.incident
    if notifier.is_news(contest.made_at):
        key = f"{stored_contest.id}:made"
        officer = notifier.officer(person)
        notifier.notice(To.ACCOUNT, officer, News.CONTEST, incident, person, key=key)
        notifier.programs(
            Event.CONTEST_OPENED,
            key,
            person,
            incident,
            contest.made_at,
            contest=stored_contest.id,
            due_at=contest.due_at,
        )
    if contest.answered_at is not None and notifier.is_news(contest.answered_at):
        key = f"{stored_contest.id}:answered:{to_us(contest.answered_at)}"
        notifier.notice(To.PERSON, person, News.YOUR_CONTEST, incident, person, key=key)
        notifier.programs(
            Event.CONTEST_ANSWERED,
            key,
            person,
            incident,
            contest.answered_at,
            contest=stored_contest.id,
            answer=None if contest.answer is None else contest.answer.value,
        )


def _tell_absence(notifier: Told, person: str, stored_absence: Kept[AbsenceKept]) -> None:
    absence = stored_absence.value
    by_officer = absence.how in {How.GIVEN, How.SUSPENSION}
    if absence.stage == Stage.ASKED and notifier.is_news(absence.asked_at) and not by_officer:
        officer = notifier.officer(person)
        key = f"{stored_absence.id}:asked"
        notifier.notice(To.ACCOUNT, officer, News.ABSENCE, stored_absence.id, person, key=key)
    if absence.answered_at is not None and notifier.is_news(absence.answered_at):
        key = f"{stored_absence.id}:answered:{to_us(absence.answered_at)}:{absence.stage}"
        notifier.notice(To.PERSON, person, News.YOUR_ABSENCE, stored_absence.id, person, key=key)


def still_holds(rows: Rows, notice: Notice) -> bool:
    """Tell whether what a notice tells is still so when it goes out: a finding may be gone."""
    if notice.news is not News.YOUR_FINDING:
        return True
    review = rows.get(REVIEW, notice.about)
    return review is not None and review.value.found_at is not None
