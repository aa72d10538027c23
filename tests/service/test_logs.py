import io
import json
from datetime import UTC, datetime

import structlog
from hypothesis import given
from hypothesis import strategies as st

from mesure.machine import logs

NOW = datetime(2026, 2, 10, 8, 0, 0, 5_000, tzinfo=UTC)


def _line(event: str, **fields: object) -> dict[str, object]:
    stream = io.StringIO()
    before = structlog.get_config()
    try:
        logs.configure(stream, lambda: NOW)
        structlog.get_logger("any").info(event, **fields)
    finally:
        structlog.configure(**before)
    [line] = stream.getvalue().splitlines()
    entry: dict[str, object] = json.loads(line)
    return entry


def test_a_line_says_when_and_what() -> None:
    assert _line("request", status=200, route="/api/v1/persons/{person}") == {
        "at": "2026-02-10T08:00:00.005Z",
        "event": "request",
        "level": "info",
        "route": "/api/v1/persons/{person}",
        "status": 200,
    }


def test_what_has_no_field_is_left_out() -> None:
    line = _line("request", person="P-1", name="A. B.", lat_deg=43.2, token="t", query="q=1")
    assert set(line) == {"at", "event", "level"}


@given(st.text(min_size=1).filter(lambda text: not logs.WORD.fullmatch(text)))
def test_what_is_no_plain_word_is_withheld(text: str) -> None:
    line = _line("request", reason=text, frames=[text, 1], kind={text: text}, error=text.encode())
    assert (line["reason"], line["frames"]) == ("withheld", ["withheld", 1])
    assert (line["kind"], line["error"]) == ("withheld", "withheld")


def test_the_event_itself_may_be_no_sentence_about_somebody() -> None:
    assert _line("Aigerim was at home")["event"] == "withheld"
