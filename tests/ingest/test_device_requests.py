"""Heads of requests may say anything; what is no length and no password is none."""

import asyncio
from typing import Any

import pytest

from mesure.ingest import device_requests


def scope(**headers: str) -> dict[str, Any]:
    return {
        "headers": [
            (name.replace("_", "-").encode(), value.encode("latin-1"))
            for name, value in headers.items()
        ]
    }


@pytest.mark.parametrize(
    "header", ["Basic \xff\xff", "Basic /w==", "Basic x", "Basic", "", "Bearer a"]
)
def test_what_is_no_name_with_a_password_is_nobody(header: str) -> None:
    assert device_requests.credentials(scope(authorization=header)) == ("", "")


@pytest.mark.parametrize("length", ["\xb2", "-1", "x", "", "1"])
def test_a_length_that_is_none_does_not_keep_a_body_from_being_read(length: str) -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"hello", "more_body": False}

    body = device_requests.body(scope(content_length=length), receive, 10, 1.0)
    assert asyncio.run(body) == b"hello"


def test_a_body_that_is_said_to_be_too_large_is_not_begun() -> None:
    async def receive() -> Any:
        raise AssertionError("it is begun")

    with pytest.raises(device_requests.TooLargeError):
        asyncio.run(device_requests.body(scope(content_length="11"), receive, 10, 1.0))
