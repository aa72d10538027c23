"""Downlink: messages to a device: receipts, requests for a burst of fixes, words, settings.

Each has a counter of its own, and the device answers what asks for something.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from mesure import instants
from mesure.devices.message import message_fields
from mesure.devices.message.batch import FIXES_PER_BATCH_MAX
from mesure.devices.message.cbor import Item
from mesure.devices.message.message_fields import COUNTER_MAX, FieldError

SPANS_PER_RECEIPT_MAX: Final = 64
REASON_CHARS_MAX: Final = 40
WORDS_CHARS_MAX: Final = 1_000
LANGUAGE_CHARS_MAX: Final = 35  # RFC 5646 asks for room for as many.
EVERY_MS_MIN: Final = 1_000
EVERY_MS_MAX: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept for good, and what is refused for good: neither need be sent again."""

    kept: tuple[tuple[int, int], ...]  # First and last counter, sorted, apart.
    refused: tuple[tuple[int, str], ...]  # Counter and reason, sorted.


@dataclass(frozen=True, slots=True)
class FixBurst:
    """Send a fix every so often until then: the judge is in doubt.

    The device is not told which condition; it carries no map of anybody's duties.
    Decision: docs/decisions/0023-asking-instead-of-guessing.md
    """

    every_ms: int
    until_us: int


@dataclass(frozen=True, slots=True)
class PersonMessage:
    """A message to the person, to be shown; it carries no place and no names of others."""

    text: str
    language: str  # As in "kk", or "fr-CA".


@dataclass(frozen=True, slots=True)
class Configuration:
    """How often to report from now on, and how many fixes to put in one message."""

    report_every_ms: int
    heartbeat_every_ms: int
    fixes_per_message: int


Down: TypeAlias = Receipt | FixBurst | PersonMessage | Configuration


def receipt(accepted: Iterable[int], refused: Mapping[int, str]) -> Receipt:
    """Return a receipt for the counters of one transfer, in any order.

    >>> receipt([4, 2, 3, 9, 9], {8: "counter_reused"})
    Receipt(kept=((2, 4), (9, 9)), refused=((8, 'counter_reused'),))
    """
    spans: list[tuple[int, int]] = []
    for counter in sorted(set(accepted)):
        if spans and spans[-1][1] + 1 == counter:
            spans[-1] = (spans[-1][0], counter)
        else:
            spans.append((counter, counter))
    return Receipt(tuple(spans), tuple(sorted(refused.items())))


# --- Writing -------------------------------------------------------------------------------------


def kind(body: Down) -> int:
    """Return the number of its kind."""
    return _KINDS[type(body)]


def to_item(body: Down) -> Item:
    """Return how it is written."""
    match body:
        case Receipt():
            return [[list(span) for span in body.kept], [list(one) for one in body.refused]]
        case FixBurst():
            return [body.every_ms, body.until_us // instants.US_PER_MS]
        case PersonMessage():
            return [body.text, body.language]
    return [body.report_every_ms, body.heartbeat_every_ms, body.fixes_per_message]


# --- Reading -------------------------------------------------------------------------------------


def of_item(number: int, item: Item) -> Down | None:
    """Return what was said, None for an unknown kind; raise `FieldError` where it is odd."""
    read = _READERS.get(number)
    return None if read is None else read(item)


def _receipt(item: Item) -> Receipt:
    accepted, refused = message_fields.row(item, "a receipt", 2)
    spans: list[tuple[int, int]] = []
    for span in message_fields.rows(accepted, "what is kept", SPANS_PER_RECEIPT_MAX):
        first, last = message_fields.row(span, "what is kept", 2)
        low = spans[-1][1] + 2 if spans else 1  # Spans that touch are one.
        first = message_fields.whole(first, "a first counter", low, COUNTER_MAX)
        spans.append((first, message_fields.whole(last, "a last counter", first, COUNTER_MAX)))
    reasons: list[tuple[int, str]] = []
    for row in message_fields.rows(refused, "what is refused", SPANS_PER_RECEIPT_MAX):
        counter, reason = message_fields.row(row, "what is refused", 2)
        low = reasons[-1][0] + 1 if reasons else 1
        counter = message_fields.whole(counter, "a refused counter", low, COUNTER_MAX)
        reasons.append((counter, message_fields.text(reason, "a reason", REASON_CHARS_MAX, 1)))
    if any(first <= counter <= last for counter, _ in reasons for first, last in spans):
        raise FieldError("one counter is kept and refused")
    return Receipt(tuple(spans), tuple(reasons))


def _burst(item: Item) -> FixBurst:
    every, until = message_fields.row(item, "a request for fixes", 2)
    return FixBurst(
        message_fields.whole(every, "how often", EVERY_MS_MIN, EVERY_MS_MAX),
        message_fields.instant_us(until, "until when"),
    )


def _words(item: Item) -> PersonMessage:
    text, language = message_fields.row(item, "a message to the person", 2)
    return PersonMessage(
        message_fields.text(text, "its text", WORDS_CHARS_MAX, 1),
        message_fields.text(language, "its language", LANGUAGE_CHARS_MAX, 2),
    )


def _configuration(item: Item) -> Configuration:
    report, heartbeat, fixes = message_fields.row(item, "a configuration", 3)
    return Configuration(
        message_fields.whole(report, "how often to report", EVERY_MS_MIN, EVERY_MS_MAX),
        message_fields.whole(heartbeat, "how often to give a sign", EVERY_MS_MIN, EVERY_MS_MAX),
        message_fields.whole(fixes, "how many fixes a message", 1, FIXES_PER_BATCH_MAX),
    )


_KINDS: Final[dict[type, int]] = {Receipt: 16, FixBurst: 17, PersonMessage: 18, Configuration: 19}
_READERS: Final[dict[int, Callable[[Item], Down]]] = {
    16: _receipt,
    17: _burst,
    18: _words,
    19: _configuration,
}
