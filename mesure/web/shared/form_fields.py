"""Form fields: what somebody filled in, and what is wrong with it, shown together.

A fault names its field and says in one sentence what to do. Nothing that was typed is lost when a
page comes back with faults.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from mesure.orders.text.catalogue import Catalogue

LENGTH_MAX: Final = 4000  # Of one field, in characters.


@dataclass(slots=True)
class FormFields:
    """The fields that came with a request; none when the page is opened for the first time."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return what was filled in, or nothing."""
        return self.values.get(name, "")

    def value_list(self, name: str) -> list[str]:
        """Return what was ticked of boxes that are called by a name and a number."""
        numbered = ((key, value) for key, value in self.values.items() if value)
        return [value for key, value in sorted(numbered) if key.startswith(f"{name}_")]

    def fault(self, name: str) -> str:
        """Return what is wrong with a field, or nothing."""
        return self.faults.get(name, "")

    def refuse(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field; the first fault is kept."""
        self.faults.setdefault(name, sentence)

    def text(self, name: str, missing: str, length_max: int = LENGTH_MAX) -> str:
        """Return a text that must be there; `missing` is the sentence for when it is not."""
        value = self.value(name).strip()
        if not value:
            self.refuse(name, missing)
        return value[:length_max]

    def one_of(self, name: str, allowed: Container[str], missing: str) -> str:
        """Return which of some values was chosen, or note that none was."""
        value = self.value(name)
        if value not in allowed:
            self.refuse(name, missing)
        return value

    def day(self, name: str, catalogue: Catalogue) -> date | None:
        """Return a day, or note that it is none."""
        try:
            return date.fromisoformat(self.value(name).strip())
        except ValueError:
            self.refuse(name, catalogue.text("This is not a day. Write it like 2026-03-31."))
            return None

    def instant(self, name: str, zone: ZoneInfo, catalogue: Catalogue) -> datetime | None:
        """Return the instant of a date and a time of day (`<name>_day`, `<name>_time`)."""
        day, clock = self.value(f"{name}_day").strip(), self.value(f"{name}_time").strip()
        if not day:
            self.refuse(f"{name}_day", catalogue.text("Enter the day."))
        if not clock:
            self.refuse(f"{name}_time", catalogue.text("Enter the time, such as 18:30."))
        if not day or not clock:
            return None
        return self._read(name, day, clock, zone, catalogue)

    def _read(
        self, name: str, day: str, clock: str, zone: ZoneInfo, catalogue: Catalogue
    ) -> datetime | None:
        try:
            date_part = datetime.fromisoformat(day).date()
        except ValueError:
            sentence = catalogue.text("This is not a day. Write it like 2026-03-31.")
            self.refuse(f"{name}_day", sentence)
            return None
        try:
            time_part = time.fromisoformat(clock)
        except ValueError:
            sentence = catalogue.text("This is not a time of day. Write it like 18:30.")
            self.refuse(f"{name}_time", sentence)
            return None
        return datetime.combine(date_part, time_part.replace(tzinfo=None), zone)
