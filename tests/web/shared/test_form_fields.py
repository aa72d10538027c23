from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mesure.machine import texts
from mesure.web.shared.form_fields import LENGTH_MAX, FormFields

ALMATY = ZoneInfo("Asia/Almaty")
ENGLISH = texts.catalogue("en")


def test_a_day_and_a_time_become_an_instant_on_the_clock_of_the_order() -> None:
    form = FormFields({"from_day": "2026-03-31", "from_time": "18:30"})
    instant = form.instant("from", ALMATY, ENGLISH)
    assert instant == datetime(2026, 3, 31, 18, 30, tzinfo=ALMATY)
    assert not form.faults


@pytest.mark.parametrize(
    ("day", "clock", "faulty"),
    [
        ("", "", {"from_day", "from_time"}),
        ("31.03.2026", "18:30", {"from_day"}),
        ("2026-03-31", "half past six", {"from_time"}),
        ("2026-02-30", "18:30", {"from_day"}),
    ],
)
def test_what_is_no_instant_is_said_at_its_own_field(
    day: str, clock: str, faulty: set[str]
) -> None:
    form = FormFields({"from_day": day, "from_time": clock})
    assert form.instant("from", ALMATY, ENGLISH) is None
    assert set(form.faults) == faulty


def test_the_first_fault_of_a_field_stands_and_what_was_typed_stays() -> None:
    form = FormFields({"reason": "  "})
    form.text("reason", "Say why.")
    form.refuse("reason", "Another.")
    assert form.fault("reason") == "Say why."
    assert form.value("reason") == "  "
    assert form.fault("other") == ""


def test_a_text_is_bounded_and_a_choice_is_one_of_those_offered() -> None:
    form = FormFields({"reason": "x" * (LENGTH_MAX + 5), "finding": "guilty"})
    assert len(form.text("reason", "Say why.")) == LENGTH_MAX
    form.one_of("finding", {"breach": 1}, "Choose what you find.")
    assert form.faults == {"finding": "Choose what you find."}
