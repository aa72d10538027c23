"""The log of the service: one JSON object a line, and no personal data, by construction.

Only fields that are listed here get in, and only as numbers, truth values or short words of plain
letters. A name, a place, a token, an address or a query has no field, and a message of an error
is not logged, because it may hold any of them. What is about somebody belongs in the audit log.
"""

import logging
import re
from collections.abc import Callable, MutableMapping
from datetime import datetime
from typing import Any, Final, TextIO

import structlog

from mesure.machine import clock

FIELDS: Final = {
    "at", "event", "level", "logger", "request_id", "method", "route", "status", "took_us", "role",
    "error", "frames", "kind", "reason", "count", "partition", "group", "lag_us", "size", "times",
    "check", "holds", "version", "port", "format", "entries", "free_bytes", "wait_s", "signal",
    "epoch", "outcome", "step", "policy", "engine", "database", "secure", "languages", "bytes",
}  # fmt: skip
WORD: Final = re.compile(r"[A-Za-z0-9_.:/{}+-]{0,100}")
WITHHELD: Final = "withheld"
LIST_MAX: Final = 20

Event = MutableMapping[str, Any]


def configure(stream: TextIO, now: Callable[[], datetime] = clock.now) -> None:
    """Let every part of the service write its lines to this stream."""

    def stamp(logger: Any, method: str, event: Event) -> Event:  # noqa: ARG001, ANN401
        event["at"] = now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event["level"] = method
        return event

    structlog.configure(
        processors=[stamp, only_plain, structlog.processors.JSONRenderer(sort_keys=True)],
        logger_factory=structlog.PrintLoggerFactory(stream),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )


def only_plain(logger: Any, method: str, event: Event) -> Event:  # noqa: ARG001, ANN401
    """Take out of a line what may be about somebody.

    >>> only_plain(None, "info", {"event": "request", "name": "A. B.", "route": "/x?place=home"})
    {'event': 'request', 'route': 'withheld'}
    """
    return {name: _plain(value) for name, value in event.items() if name in FIELDS}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value[:LIST_MAX]]
    text = value if isinstance(value, str) else WITHHELD
    return text if WORD.fullmatch(text) else WITHHELD
