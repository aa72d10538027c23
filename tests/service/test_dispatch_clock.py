"""The clock was ahead while something was entered: it goes out when the clock is right again."""

from datetime import timedelta

import pytest

from mesure.actions.devices import device_commands
from mesure.actions.framework.context import PROGRAM
from mesure.actions.notifications import notification_dispatch, notification_texts
from mesure.actions.notifications.notification_rules import ESCALATION
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.instants import to_us
from mesure.service.outgoing.dispatch import DeliveryChannels, Notifier
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.outgoing import Outgoing
from tests.actions.house import Office
from tests.service.sinks import HookSink, MailSink
from tests.service.test_dispatch import _by_hook, _by_mail, _hook, _notifier, _raise, _sent

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


def _turns(office: Office, notifier: Notifier) -> None:
    """Let two minutes pass."""
    for _ in range(3):
        notifier.turn()
        notifier.settle()
        office.later(minutes=1)


@pytest.mark.parametrize("by", [timedelta(hours=2), timedelta(days=5)])
@pytest.mark.parametrize("is_refused", [False, True])
def test_letters_and_events_go_out_when_the_clock_is_right(
    office: Office, mail: MailSink, hooks: HookSink, by: timedelta, *, is_refused: bool
) -> None:
    notifier = _notifier(office, DeliveryChannels(_by_mail(mail).mail, hooks=_by_hook().hooks))
    _hook(office, hooks)
    _raise(office, notifier)
    office.now += by
    if is_refused:
        hooks.status, mail.refuses["aigerim@post.example"] = 500, "450 full"
        notifier.turn()
        notifier.settle()
        hooks.status, hooks.requests[:] = 200, []
        mail.refuses.clear()
    else:
        notification_dispatch.follow_if_new(office.context(PROGRAM), notifier._follow())
    office.now -= by
    if is_refused:  # It was seen that the clock went back.
        _turns(office, notifier)
    else:
        office.later(hours=1, minutes=2)  # Then it is looked for anew.
        _turns(office, notifier)
    assert len(hooks.requests) == 1
    assert {letter["To"] for letter in mail.letters} == {
        "aigerim@post.example", "officer@work.example",
    }  # fmt: skip
    waits = _sent(office, ESCALATION, "I-1:1").outgoing.due_us - to_us(office.now)
    assert 0 < waits <= 4 * 3_600_000_000


def test_what_waits_by_a_clock_that_is_right_waits_on(office: Office, mail: MailSink) -> None:
    notifier = _notifier(office, _by_mail(mail))
    _raise(office, notifier)
    _turns(office, notifier)
    before = _sent(office, ESCALATION, "I-1:1")
    for _ in range(3):
        office.later(hours=1)
        notifier.turn()
    assert _sent(office, ESCALATION, "I-1:1") == before


def test_all_that_waits_is_looked_through(office: Office, mail: MailSink, hooks: HookSink) -> None:
    """Two hundred letters wait for the morning, and messages for devices, one of which is shown."""
    notifier = _notifier(office, DeliveryChannels(_by_mail(mail).mail, hooks=_by_hook().hooks))
    _raise(office, notifier)
    _turns(office, notifier)
    mail.letters.clear()
    evening = office.now.replace(hour=16)
    morning_us, ahead_us = to_us(evening + timedelta(hours=11)), to_us(evening + timedelta(hours=9))
    office.now = evening

    def letter(news: NotificationType, key: str, due_us: int) -> Outgoing:
        notice = Notification(RecipientType.PERSON, "P-1", news, "P-1")
        return Outgoing(notification_texts.OUTGOING, key, due_us, notice.encode(), "P-1", "P-1")

    def enter(work: WriteTransaction) -> None:
        for number in range(200):
            work.enqueue(letter(NotificationType.YOUR_FINDING, f"{number:03}", morning_us))
        work.enqueue(letter(NotificationType.YOUR_SILENCE, "urgent", ahead_us))
        for key in ("new", "shown"):
            work.enqueue(Outgoing(device_commands.KIND, key, ahead_us, b"sealed", "D-1"))
        work.again(device_commands.KIND, "shown", ahead_us, "7")

    office.store.write(enter)
    office.later(hours=1)
    _turns(office, notifier)
    assert [one["To"] for one in mail.letters] == ["aigerim@post.example"]
    assert _sent(office, notification_texts.OUTGOING, "000").outgoing.due_us == morning_us
    assert _sent(office, device_commands.KIND, "new").outgoing.due_us <= to_us(office.now)
    assert _sent(office, device_commands.KIND, "shown").outgoing.due_us == ahead_us
