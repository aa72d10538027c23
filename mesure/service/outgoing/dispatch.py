"""Dispatch of notices and webhooks: due messages are taken from the outbox, and sent.

A row stays until it is written down what became of it. What was sent just before the service
stopped is sent again, under the same name, and a receiver sees that it is the same. What cannot be
delivered is tried again with growing patience, for three days; then it is given up, and that stays
on the record. Each receiver of webhooks has a line of its own.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from operator import methodcaller
from typing import Final

import msgspec
import structlog

from mesure.actions.cases import contact_check
from mesure.actions.cases.persons import DETAILS
from mesure.actions.desk import overdue_things
from mesure.actions.devices import device_commands
from mesure.actions.devices.device_commands import DeviceCommand as ForDevice
from mesure.actions.framework import idempotency
from mesure.actions.framework.context import Context
from mesure.actions.notifications import (
    notification_dispatch,
    notification_rules,
    notification_texts,
    webhooks,
)
from mesure.actions.notifications.notification_dispatch import NotifyChanges, PendingEscalation
from mesure.actions.notifications.notification_rules import ESCALATION, UNREAD
from mesure.actions.notifications.notification_texts import Notification, RecipientType
from mesure.actions.notifications.webhooks import WEBHOOK, WEBHOOKS_MAX, WebhookDelivery
from mesure.actions.records import case_deadlines
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.devices.message.downlink import PersonMessage
from mesure.instants import to_us
from mesure.orders.text.catalogue import Catalogue
from mesure.privacy import quiet_hours
from mesure.privacy.quiet_hours import QuietHours
from mesure.service import mail
from mesure.service.mail import DeliveryError, Email, MailServer
from mesure.service.outgoing import delivery_order
from mesure.service.outgoing.gateways import Gateways
from mesure.service.outgoing.receiver_queue import Ends, ReceiverQueues
from mesure.service.outgoing.webhook_delivery import WebhookRequest, WebhookSender
from mesure.store.interface.store import ReadTransaction, WriteTransaction
from mesure.store.values.faults import LostKeyError, StoreError
from mesure.store.values.outgoing import Outgoing, SendStatus

KINDS: Final = (
    webhooks.OUTGOING, notification_texts.OUTGOING, ESCALATION, UNREAD, device_commands.KIND,
)  # fmt: skip
BATCH: Final = 50
FIRST_WAIT: Final = timedelta(seconds=10)
WAIT_MAX: Final = timedelta(hours=6)
GIVEN_UP_AFTER: Final = timedelta(days=3)
TIDY_EVERY: Final = timedelta(hours=1)
OVERDUE_EVERY: Final = timedelta(minutes=10)
TURN_S: Final = 1.0
LETTERS_S: Final = timedelta(seconds=10)
"""How long letters go to a slow mail server in one turn: programs wait meanwhile."""

ContextSource = Callable[[], Context]  # Of the program itself, at this moment.
_LOST: Final = ActionRefusal.UNREADABLE

Catalogues = Callable[[str], Catalogue]
Send = Callable[[Context, Outgoing], str]  # Returns what came of it.


@dataclass(frozen=True, slots=True)
class DeliveryChannels:
    """The ways by which anything is sent; one that is not there is not used."""

    mail: MailServer | None = None
    gateways: Gateways = Gateways({})  # noqa: RUF009  It holds nothing.
    hooks: WebhookSender | None = None


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """How somebody can be reached, and in which language."""

    email: str | None
    phone: str | None
    language: str


class Notifier:
    """Sends what is due: notices one at a time, webhooks in a line for each receiver."""

    def __init__(
        self,
        contexts: ContextSource,
        ways: DeliveryChannels,
        origin: str,
        quiet: QuietHours,
        catalogues: Catalogues,
    ) -> None:
        self._contexts, self._ways, self._origin = contexts, ways, origin
        self._quiet, self._catalogues = quiet, catalogues
        self._tidied_at: datetime | None = None
        self._overdue_at: datetime | None = None
        self._places: dict[str, tuple[int, str]] = {}  # To where each kind was looked through.
        self._lines = ReceiverQueues(WEBHOOKS_MAX)
        self._unwritten: dict[tuple[str, str], str] = {}  # What came of it, while a store is away.
        self._log = structlog.get_logger("mesure.notifying")

    def run(self, stop: threading.Event) -> None:
        """Send what is due until told to stop; a fault of the store is waited out."""
        while not stop.is_set():
            try:
                busy = self.turn()
            except StoreError as error:
                self._log.warning("notifying_waits", error=type(error).__name__)
                busy = 0
            stop.wait(0.0 if busy else TURN_S)
        self._lines.close()

    def turn(self) -> int:
        """Find out what is new, and send what is due; return how much was done."""
        context = self._contexts()
        done = notification_dispatch.follow_if_new(context, self._follow())
        done += notification_dispatch.escalate_due(context)
        done += self._bring_overdue(context)
        done += self._tidy(context)
        done += self._deliver(context, notification_texts.OUTGOING, self._notice)
        return done + self._begin_hooks(context)

    def settle(self) -> None:
        """Wait until every webhook that is being sent has gone out, or has not."""
        self._lines.settle()

    def _follow(self) -> NotifyChanges:
        return NotifyChanges(self._quiet.start, self._quiet.end, self._quiet.zone.key)

    def _tidy(self, context: Context) -> int:
        """Forget now and then what only prevents doing things twice, and mend what waits."""
        if _is_time(context.now, self._tidied_at, TIDY_EVERY):
            self._tidied_at = context.now
            self._places = dict.fromkeys(KINDS, (to_us(context.now + OVERDUE_EVERY), ""))
            idempotency.forget_old(context)
        return self._bring_forward(context) if self._places else 0

    def _bring_overdue(self, context: Context) -> int:
        """Note now and then what was left past its deadline; more than one time takes goes on."""
        if not _is_time(context.now, self._overdue_at, OVERDUE_EVERY):
            return 0
        done = overdue_things.bring_if_any(context)
        if not done:
            self._overdue_at = context.now
        return done

    def _bring_forward(self, context: Context) -> int:
        """Have nothing wait longer than what is entered now: a clock that was ahead said when.

        A page of each kind in one turn; what is due goes out meanwhile.
        """
        late, places = [], {}
        with context.store.read() as reading:
            for kind, place in self._places.items():
                page = reading.due_later(kind, place, BATCH)
                if len(page) == BATCH:
                    places[kind] = page[-1].due_us, page[-1].key
                for row in page:
                    sent = reading.send_status(kind, row.key)
                    assert sent is not None, "it was read in this transaction"
                    due_at = _due_at(context, reading, sent, self._quiet)
                    wait = patience(sent.times - 1) if sent.times else None
                    if row.due_us > to_us(due_at + OVERDUE_EVERY + (wait or timedelta(0))):
                        late.append((kind, row.key, to_us(due_at), sent.said))
        for put_off in late:
            context.store.write(methodcaller("again", *put_off))
        self._places = places
        return len(late) + len(places)

    # --- Delivering --------------------------------------------------------------------------

    def _deliver(self, context: Context, kind: str, send: Send) -> int:
        with context.store.read() as reading:
            due = reading.due(kind, to_us(context.now), BATCH)
        for number, row in enumerate(due):
            if number and self._contexts().now - context.now >= LETTERS_S:
                return number  # What is left is due with the next turn.
            self._send(context, row, send)
        return len(due)

    def _begin_hooks(self, context: Context) -> int:
        """Begin to send what is due to each receiver that is not busy with what was before."""
        now_us = to_us(context.now)
        with context.store.read() as reading:
            left = reading.due(webhooks.OUTGOING, now_us, BATCH)
            if not left:
                return 0
            receivers = {kept.id for kept in RegisterReader(reading, context.keyring).all(WEBHOOK)}
            due = {one for one in receivers if reading.due(webhooks.OUTGOING, now_us, 1, one)}
        for row in left:
            if row.to not in receivers:  # It was removed: nobody is waiting for that.
                self._send(context, row, self._webhook)
        return sum(self._lines.begin(one, partial(self._deliver_to, one)) for one in sorted(due))

    def _deliver_to(self, receiver: str, ends: Ends) -> None:
        context = self._contexts()
        with context.store.read() as reading:
            due = reading.due(webhooks.OUTGOING, to_us(context.now), BATCH, receiver)
        for row in due:
            if ends():
                return
            self._send(self._contexts(), row, self._webhook)

    def _send(self, context: Context, row: Outgoing, send: Send) -> None:
        try:
            outcome = self._unwritten.get((row.kind, row.key)) or send(context, row)
        except DeliveryError as error:
            self._undelivered(context, row, error)
            return
        except (NotFoundError, LostKeyError) as error:
            if not isinstance(error, NotFoundError) or error.reason is _LOST:  # Till a key is back.
                self._undelivered(context, row, DeliveryError(_LOST.value))
                return
            outcome = "erased"
        except StoreError:
            raise
        except Exception as fault:  # noqa: BLE001  Of one row; what else is due still goes out.
            self._log.error("notice_broken", kind=row.kind, error=type(fault).__name__)
            self._undelivered(context, row, DeliveryError(f"broken_{type(fault).__name__}"))
            return
        self._unwritten[row.kind, row.key] = outcome
        context.store.write(lambda work: work.finish(row.kind, row.key, outcome))
        self._unwritten.pop((row.kind, row.key), None)  # A removed receiver has it done twice.
        self._log.info("sent", kind=row.kind, outcome=outcome)

    def _undelivered(self, context: Context, row: Outgoing, error: DeliveryError) -> None:
        with context.store.read() as reading:
            sent = reading.send_status(row.kind, row.key)
        times = 0 if sent is None else sent.times
        wait = patience(times)
        if error.is_final or wait is None:
            outcome = f"given_up: {error.why}"
            context.store.write(lambda work: work.finish(row.kind, row.key, outcome))
            self._log.warning("given_up", kind=row.kind, reason=error.why, times=times)
            return
        due_us = to_us(context.now + wait)
        context.store.write(lambda work: work.again(row.kind, row.key, due_us, error.why))
        self._log.info("undelivered", kind=row.kind, reason=error.why, times=times)

    def _notice(self, context: Context, row: Outgoing) -> str:
        notice = notification_texts.read(row.body)
        with context.store.read() as reading:
            rows = RegisterReader(reading, context.keyring)
            reached = reach(rows, notice)
            holds = notification_rules.still_holds(rows, notice, row.key)
            holds = holds and overdue_things.still_holds(rows, notice)
        if reached is None:
            return "nobody"
        if not holds:
            return "no_longer"
        catalogue = self._catalogues(reached.language)
        subject = notice.news.subject(catalogue)
        text = notification_texts.full_text(notice, self._origin, catalogue)
        shown = notice.news.goes_to_device and self._shown(context, notice, row.key, catalogue)
        if reached.email and self._ways.mail is not None:
            letter = Email(reached.email, subject, text, catalogue.language, row.key)
            mail.send(self._ways.mail, letter, context.now)
            return contact_check.BY_MAIL
        gateway = self._ways.gateways.first
        if reached.phone and gateway is not None:
            self._ways.gateways.send(gateway, reached.phone, subject, text)
            return contact_check.BY_GATEWAY
        return "device" if shown else "no_way"

    def _shown(
        self, context: Context, notice: Notification, key: str, catalogue: Catalogue
    ) -> bool:
        """Have the devices that a person carries show a notice; False where there is none."""
        words = PersonMessage(notice.news.in_words(catalogue), catalogue.language)
        with context.store.read() as reading:
            carried = reading.assignments_of(notice.id)
        devices = [one.device for one in carried if one.holds_at(context.now)]

        def tell(work: WriteTransaction) -> None:
            for device in devices:
                what = ForDevice(f"{key}:{device}", device, words, notice.id)
                means = context.keyring, context.salts, what, to_us(context.now)
                device_commands.tell(work, *means)

        if devices:
            context.store.write(tell)
        return bool(devices)

    def _webhook(self, context: Context, row: Outgoing) -> str:
        telling = msgspec.json.decode(row.body, type=WebhookDelivery)
        with context.store.read() as reading:
            hook = RegisterReader(reading, context.keyring).get(WEBHOOK, telling.webhook)
            if hook is None or self._ways.hooks is None:
                return "nobody"
            if not delivery_order.is_to_be_told(reading, telling):
                return "not_told"
        event: Mapping[str, object] = {**telling.event, "source": self._origin}
        body = msgspec.json.encode(event)
        sent = WebhookRequest(hook.value.address, hook.value.secret, telling.id, body)
        self._ways.hooks.send(sent, int(context.now.timestamp()))
        return webhooks.DELIVERED


def reach(rows: RegisterReader, notice: Notification) -> ContactDetails | None:
    """Return how somebody can be reached now; None where there is nobody any more."""
    if notice.to is RecipientType.PERSON:
        details = rows.get(DETAILS, notice.id)
        if details is None:
            return None
        value = details.value
        return ContactDetails(value.email, value.phone, value.language)
    account = rows.get(ACCOUNT, notice.id)
    if account is None or account.value.closed_at is not None:
        return None
    return ContactDetails(account.value.written_to, None, account.value.language)


def _due_at(
    context: Context, reading: ReadTransaction, sent: SendStatus, quiet: QuietHours
) -> datetime:
    """Return when something is due at the latest that is entered now."""
    row, now, procedure, is_staff = sent.outgoing, context.now, context.procedure, False
    if row.kind in {webhooks.OUTGOING, UNREAD}:
        return now
    if row.kind == device_commands.KIND:  # What was sent may have been shown just now.
        return now + timedelta(microseconds=device_commands.SHOWN_AGAIN_US if sent.said else 0)
    if row.kind == ESCALATION:
        about = msgspec.json.decode(row.body, type=PendingEscalation).incident
    else:
        notice = notification_texts.read(row.body)
        if not notice.news.is_urgent:
            office = case_deadlines.next_open(procedure, now + TIDY_EVERY)
            return quiet_hours.notify_at(quiet, office)
        about, is_staff = notice.about, notice.to is RecipientType.ACCOUNT
    incident = reading.incident(about)
    if incident is not None and row.kind == ESCALATION:
        return case_deadlines.of_incident(procedure, incident.kind, now).look_by
    if incident is None or not is_staff:
        return now
    return case_deadlines.staff_told_at(procedure, incident.kind, now)


def _is_time(now: datetime, before: datetime | None, every: timedelta) -> bool:
    """Tell whether something is to be done again; also where the clock was set back since."""
    return before is None or not timedelta(0) <= now - before < every


def patience(times: int) -> timedelta | None:
    """Return how long to wait after this many tries; None where it is given up.

    >>> [str(patience(times)) for times in (0, 1, 5, 30)]
    ['0:00:10', '0:00:30', '0:40:30', 'None']
    """
    waited, wait = timedelta(0), FIRST_WAIT
    for _ in range(times):
        waited += wait
        if waited >= GIVEN_UP_AFTER:
            return None
        wait = min(3 * wait, WAIT_MAX)
    return wait
