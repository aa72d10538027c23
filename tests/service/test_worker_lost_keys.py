"""Somebody's key is lost while the service judges: it says so, and goes on once it is back."""

from pathlib import Path

from tests.actions import house
from tests.actions.test_lost_keys_received import put_back, read_wrapped
from tests.evaluation.scenes import us
from tests.service.court import PERSON, Court
from tests.service.test_worker import EVENING, at_court, grant

__all__ = ["at_court"]


def test_whose_key_is_lost_is_tried_again_until_it_is_back(at_court: Court, tmp_path: Path) -> None:
    at_court.report_fixes(EVENING)
    worker = at_court.worker()
    worker._failed = lambda person, error: at_court.failed.append((person, error))
    wrapped_key = read_wrapped(tmp_path, PERSON)
    house.lose_key(tmp_path, PERSON)
    assert worker.step(us("11T03:00")) == 0
    assert [person for person, _ in at_court.failed] == [PERSON]
    assert at_court.office.keyring.find_key(PERSON) is None
    put_back(tmp_path, PERSON, wrapped_key)
    assert worker.step(us("11T03:02")) == 1, "though nothing new came and nothing was changed"
    assert at_court.assessments()


def test_a_change_of_somebody_whose_key_is_lost_stops_nobody(
    at_court: Court, tmp_path: Path
) -> None:
    at_court.report_fixes(EVENING)
    worker = at_court.worker()
    worker._failed = lambda person, error: at_court.failed.append((person, error))
    assert worker.step(us("11T03:00")) == 1
    grant(at_court, "10T22:30", "11T01:30", "C1")
    house.lose_key(tmp_path, PERSON)
    assert worker.step(us("11T03:02")) == 0
    assert [person for person, _ in at_court.failed] == [PERSON]
