"""Library logs: what libraries log, as lines of our own log: which one, what fault, where.

Their messages may hold anything, so none is passed on.
"""

import logging

import structlog

from mesure.web.requests import error_frames


class LibraryLogHandler(logging.Handler):
    """Takes what libraries log from warnings on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._log = structlog.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line without the message."""
        fault = record.exc_info[1] if record.exc_info else None
        known = {} if fault is None else {"frames": error_frames.frames(fault)}
        kind = record.levelname.lower() if fault is None else type(fault).__name__
        self._log.warning("library", logger=record.name, error=kind, **known)


def take() -> None:
    """Take what libraries log from now on, in the place of the one before."""
    logging.basicConfig(handlers=[LibraryLogHandler()], level=logging.WARNING, force=True)
