"""Whatever comes over the wire, it is answered: no fault, no crash, and nothing kept that is none.

`FUZZ_EXAMPLES` says how many examples are tried of each kind; `make long` tries many more.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesure.actions.limits.token_buckets import RateLimit
from mesure.actions.receiving.receive_messages import TransferReply
from mesure.devices.message import envelope
from mesure.devices.message.downlink import Receipt
from mesure.devices.message.uplink import Heartbeat, Up
from mesure.ingest.http_listener import HttpListener, ListenerLimits
from tests.actions import receiving
from tests.actions.receiving import Here, read_downlinks, seal_message
from tests.devices import samples
from tests.formats.test_apps_bytes import corrupt_messages, misfits
from tests.ingest import serving
from tests.ingest.test_http_listener import SEQ
from tests.ingest.test_http_listener_pilots import basic

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "80"))
ALL = RateLimit(burst=10**9, per_s=1e9)
ANSWERS = {200, 400, 403, 404, 405, 413, 415}
PILOTS = ("/pilot/osmand", "/pilot/owntracks", "/pilot/traccar")

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@dataclass
class LoopClient:
    """An app that is asked without a socket, on a loop that stays."""

    here: Here
    app: HttpListener
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes,
        query: bytes = b"",
        more: dict[str, str] | None = None,
        **headers: str,
    ) -> tuple[int, bytes]:
        named = [(k.lower().replace("_", "-").encode(), v.encode("latin-1", "replace"))
                 for k, v in {**(more or {}), **headers}.items()]  # fmt: skip
        scope = {"type": "http", "method": method, "path": path, "query_string": query,
                 "headers": named, "client": ("10.0.0.1", 1)}  # fmt: skip
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: Any) -> None:
            sent.append(event)

        self.loop.run_until_complete(self.app(scope, receive, send))
        return sent[0]["status"], sent[1]["body"]


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopClient]:
    with receiving.place(tmp_path_factory.mktemp("fuzz"), 5) as here:
        serving.enrol_phones(here)
        app, receiver, pilots = serving.listener(
            here, ListenerLimits(device=ALL, address=ALL, strange=ALL)
        )
        connection = LoopClient(here, app)
        try:
            yield connection
        finally:
            connection.loop.run_until_complete(receiver.close())
            connection.loop.run_until_complete(pilots.close())
            connection.loop.close()


# --- Phones ----------------------------------------------------------------------------------

headers = st.fixed_dictionaries(
    {},
    optional={
        "X_Limit_U": st.sampled_from(["jane", "secret", "a/b", "", "\xff"]),
        "X_Limit_D": st.sampled_from(["phone", "+", ""]),
        "Authorization": st.sampled_from([*basic("jane").values(), "Basic", "Basic /w==", "x"]),
        "Content_Type": st.sampled_from(["application/json", "text/plain", "\xe9"]),
        "Content_Length": st.sampled_from(["5", "x", "99999999999999999999"]),
    },
)


@fuzz
@given(
    st.sampled_from(PILOTS),
    st.one_of(corrupt_messages(), misfits(), st.binary(max_size=300)),
    st.one_of(corrupt_messages(), st.binary(max_size=80), st.just(b"")),
    headers,
)
def test_any_request_of_a_phone_is_answered(
    wire: LoopClient, path: str, body: bytes, query: bytes, more: dict[str, str]
) -> None:
    status, answer = wire.ask("POST", path, body, query, more)
    assert status in ANSWERS
    if status == 200 and path == "/pilot/owntracks":
        assert isinstance(json.loads(answer), list)


@fuzz
@given(misfits())
def test_an_enrolled_phone_is_never_turned_away(wire: LoopClient, body: bytes) -> None:
    who = {"X_Limit_U": "jane", "X_Limit_D": "phone", **basic("jane")}
    assert wire.ask("POST", "/pilot/owntracks", body, b"", who) == (200, b"[]")


# --- Devices ---------------------------------------------------------------------------------


@st.composite
def transfers(draw: st.DrawFn) -> tuple[bytes, set[int]]:
    """Return messages that are right, cut, changed, doubled and mixed, and the right counters."""
    parts: list[bytes] = []
    right: set[int] = set()
    for _ in range(draw(st.integers(1, 4))):
        counter = draw(st.integers(2, 400))
        what: Up = samples.batch() if draw(st.booleans()) else Heartbeat(counter % 100)
        data = bytearray(seal_message(what, counter))
        if draw(st.booleans()):
            right.add(counter)
        else:
            at = draw(st.integers(0, len(data) - 1))
            data[at] ^= draw(st.integers(1, 255))
            if draw(st.booleans()):
                del data[draw(st.integers(0, len(data))) :]
        parts += [bytes(data)] * draw(st.integers(1, 2))
    return b"".join(draw(st.permutations(parts))), right


@fuzz
@given(st.one_of(transfers(), st.tuples(st.binary(max_size=300), st.just(set[int]()))))
def test_any_transfer_is_answered_and_only_what_is_right_is_kept(
    wire: LoopClient, handed: tuple[bytes, set[int]]
) -> None:
    data, right = handed
    status, answer = wire.ask("POST", "/device/1", data, Content_Type=SEQ)
    assert status in ANSWERS
    if status != 200:
        return
    receipt = read_downlinks(TransferReply({"D-1": answer}))[0].what
    assert isinstance(receipt, Receipt)
    counters = {counter for first, last in receipt.kept for counter in range(first, last + 1)}
    assert counters | {counter for counter, _ in receipt.refused} <= right
    with wire.here.store.read() as reading:
        assert len(reading.digests(("D-1", counter) for counter in counters)) == len(counters)


@fuzz
@given(st.data())
def test_any_introduction_is_answered(wire: LoopClient, data: st.DataObject) -> None:
    introduction = samples.seal_message(samples.INTRODUCTION, 1, samples.SIGNER)
    body = bytearray(introduction)
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] ^= data.draw(st.integers(0, 255))
    status, answer = wire.ask(
        "POST", "/device/1/introduce", bytes(body), Content_Type="application/cose"
    )
    assert (status in {400, 403}, answer.count(b"\n")) == (True, 1)


METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "X"])


@fuzz
@given(METHODS, st.text(max_size=20), st.binary(max_size=20))
def test_any_address_is_answered(wire: LoopClient, method: str, rest: str, query: bytes) -> None:
    for path in (f"/device/{rest}", f"/pilot/{rest}"):
        status, _ = wire.ask(method, path, b"", query)
        assert status in ANSWERS


def test_what_is_too_large_is_cut_before_it_is_kept(wire: LoopClient) -> None:
    data = bytes(envelope.TRANSFER_BYTES_MAX + 1)
    assert wire.ask("POST", "/device/1", data, Content_Type=SEQ)[0] == 413
