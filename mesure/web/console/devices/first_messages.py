"""The messages of a device as they come, each with what it means; nothing of where it is.

The page asks again by itself: often while nobody carries the device, which is when it is set up,
and seldom when somebody does, since each time is a look that the person reads.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response

from mesure.actions.devices import enrolment_codes, message_log
from mesure.actions.devices.enrolment_codes import DeviceRef
from mesure.actions.devices.message_log import DeviceMessageLog
from mesure.orders.clock import wall_clock
from mesure.web.console.devices import device_words, message_words
from mesure.web.shared.visits import PageVisit

FRESH_S: Final = 5
FRESH_TIMES: Final = 60
FRESH_CARRIED_S: Final = 30
FRESH_CARRIED_TIMES: Final = 10


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message, or a refusal, as the page shows it."""

    at: datetime
    clock: str  # Of the receipt.
    summary: str
    verdict: str
    kind: str


def show(visit: PageVisit) -> Response:
    """Show the messages of a device in the last day, the latest first."""
    device = visit.path("device")
    log = visit.perform(message_log.list_messages, DeviceRef(device))
    shown = visit.perform(enrolment_codes.show, DeviceRef(device))
    rows = _rows(visit, log)
    contents = {
        "device": device,
        "back": device_words.address("at", device),
        "rows": rows,
        "is_heard": any(row.kind == "met" for row in rows),
        "is_carried": log.is_carried,
        "is_enrolled": shown.device_class is not None,
        "is_retired": shown.is_retired,
        "fresh_s": FRESH_CARRIED_S if log.is_carried else FRESH_S,
        "fresh_times": FRESH_CARRIED_TIMES if log.is_carried else FRESH_TIMES,
    }
    return visit.page("first_messages.html", **contents)


def _rows(visit: PageVisit, log: DeviceMessageLog) -> list[MessageRow]:
    catalogue = visit.texts
    rows = []
    for outline in log.messages:
        words, kind = message_words.verdict(outline, catalogue)
        at = outline.received_at
        clock = _clock(visit, at)
        rows.append(MessageRow(at, clock, message_words.summary(outline, catalogue), words, kind))
    for refused in log.refused:
        at, words = refused.received_at, message_words.refusal(refused, catalogue)
        times = catalogue.plural("came {count} time", "came {count} times", refused.times)
        rows.append(MessageRow(at, _clock(visit, at), times, words, "amiss"))
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _clock(visit: PageVisit, at: datetime) -> str:
    """Return a time of day with its seconds, and the day where it is not today."""
    day, today = (one.astimezone(visit.parts.zone).date() for one in (at, visit.context.now))
    clock = wall_clock.clock(at, visit.parts.zone, to="seconds")
    return clock if day == today else f"{visit.texts.short_day_text(day, today)} {clock}"
