"""How much a file, and all files together, may ask of us."""

import pytest

from mesure.formats.columns import file_limits
from mesure.formats.columns.file_faults import FixesError
from tests.ingest import samples


def test_more_rows_than_one_run_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_limits, "FIXES_MAX", 5)
    assert samples.gather_fixes(samples.csv()).read == 3
    for file in samples.EVERY_FORMAT.values():
        monkeypatch.setattr(file_limits, "FIXES_MAX", 2)
        with pytest.raises(FixesError, match="it holds 3 rows, and one run takes 2"):
            samples.read(file)
        monkeypatch.setattr(file_limits, "FIXES_MAX", 5)
        record = samples.read(file)
        with pytest.raises(FixesError, match="it holds 6 rows"):
            samples.gather_fixes(record, record)


def test_honest_rows_are_not_refused() -> None:
    file_limits.check_rows(
        "f", file_limits.FIXES_MAX, file_limits.rows_of_text(25 * file_limits.FIXES_MAX)
    )
    file_limits.check_rows(
        "f", file_limits.FIXES_MAX, file_limits.rows_packed(2 * file_limits.FIXES_MAX)
    )
    file_limits.check_unpacked("f", 120 * file_limits.FIXES_MAX, 10 * file_limits.FIXES_MAX)
