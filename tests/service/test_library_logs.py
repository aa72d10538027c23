"""What libraries log becomes a line of ours, without what they say."""

import io
import json
import logging

import structlog

from mesure.machine import library_logs, logs


def test_a_library_is_heard_and_not_repeated() -> None:
    stream = io.StringIO()
    logs.configure(stream)
    handler = library_logs.LibraryLogHandler()
    library = logging.getLogger("tests.library")
    library.propagate = False
    library.addHandler(handler)
    library.debug("nothing of it")
    library.warning("somebody at %s", "43.25, 76.92")
    try:
        raise ValueError("somebody")
    except ValueError:
        library.exception("of somebody")
    library.removeHandler(handler)
    structlog.reset_defaults()
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["logger"]) == ("library", "tests.library")
    assert first["error"] == "warning"
    assert second["error"] == "ValueError"
    assert second["frames"]
    assert "somebody" not in stream.getvalue()
