"""An answer goes out in one piece, all of it and in order, and what comes later later."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from mesure.service.http import listener
from mesure.service.http.single_write import JOINED_BYTES_MAX, SingleWriteTransport


class FakeTransport:
    """Stands where a transport stands, and notes what is done with it."""

    def __init__(self) -> None:
        self.done: list[bytes | str] = []
        self.is_gone = False

    def write(self, data: bytes) -> None:
        assert not self.is_gone, "nobody is there any more"
        self.done.append(data)

    def close(self) -> None:
        self.done.append("closed")
        self.is_gone = True

    def is_closing(self) -> bool:
        return self.is_gone

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


def _in_one_step(
    do: Callable[[SingleWriteTransport, FakeTransport], None],
) -> tuple[list[bytes | str], FakeTransport]:
    """Return what was done by the end of the step itself, and the wire after the step."""
    wire = FakeTransport()

    async def step() -> list[bytes | str]:
        do(SingleWriteTransport(cast(asyncio.Transport, wire), asyncio.get_running_loop()), wire)
        within = list(wire.done)
        await asyncio.sleep(0)
        return within

    return asyncio.run(step()), wire


def test_what_is_written_in_a_step_goes_out_together_at_its_end() -> None:
    def do(out: SingleWriteTransport, _wire: FakeTransport) -> None:
        out.write(b"head ")
        out.write(b"body")

    within, wire = _in_one_step(do)
    assert (within, wire.done) == ([], [b"head body"])


def test_a_whole_answer_is_sent_at_once_and_only_once() -> None:
    def do(out: SingleWriteTransport, _wire: FakeTransport) -> None:
        out.send()
        out.write(b"head ")
        out.write(b"body")
        out.send()
        out.send()

    within, wire = _in_one_step(do)
    assert within == wire.done == [b"head body"]


def test_it_is_closed_after_what_was_written() -> None:
    def do(out: SingleWriteTransport, _wire: FakeTransport) -> None:
        out.write(b"last")
        out.close()

    within, wire = _in_one_step(do)
    assert within == wire.done == [b"last", "closed"]


def test_to_whom_has_gone_nothing_is_sent() -> None:
    def do(out: SingleWriteTransport, wire: FakeTransport) -> None:
        out.write(b"head")
        wire.is_gone = True

    assert _in_one_step(do)[1].done == []


def test_whatever_else_a_transport_does_is_done_by_the_one_behind() -> None:
    peer_names: list[object] = []
    _in_one_step(lambda out, _wire: peer_names.append(out.get_extra_info("peername")))
    assert peer_names == ["the peername"]


@given(st.lists(st.tuples(st.sampled_from([0, 1, 300, 40_000, 70_000]), st.booleans()), max_size=9))
def test_nothing_is_lost_or_out_of_order_and_no_more_is_held_than_a_little(
    pieces: list[tuple[int, bool]],
) -> None:
    written: list[bytes] = []

    def do(out: SingleWriteTransport, wire: FakeTransport) -> None:
        for number, (size, is_whole) in enumerate(pieces):
            written.append(bytes([number]) * size)
            out.write(written[-1])
            if is_whole:
                out.send()
            sent = sum(map(len, wire.done))
            assert sum(map(len, written)) - sent <= (0 if is_whole else JOINED_BYTES_MAX)

    done = _in_one_step(do)[1].done
    assert b"".join(cast("list[bytes]", done)) == b"".join(written)


def test_a_head_is_seen_before_a_body_that_is_still_being_made() -> None:
    async def slow(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await head_seen.wait()
        await send({"type": "http.response.body", "body": b"late"})

    async def talk() -> bytes:
        bound_socket = listener.bind_socket("127.0.0.1", 0)
        server = listener.server(slow, (), None)
        serving = asyncio.create_task(server.serve(sockets=[bound_socket]))
        while not server.started:
            await asyncio.sleep(0.005)
        reader, writer = await asyncio.open_connection(*bound_socket.getsockname()[:2])
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        async with asyncio.timeout(20):
            head = await reader.readuntil(b"\r\n\r\n")
            head_seen.set()
            body = await reader.readuntil(b"0\r\n\r\n")
        writer.close()
        server.should_exit = server.force_exit = True
        await serving
        return head.partition(b"\r\n")[0] + b" " + body

    head_seen = asyncio.Event()
    assert asyncio.run(talk()) == b"HTTP/1.1 200 OK 4\r\nlate\r\n0\r\n\r\n"
