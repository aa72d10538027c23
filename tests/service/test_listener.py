"""The port: taken before anything is begun, or a sentence says why not."""

from contextlib import closing

import pytest

from mesure.machine.service_error import ServiceError
from mesure.service.http import listener


def test_a_port_is_taken_once() -> None:
    with closing(listener.bind_socket("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(
            ServiceError, match=f"127.0.0.1:{port}: this port is taken; nothing was"
        ):
            listener.bind_socket("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "what"),
    [("192.0.2.1", "this is no address of this machine"), ("no such name", "this is no address")],
)
def test_where_nobody_can_listen_is_a_sentence(host: str, what: str) -> None:
    with pytest.raises(ServiceError, match=what):
        listener.bind_socket(host, 0)
