"""The kinds of condition a court writes, as frozen values.

Each kind names itself (`kind`), reads its keys of an order file (`read`) and puts itself into words
(`sentence`); `evaluation/kinds/<kind>.py` says how it is judged. A new kind is a class here, named
in `Duty`, and that one file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Self, get_args

from mesure.orders.clock import durations
from mesure.orders.fields.duty_keys import MINUTE_S, DutyKeys
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.orders.values.timetable import Timetable
from mesure.orders.venues import place_names

# "Come to the office on Monday between 10:00 and 10:30" asks to have been there, no more; a shorter
# time than a minute no device could show.
PRESENT_S_MIN: Final = 1 * MINUTE_S


@dataclass(frozen=True, slots=True)
class Curfew:
    """Be at a place during set hours ("home from 22:00 to 06:00")."""

    at: str
    timetable: Timetable
    kind: ClassVar[str] = "curfew"

    @classmethod
    def read(cls, keys: DutyKeys) -> Self:
        """Read what an order file writes about it."""
        at = keys.place("at")
        return cls(at, keys.timetable(own_place=at, first_night=True))

    def sentence(self, catalogue: Catalogue) -> str:
        """Return the duty in one sentence; the hours are said elsewhere."""
        sentence = catalogue.text("The person must be at this place: “{place}”.")
        return sentence.format(place=place_names.quote_name(self.at, catalogue))

    @staticmethod
    def name(catalogue: Catalogue) -> str:
        """Return what the kind is called."""
        return catalogue.text("curfew")


@dataclass(frozen=True, slots=True)
class Residence:
    """Stay within a district."""

    stay_in: str
    timetable: Timetable
    kind: ClassVar[str] = "residence"

    @classmethod
    def read(cls, keys: DutyKeys) -> Self:
        """Read what an order file writes about it."""
        stay_in = keys.place("stay_in")
        return cls(stay_in, keys.timetable(may_be_always=True, own_place=stay_in))

    def sentence(self, catalogue: Catalogue) -> str:
        """Return the duty in one sentence; the hours are said elsewhere."""
        sentence = catalogue.text("The person must stay inside this place: “{place}”.")
        return sentence.format(place=place_names.quote_name(self.stay_in, catalogue))

    @staticmethod
    def name(catalogue: Catalogue) -> str:
        """Return what the kind is called."""
        return catalogue.text("residence")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Keep out of a place, or of every venue on a dated list."""

    keep_out_of: str
    timetable: Timetable
    kind: ClassVar[str] = "exclusion"

    @classmethod
    def read(cls, keys: DutyKeys) -> Self:
        """Read what an order file writes about it."""
        of_venues = keys.one_of("keep_out_of", "venue_category") == "venue_category"
        place = keys.venues() if of_venues else keys.place("keep_out_of")
        return cls(place, keys.timetable(may_be_always=True))

    def sentence(self, catalogue: Catalogue) -> str:
        """Return the duty in one sentence; the hours are said elsewhere."""
        sentence = catalogue.text("The person must keep out of this place: “{place}”.")
        return sentence.format(place=place_names.quote_name(self.keep_out_of, catalogue))

    @staticmethod
    def name(catalogue: Catalogue) -> str:
        """Return what the kind is called."""
        return catalogue.text("exclusion")


@dataclass(frozen=True, slots=True)
class Appointment:
    """Be somewhere at a time, for at least `present_s_min` seconds in total within the slot."""

    at: str
    timetable: Timetable
    present_s_min: float
    kind: ClassVar[str] = "appointment"

    @classmethod
    def read(cls, keys: DutyKeys) -> Self:
        """Read what an order file writes about it."""
        at = keys.place("at")
        timetable = keys.timetable(own_place=at, slots=True)
        slot_s = timetable.shortest_s
        return cls(at, timetable, keys.minutes_s("present_min", min(PRESENT_S_MIN, slot_s), slot_s))

    def sentence(self, catalogue: Catalogue) -> str:
        """Return the duty in one sentence; the hours are said elsewhere."""
        sentence = catalogue.text("The person must be at “{place}” for at least {length} in total.")
        length = durations.exact(self.present_s_min, catalogue)
        return sentence.format(place=place_names.quote_name(self.at, catalogue), length=length)

    @staticmethod
    def name(catalogue: Catalogue) -> str:
        """Return what the kind is called."""
        return catalogue.text("appointment")


Duty = Curfew | Residence | Exclusion | Appointment

KINDS: Final[Mapping[str, type[Duty]]] = {duty.kind: duty for duty in get_args(Duty)}


@dataclass(frozen=True, slots=True)
class Condition:
    """One duty of the order, with the time for which it is in force.

    `review_by` is None when the order names no review date.
    """

    id: str
    duty: Duty
    in_force: Span
    review_by: date | None = None
