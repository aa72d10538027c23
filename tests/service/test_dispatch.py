import base64
import json
import threading
from datetime import datetime, time
from zoneinfo import ZoneInfo

import msgspec
import pytest

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts.printed_cards import GiveCard
from mesure.actions.cases.persons import DETAILS, PersonDetails
from mesure.actions.devices import device_commands
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.notifications import notification_texts, webhooks
from mesure.actions.notifications.webhooks import (
    AddWebhook,
    DeliveriesRequest,
    NewWebhook,
    WebhookEventType,
    WebhookRef,
    WebhookTrialState,
)
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.record_types import Register
from mesure.devices.assignment import Assignment
from mesure.devices.message.downlink import PersonMessage
from mesure.instants import to_us
from mesure.machine import texts
from mesure.privacy.quiet_hours import QuietHours
from mesure.privacy.roles import Role
from mesure.service import mail as mail_
from mesure.service.installation.settings import MailTls
from mesure.service.mail import Email, MailServer
from mesure.service.outgoing import dispatch, webhook_delivery
from mesure.service.outgoing.dispatch import DeliveryChannels, Notifier
from mesure.service.outgoing.gateways import Gateways
from mesure.service.outgoing.webhook_delivery import NetworkPolicy, WebhookSender
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.faults import UnavailableError
from mesure.store.values.outgoing import SendStatus
from mesure.store.values.records import Device, Order
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.raised import incident
from tests.service.sinks import HookSink, MailSink, hook_sink

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")

ORIGIN = "https://mesure.example"
QUIET = QuietHours(time(21), time(8), ZoneInfo("Asia/Almaty"))
PERSONAL = {"Aigerim", "P-1", "I-1", "ORDER", "C1", "43.2", "home", "absent"}


def _notifier(office: Office, ways: DeliveryChannels) -> Notifier:
    return Notifier(lambda: office.context(PROGRAM), ways, ORIGIN, QUIET, texts.catalogue)


def _by_mail(sink: MailSink) -> DeliveryChannels:
    return DeliveryChannels(
        MailServer("127.0.0.1", sink.port, "no-reply@mesure.example", MailTls.NONE)
    )


def _raise(office: Office, notifier: Notifier, phone: str | None = None) -> None:
    """Have an incident raised about a person with an officer, both of whom can be reached."""
    officer = office.account("K-1", Role.OFFICER)
    office.account("S-1", Role.SUPERVISOR)
    office.person("P-1", officer)
    email = None if phone else "aigerim@post.example"

    def reachable(rows: Register, _: object) -> None:
        details = rows.need(DETAILS, "P-1")
        rows.change(details, PersonDetails("Aigerim", "kk", phone, email))
        account = rows.need(ACCOUNT, "K-1")
        value = msgspec.structs.replace(account.value, email="officer@work.example", language="ru")
        rows.change(account, value)

    office.write(reachable)
    notifier.turn()
    raised.judge(office, incident("P-1", "I-1"))


def _sent(office: Office, kind: str, key: str) -> SendStatus:
    with office.store.read() as reading:
        status = reading.send_status(kind, key)
    assert status is not None
    return status


# --- Letters -----------------------------------------------------------------------------------


def test_the_person_gets_a_letter_in_their_language_and_then_the_officer(
    office: Office, mail: MailSink
) -> None:
    notifier = _notifier(office, _by_mail(mail))
    _raise(office, notifier)
    notifier.turn()
    assert [letter["To"] for letter in mail.letters] == ["aigerim@post.example"]
    assert mail.letters[0]["Content-Language"] == "kk"
    office.later(minutes=1)
    notifier.turn()
    assert [letter["To"] for letter in mail.letters][1:] == ["officer@work.example"]
    assert mail.letters[1]["Content-Language"] == "ru"
    assert notifier.turn() == 0


def test_no_letter_says_anything_about_anybody(office: Office, mail: MailSink) -> None:
    notifier = _notifier(office, _by_mail(mail))
    _raise(office, notifier)
    notifier.turn()
    office.later(minutes=1)
    notifier.turn()
    assert len(mail.letters) == 2
    for letter in mail.letters:
        text = f"{letter['Subject']}\n{letter.get_content()}\n{letter['Message-ID']}"
        assert not [word for word in PERSONAL if word in text]
        assert ORIGIN in text


def test_a_server_that_is_full_is_tried_again_with_patience(office: Office, mail: MailSink) -> None:
    notifier = _notifier(office, _by_mail(mail))
    mail.refuses["aigerim@post.example"] = "450 full"
    _raise(office, notifier)
    notifier.turn()
    key = "I-1:your_possible_breach"
    assert (_sent(office, notification_texts.OUTGOING, key).times, notifier.turn()) == (1, 0)
    mail.refuses.clear()
    office.later(seconds=10)
    notifier.turn()
    assert _sent(office, notification_texts.OUTGOING, key).is_done
    assert len(mail.letters) == 1


def test_an_address_that_nobody_has_is_given_up_at_once(office: Office, mail: MailSink) -> None:
    notifier = _notifier(office, _by_mail(mail))
    mail.refuses["aigerim@post.example"] = "550 nobody"
    _raise(office, notifier)
    notifier.turn()
    sent = _sent(office, notification_texts.OUTGOING, "I-1:your_possible_breach")
    assert (sent.is_done, sent.said) == (True, "given_up: recipient")


def test_one_notice_that_cannot_be_made_stops_no_other(
    office: Office, mail: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier = _notifier(office, _by_mail(mail))
    _raise(office, notifier)
    send = mail_.send

    def breaks(server: MailServer, letter: Email, at: datetime) -> None:
        if letter.to == "aigerim@post.example":
            raise AttributeError
        send(server, letter, at)

    monkeypatch.setattr(mail_, "send", breaks)
    notifier.turn()
    sent = _sent(office, notification_texts.OUTGOING, "I-1:your_possible_breach")
    assert (sent.is_done, sent.said) == (False, "broken_AttributeError")
    office.later(minutes=1)
    notifier.turn()
    assert [letter["To"] for letter in mail.letters] == ["officer@work.example"]


def test_what_never_goes_out_is_given_up_some_time(office: Office, mail: MailSink) -> None:
    notifier = _notifier(office, _by_mail(mail))
    mail.refuses["aigerim@post.example"] = "450 full"
    _raise(office, notifier)
    tries = 0
    while not _sent_or_none(office) and tries < 60:
        office.later(hours=6)
        notifier.turn()
        tries += 1
    assert 5 < tries < 25
    sent = _sent(office, notification_texts.OUTGOING, "I-1:your_possible_breach")
    assert sent.said.startswith("given_up")


def _sent_or_none(office: Office) -> bool:
    with office.store.read() as reading:
        status = reading.send_status(notification_texts.OUTGOING, "I-1:your_possible_breach")
    return status is not None and status.is_done


def test_a_person_without_e_mail_is_reached_by_phone(office: Office, hooks: HookSink) -> None:
    hooks.status = 200
    gateway = f"json://127.0.0.1:{hooks.port}/to/{{address}}"
    notifier = _notifier(office, DeliveryChannels(gateways=Gateways({"sms": gateway})))
    _raise(office, notifier, phone="+77010000000")
    notifier.turn()
    assert hooks.requests[0].path.rstrip("/") == "/to/+77010000000"


def test_without_any_way_it_stays_to_be_read_here(office: Office) -> None:
    notifier = _notifier(office, DeliveryChannels())
    _raise(office, notifier)
    notifier.turn()
    assert _sent(office, notification_texts.OUTGOING, "I-1:your_possible_breach").said == "no_way"


def test_whoever_is_no_longer_here_is_told_nothing(office: Office, mail: MailSink) -> None:
    notifier = _notifier(office, _by_mail(mail))
    _raise(office, notifier)
    notifier.turn()

    def close_account(rows: Register, _: object) -> None:
        account = rows.need(ACCOUNT, "K-1")
        rows.change(account, msgspec.structs.replace(account.value, closed_at=office.now))

    office.write(close_account)
    office.later(minutes=1)
    notifier.turn()
    assert len(mail.letters) == 1
    assert _sent(office, notification_texts.OUTGOING, "I-1:possible_breach").said == "nobody"


def test_a_new_card_is_told_on_the_device_as_well(office: Office, mail: MailSink) -> None:
    notifier = _notifier(office, _by_mail(mail))
    _raise(office, notifier)
    officer = Actor("K-1", Role.OFFICER)

    def carries(_: Register, work: WriteTransaction) -> None:
        work.add_order(Order("ORDER", "P-1", office.now, "K-1"))
        work.add_device(Device("D-1", office.now, "K-1"))
        work.keep_assignment(Assignment("D-1", "P-1", "ORDER", office.now, None))

    office.write(carries)
    office.later(minutes=2)
    notifier.turn()
    mail.letters.clear()
    office.do(officer, printed_cards.give, GiveCard("P-1", "kk"))
    notifier.turn()
    assert [letter["To"] for letter in mail.letters] == ["aigerim@post.example"]
    with office.store.read() as reading:
        [row] = reading.due(device_commands.KIND, to_us(office.now), 10, to="D-1")
    message = device_commands.open_command(row, office.keyring, to_us(office.now))
    assert isinstance(message, PersonMessage)
    assert (message.language, message.text in mail.letters[0].get_content()) == ("kk", True)


# --- Webhooks ----------------------------------------------------------------------------------


def _hook(office: Office, sink: HookSink) -> tuple[Actor, NewWebhook]:
    operator = office.account("O-1", Role.OPERATOR)
    request = AddWebhook(address=sink.address, events=(WebhookEventType.INCIDENT_OPENED,))
    return operator, office.do(operator, webhooks.add, request)


def _by_hook() -> DeliveryChannels:
    return DeliveryChannels(hooks=WebhookSender(NetworkPolicy(loopback=True)))


def test_a_program_is_told_in_a_signed_event_without_a_place(
    office: Office, hooks: HookSink
) -> None:
    notifier = _notifier(office, _by_hook())
    _, added = _hook(office, hooks)
    _raise(office, notifier)
    notifier.turn()
    notifier.settle()
    [delivery] = hooks.requests
    event = json.loads(delivery.body)
    assert (event["source"], event["type"]) == (ORIGIN, "org.mesure.incident.opened.1")
    assert event["data"]["person"] == "P-1"
    assert not {"explanation", "place", "p_outside_max", "body"} & set(event["data"])
    secret = base64.b64decode(added.secret.removeprefix("whsec_"))
    name, sent_s = delivery.headers["webhook-id"], int(delivery.headers["webhook-timestamp"])
    signature = webhook_delivery.signature(secret, name, sent_s, delivery.body)
    assert delivery.headers["webhook-signature"] == signature


def test_an_event_that_was_not_taken_comes_again_under_the_same_name(
    office: Office, hooks: HookSink
) -> None:
    notifier = _notifier(office, _by_hook())
    _hook(office, hooks)
    _raise(office, notifier)
    hooks.status = 500
    notifier.turn()
    notifier.settle()
    hooks.status = 200
    office.later(seconds=10)
    notifier.turn()
    notifier.settle()
    first, second = hooks.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_webhook_that_was_removed_hears_nothing(office: Office, hooks: HookSink) -> None:
    notifier = _notifier(office, _by_hook())
    operator, added = _hook(office, hooks)
    _raise(office, notifier)
    office.do(operator, webhooks.remove, WebhookRef(added.webhook))
    notifier.turn()
    notifier.settle()
    assert not hooks.requests


def test_a_test_event_is_signed_says_nothing_of_anybody_and_is_known_to_have_come(
    office: Office, hooks: HookSink
) -> None:
    notifier = _notifier(office, _by_hook())
    operator, added = _hook(office, hooks)
    hooks.status = 500
    trial = office.do(operator, webhooks.try_webhook, WebhookRef(added.webhook)).trial
    request = DeliveriesRequest(added.webhook, trial)
    for status, state, waiting in (
        (500, WebhookTrialState.PUT_OFF, 1),
        (204, WebhookTrialState.DELIVERED, 0),
    ):
        hooks.status = status
        notifier.turn()
        notifier.settle()
        deliveries = office.do(operator, webhooks.deliveries, request)
        assert (deliveries.trial, deliveries.waiting) == (state, waiting)
        assert deliveries.said == ("status_500" if waiting else "")
        office.later(hours=2)
    delivery = hooks.requests[-1]
    event = json.loads(delivery.body)
    assert (event["source"], event["type"]) == (ORIGIN, "org.mesure.webhook.test.1")
    assert (event["subject"], event["data"]) == (added.webhook, {})
    secret = base64.b64decode(added.secret.removeprefix("whsec_"))
    name, sent_s = delivery.headers["webhook-id"], int(delivery.headers["webhook-timestamp"])
    signature = webhook_delivery.signature(secret, name, sent_s, delivery.body)
    assert delivery.headers["webhook-signature"] == signature


def test_a_slow_receiver_keeps_nobody_else_waiting(office: Office, hooks: HookSink) -> None:
    notifier = _notifier(office, _by_hook())
    with hook_sink() as slow:
        # Either answers only when the other one has been told.
        slow.waits_for, hooks.waits_for = hooks.has_heard, slow.has_heard
        operator, _ = _hook(office, slow)
        request = AddWebhook(address=hooks.address, events=(WebhookEventType.INCIDENT_OPENED,))
        office.do(operator, webhooks.add, request)
        _raise(office, notifier)
        notifier.turn()
        notifier.settle()
        assert (slow.waited, hooks.waited) == ([True], [True])


# --- Running -----------------------------------------------------------------------------------


def test_it_runs_until_told_to_stop_and_waits_out_a_store_that_is_away(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    turns: list[str] = []

    class Waiting(Notifier):
        def turn(self) -> int:
            turns.append("turn")
            if len(turns) == 1:
                raise UnavailableError("away")
            if len(turns) == 3:
                stop.set()
            return 1

    monkeypatch.setattr(dispatch, "TURN_S", 0.0)
    Waiting(
        lambda: office.context(PROGRAM), DeliveryChannels(), ORIGIN, QUIET, texts.catalogue
    ).run(stop)
    assert len(turns) == 3
