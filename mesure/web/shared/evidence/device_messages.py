"""Device messages: what devices said of their state, in plain words beside a trail.

All of it is shown, also what no strip draws: that a connection was lost, what a phone lets its app
do, a beacon, a call. None of it says where anybody was but this: a device that has lain still since
its last position holds what was met there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from mesure.formats.stored.device_reports import DeviceReport, DeviceReportKind
from mesure.reports.text import visible_text
from mesure.web.shared.words.page_texts import PageTexts

SHOWN_MAX: Final = 200  # On a page that is about something else.


@dataclass(frozen=True, slots=True)
class DeviceMessageRow:
    """What a device said of one moment."""

    at: datetime
    device: str
    words: str
    said: str = ""  # In the device's own words, which nobody has checked.


@dataclass(frozen=True, slots=True)
class DeviceMessages:
    """The first lines of a span, and how many there are."""

    lines: tuple[DeviceMessageRow, ...] = ()
    there: int = 0


NONE: Final = DeviceMessages()


def some(reports: Sequence[DeviceReport], texts: PageTexts) -> DeviceMessages:
    """Return as many as a page shows that is about something else."""
    all_lines = lines(reports, texts)
    return DeviceMessages(tuple(all_lines[:SHOWN_MAX]), len(all_lines))


def lines(reports: Sequence[DeviceReport], texts: PageTexts) -> list[DeviceMessageRow]:
    """Return a line for each moment of which a device said something, in their order."""
    all_lines = []
    for (at, device), moment in groupby(
        reports, lambda report: (report.observed_at, report.device)
    ):
        of_moment = list(moment)
        own_words = ", ".join(visible_text.visible(one.said) for one in of_moment if one.said)
        all_lines.append(
            DeviceMessageRow(
                at, device, " · ".join(words(one, texts) for one in of_moment), own_words
            )
        )
    return all_lines


def words(report: DeviceReport, texts: PageTexts) -> str:
    """Return what a message says, in plain words."""
    catalogue = texts.catalogue
    match report.told:
        case DeviceReportKind.BATTERY:
            return catalogue.text("The battery is at {percent} %").format(percent=report.value)
        case DeviceReportKind.CHARGING:
            if report.value:
                return catalogue.text("It is charging")
            return catalogue.text("It is not charging")
        case DeviceReportKind.STRAP:
            if report.value:
                return catalogue.text("The strap is closed")
            return catalogue.text("The strap is open")
        case DeviceReportKind.STILL:
            return _rest(report.value, texts)
        case DeviceReportKind.ENTERED:
            return catalogue.text("The app thinks that it came to a place it knows: no evidence")
        case DeviceReportKind.LEFT:
            return catalogue.text("The app thinks that it left a place it knows: no evidence")
        case DeviceReportKind.CONNECTION_LOST:
            return catalogue.text("The connection to the device was lost")
        case DeviceReportKind.STATUS:
            return catalogue.text("What the phone lets the app do")
        case DeviceReportKind.BEACON:
            return catalogue.text("It heard a beacon")
        case DeviceReportKind.WARNING:
            return catalogue.text("It asks for help or attention")


def _rest(still_s: int, texts: PageTexts) -> str:
    catalogue = texts.catalogue
    if still_s < 0:
        return catalogue.text("It moves")
    if not still_s:
        return catalogue.text("It lies still, and has not moved since its last position")
    length = texts.short_length(timedelta(seconds=still_s))
    return catalogue.text("It has been still for {length}").format(length=length)
