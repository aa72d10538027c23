"""A server whose clock was days ahead and is set back: what it settled meanwhile is not settled.

Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mesure.geo.fixes import Fixes
from mesure.live import load_person
from tests.evaluation.scenes import H, S, deliver_at, fixes, stay, us
from tests.service import court
from tests.service.agreeing import (
    list_assessments,
    list_incidents,
    replay_assessments,
    replay_incidents,
)
from tests.service.court import Court

AHEAD_US = 100 * H
LATE = fixes(deliver_at(stay("11T02:40", "11T02:50"), "11T07:10"))
LATER = [fixes(stay(f"11T07:{at}", f"11T07:{at + 2}")) for at in range(11, 59, 3)]


@pytest.fixture
def at_court(tmp_path: Path) -> Iterator[Court]:
    with court.open_court(tmp_path) as opened:
        opened.report_fixes(fixes(stay("08T10:00", "10T22:30", every_s=600)))
        yield opened


def without_withdrawn(incidents: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Return the incidents that were not withdrawn, without their ids."""
    return [columns[1:-1] for columns in incidents if columns[-1] is None]


def agree(at_court: Court, until_us: int) -> None:
    """Hold what stands against a replay: what was raised by a wrong clock is withdrawn."""
    assert list_assessments(at_court) == replay_assessments(at_court, until_us)
    stored, replayed = list_incidents(at_court), replay_incidents(at_court, until_us)
    assert sorted(without_withdrawn(stored)) == sorted(without_withdrawn(replayed))


@pytest.mark.parametrize("starts_again", [False, True])
@pytest.mark.parametrize(
    "ahead", [None, fixes(deliver_at(stay("11T07:01", "11T07:03"), "12T13:03"))]
)
def test_what_was_judged_ahead_of_time_is_judged_again(
    at_court: Court, monkeypatch: pytest.MonkeyPatch, ahead: Fixes | None, *, starts_again: bool
) -> None:
    """Late messages divide one silence into two, and each of them stands."""
    worker = at_court.worker()
    worker.step(us("11T07:00"))
    if ahead is not None:
        at_court.report_fixes(ahead)
    worker.step(us("11T07:00") + AHEAD_US)
    at_court.report_fixes(LATE)
    worker = at_court.worker() if starts_again else worker
    worker.step(us("11T07:10") + S)
    now_us = us("11T07:10") + S if ahead is None else us("12T13:03") + 1
    agree(at_court, now_us)
    ends_us = [one.end_us for one in at_court.incidents() if not one.withdrawn_us]
    assert us("11T02:40") in ends_us
    with monkeypatch.context() as only_once:
        only_once.delattr(load_person, "take_up")  # What is settled then is settled as of then.
        for part in LATER:
            at_court.report_fixes(part)
            now_us = max(now_us, int(part.received_us[-1]) + S)
            worker.step(int(part.received_us[-1]) + S)
    agree(at_court, now_us)
    now_us += 5 * H
    at_court.worker().step(now_us)
    agree(at_court, now_us)
    assert not at_court.failed


@pytest.mark.parametrize("ahead_h", [30, 100, 400])
@pytest.mark.parametrize("starts_again", [False, True])
def test_who_is_looked_at_before_anything_comes_is_not_judged_from_a_later_cut(
    at_court: Court, ahead_h: int, *, starts_again: bool
) -> None:
    """As after a change of the order: nothing is said of a time that is to come."""
    worker = at_court.worker()
    worker.step(us("11T07:00"))
    worker.step(us("11T07:00") + ahead_h * H)
    worker = at_court.worker() if starts_again else worker
    worker.due.put(court.PERSON, 0)
    worker.step(us("11T07:10"))
    agree(at_court, us("11T07:10"))


@pytest.mark.parametrize("ahead_h", [5, 26])
def test_what_a_clock_ahead_saw_does_not_stand_until_that_time_comes(
    at_court: Court, ahead_h: int
) -> None:
    """Nothing came meanwhile, and nothing was settled: the silence goes with the next message."""
    worker = at_court.worker()
    worker.step(us("10T22:31"))
    worker.step(us("10T22:31") + ahead_h * H)
    assert without_withdrawn(list_incidents(at_court))
    for minute in (35, 40):
        at_court.report_fixes(fixes(stay("10T22:31", f"10T22:{minute}", every_s=300)))
        worker.step(us(f"10T22:{minute}") + S)
        agree(at_court, us(f"10T22:{minute}") + S)
