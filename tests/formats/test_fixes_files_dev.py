"""Real traces of phones and tags: every row is read, and used or kept with its reason."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.formats import fixes_files
from mesure.formats.columns.file_faults import FixesError
from tests.house import ROOT
from tests.ingest.samples import gather_fixes

DEV = ROOT.parent / "shared" / "data" / "dev"
FILES = sorted(DEV.glob("*.parquet"))

pytestmark = pytest.mark.skipif(not FILES, reason="the real traces are not kept with the project")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_of_every_trace_is_used_or_kept_with_its_reason(path: Path) -> None:
    record = fixes_files.read(path.name, path.read_bytes())
    used, unused = 0, Counter[str]()
    for name in record.traces or (None,):
        result = gather_fixes(record, trace=name, device_class=DeviceClass.PHONE)
        assert result.read == len(record)
        used += len(result.fixes)
        unused.update(result.kept_unused)
        assert (np.diff(result.fixes.observed_us) >= 0).all()
    del unused["other_trace"]
    assert used + unused.total() == len(record)
    assert used > 0.9 * len(record)
    assert set(unused) <= {"duplicate", "stale", "future", "out_of_range"}


def test_real_phones_deliver_old_fixes_again() -> None:
    record = fixes_files.read("stationary", (DEV / "mobilitynet_stationary.parquet").read_bytes())
    stale = [gather_fixes(record, trace=name).kept_unused.get("stale", 0) for name in record.traces]
    assert len(stale) == 59
    assert sum(count > 0 for count in stale) > 5


def test_a_table_without_places_is_refused() -> None:
    with pytest.raises(FixesError, match=r"no column time and no column lat .*time_utc"):
        fixes_files.read("events.csv", (DEV / "mobilitynet_events.csv").read_bytes())
