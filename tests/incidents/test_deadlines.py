"""Two clocks of an incident, by dated values; and what is wrong with a file of them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mesure.actions.records import case_deadlines
from mesure.incidents import deadlines
from mesure.incidents.deadlines import DeadlineFile, IncidentDeadlines
from mesure.orders.text.order_faults import OrderError

ALMATY = ZoneInfo("Asia/Almaty")
FRIDAY_EVENING = datetime(2026, 2, 13, 20, tzinfo=ALMATY)
ENTRY = "unit: minutes, reason: agreed, reference: paper 7"


def over(entry: str) -> DeadlineFile:
    text = f"deadlines: a programme\nversion: 2\nrules:\n  {entry}\n"
    return deadlines.read("ours.yaml", text.encode(), case_deadlines.default())


def test_by_default_looking_counts_every_hour_and_deciding_office_hours() -> None:
    by = case_deadlines.default().of("absent", FRIDAY_EVENING, ALMATY)
    assert by.look_by - FRIDAY_EVENING == timedelta(hours=4)
    assert by.decide_by.astimezone(ALMATY) == datetime(2026, 2, 18, 17, tzinfo=ALMATY)
    assert case_deadlines.default().of("help", FRIDAY_EVENING, ALMATY).look_by == (
        FRIDAY_EVENING + timedelta(minutes=10)
    )


def test_what_is_overdue_is_brought_to_a_supervisor_a_day_of_the_office_later() -> None:
    brought_at = case_deadlines.default().bring_at(FRIDAY_EVENING, ALMATY)
    assert brought_at.astimezone(ALMATY) == datetime(2026, 2, 16, 17, tzinfo=ALMATY)
    ours = over(
        "bring_overdue: {" + ENTRY + ", values: [{from: 2000-01-01, value: 90, counts: all_hours}]}"
    )
    assert ours.bring_at(FRIDAY_EVENING, ALMATY) == FRIDAY_EVENING + timedelta(minutes=90)


def test_looking_stops_the_first_clock_and_not_the_second() -> None:
    """A programme that decides sooner than it looks is held to the sooner of the two."""
    look_by, decide_by = FRIDAY_EVENING, FRIDAY_EVENING + timedelta(days=2)
    usual = IncidentDeadlines(look_by, decide_by)
    assert (usual.due_at(is_looked_at=False), usual.due_at(is_looked_at=True)) == (
        look_by,
        decide_by,
    )
    assert IncidentDeadlines(decide_by, look_by).due_at(is_looked_at=False) == look_by


@pytest.mark.parametrize("is_looked_at", [False, True])
@pytest.mark.parametrize("kind", ["absent", "silent", "help"])
def test_what_is_overdue_is_what_has_a_clock_behind_it(kind: str, is_looked_at: bool) -> None:
    ours = over(
        "decide_device: {" + ENTRY + ", values: [{from: 2000-01-01, value: 90, counts: all_hours}]}"
    )
    for file in (case_deadlines.default(), ours):
        for at in (FRIDAY_EVENING + timedelta(hours=7 * n) for n in range(24)):
            due_at = file.of(kind, at, ALMATY).due_at(is_looked_at=is_looked_at)
            for late in (timedelta(microseconds=-1), timedelta(0), timedelta(days=3)):
                is_overdue = file.is_overdue(
                    kind, at, ALMATY, due_at + late, is_looked_at=is_looked_at
                )
                assert is_overdue is (late >= timedelta(0))


def test_a_programme_may_have_a_silence_wait_for_the_office_from_a_date_on() -> None:
    ours = over(
        "look_device: {" + ENTRY + ", values: [{from: 2000-01-01, value: 240, counts: all_hours}, "
        "{from: 2026-02-13, value: 120, counts: office_hours}]}"
    )
    assert ours.can_wait("silent", FRIDAY_EVENING, ALMATY)
    assert not ours.can_wait("silent", FRIDAY_EVENING - timedelta(days=1), ALMATY)
    assert not ours.can_wait("absent", FRIDAY_EVENING, ALMATY)
    look_by = ours.of("silent", FRIDAY_EVENING, ALMATY).look_by
    assert look_by.astimezone(ALMATY) == datetime(2026, 2, 16, 11, tzinfo=ALMATY)


def test_closed_days_and_hours_of_a_programme_count() -> None:
    ours = over(
        "closed_days: {" + ENTRY + ", values: [{from: 2000-01-01, value: 2026-02-16 2026-02-17}]}"
        "\n  office_hours: {" + ENTRY + ", values: [{from: 2000-01-01, monday: 09:00-12:00 "
        "13:00-24:00, tuesday: 09:00-12:00, wednesday: 08:00-12:00}]}"
    )
    assert not ours.is_open(datetime(2026, 2, 16, 10, tzinfo=UTC), ALMATY)
    opens = ours.next_open(FRIDAY_EVENING, ALMATY).astimezone(ALMATY)
    assert opens == datetime(2026, 2, 18, 8, tzinfo=ALMATY)
    assert ours.is_open(datetime(2026, 2, 23, 23, 59, tzinfo=ALMATY), ALMATY)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "look_place: {E, values: [{from: 2000-01-01, value: 0, counts: all_hours}]}",
            "1 to 43200",
        ),
        ("look_place: {E, values: [{from: 2000-01-01, value: 9, counts: nights}]}", "is neither"),
        ("look_place: {E, values: [{from: 2000-01-01, value: 9}]}", "'counts' is missing"),
        ("closed_days: {E, values: [{from: 2000-01-01, value: Friday}]}", "are no dates"),
        ("office_hours: {E, values: [{from: 2000-01-01, monday: 17:00-09:00}]}", "no hours of a"),
        ("office_hours: {E, values: [{from: 2000-01-01, monday: nine to five}]}", "no hours of a"),
        ("office_hours: {E, values: [{from: 2000-01-01, monday: 09:00-09:30}]}", "never open"),
        ("office_hours: {E, values: [{from: 2000-01-01, value: 9}]}", "says nothing here"),
        ("look_at_once: {E, values: [{from: 2000-01-01, value: 9}]}", "is not a key here"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(entry: str, expected: str) -> None:
    with pytest.raises(OrderError) as wrong:
        over(entry.replace("E,", f"{ENTRY},"))
    text = str(wrong.value).replace("“", "'").replace("”", "'").replace("’", "'")
    assert expected in text
    assert "ours.yaml" in text
