"""The strips of the device: what it said holds until it speaks again, and no longer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mesure.formats.stored.device_reports import DeviceReport, DeviceReportKind
from mesure.machine import texts
from mesure.orders.values.span import Span
from mesure.reports.drawing import strips
from mesure.web.shared.evidence import device_strips
from mesure.web.shared.evidence.device_strips import StripRow
from mesure.web.shared.words.page_texts import PageTexts

TEN = datetime(2026, 3, 11, 22, 0, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
ENGLISH = PageTexts(texts.catalogue("en"))


def make_reports(
    what: DeviceReportKind, *pairs: tuple[int, int], device: str = "tag-7"
) -> list[DeviceReport]:
    """Return what a device said, by minutes after ten."""
    return [DeviceReport(device, TEN + timedelta(minutes=at), what, value) for at, value in pairs]


def rows(*reports: DeviceReport) -> dict[str, StripRow]:
    scale = strips.scale(Span(TEN, TEN + timedelta(hours=2)), ZONE)
    return {row.name: row for row in device_strips.rows(reports, scale, ZONE, ENGLISH)}


def test_a_strap_is_open_from_one_word_to_the_next() -> None:
    row = rows(*make_reports(DeviceReportKind.STRAP, (10, 1), (30, 0), (60, 0), (90, 1)))[
        "Strap open"
    ]
    [bar] = row.bars
    assert (bar.x, bar.width) == ("250", "500")
    assert "22:30" in row.words
    assert "23:30" in row.words
    assert row.said == ""


def test_the_last_word_says_nothing_of_what_comes_after() -> None:
    [bar] = rows(*make_reports(DeviceReportKind.STRAP, (10, 1), (60, 0)))["Strap open"].bars
    assert float(bar.x) == 500.0
    assert float(bar.width) < 10.0


def test_what_one_device_says_is_not_ended_by_another() -> None:
    first = make_reports(DeviceReportKind.CHARGING, (0, 1), (60, 0))
    other = make_reports(DeviceReportKind.CHARGING, (30, 0), (90, 0), device="tag-8")
    reports = sorted([*first, *other], key=lambda report: report.observed_at)
    [bar] = rows(*reports)["Charging"].bars
    assert (bar.x, bar.width) == ("0", "500")


def test_a_closed_strap_and_no_charger_are_said_in_words() -> None:
    rows_by_name = rows(
        *make_reports(DeviceReportKind.STRAP, (10, 1), (50, 1)),
        *make_reports(DeviceReportKind.CHARGING, (10, 0)),
    )
    assert (rows_by_name["Strap open"].said, rows_by_name["Charging"].said) == (
        "closed",
        "not charging",
    )


def test_the_battery_is_a_dot_for_each_word_and_the_least_is_said() -> None:
    row = rows(*make_reports(DeviceReportKind.BATTERY, (10, 40), (60, 8), (110, 30)))[
        "Battery, lowest 8 %"
    ]
    assert row.words == "from 40 % to 30 %"
    assert row.path.count("M") == 3


def test_a_device_that_never_spoke_of_a_thing_has_no_strip_for_it() -> None:
    rows_by_name = rows(*make_reports(DeviceReportKind.BATTERY, (-30, 80)))
    assert list(rows_by_name) == ["Battery"]
    assert rows_by_name["Battery"].said == "not known"


def test_a_device_lies_still_as_far_back_as_it_says() -> None:
    """Two signs of one rest are one bar; between a movement and the next rest nothing is drawn."""
    row = rows(
        *make_reports(
            DeviceReportKind.STILL, (30, 30 * 60), (45, 45 * 60), (60, -1), (120, 15 * 60)
        )
    )["Device lies still"]
    assert [(bar.x, bar.width) for bar in row.bars] == [("0", "375"), ("875", "125")]
    assert rows(*make_reports(DeviceReportKind.STILL, (60, -1))).keys() == {"Battery"}
