"""Whatever the bytes are, every format of a pilot finds messages in them, soon and in little space.

The generators aim at what a parser trusts: the shape of JSON, the kinds of its values, the ends of
what was cut off, and the numbers that are none.
"""

import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.formats.apps import app_limits, osmand, owntracks, owntracks_commands, traccar_forward
from mesure.formats.apps.app_message import AppMessage, AppMessageKind
from mesure.formats.apps.app_request import AppMessageFate, AppRequest, MqttDelivery
from mesure.service.installation.secret_box import SodiumSecretBox
from tests.formats.samples import body, client9, form, ingest_messages, read_http
from tests.ingest import samples
from tests.ingest.samples import WALK

BOX = SodiumSecretBox("mysecreTpass01")
STEP = WALK[0]

VALID = [
    form(STEP),
    form(STEP, timestamp="2026-01-05T17:00:00+05:00", alarm="sos", valid="true", location="1,2"),
    body(client9(STEP)),
    body([client9(STEP), client9(WALK[1], event="heartbeat")]),
    body(samples.traccar(STEP)),
    body(samples.traccar(STEP) | {"event": {"type": "alarm", "eventTime": "2026-01-05T17:00Z"}}),
    body(samples.owntracks(STEP, topic="owntracks/jane/phone", motionactivities=["walking"])),
    body({"_type": "transition", "event": "enter", "desc": "Home", "tst": 1733842250}),
    body({"_type": "status", "android": {"wifi": 1}, "iOS": {"version": "19.1"}}),
    body({"_type": "encrypted", "data": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX" * 3}),
]


def read_messages(data: bytes) -> list[AppMessage]:
    """Return what all formats make of the same bytes, wherever a client could put them."""
    headers = AppRequest(data[:300], data, limit_u="jane", limit_d="phone")
    topic = data[:80].decode("utf-8", "replace")
    messages = [
        *osmand.read(AppRequest(query=data), osmand.OSMAND),
        *osmand.read(AppRequest(body=data)),
        *traccar_forward.read(data),
        *read_http(headers),
        *read_http(headers, BOX),
        *read_http(AppRequest(query=data, body=data)),
        *owntracks.read_mqtt(MqttDelivery("owntracks/jane/phone", data), BOX),
        *owntracks.read_mqtt(MqttDelivery(topic, data)),
        *owntracks.read_mqtt(MqttDelivery(f"owntracks/{topic}", data)),
    ]
    for request in (headers, AppRequest(query=data), AppRequest(body=data)):
        assert osmand.answer(request, AppMessageFate.KEPT).status == 200
        assert isinstance(osmand.device_name(request), str)
        assert isinstance(owntracks.device_name_over_http(request), str)
    assert (
        traccar_forward.answer(AppMessageFate.KEPT).status
        == owntracks_commands.answer(AppMessageFate.KEPT).status
        == 200
    )
    assert isinstance(traccar_forward.device_name(data), str)
    return messages


def check(all_messages: list[AppMessage]) -> None:
    for message in all_messages:
        assert (message.kind is AppMessageKind.FIX) == (message.fix is not None)
        assert (message.kind in (AppMessageKind.IGNORED, AppMessageKind.REFUSED)) == (
            message.why is not None
        )
        assert message.unsigned
        assert len(message.claimed) <= 2 * app_limits.NAME_CHARACTERS_MAX + 1
        assert len(repr(message.events)) + len(message.health.activity) < 4_000
        ratio = message.health.battery_ratio
        assert ratio is None or 0.0 <= ratio <= 1.0
    by_device: dict[str, list[AppMessage]] = {}
    for message in all_messages:
        by_device.setdefault(message.claimed, []).append(message)
    for messages in by_device.values():
        result = ingest_messages(messages, [1_767_632_400_000_000] * len(messages))
        fixes = sum(one.kind is AppMessageKind.FIX for one in messages)
        bad = result.kept_unused.get("out_of_range", 0)
        assert bad == sum(one.kind is AppMessageKind.REFUSED for one in messages)
        assert fixes == result.read - bad - sum(
            message.kind in (AppMessageKind.HEARTBEAT, AppMessageKind.EVENT) for message in messages
        )


@given(st.binary(max_size=400))
def test_any_bytes_are_messages(data: bytes) -> None:
    check(read_messages(data))


HURTS = [
    *(bytes([mark]) for mark in b'"{}[],:\\&=%+/?\0\xff'),
    *(
        b"",
        b"\\ud800",
        b"%0a",
        b"1e999",
        b"-1",
        b"null",
        b"true",
        b"9" * 400,
        b"NaN",
        b"\xed\xa0\x80",
    ),
]


@st.composite
def corrupt_messages(draw: st.DrawFn) -> bytes:
    """Return a valid message with a few places cut, doubled, or overwritten by what hurts."""
    data = bytearray(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 12)))
        data[start:end] = draw(st.sampled_from(HURTS) | st.binary(max_size=4))
    end = draw(st.integers(len(data) // 2, len(data))) if draw(st.booleans()) else len(data)
    return bytes(data[:end])


@given(corrupt_messages())
def test_a_spoiled_message_is_a_message(data: bytes) -> None:
    check(read_messages(data))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["1e999", "NaN", "p", "location", "encrypted", "true", "2026-01-05T17:00Z"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def misfits(draw: st.DrawFn) -> bytes:
    """Return a valid message in which a few values are of another kind."""
    whole = json.loads(draw(st.sampled_from([one for one in VALID if one[:1] in (b"{", b"[")])))
    for _ in range(draw(st.integers(1, 4))):
        at: Any = whole
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(at[key], dict | list) and at[key] and draw(st.booleans()):
                at = at[key]
                continue
            at[key] = draw(VALUES)
            break
    return json.dumps(whole).encode("utf-8", "surrogatepass")


@given(misfits())
def test_a_message_with_values_of_another_kind_is_a_message(data: bytes) -> None:
    check(read_messages(data))


def _filled(part: bytes, start: bytes = b"", end: bytes = b"") -> bytes:
    room = app_limits.BODY_BYTES_MAX - len(start) - len(end)
    return start + part * (room // len(part)) + end


LARGEST: dict[str, bytes] = {
    "numbers": _filled(b"1,", b"[", b"1]"),
    "objects": _filled(b"{},", b"[", b"{}]"),
    "lists in lists": _filled(b"[", b"", b""),
    "closed lists": b"[" * (app_limits.BODY_BYTES_MAX // 2)
    + b"]" * (app_limits.BODY_BYTES_MAX // 2),
    "objects in objects": _filled(b'{"a":', b"", b""),
    "locations": _filled(b"1,", b'{"device_id":"7","location":[', b"1]}"),
    "activities": _filled(b'"a",', b'{"_type":"location","motionactivities":[', b'"a"]}'),
    "one long text": _filled(b"a", b'{"_type":"location","tid":"', b'"}'),
    "one long type": _filled(b"a", b'{"_type":"', b'"}'),
    "one long number": _filled(b"9", b'{"_type":"location","lat":', b"}"),
    "one long text of digits": _filled(b"9", b'{"_type":"location","lat":"', b'"}'),
    "long data": _filled(b"A", b'{"_type":"encrypted","data":"', b'"}'),
    "keys": _filled(b'"a":1,', b"{", b'"a":1}'),
    "fields": _filled(b"a&"),
    "ampersands": _filled(b"&"),
    "percents": _filled(b"%", b"id="),
    "escapes": _filled(b"%ff", b"id="),
    "spaces": _filled(b" "),
    "nothing": _filled(b"\0"),
    "too much": b"[" + b"1," * app_limits.BODY_BYTES_MAX + b"1]",
}
CPU_S_MAX = 1.0  # The slowest takes 13 ms; the rest is for a busy machine.
BYTES_MAX = 16 << 20  # The largest takes half of it.


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_body_takes_little_time_and_space(name: str) -> None:
    data = LARGEST[name]
    readers: list[Callable[[], tuple[AppMessage, ...]]] = [
        lambda: osmand.read(AppRequest(query=data)),
        lambda: osmand.read(AppRequest(body=data)),
        lambda: traccar_forward.read(data),
        lambda: read_http(AppRequest(query=data, body=data), BOX),
        lambda: owntracks.read_mqtt(MqttDelivery("owntracks/jane/phone", data), BOX),
        lambda: owntracks.read_mqtt(MqttDelivery(data.decode("latin-1"), data), BOX),
    ]
    for read in readers:
        started = time.process_time()
        assert len(read()) <= app_limits.MESSAGES_MAX + 1
        assert time.process_time() - started < CPU_S_MAX
        tracemalloc.start()
        try:
            read()
            assert tracemalloc.get_traced_memory()[1] < BYTES_MAX
        finally:
            tracemalloc.stop()
