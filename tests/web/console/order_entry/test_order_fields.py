"""Fields of order entry: what a form says becomes what an order file says, and back."""

import pytest

from mesure.web.console.order_entry import order_fields
from tests.web.console.order_entry.desk import CaseworkBrowser

PERSON = "/console/orders/of/P-1"


@pytest.mark.parametrize(
    ("last_day", "time", "until", "shown"),
    [
        ("2027-01-04", "", "2027-01-05", ("2027-01-04", "")),
        ("2028-02-29", "", "2028-03-01", ("2028-02-29", "")),
        ("2027-01-04", "18:30", "2027-01-04T18:30", ("2027-01-04", "18:30")),
        ("2027-01-04", "00:00", "2027-01-04", ("2027-01-03", "")),
    ],
)
def test_the_last_day_of_an_order_counts_to_its_end(
    desk: CaseworkBrowser, last_day: str, time: str, until: str, shown: tuple[str, str]
) -> None:
    """What is over at midnight is shown by the day before it."""
    desk.open(PERSON)
    desk.fill(button="Enter it step by step")
    desk.fill(order="ALM-1")
    desk.fill(from_day="2026-01-05", until_day=last_day, until_time=time, time_zone="Asia/Almaty")
    desk.open(desk.url.rpartition("/")[0] + "/dates")
    fields = desk.form({"until_day"}).fields
    assert (fields["until_day"], fields["until_time"]) == shown
    assert order_fields.of_end("until", until) == {"until_day": shown[0], "until_time": shown[1]}


@pytest.mark.parametrize("value", ["2027-01-05T18:30:15", ["2027"], "soon"])
def test_an_end_that_two_fields_cannot_show_is_left_as_it_is(value: object) -> None:
    assert order_fields.of_end("until", value) is None  # type: ignore[arg-type]
    assert order_fields.of_end("until", None) == {}


def test_the_first_and_the_last_day_that_there_are_stay_as_they_are() -> None:
    assert order_fields.of_end("until", "0001-01-01") == {
        "until_day": "0001-01-01",
        "until_time": "",
    }
