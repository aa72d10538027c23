"""Retention policy: how long each kind of data about people is kept: a dated file.

The file is strings-only YAML: for every rule its unit, why it is what it is, a reference, and its
values by date. A longer time that is set later never reaches back: what was collected under a
shorter one is erased by the shorter one.
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from mesure.orders.text import dated_file
from mesure.orders.text.dated_file import CountRange, DatedFile, FileReasons

# A hundred years: a value that means for ever is not meant for this programme.
_DAYS: Final = CountRange("days", 1, 36_525)


@dataclass(frozen=True, slots=True)
class Retention:
    """How many whole days each kind is kept, on one day."""

    version: str
    trails_days: int
    home_detail_days: int
    closed_incident_days: int
    nobodys_days: int
    looks_days: int
    deeds_days: int
    sent_days: int
    record_days: int
    upgrade_backups_days: int


NAMES: Final = tuple(field.name for field in fields(Retention) if field.name != "version")


@dataclass(frozen=True, slots=True)
class RetentionFile(DatedFile[int]):
    """The rules as they were read, with their values by date."""

    def at(self, day: date) -> Retention:
        """Return what holds on a day."""
        return Retention(self.version, **{name: self.days(name, day, day) for name in NAMES})

    def days(self, name: str, collected: date, today: date) -> int:
        """Return how long data collected on one day is kept, by the values of another day."""
        dated = self.values[name]
        return min(dated_file.in_force(dated, collected), dated_file.in_force(dated, today))


def read(name: str, data: bytes, base: RetentionFile | None = None) -> RetentionFile:
    """Return the rules of a file; those that it leaves out are those of `base`.

    Raises `OrderError` with everything that is wrong with the file.
    """
    parsed = dated_file.read(name, data, _FORM, base)
    # Of two values from one day the longer holds.
    values = {rule: tuple(sorted(dated)) for rule, dated in parsed.values.items()}
    return RetentionFile(parsed.version, values, parsed.reasons)


_WHYS: Final = FileReasons(
    known="a rule under another name would be left as it was",
    said="who is told how long something is kept must be told why",
    reasoned="a rule needs a reason and dated values",
    valued="without a value nothing is ever due",
    complete="what has no end is kept for ever",
)
_FORM: Final = dated_file.count_form("retention", NAMES, _DAYS, _WHYS)
