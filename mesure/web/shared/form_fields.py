"""Form fields: what somebody filled in, and what is wrong with it, shown together.

A fault names its field and says in one sentence what to do. Nothing that was typed is lost when a
page comes back with faults. A time of day that happens twice is never taken silently for one of the
two.
"""

from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.orders.clock import wall_clock
from mesure.orders.text.catalogue import Catalogue

LENGTH_MAX: Final = 4000  # Of one field, in characters.
DIGITS_MAX: Final = 15  # Python reads no number of thousands of digits.
_MINUTE_US: Final = 60 * US_PER_S
WHICH: Final = ("first", "second")  # Of the two instants at which a clock shows the same time.


@dataclass(slots=True)
class FormFields:
    """The fields that came with a request; none when the page is opened for the first time."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    twice: dict[str, tuple[str, str]] = field(default_factory=dict)  # Times that happen twice.

    def value(self, name: str) -> str:
        """Return what was filled in, or nothing."""
        return self.values.get(name, "")

    def count(self, name: str) -> int | None:
        """Return a number that a page put there; None where it is none, or has too many digits."""
        text = self.value(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None

    def value_list(self, name: str) -> list[str]:
        """Return what was ticked of boxes that are called by a name and a number."""
        numbered = ((key, value) for key, value in self.values.items() if value)
        return [value for key, value in sorted(numbered) if key.startswith(f"{name}_")]

    def fault(self, name: str) -> str:
        """Return what is wrong with a field, or nothing."""
        return self.faults.get(name, "")

    def has_fault(self, prefix: str) -> bool:
        """Tell whether something is wrong with any field of a form whose names begin alike."""
        return any(name.startswith(prefix) for name in self.faults)

    def refuse(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field; the first fault is kept."""
        self.faults.setdefault(name, sentence)

    def text(self, name: str, missing: str, length_max: int = LENGTH_MAX) -> str:
        """Return a text that must be there; `missing` is the sentence for when it is not."""
        value = self.value(name).strip()
        if not value:
            self.refuse(name, missing)
        return value[: length_max + 1]  # So that what is too long is refused, and never cut unseen.

    def one_of(self, name: str, allowed: Container[str], missing: str) -> str:
        """Return which of some values was chosen, or note that none was."""
        value = self.value(name)
        if value not in allowed:
            self.refuse(name, missing)
        return value

    def day(self, name: str, catalogue: Catalogue) -> date | None:
        """Return a day, or note that it is not one."""
        try:
            return date.fromisoformat(self.value(name).strip())
        except ValueError:
            self.refuse(name, catalogue.text("This is not a day. Write it like 2026-03-31."))
            return None

    # --- Instants, on the clock of an order or of the programme -----------------------------------

    def over(self, values: Mapping[str, str]) -> "FormFields":
        """Return these fields, with values for those that did not come with the request."""
        return FormFields({**values, **self.values}, self.faults, self.twice)

    def fill_instant(self, name: str, instant: datetime, zone: ZoneInfo) -> None:
        """Fill in a day and a time of day from an instant, unless a day came with the request."""
        if f"{name}_day" not in self.values:
            local = instant.astimezone(zone)
            own = {"day": local.date().isoformat(), "time": f"{local:%H:%M}"}
            own |= {"which": WHICH[local.fold], "kept": str(to_us(instant))}
            self.values = {**self.values, **{f"{name}_{key}": own[key] for key in own}}
            self._instants(name, local.replace(second=0, microsecond=0, tzinfo=None, fold=0), zone)

    def instant(self, name: str, zone: ZoneInfo, catalogue: Catalogue) -> datetime | None:
        """Return the instant of a date and a time of day (`<name>_day`, `<name>_time`).

        One that the form was filled in from (`<name>_kept`) stays exactly as it was while the time
        shows it. `<name>_which` says which of two instants with the same time is meant.
        """
        if not self.value(f"{name}_day").strip():
            self.refuse(f"{name}_day", catalogue.text("Enter the day."))
        day = self.day(f"{name}_day", catalogue)
        if not self.value(f"{name}_time").strip():
            self.refuse(f"{name}_time", catalogue.text("Enter the time, such as 18:30."))
        clock = self._time(f"{name}_time", catalogue)
        if day is None or clock is None:
            return None
        instants = self._instants(name, datetime.combine(day, clock), zone)
        if not instants:
            sentence = catalogue.text(
                "The clocks go forward on this day and skip this time: enter another time."
            )
            self.refuse(f"{name}_time", sentence)
        elif len(instants) > 1:
            sentence = catalogue.text(
                "The clocks go back on this day and this time happens twice: choose which is meant."
            )
            self.refuse(f"{name}_which", sentence)
        return instants[0] if len(instants) == 1 else None

    def _time(self, name: str, catalogue: Catalogue) -> time | None:
        with suppress(ValueError):
            clock = time.fromisoformat(self.value(name).strip())
            if clock.tzinfo is None:  # The page says in which time zone its times are.
                return clock
        self.refuse(name, catalogue.text("This is not a time of day. Write it like 18:30."))
        return None

    def _instants(self, name: str, wall: datetime, zone: ZoneInfo) -> list[datetime]:
        """Return the instants that a time can mean: two where nobody has chosen between them."""
        try:
            instants = wall_clock.instants_at(wall, zone)
        except OverflowError:  # On the first or the last day that a calendar has.
            return []
        if len(instants) > 1:
            first, second = (wall_clock.clock(instant, zone) for instant in instants)
            self.twice[name] = first, second
            which = self.value(f"{name}_which")
            instants = [instants[WHICH.index(which)]] if which in WHICH else instants
        before = self.value(f"{name}_kept")[:20]
        before_us = int(before) if before.isascii() and before.isdigit() else -1
        is_same = before_us - before_us % _MINUTE_US in map(to_us, instants)
        return [to_datetime(before_us)] if is_same else instants
