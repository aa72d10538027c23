import pytest

from mesure.orders.values.timetable import DAY_S, Timetable, Window
from tests.orders.samples import faults, only_fault, read, replace_once

CURFEW = "{curfew: {at: home, from: 22:00, until: 06:00, every: day}}"
EVERY_DAY = frozenset(range(7))
HOUR_S = 3_600


def order(duty: str) -> str:
    return replace_once(CURFEW, duty)


def timetable(duty: str) -> Timetable:
    return read(order(duty)).conditions[0].duty.timetable


def windows(duty: str) -> list[Window]:
    table = timetable(duty)
    assert not table.always
    return list(table.windows)


@pytest.mark.parametrize(
    ("hours", "window"),
    [
        ("from: 22:00, until: 06:00, every: day", Window(EVERY_DAY, 22 * HOUR_S, 6 * HOUR_S)),
        ("from: 22:00, until: 06:00", Window(EVERY_DAY, 22 * HOUR_S, 6 * HOUR_S)),
        ("from: '00:00', until: 24:00", Window(EVERY_DAY, 0, DAY_S)),
        ("from: 06:00, until: 06:00", Window(EVERY_DAY, 6 * HOUR_S, 6 * HOUR_S)),
        ("from: 08:00:01, until: 00:00, every: wed", Window(frozenset([2]), 28_801, 0)),
        ("every: [sat, sun]", Window(frozenset([5, 6]), 0, DAY_S)),
        ("every: [day]", Window(EVERY_DAY, 0, DAY_S)),
    ],
)
def test_hours_are_read(hours: str, window: Window) -> None:
    assert windows(f"{{residence: {{stay_in: home, {hours}}}}}") == [window]


def test_a_window_at_or_before_its_start_lasts_into_the_next_day() -> None:
    assert Window(EVERY_DAY, 6 * HOUR_S, 6 * HOUR_S).length_s == DAY_S
    assert Window(EVERY_DAY, 22 * HOUR_S, 6 * HOUR_S).length_s == 8 * HOUR_S
    assert Window(EVERY_DAY, 8 * HOUR_S, DAY_S).length_s == 16 * HOUR_S


@pytest.mark.parametrize("duty", ["residence: {stay_in: home}", "exclusion: {keep_out_of: home}"])
def test_without_hours_it_binds_always(duty: str) -> None:
    table = timetable(f"{{{duty}}}")
    assert table.always
    assert table.windows == ()


def test_several_windows_may_be_at_several_places() -> None:
    read_windows = windows("""{curfew: {at: home, times: [
        {from: 19:00, until: 07:00, every: [sat, sun]},
        {from: 12:00, until: 13:00, at: office},
        {from: 14:00, until: 15:00, at: home}]}}""")
    assert read_windows == [
        Window(frozenset([5, 6]), 19 * HOUR_S, 7 * HOUR_S),
        Window(EVERY_DAY, 12 * HOUR_S, 13 * HOUR_S, "office"),
        Window(EVERY_DAY, 14 * HOUR_S, 15 * HOUR_S),  # The condition's own place.
    ]


def test_public_holidays_take_the_hours_of_a_weekday() -> None:
    table = timetable(
        "{curfew: {at: home, times: [{from: 19:00, until: 07:00}],"
        " on_holidays: {calendar: US-CA, as: sat}}}"
    )
    assert (table.holiday_calendar, table.holiday_as) == ("US-CA", 5)
    table = timetable(
        "{curfew: {at: home, from: 19:00, until: 07:00, on_holidays: {calendar: KZ}}}"
    )
    assert (table.holiday_calendar, table.holiday_as) == ("KZ", 6)


def test_the_first_night_may_be_another() -> None:
    table = timetable(
        "{curfew: {at: home, from: 22:00, until: 06:00,"
        " first_night: {from: 15:00, until: 07:00, at: office}}}"
    )
    assert table.first_night == Window(EVERY_DAY, 15 * HOUR_S, 7 * HOUR_S, "office")


IN = "conditions.C1.curfew"
REFUSED = {
    "at: home": ("", "“from” is missing", "“until” is missing"),
    "at: home, every: day": ("", "“from” is missing", "“until” is missing"),
    "at: home, from: 22:00": ("", "“until” is missing"),
    "at: home, from: 22, until: 06:00": (".from", "“22” is no time of day"),
    "at: home, from: 6:00, until: 07:00": (".from", "“6:00” is no time of day"),
    "at: home, from: 22:60, until: 07:00": (".from", "no time of day"),
    "at: home, from: 22:00:60, until: 07:00": (".from", "no time of day"),
    "at: home, from: 24:01, until: 07:00": (".from", "no time of day"),
    "at: home, from: 24:00, until: 07:00": (".from", "starts at 24:00"),
    "at: home, from: 22:00, until: 24:00:01": (".until", "no time of day"),
    "at: home, from: 22:00, until: [a]": (".until", "keys or a list"),
    "at: home, from: , until: 06:00": (".from", "has no value"),
    "at: home, from: 22:00, until: 06:00, every: Mon": (".every", "“Mon” is no day of the week"),
    "at: home, from: 22:00, until: 06:00, every: []": (".every", "a list of 0 values"),
    "at: home, from: 22:00, until: 06:00, every: {a: b}": (".every", "keys with values stand"),
    "at: home, from: 22:00, until: 06:00, every: [mon, x]": (".every[1]", "“x” is no day"),
    "at: home, from: 22:00, until: 06:00, every: [[mon]]": (".every[0]", "keys or a list"),
    "at: home, from: 22:00, until: 06:00, evry: day": (".evry", "not known"),
    "at: home, times: [{from: 22:00, until: 06:00}], every: day": (".times", "“every” stands"),
    "at: home, times: []": (".times", "a list of 0 values"),
    "at: home, times: [5]": (".times[0]", "a single value stands here"),
    "at: home, times: [{from: 22:00}]": (".times[0]", "“until” is missing"),
    "at: home, times: [{from: 22:00, until: 06:00, att: x}]": (".times[0].att", "not known"),
    "at: home, times: [{from: 22:00, until: 06:00, at: x}]": (".times[0].at", "no place called"),
    "at: home, times: [" + "{from: 22:00, until: 06:00}, " * 101 + "]": (".times", "101 values"),
    "at: home, from: 22:00, until: 06:00, on_holidays: KZ": (".on_holidays", "a single value"),
    "at: home, from: 22:00, until: 06:00, on_holidays: {as: sun}": (".on_holidays", "“calendar”"),
    "at: home, from: 22:00, until: 06:00, on_holidays: {calendar: kz}": (
        ".on_holidays.calendar", "“kz” is no calendar",
    ),
    "at: home, from: 22:00, until: 06:00, on_holidays: {calendar: Kazakhstan}": (
        ".on_holidays.calendar", "“Kazakhstan” is no calendar",
    ),
    "at: home, from: 22:00, until: 06:00, on_holidays: {calendar: [KZ]}": (
        ".on_holidays.calendar", "keys or a list",
    ),
    "at: home, from: 22:00, until: 06:00, on_holidays: {calendar: KZ, as: day}": (
        ".on_holidays.as", "“day” is no day of the week",
    ),
    "at: home, from: 22:00, until: 06:00, on_holidays: {calendar: KZ, in: x}": (
        ".on_holidays.in", "not known",
    ),
    "at: home, from: 22:00, until: 06:00, first_night: {from: 15:00}": (
        ".first_night", "“until” is missing",
    ),
    "at: home, from: 22:00, until: 06:00, first_night: {from: 15:00, until: 07:00, every: x}": (
        ".first_night.every", "not known",
    ),
}  # fmt: skip


@pytest.mark.parametrize("duty", REFUSED)
def test_what_are_no_hours_is_refused_with_its_key(duty: str) -> None:
    key, *whats = REFUSED[duty]
    order_faults = faults(order(f"{{curfew: {{{duty}}}}}"))
    assert [fault.key for fault in order_faults] == [IN + key] * len(whats)
    assert all(what in fault.what for fault, what in zip(order_faults, whats, strict=True))


def test_holidays_of_what_binds_always_are_refused() -> None:
    fault = only_fault(order("{residence: {stay_in: home, on_holidays: {calendar: KZ}}}"))
    assert "where no hours do" in fault.what


def test_only_a_curfew_has_a_first_night() -> None:
    fault = only_fault(order("{residence: {stay_in: home, first_night: {from: 1, until: 2}}}"))
    assert fault.key == "conditions.C1.residence.first_night"


def test_an_exclusion_is_from_one_place() -> None:
    duty = "{exclusion: {keep_out_of: home, times: [{from: 22:00, until: 06:00, at: office}]}}"
    assert only_fault(order(duty)).key == "conditions.C1.exclusion.times[0].at"


# --- Windows that clash ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "other", "clash"),
    [
        ("from: 10:00, until: 11:00", "from: 10:30, until: 12:00", True),
        ("from: 10:00, until: 11:00", "from: 10:00, until: 11:00", True),
        ("from: 10:00, until: 11:00", "from: 11:00, until: 12:00", False),
        ("from: 10:00, until: 11:00, every: mon", "from: 10:30, until: 12:00, every: tue", False),
        ("from: 10:00, until: 10:00", "from: 10:00, until: 11:00", True),
        ("from: 10:00, until: 10:00, every: mon", "from: 10:00, until: 11:00, every: tue", False),
    ],
)
def test_slots_of_an_appointment_do_not_overlap(slot: str, other: str, clash: bool) -> None:
    duty = order(f"{{appointment: {{at: office, times: [{{{slot}}}, {{{other}}}]}}}}")
    if clash:
        assert "the slots" in only_fault(duty).what
    else:
        assert read(duty).conditions[0].duty.timetable.slots


def test_a_daily_slot_of_a_whole_day_does_not_overlap_itself() -> None:
    read(order("{appointment: {at: office, from: 00:00, until: 24:00}}"))
    read(order("{appointment: {at: office, from: 06:00, until: 06:00}}"))


def at_two_places(window: str, other: str, more: str = "") -> str:
    return order(f"{{curfew: {{at: home, times: [{{{window}}}, {{{other}, at: office}}]{more}}}}}")


@pytest.mark.parametrize(
    ("window", "other", "more"),
    [
        ("from: 10:00, until: 12:00", "from: 11:00, until: 13:00", ""),
        ("from: 11:00, until: 13:00", "from: 10:00, until: 12:00", ""),
        ("from: 10:00, until: 14:00", "from: 11:00, until: 12:00", ""),
        ("from: 22:00, until: 06:00", "from: 05:00, until: 07:00", ""),
        ("from: 22:00, until: 06:00, every: mon", "from: 05:00, until: 07:00, every: tue", ""),
        ("from: 22:00, until: 06:00, every: sun", "from: 05:00, until: 07:00, every: mon", ""),
        ("from: 06:00, until: 06:00, every: mon", "from: 05:00, until: 07:00, every: tue", ""),
        (
            "from: 22:00, until: 06:00, every: mon", "from: 05:00, until: 07:00, every: sun",
            ", on_holidays: {calendar: KZ, as: sun}",  # A Tuesday may be a holiday.
        ),
        (
            "from: 22:00, until: 06:00, every: sun", "from: 05:00, until: 07:00, every: thu",
            ", on_holidays: {calendar: KZ, as: sun}",  # So may a Wednesday.
        ),
        (
            "from: 22:00, until: 05:00", "from: 05:00, until: 07:00",
            ", first_night: {from: 22:00, until: 06:00}",
        ),
    ],
)  # fmt: skip
def test_windows_that_ask_for_two_places_at_once_are_refused(
    window: str, other: str, more: str
) -> None:
    fault = only_fault(at_two_places(window, other, more))
    assert fault.key == IN
    assert "overlap and name different places" in fault.what


@pytest.mark.parametrize(
    ("window", "other", "more"),
    [
        ("from: 10:00, until: 12:00", "from: 12:00, until: 13:00", ""),
        ("from: 10:00, until: 12:00, every: mon", "from: 11:00, until: 13:00, every: tue", ""),
        ("from: 22:00, until: 06:00, every: mon", "from: 05:00, until: 07:00, every: wed", ""),
        ("from: 22:00, until: 06:00, every: mon", "from: 05:00, until: 07:00, every: mon", ""),
        ("from: 22:00, until: 06:00", "from: 06:00, until: 22:00", ""),
        (
            "from: 22:00, until: 05:00", "from: 05:00, until: 07:00",
            ", first_night: {from: 04:00, until: 05:00}",  # It stands alone on its day.
        ),
    ],
)  # fmt: skip
def test_windows_at_two_places_may_follow_each_other(window: str, other: str, more: str) -> None:
    read(at_two_places(window, other, more))
