"""A mail server that is slow keeps no program waiting, and no full disk repeats a letter."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mesure.actions.cases.persons import DETAILS, PersonDetails
from mesure.actions.framework.context import PROGRAM
from mesure.actions.notifications import notification_dispatch, webhooks
from mesure.actions.notifications.webhooks import AddWebhook, WebhookEventType
from mesure.actions.records.record_types import Register
from mesure.machine import texts
from mesure.privacy.quiet_hours import QuietHours
from mesure.privacy.roles import Role
from mesure.service import mail as mail_
from mesure.service.installation.settings import MailTls
from mesure.service.mail import DeliveryError, Email, MailServer
from mesure.service.outgoing.dispatch import DeliveryChannels, Notifier
from mesure.service.outgoing.receiver_queue import ReceiverQueues
from mesure.service.outgoing.webhook_delivery import NetworkPolicy, WebhookSender
from mesure.store.values.faults import UnavailableError
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.raised import incident
from tests.service.sinks import HookSink

QUIET = QuietHours(time(0), time(0), ZoneInfo("UTC"))
MAIL = MailServer("mail.example", 25, "Mesure <mesure@example.org>", MailTls.NONE)


def _raise(office: Office, notifier: Notifier, address: str) -> None:
    """Have possible breaches raised of somebody who can be reached, and told to a program."""
    office.person("P-1", office.account("K-1", Role.OFFICER))

    def reachable(rows: Register, _: object) -> None:
        reached = PersonDetails("Aigerim", "kk", None, "aigerim@post.example")
        rows.change(rows.need(DETAILS, "P-1"), reached)

    office.write(reachable)
    request = AddWebhook(address=address, events=(WebhookEventType.INCIDENT_OPENED,))
    office.do(office.account("O-1", Role.OPERATOR), webhooks.add, request)
    notifier.turn()
    for number in range(1, 6):
        raised.judge(office, incident("P-1", f"I-{number}"))


def test_a_slow_mail_server_keeps_no_program_waiting(
    office: Office, hooks: HookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each letter takes as long as it may: fifty of them would be a quarter of an hour."""
    reach = NetworkPolicy(loopback=True)
    ways = DeliveryChannels(MAIL, hooks=WebhookSender(reach))
    origin = "https://mesure.example"
    notifier = Notifier(lambda: office.context(PROGRAM), ways, origin, QUIET, texts.catalogue)
    _raise(office, notifier, hooks.address)
    begun, tried = office.now, list[str]()

    def is_slow(_: MailServer, letter: Email, at: datetime) -> None:
        tried.append(letter.to)
        office.later(seconds=20)
        raise DeliveryError("TimeoutError")

    monkeypatch.setattr(mail_, "send", is_slow)
    notifier.turn()
    notifier.settle()
    assert len(tried) == 1
    assert len(hooks.requests) == 5
    assert office.now - begun == timedelta(seconds=20)
    notifier.turn()
    assert len(tried) == 2  # The others are not forgotten.


def test_a_full_disk_repeats_no_letter_and_no_webhook(
    office: Office, hooks: HookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went out could not be written down, and went out again each second."""
    ways = DeliveryChannels(MAIL, hooks=WebhookSender(NetworkPolicy(loopback=True)))
    origin = "https://mesure.example"
    notifier = Notifier(lambda: office.context(PROGRAM), ways, origin, QUIET, texts.catalogue)
    _raise(office, notifier, hooks.address)
    notification_dispatch.follow_if_new(office.context(PROGRAM), notifier._follow())
    sent: list[str] = []
    monkeypatch.setattr(mail_, "send", lambda _server, letter, _at: sent.append(letter.key))

    def write(*_: object) -> None:
        raise UnavailableError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(type(office.store), "write", write)
        for _ in range(3):
            with pytest.raises(UnavailableError):
                notifier.turn()
            with suppress(UnavailableError):  # The next turn is told what became of a line.
                notifier._begin_hooks(office.context(PROGRAM))
            notifier.settle()
        notifier.settle()
        assert (len(sent), len(hooks.requests)) == (1, 1)
    monkeypatch.setattr(notifier, "_lines", ReceiverQueues(1))
    while notifier.turn():
        notifier.settle()
    assert (len(sent), len(set(sent))) == (5, 5)
    names = [heard.headers["webhook-id"] for heard in hooks.requests]
    assert (len(names), len(set(names))) == (5, 5)
