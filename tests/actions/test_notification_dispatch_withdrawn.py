"""A withdrawal is told only to whom the incident was told; what stands again is told anew."""

from dataclasses import replace
from datetime import timedelta

from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.notifications import (
    notification_dispatch,
    notification_rules,
    notification_texts,
    webhooks,
)
from mesure.instants import to_us
from mesure.store.interface.store import WriteTransaction
from tests.actions import raised
from tests.actions.house import Office
from tests.actions.raised import incident
from tests.actions.test_notification_dispatch import FAR, _events, _follow, _hook, _notices, officer

__all__ = ["officer"]


def test_programs_hear_of_no_withdrawal_of_what_they_never_heard_of(
    office: Office, officer: Actor
) -> None:
    _hook(office)
    office.later(minutes=1)
    raised.judge(office, incident("P-1", "I-1"))
    raised.judge(office, raised.withdrawn(incident("P-1", "I-1")))
    _follow(office)
    assert _events(office) == []


def test_a_program_that_came_later_hears_of_no_withdrawal_of_what_was_before_it(
    office: Office, officer: Actor
) -> None:
    raised.judge(office, incident("P-1", "I-1"), incident("P-1", "I-2"))
    _follow(office)
    office.later(hours=1)
    _hook(office)
    raised.judge(office, raised.withdrawn(incident("P-1", "I-1")))
    raised.judge(office, raised.end_incident(incident("P-1", "I-2")))
    _follow(office)
    assert [event["subject"] for event in _events(office)] == ["I-2"]
    raised.judge(office, raised.withdrawn(raised.end_incident(incident("P-1", "I-2"))))
    _follow(office)
    event_types = [event["type"].split(".")[-2] for event in _events(office)]
    assert sorted(event_types) == ["changed", "withdrawn"]  # Of what it had heard of, all of it.


def test_what_was_told_long_ago_is_told_to_be_withdrawn(office: Office, officer: Actor) -> None:
    """The outbox has forgotten by then that it was told."""
    _hook(office)
    office.later(minutes=1)
    raised.judge(office, incident("P-1", "I-1"))
    _follow(office)
    office.later(days=60)
    office.store.write(_all_sent)
    assert office.store.write(lambda work: work.forget_sent(to_us(office.now))) > 0
    raised.judge(office, raised.withdrawn(incident("P-1", "I-1")))
    _follow(office)
    assert [event["type"].split(".")[-2] for event in _events(office)] == ["withdrawn"]


def test_what_stands_again_after_it_was_withdrawn_is_told_and_opened_by_somebody(
    office: Office, officer: Actor
) -> None:
    """Another policy may withdraw an incident, and a later one find it again."""
    stands = incident("P-1", "I-1")
    for turn in range(3):
        raised.judge(office, replace(stands, revision=3 * turn + 1))
        _follow(office)
        told = _notices(office)
        assert told["P-1", "your_possible_breach"] == office.now
        assert told["K-1", "possible_breach"] == office.now + timedelta(minutes=1)
        office.later(hours=5)
        notification_dispatch.escalate_due(office.context(PROGRAM))
        assert _times_told(office, "unseen") == turn + 1
        for revision in (2, 3):  # While it is withdrawn its end changes, which is no news.
            ended = replace(stands, revision=3 * turn + revision, end_us=to_us(office.now))
            raised.judge(office, replace(ended, withdrawn_us=to_us(office.now)))
            _follow(office)
        assert _times_told(office, "your_withdrawn") == turn + 1
        assert _times_told(office, "your_possible_breach") == turn + 1


def _times_told(office: Office, news: str) -> int:
    with office.store.read() as reading:
        due = reading.due(notification_texts.OUTGOING, to_us(office.now + FAR), 100)
    return sum(notification_texts.read(row.body).news == news for row in due)


def _all_sent(work: WriteTransaction) -> None:
    for kind in (notification_texts.OUTGOING, webhooks.OUTGOING, notification_rules.ESCALATION):
        for row in work.due(kind, 2**62, 100):
            work.finish(row.kind, row.key, "sent")
