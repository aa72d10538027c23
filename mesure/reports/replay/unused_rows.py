"""Unused rows, by reason: nothing a device said is dropped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mesure.geo.fixes import Fixes
from mesure.reports.replay import deciding_fixes
from mesure.reports.replay.replay_report import ReplayReport
from mesure.reports.text import clock_text

ROWS_MAX: Final = 10  # Row numbers named for each reason.


@dataclass(frozen=True, slots=True)
class UnusedRows:
    """All rows kept for one reason. `first` and `last` are None where no time could be read."""

    reason: str
    count: int
    first: datetime | None
    last: datetime | None
    rows: str
    more: int  # Rows that `rows` does not name.


def by_reason(report: ReplayReport) -> tuple[UnusedRows, ...]:
    """Return what was kept and not used, the reason with most rows first."""
    groups = [_unused(reason, rows) for reason, rows in report.unused.items() if len(rows)]
    return tuple(sorted(groups, key=lambda unused: (-unused.count, unused.reason)))


def _unused(reason: str, fixes: Fixes) -> UnusedRows:
    named = sorted(fixes.row.tolist())[:ROWS_MAX]
    times = [
        clock_text.instant_at(int(us)) for us in (fixes.observed_us.min(), fixes.observed_us.max())
    ]
    return UnusedRows(
        reason,
        len(fixes),
        times[0],
        times[1],
        deciding_fixes.ranges(named, ROWS_MAX),
        len(fixes) - len(named),
    )
