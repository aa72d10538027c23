"""Device events in files of messages: what is no fix, read by the parsers of the live service.

A file of fixes is judged by its fixes alone. What the devices reported besides, above all a call
for help, is handed on with it, so that nobody has to find it in the file.
"""

from collections.abc import Iterator
from typing import Final

from mesure.formats.apps import owntracks, traccar_forward
from mesure.formats.apps.app_message import AppMessage, calls
from mesure.formats.columns import cell_values
from mesure.formats.columns.file_rows import NOT_GIVEN, DeviceEvent, is_believed
from mesure.formats.files import json_lines_file
from mesure.formats.files.owntracks_file import REC_LINE

EVENTS_MAX: Final = 10_000  # Of one file; the first are reported.
_NOBODY: Final = "-"  # Where a message does not say whose it is.


def read(data: bytes) -> tuple[DeviceEvent, ...]:
    """Return what the messages of a file report besides fixes, in their order."""
    events: list[DeviceEvent] = []
    for line in json_lines_file.lines(data):
        rec = REC_LINE.fullmatch(line)
        text = (rec[2] or b"") if rec else line
        received_us = cell_values.time_us(rec[1].decode("ascii")) if rec else NOT_GIVEN
        for message in _messages(text):
            events += _events(message, received_us)
        if len(events) >= EVENTS_MAX:
            break
    return tuple(events[:EVENTS_MAX])


def _messages(text: bytes) -> tuple[AppMessage, ...]:
    if b'"_type"' in text:
        return owntracks.read_piece(text, owntracks.device_name(text) or _NOBODY)
    if b'"alarm"' in text or b'"event"' in text:
        return traccar_forward.read(text)
    return ()


def _events(message: AppMessage, received_us: int) -> Iterator[DeviceEvent]:
    for event in message.events:
        times_us = event.observed_us, message.observed_us, received_us
        at_us = next((one for one in times_us if one is not None and is_believed(one)), None)
        called = [call.value for call in calls(event)]
        words = ", ".join(word for _, word in event.said)
        device = "" if message.claimed == _NOBODY else message.claimed
        for kind in called or [event.sign.value]:
            yield DeviceEvent(device, kind, at_us, words)
