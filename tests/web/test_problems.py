"""The names of problems are the same on every Python."""

import pytest

from mesure.web.requests import problems


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (403, "Forbidden"),
        (404, "Not Found"),
        (413, "Content Too Large"),
        (422, "Unprocessable Content"),
        (429, "Too Many Requests"),
    ],
)
def test_a_status_is_called_as_the_standard_calls_it(status: int, title: str) -> None:
    assert problems.title(status) == title
