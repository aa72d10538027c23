from datetime import UTC, datetime, timedelta
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
        ("2026-03-31", "10:00+05:00", {"from_time"}),
        ("2026-03-31", "10:00Z", {"from_time"}),
        ("2026-02-30", "18:30", {"from_day"}),
        ("2026-02-30", "", {"from_day", "from_time"}),
    ],
)
def test_what_is_no_instant_is_said_at_its_own_field_the_day_before_the_time(
    day: str, clock: str, faulty: set[str]
) -> None:
    form = FormFields({"from_day": day, "from_time": clock})
    assert form.instant("from", ALMATY, ENGLISH) is None
    assert list(form.faults) == sorted(faulty)


def test_the_first_fault_of_a_field_stands_and_what_was_typed_stays() -> None:
    form = FormFields({"reason": "  "})
    form.text("reason", "Say why.")
    form.refuse("reason", "Another.")
    assert form.fault("reason") == "Say why."
    assert form.value("reason") == "  "
    assert form.fault("other") == ""


def test_a_text_is_bounded_and_a_choice_is_one_of_those_offered() -> None:
    form = FormFields({"reason": "x" * (LENGTH_MAX + 5), "finding": "guilty"})
    assert len(form.text("reason", "Say why.")) == LENGTH_MAX + 1, "too long is seen to be"
    form.one_of("finding", {"breach": 1}, "Choose what you find.")
    assert form.faults == {"finding": "Choose what you find."}


# --- When the clocks change ----------------------------------------------------------------------

# In Almaty the hour from 23:00 to 24:00 happened twice on 29 February 2024, from 17:00 UTC.
FIRST = datetime(2024, 2, 29, 17, 30, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=1)
TWICE = {"from_day": "2024-02-29", "from_time": "23:30"}
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("which", ["", "third"])
def test_a_time_that_happens_twice_is_not_guessed(which: str) -> None:
    form = FormFields({**TWICE, "from_which": which})
    assert form.instant("from", ALMATY, ENGLISH) is None
    assert list(form.faults) == ["from_which"]
    assert form.twice == {"from": ("23:30 (UTC+06:00)", "23:30 (UTC+05:00)")}


@pytest.mark.parametrize(("which", "instant"), [("first", FIRST), ("second", SECOND)])
def test_the_choice_between_two_times_holds_and_can_be_changed(
    which: str, instant: datetime
) -> None:
    form = FormFields({**TWICE, "from_which": which})
    assert form.instant("from", ALMATY, ENGLISH) == instant
    assert not form.faults
    assert "from" in form.twice  # The page may come back for another fault.
    once = FormFields({**TWICE, "from_time": "22:30", "from_which": which})
    assert once.instant("from", ALMATY, ENGLISH) == FIRST - timedelta(hours=1)
    assert not once.twice


def test_a_time_that_is_skipped_is_refused_at_its_field() -> None:
    form = FormFields({"from_day": "2026-03-29", "from_time": "02:30"})
    assert form.instant("from", PARIS, ENGLISH) is None
    assert "go forward on this day" in form.fault("from_time")
    assert not form.twice


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_all_calendars_is_refused(day: str) -> None:
    zone = ALMATY if day < "1" else ZoneInfo("America/Los_Angeles")
    form = FormFields({"from_day": day, "from_time": "00:00" if day < "1" else "23:59"})
    assert form.instant("from", zone, ENGLISH) is None
    assert set(form.faults) == {"from_time"}


@pytest.mark.parametrize("instant", [FIRST, SECOND, SECOND + timedelta(hours=1)])
def test_an_instant_filled_in_stays_exactly_as_it_was(instant: datetime) -> None:
    exact = instant + timedelta(seconds=17, microseconds=400)
    form = FormFields()
    form.fill_instant("from", exact, ALMATY)
    assert ("from" in form.twice) == (instant <= SECOND)
    assert form.instant("from", ALMATY, ENGLISH) == exact
    without_choice = FormFields({k: v for k, v in form.values.items() if k != "from_which"})
    assert without_choice.instant("from", ALMATY, ENGLISH) == exact


def test_an_instant_filled_in_gives_way_to_what_was_typed() -> None:
    filled = FormFields()
    filled.fill_instant("from", SECOND + timedelta(seconds=17), ALMATY)
    for typed, instant in (
        ({"from_which": "first"}, FIRST),
        ({"from_time": "23:31"}, SECOND + timedelta(minutes=1)),
        ({"from_day": "2024-03-01"}, SECOND + timedelta(days=1)),
        ({"from_kept": "yesterday"}, SECOND),
        ({"from_kept": "9" * 5_000}, SECOND),
    ):
        form = FormFields({**filled.values, **typed})
        assert form.instant("from", ALMATY, ENGLISH) == instant, typed
    came = FormFields({"from_day": "", "from_time": ""})
    came.fill_instant("from", SECOND, ALMATY)
    assert came.value("from_day") == ""


def test_fields_lie_over_values_that_are_known_already() -> None:
    form = FormFields({"name": "typed"}, {"name": "Too long."})
    over = form.over({"name": "known", "language": "kk"})
    assert over.value("name") == "typed"
    assert over.value("language") == "kk"
    assert over.fault("name") == "Too long."


def test_a_form_knows_its_own_faults_by_how_their_names_begin() -> None:
    form = FormFields()
    form.refuse("swap_which", "Choose.")
    assert form.has_fault("swap_")
    assert not form.has_fault("give_")
