"""A worker that has more before it than it reads in a step: what it did not read yet is no silence.

Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from pathlib import Path

import pytest

from mesure.live import worker as workers
from tests.evaluation.scenes import S, fixes, stay, us
from tests.service import court
from tests.service.agreeing import agree


@pytest.mark.parametrize("starts_again", [False, True])
def test_nobody_is_silent_of_whom_there_is_more_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, starts_again: bool
) -> None:
    """Nobody judged for five hours, in which the device reported each minute."""
    monkeypatch.setattr(workers, "RECORDS_MAX", 50)
    with court.open_court(tmp_path) as at_court:
        worker = at_court.worker()
        at_court.report_fixes(fixes(stay("10T21:30", "10T21:40")))
        worker.step(us("10T21:41"))
        at_court.report_fixes(fixes(stay("10T21:41", "11T03:00")))
        worker = at_court.worker() if starts_again else worker
        while worker.step(us("11T03:00") + S):
            assert not at_court.incidents()
        agree(at_court, us("11T03:00") + S)
