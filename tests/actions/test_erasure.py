"""Trails, and what belongs to nobody: what is due goes, and what is held stays."""

from dataclasses import replace
from datetime import date

import pytest

from mesure.actions.data_rights import erasure, retained_data
from mesure.actions.data_rights.erasure import ErasureRun, ErasureStep
from mesure.actions.data_rights.retained_data import RetentionContext
from mesure.actions.framework.context import PROGRAM
from mesure.actions.records.procedure import default_retention
from mesure.instants import to_us
from mesure.privacy.retention.retention_policy import RetentionFile
from mesure.privacy.retention.retention_schedule import RetentionKind
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.outgoing import Outgoing
from mesure.store.values.records import MessageShare, ReceivedMessage, RefusedMessage
from tests.actions import raised
from tests.actions.erasing import DAY, closure_finder, counters, enter, run, send, verify_log
from tests.actions.house import Office

# --- Trails --------------------------------------------------------------------------------------


def test_a_trail_goes_after_two_months_and_nothing_of_it_is_left(office: Office) -> None:
    enter(office)
    send(office, 2)
    office.later(days=30)
    send(office, 3)
    office.later(days=28.9)
    assert run(office) == [
        ErasureStep(RetentionKind.REFUSED, 0),
        ErasureStep(RetentionKind.SENT, 0),
    ]
    office.later(days=0.2)
    assert run(office)[0] == ErasureStep(RetentionKind.TRAIL, 1, 1)
    assert counters(office) == [3]
    entry = office.log()[-3]
    assert entry["facts"]["messages"] == 1
    assert entry["facts"]["rule"] == "trails_days"
    assert "P-1" not in str(entry)
    verify_log(office)


def test_a_dry_run_says_what_would_go_and_changes_nothing(office: Office) -> None:
    enter(office)
    send(office, 2)
    send(office, 3, None)
    office.later(days=60)
    with office.store.read() as reading:
        before = reading.frontier().size
    steps = run(office, is_dry=True)
    assert steps[:2] == [
        ErasureStep(RetentionKind.TRAIL, 1, 1),
        ErasureStep(RetentionKind.NOBODYS, 1),
    ]
    assert counters(office) == [2]
    with office.store.read() as reading:
        assert reading.frontier().size == before


def test_a_longer_time_that_is_set_later_does_not_reach_back(office: Office) -> None:
    enter(office)
    send(office, 3, None)
    office.later(days=25)
    values = ((date(2000, 1, 1), 30), (office.now.date(), 60))
    base = default_retention()
    rules = replace(base, values={**base.values, "nobodys_days": values})
    office.later(days=4.9)
    assert nobodys_gone(office, rules) == 0
    office.later(days=0.2)
    assert nobodys_gone(office, rules) == 1


def nobodys_gone(office: Office, rules: RetentionFile) -> int:
    means = RetentionContext(rules, retained_data.incident_closures, office.now)
    steps = ErasureRun(office.context(PROGRAM), means).steps()
    return sum(step.things for step in steps if step.sort is RetentionKind.NOBODYS)


def test_what_an_incident_needs_stays_until_it_is_long_closed(office: Office) -> None:
    enter(office)
    send(office, 2)
    office.later(hours=5)
    send(office, 3)
    incident = raised.incident("P-1", "I-1")
    raised.judge(office, incident)
    raised.judge(office, raised.end_incident(incident))
    office.later(days=60)
    run(office)
    assert counters(office) == [2]
    closed = closure_finder({"I-1": office.now})
    office.later(days=89)
    run(office, stands=closed)
    assert counters(office) == [2]
    office.later(days=2)
    run(office, stands=closure_finder({"I-1": office.now - 91 * DAY}, frozenset({"I-1"})))
    assert counters(office) == [2]
    run(office, stands=closed)
    assert counters(office) == []


def test_what_was_withdrawn_is_closed(office: Office) -> None:
    enter(office)
    send(office, 2)
    raised.judge(office, raised.incident("P-1", "I-1"))
    raised.judge(office, raised.withdrawn(raised.incident("P-1", "I-1")))
    office.later(days=89)
    run(office)
    assert counters(office) == [2]
    office.later(days=2)
    run(office)
    assert counters(office) == []


def test_a_clock_that_is_ahead_keeps_nothing_for_longer(office: Office) -> None:
    enter(office)
    at_us = to_us(office.now)
    ahead_us = at_us + 1_000 * 86_400 * 1_000_000
    share = MessageShare("P-1", ahead_us, ahead_us, b"")
    message = ReceivedMessage("D-P-1", 2, "mesure1", at_us, bytes(32), (share,))
    office.store.write(lambda work: work.append([message]))
    office.later(days=60)
    run(office)
    assert counters(office) == []


def test_much_goes_in_steps(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "PAGE", 3)
    for person in ("P-1", "P-2"):
        enter(office, person)
    for count in range(2, 7):
        send(office, count)
        send(office, count, "P-2", "D-P-2")
        send(office, count + 10, None)
    office.later(days=60)
    steps = run(office)
    trails = [step for step in steps if step.sort is RetentionKind.TRAIL]
    assert [step.things for step in trails] == [3, 3, 3, 1]
    assert [step.persons for step in trails] == [1, 1, 0, 0]
    assert [step.things for step in steps if step.sort is RetentionKind.NOBODYS] == [3, 2]
    assert counters(office) == counters(office, "P-2") == []


def test_only_what_is_about_one_person(office: Office) -> None:
    for person in ("P-1", "P-2"):
        enter(office, person)
    send(office, 2)
    send(office, 2, "P-2", "D-P-2")
    office.later(days=60)
    assert run(office, ["P-2"]) == [ErasureStep(RetentionKind.TRAIL, 1, 1)]
    assert counters(office) == [2]
    assert counters(office, "P-2") == []


def keep_refused_and_sent(office: Office) -> None:
    refused = RefusedMessage("mesure1", "", "forged", "-", to_us(office.now), bytes(32), b"")
    outgoing = Outgoing("notice", "1", to_us(office.now), b"", "", "P-1")

    def change(work: WriteTransaction) -> None:
        work.refuse(refused)
        work.enqueue(outgoing)
        work.finish("notice", "1", "sent")

    office.store.write(change)


# --- What belongs to nobody ----------------------------------------------------------------------


def test_what_is_nobodys_was_refused_or_was_sent_goes(office: Office) -> None:
    enter(office)
    send(office, 2, None)
    keep_refused_and_sent(office)
    office.later(days=31)
    counts = {step.sort: step.things for step in run(office)}
    assert counts == {RetentionKind.NOBODYS: 1, RetentionKind.REFUSED: 1, RetentionKind.SENT: 0}
    office.later(days=29)
    assert {step.sort: step.things for step in run(office)}[RetentionKind.SENT] == 1


def test_a_dry_run_counts_all_that_a_run_would_take(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "PAGE", 2)
    enter(office)
    for number in (2, 3, 4):
        send(office, number, None)
    keep_refused_and_sent(office)
    office.later(days=61)
    would = {step.sort: step.things for step in run(office, is_dry=True)}
    assert would == {RetentionKind.NOBODYS: 3, RetentionKind.REFUSED: 1, RetentionKind.SENT: 1}
    assert [step.things for step in run(office)] == [2, 1, 1, 1]


def test_each_person_is_counted_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "PAGE", 3)
    for person, count in (("P-1", 3), ("P-2", 7), ("P-3", 1)):
        enter(office, person)
        for number in range(2, 2 + count):
            send(office, number, person, f"D-{person}")
    office.later(days=60)
    for is_dry in (True, False):
        trails = [one for one in run(office, is_dry=is_dry) if one.sort is RetentionKind.TRAIL]
        assert [one.things for one in trails] == [3, 3, 3, 2]
        assert sum(one.persons for one in trails) == 3
