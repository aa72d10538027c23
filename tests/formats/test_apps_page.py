"""The page on the formats of a pilot says what the code does."""

import json
import re
from collections.abc import Iterable

import pytest

from mesure.formats.apps import app_limits, osmand, traccar_forward
from mesure.formats.apps.app_message import (
    AppEventKind,
    AppMessage,
    AppMessageFault,
    AppMessageKind,
)
from mesure.formats.apps.app_request import AppRequest
from mesure.formats.columns import file_faults
from mesure.service.installation.secret_box import SodiumSecretBox
from tests.formats.samples import read_http
from tests.house import ROOT

PAGE = (ROOT / "docs/specs/pilot_formats.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```(?:json)?\n(.+)\n```$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(
    "words", [AppMessageKind, AppMessageFault, AppEventKind], ids=lambda words: words.__name__
)
def test_every_word_of_a_message_is_explained(words: Iterable[str]) -> None:
    rows = "".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert not [word for word in words if f"`{word}`" not in rows]


def test_the_bounds_are_those_of_the_code() -> None:
    stated = [int(found) for found in re.findall(r"\d+", PAGE.partition("## Bounds")[2])]
    assert stated[:9] == [
        app_limits.BODY_BYTES_MAX,
        app_limits.FIELDS_BYTES_MAX,
        app_limits.FIELDS_MAX,
        app_limits.MESSAGES_MAX,
        app_limits.TOPIC_CHARACTERS_MAX,
        app_limits.NAME_CHARACTERS_MAX,
        file_faults.CHARACTERS_SHOWN_MAX,
        app_limits.SAID_MAX,
        app_limits.COMMANDS_MAX,
    ]


def read_example(example: str) -> tuple[AppMessage, ...]:
    request = AppRequest(body=example.encode(), limit_u="jane", limit_d="phone")
    if '"_type"' in example:
        return read_http(request, SodiumSecretBox("mysecreTpass01") if "data" in example else None)
    if '"position"' in example:
        return traccar_forward.read(request.body)
    return osmand.read(request)


def test_every_example_is_a_fix() -> None:
    assert len(EXAMPLES) == 5
    readings = [read_example(example) for example in EXAMPLES]
    assert [[one.kind for one in messages] for messages in readings] == [[AppMessageKind.FIX]] * 5
    [plain] = re.findall(r"this is `(\{.+?\})`", PAGE)
    [hidden] = [messages[0].fix for messages, example in zip(readings, EXAMPLES, strict=True)
                if "encrypted" in example]  # fmt: skip
    assert hidden is not None
    assert (hidden.lat_deg, hidden.lon_deg) == (json.loads(plain)["lat"], json.loads(plain)["lon"])
