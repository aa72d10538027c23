"""The kinds of condition a court writes, as frozen values.

Each kind names itself (`kind`), and the file `compliance/<kind>.py` says how it is
judged. A new kind is a class here and that one file.
"""

from dataclasses import dataclass
from datetime import date

from mesure.orders.span import Span
from mesure.orders.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Curfew:
    """Be at a place during set hours ("home from 22:00 to 06:00")."""

    at: str
    timetable: Timetable
    kind: str = "curfew"


@dataclass(frozen=True, slots=True)
class Residence:
    """Stay within a district."""

    stay_in: str
    timetable: Timetable
    kind: str = "residence"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Keep out of a place, or of every venue on a dated list."""

    keep_out_of: str
    timetable: Timetable
    kind: str = "exclusion"


@dataclass(frozen=True, slots=True)
class Appointment:
    """Be somewhere at a time, for at least `present_s_min` seconds in total within the slot."""

    at: str
    timetable: Timetable
    present_s_min: float
    kind: str = "appointment"


Duty = Curfew | Residence | Exclusion | Appointment


@dataclass(frozen=True, slots=True)
class Condition:
    """One duty of the order, with the time for which it is in force.

    `review_by` is None when the order names no review date.
    """

    id: str
    duty: Duty
    in_force: Span
    review_by: date | None = None
