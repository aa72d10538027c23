"""The clock was ahead while something was entered: it goes out when the clock is right again."""

from datetime import timedelta

import pytest

from mesure.actions.framework.context import PROGRAM
from mesure.actions.notifications import notification_dispatch
from mesure.actions.notifications.notification_rules import ESCALATION
from mesure.instants import to_us
from mesure.service.outgoing.dispatch import DeliveryChannels, Notifier
from tests.actions.house import Office
from tests.service.sinks import HookSink, MailSink
from tests.service.test_dispatch import (
    _by_hook,
    _by_mail,
    _hook,
    _notifier,
    _raise,
    _sent,
    hooks,
    mail,
    office,
)

__all__ = ["hooks", "mail", "office"]

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
