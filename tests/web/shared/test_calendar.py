"""A night stands on the day on which it begins, and is what its worst part was."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from mesure.actions.data_rights.own_record import AssessmentPart, AssessmentView
from mesure.evaluation.assessment import Status
from mesure.machine import texts
from mesure.orders.reading import read_order
from mesure.orders.values.span import Span
from mesure.web.shared.words import calendar
from mesure.web.shared.words.calendar import CalendarDay, CalendarEvent
from mesure.web.shared.words.page_texts import PageTexts
from tests.web.filled import ORDER

ALMATY = ZoneInfo("Asia/Almaty")
NOW = datetime(2026, 3, 12, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
VERSION = read_order.read("order.yaml", ORDER.encode(), {})
CURFEW, RESIDENCE = VERSION.conditions[0], VERSION.conditions[1]


def assessment(
    status: Status, start: datetime, hours: float, condition: str = "C1"
) -> AssessmentView:
    return AssessmentView("ALM-2026-0042", condition, status, start, start + hours * HOUR)


def days(*assessments: AssessmentView, condition: object = CURFEW) -> dict[date, CalendarDay]:
    page_texts = PageTexts(texts.catalogue("en"))
    view = calendar.calendar_of(condition, [VERSION], assessments, ALMATY, NOW, page_texts)  # type: ignore[arg-type]
    return {
        day.date: day
        for month in view.months
        for week in month.weeks
        for day in week
        if day is not None
    }


def test_two_months_are_shown_whole_the_latest_first() -> None:
    view = calendar.calendar_of(
        CURFEW, [VERSION], [], ALMATY, NOW, PageTexts(texts.catalogue("en"))
    )
    assert [month.name for month in view.months] == ["March 2026", "February 2026"]
    assert all(len(week) == 7 for month in view.months for week in month.weeks)
    assert len(days()) == 31 + 28


def test_days_that_were_not_wholly_met_are_said_in_words_the_latest_first() -> None:
    nights = [datetime(2026, 3, day, 22, tzinfo=ALMATY) for day in (8, 9, 10)]
    assessments = [
        assessment(Status.MET, nights[0], 8),
        assessment(Status.UNKNOWN, nights[1], 8),
        assessment(Status.NOT_MET, nights[2], 8),
    ]
    view = calendar.calendar_of(
        CURFEW, [VERSION], assessments, ALMATY, NOW, PageTexts(texts.catalogue("en"))
    )
    assert [(day.date.day, day.words) for day in view.amiss] == [
        (10, "not met 8\u00a0h"),
        (9, "unknown 8\u00a0h"),
    ]


def test_what_was_never_judged_is_not_said_to_be_met_on_no_day() -> None:
    view = calendar.calendar_of(
        CURFEW, [VERSION], [], ALMATY, NOW, PageTexts(texts.catalogue("en"))
    )
    assert (view.sums, view.amiss) == ("Nothing has been judged yet.", ())
    assert not view.is_judged, "months of empty days are not shown"


def test_a_night_belongs_to_its_evening() -> None:
    night = datetime(2026, 3, 10, 22, tzinfo=ALMATY)
    by_day = days(assessment(Status.MET, night, 8))
    assert by_day[date(2026, 3, 10)].kind == "met"
    assert by_day[date(2026, 3, 11)].kind == ""
    assert by_day[date(2026, 3, 10)].words == "met 8\u00a0h"


def test_a_night_before_the_first_day_shown_is_not_of_that_day() -> None:
    nights = [datetime(2026, month, day, 22, tzinfo=ALMATY) for month, day in ((1, 31), (2, 1))]
    statuses = Status.NOT_MET, Status.MET
    first = days(*(assessment(*one, 8) for one in zip(statuses, nights, strict=True)))
    assert first[date(2026, 2, 1)].words == "met 8\u00a0h"
    assert first[date(2026, 3, 1)].words == "nothing judged"
    after_midnight = event(nights[0] + 3 * HOUR, 1)
    assert not any(day.events for day in days_with(after_midnight).values())
    lasts = days(assessment(Status.MET, nights[0], 8, "C2"), condition=RESIDENCE)
    assert lasts[date(2026, 2, 1)].words == "met 6\u00a0h"


def test_a_day_is_what_its_worst_part_was_and_says_all_of_them() -> None:
    night = datetime(2026, 3, 10, 22, tzinfo=ALMATY)
    by_day = days(
        assessment(Status.MET, night, 5),
        assessment(Status.UNKNOWN, night + 5 * HOUR, 2),
        assessment(Status.NOT_MET, night + 7 * HOUR, 1),
    )
    assert by_day[date(2026, 3, 10)].kind == "not_met"
    assert by_day[date(2026, 3, 10)].words == "not met 1\u00a0h, unknown 2\u00a0h, met 5\u00a0h"


def test_unknown_is_never_shown_as_not_met() -> None:
    night = datetime(2026, 3, 10, 22, tzinfo=ALMATY)
    assert days(assessment(Status.UNKNOWN, night, 8))[date(2026, 3, 10)].kind == "unknown"


def test_what_holds_at_every_hour_is_shown_day_by_day() -> None:
    start = datetime(2026, 3, 9, tzinfo=ALMATY)
    by_day = days(assessment(Status.MET, start, 60, "C2"), condition=RESIDENCE)
    assert [by_day[date(2026, 3, day)].kind for day in (8, 9, 10, 11)] == ["", "met", "met", "met"]


def test_a_day_on_which_the_clocks_change_has_as_many_hours_as_were_judged() -> None:
    paris = ZoneInfo("Europe/Paris")
    order = read_order.read("order.yaml", ORDER.replace("Asia/Almaty", paris.key).encode(), {})
    for month, day, hours in ((3, 29, 23), (10, 25, 25)):
        start, now = datetime(2026, month, 20, tzinfo=UTC), datetime(2026, month, 31, tzinfo=UTC)
        judged = [AssessmentView(order.order, "C2", Status.MET, start, now)]
        page_texts = PageTexts(texts.catalogue("en"))
        view = calendar.calendar_of(RESIDENCE, [order], judged, paris, now, page_texts)
        weeks = (week for shown in view.months for week in shown.weeks)
        words = {one.date: one.words for week in weeks for one in week if one is not None}
        assert words[date(2026, month, day)] == f"met {hours}\u00a0h"
        assert words[date(2026, month, day - 1)] == "met 24\u00a0h"


def test_another_conditions_assessments_do_not_count() -> None:
    night = datetime(2026, 3, 10, 22, tzinfo=ALMATY)
    assert days(assessment(Status.NOT_MET, night, 8, "C2"))[date(2026, 3, 10)].kind == ""


def test_a_night_that_was_judged_by_what_no_device_signed_says_so() -> None:
    nights = [datetime(2026, 3, day, 22, tzinfo=ALMATY) for day in (9, 10)]
    signed = assessment(Status.MET, nights[0], 8)
    unsigned = msgspec.structs.replace(assessment(Status.MET, nights[1], 8), unsigned=True)
    by_day = days(signed, unsigned)
    assert by_day[date(2026, 3, 9)].words == "met 8\u00a0h"
    assert by_day[date(2026, 3, 10)].words == "met 8\u00a0h, unsigned"
    page_texts = PageTexts(texts.catalogue("en"))
    view = calendar.calendar_of(CURFEW, [VERSION], [signed, unsigned], ALMATY, NOW, page_texts)
    assert view.unsigned == "1 day was judged by fixes that no device signed."
    assert calendar.calendar_of(CURFEW, [VERSION], [signed], ALMATY, NOW, page_texts).unsigned == ""


def test_a_day_on_which_the_order_was_varied_says_from_when_the_new_version_judged() -> None:
    start = datetime(2026, 3, 10, 22, tzinfo=ALMATY)
    varied = start + 2 * HOUR
    by = (
        AssessmentPart(1, "01" * 32, start, varied),
        AssessmentPart(2, "02" * 32, varied, start + 8 * HOUR),
    )
    night = msgspec.structs.replace(assessment(Status.MET, start, 8), by_versions=by)
    later = assessment(Status.MET, datetime(2026, 3, 11, 22, tzinfo=ALMATY), 5)
    assert days(night)[date(2026, 3, 10)].words == "met 8\u00a0h"
    words = days(night, later)[date(2026, 3, 11)].words
    assert words == "met 5\u00a0h, from 00:00 by the varied order"


def event(start: datetime, hours: float, *, is_absence: bool = False) -> CalendarEvent:
    sign = "absence" if is_absence else "notice"
    span = Span(start, start + hours * HOUR)
    return CalendarEvent(sign, "Absent", ("new", ""), f"/{sign}", span, is_absence)


def days_with(*events: CalendarEvent) -> dict[date, CalendarDay]:
    view = calendar.calendar_of(
        CURFEW, [VERSION], [], ALMATY, NOW, PageTexts(texts.catalogue("en")), events=events
    )
    listed = {day.date: day for month in view.months for week in month.weeks for day in week if day}
    assert [day for day in view.amiss if day.events] == sorted(
        (day for day in listed.values() if day.events), key=lambda day: day.date, reverse=True
    )
    return {day: of for day, of in listed.items() if of.events}


def test_what_happened_after_midnight_is_of_the_night_before() -> None:
    [(day, calendar_day)] = days_with(event(datetime(2026, 3, 10, 1, tzinfo=ALMATY), 1)).items()
    assert day == date(2026, 3, 9)
    assert (calendar_day.signs, calendar_day.address) == (("notice",), "/notice")


def test_what_happened_outside_of_the_hours_is_of_the_day_on_which_it_began() -> None:
    assert list(days_with(event(datetime(2026, 3, 10, 12, tzinfo=ALMATY), 1))) == [
        date(2026, 3, 10)
    ]


def test_an_absence_over_midnight_is_of_one_day_and_a_long_one_of_each() -> None:
    evening = datetime(2026, 3, 10, 21, tzinfo=ALMATY)
    assert list(days_with(event(evening, 6, is_absence=True))) == [date(2026, 3, 10)]
    assert [day.day for day in days_with(event(evening, 48, is_absence=True))] == [10, 11, 12]


def test_an_absence_to_come_stands_on_its_day() -> None:
    later = datetime(2026, 3, 25, 21, tzinfo=ALMATY)
    assert list(days_with(event(later, 6, is_absence=True))) == [date(2026, 3, 25)]


def test_a_day_with_several_things_leads_to_the_list_and_not_to_one_of_them() -> None:
    night = datetime(2026, 3, 10, 23, tzinfo=ALMATY)
    [calendar_day] = days_with(
        event(night, 1), event(night + HOUR, 2), event(night, 2, is_absence=True)
    ).values()
    assert (calendar_day.signs, calendar_day.address) == (("notice", "absence"), "")
    assert len(calendar_day.events) == 3
