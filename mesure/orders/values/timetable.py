"""Timetable: weekly hours of a condition by the clock on the wall, as frozen values.

`schedule` turns them into spans of instants.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Window:
    """One line of a timetable, in seconds of the wall-clock day.

    `end_s` at or before `start_s` means the next morning; 86400 is midnight at the end of the day.
    `at` names the place of this window where it differs from the condition's own, else None.
    """

    weekdays: frozenset[int]  # The day on which the window starts: Monday is 0.
    start_s: int
    end_s: int
    at: str | None = None

    @property
    def length_s(self) -> int:
        """Return how long the window lasts on a day on which no clock is changed."""
        return self.end_s - self.start_s + (DAY_S if self.end_s <= self.start_s else 0)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The weekly hours of a condition; `always` binds at every instant and has no windows.

    One with neither leaves the hours to its kind ("while it is dark"): the words of the duty say
    them, and `evaluation/kinds/<kind>.py` finds them within the time in force.
    Invariant: windows that overlap name the same place, and slots do not overlap.
    """

    zone: ZoneInfo
    windows: tuple[Window, ...]
    always: bool = False
    holiday_calendar: str | None = None  # Such as "KZ" or "US-CA"; None: holidays are plain days.
    holiday_as: int = 6  # The weekday whose windows a public holiday takes.
    first_night: Window | None = None  # Replaces the windows of the first day in force.
    slots: bool = False  # Every window asks for something of its own: those that touch stay apart.

    @property
    def shortest_s(self) -> int:
        """Return how long the shortest window lasts; a day where there are none."""
        return min((window.length_s for window in self.windows), default=DAY_S)
