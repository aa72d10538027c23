"""A server that is full says when to come again, in whatever signs; the messages wait."""

import httpx
import pytest

from mesure.service.device.transport import HttpTransport, RetryLaterError


@pytest.mark.parametrize(
    ("header", "wait_s"), [("7", 7.0), ("", None), ("soon", None), ("-1", None), ("\xb2", None)]
)
def test_a_wait_that_is_no_number_is_none(header: str, wait_s: float | None) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers=[(b"retry-after", header.encode("latin-1"))])

    transport = HttpTransport("http://server.example")
    transport._http = httpx.Client(transport=httpx.MockTransport(answer))
    try:
        with pytest.raises(RetryLaterError) as caught:
            transport.introduce(b"message")
    finally:
        transport.close()
    assert caught.value.wait_s == wait_s
