"""What devices said of how they were, line by line and in plain words, for whoever reads a trail.

All of it is shown, also what no strip draws: that a connection was lost, what a phone lets its app
do, a beacon, a call. None of it says where anybody was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from mesure.formats.stored.device_reports import DeviceTold, Told
from mesure.reports.text import visible_text
from mesure.web.shared.words.page_texts import PageTexts

SHOWN_MAX: Final = 200  # On a page that is about something else.


@dataclass(frozen=True, slots=True)
class Line:
    """What a device said of one moment."""

    at: datetime
    device: str
    words: str
    said: str = ""  # In the device's own words, which nobody has checked.


@dataclass(frozen=True, slots=True)
class Messages:
    """The first lines of a span, and how many there are."""

    lines: tuple[Line, ...] = ()
    there: int = 0


NONE: Final = Messages()


def some(told: Sequence[DeviceTold], texts: PageTexts) -> Messages:
    """Return as many as a page shows that is about something else."""
    found = lines(told, texts)
    return Messages(tuple(found[:SHOWN_MAX]), len(found))


def lines(told: Sequence[DeviceTold], texts: PageTexts) -> list[Line]:
    """Return a line for each moment of which a device said something, in their order."""
    found = []
    for (at, device), moment in groupby(told, lambda one: (one.observed_at, one.device)):
        of_moment = list(moment)
        said = ", ".join(visible_text.visible(one.said) for one in of_moment if one.said)
        found.append(Line(at, device, " · ".join(words(one, texts) for one in of_moment), said))
    return found


def words(one: DeviceTold, texts: PageTexts) -> str:
    """Return what a message says, in plain words."""
    catalogue = texts.catalogue
    match one.told:
        case Told.BATTERY:
            return catalogue.text("The battery is at {percent} %").format(percent=one.value)
        case Told.CHARGING:
            if one.value:
                return catalogue.text("It charges")
            return catalogue.text("It does not charge")
        case Told.STRAP:
            if one.value:
                return catalogue.text("The strap is closed")
            return catalogue.text("The strap is open")
        case Told.ENTERED:
            return catalogue.text("The app thinks that it came to a place it knows: no evidence")
        case Told.LEFT:
            return catalogue.text("The app thinks that it left a place it knows: no evidence")
        case Told.CONNECTION_LOST:
            return catalogue.text("The connection to the device was lost")
        case Told.STATUS:
            return catalogue.text("What the phone lets the app do")
        case Told.BEACON:
            return catalogue.text("It heard a beacon")
        case Told.WARNING:
            return catalogue.text("It calls for help or for attention")
