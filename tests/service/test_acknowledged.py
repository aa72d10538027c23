"""What the kernel knows of what was sent."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from mesure.service.http import acknowledged


@pytest.fixture
def socket_pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        near = socket.create_connection(listener.getsockname(), timeout=30)
        far, _ = listener.accept()
    with closing(near), closing(far):
        yield near, far


def test_what_the_other_side_acknowledged_is_counted(
    socket_pair: tuple[socket.socket, socket.socket],
) -> None:
    near, far = socket_pair
    assert acknowledged.bytes_pending(far) == 0
    before = acknowledged.bytes_acknowledged(far)
    far.sendall(bytes(5_000))
    assert len(near.recv(5_000, socket.MSG_WAITALL)) == 5_000
    while acknowledged.bytes_pending(far):
        pass
    assert acknowledged.bytes_acknowledged(far) - before == 5_000


def test_what_is_not_taken_waits(socket_pair: tuple[socket.socket, socket.socket]) -> None:
    _, far = socket_pair
    far.setblocking(False)
    with suppress(BlockingIOError):
        while far.send(bytes(1 << 16)):
            pass
    assert acknowledged.bytes_pending(far) > 1 << 16
    assert acknowledged.bytes_acknowledged(far) > 0


def test_nothing_is_said_of_what_has_ended_or_is_no_connection() -> None:
    left, right = socket.socketpair()
    with closing(left), closing(right):
        assert acknowledged.bytes_acknowledged(left) == 0
    for link in (left, None):
        assert (acknowledged.bytes_acknowledged(link), acknowledged.bytes_pending(link)) == (0, 0)
