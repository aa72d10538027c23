"""Messages are read by the class of their device, and by the day that their order was judged by."""

from datetime import UTC, date, datetime

import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.formats.apps import message_pieces
from mesure.formats.apps.app_message import AppFormat
from mesure.formats.apps.message_pieces import MessagePiece
from mesure.formats.stored import stored_trails
from mesure.formats.stored.message_reader import MessageReader
from mesure.formats.stored.trail_fix import JudgedBy, TrailFix, TrailMessage
from mesure.instants import to_us
from mesure.web.dependencies import default_thresholds

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
CLASSES = {"D-1": DeviceClass.PHONE, "D-2": DeviceClass.GNSS_TAG}
TEXT = f"id=a&lat=43.25&lon=76.92&accuracy=8&timestamp={int(NOW.timestamp())}".encode()
BODY = message_pieces.read_piece(MessagePiece(AppFormat.OSMAND, "a", TEXT)).kept


def piece(device: str, sequence: int, judged_by: JudgedBy | None = None) -> TrailMessage:
    return TrailMessage(device, "osmand", None, to_us(NOW), BODY, sequence, judged_by)


def reader() -> MessageReader:
    return MessageReader(default_thresholds())


def test_outlines_are_read_by_the_class_of_each_device() -> None:
    [phone], [tag] = (
        reader().outlines([piece(device, 1)], device_class, TODAY)
        for device, device_class in CLASSES.items()
    )
    assert (phone.verdict, tag.verdict) == ("usable", "usable")
    assert phone.radius95_m != tag.radius95_m


def test_a_trail_is_read_by_the_class_of_each_device() -> None:
    pieces = [piece("D-1", 1), piece("D-2", 2)]
    fixes = list(reader().trail(pieces, CLASSES, TODAY))
    assert all(isinstance(fix, TrailFix) for fix in fixes)
    assert [fix.device for fix in fixes] == ["D-1", "D-2"]
    alone = [
        *reader().trail(pieces[:1], CLASSES, TODAY),
        *reader().trail(pieces[1:], CLASSES, TODAY),
    ]
    assert fixes == alone


def test_a_message_that_an_order_was_judged_by_is_read_by_the_thresholds_of_that_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And by the device class of then; one that counts for no order, by today's."""
    read_by = []
    real = stored_trails.trail

    def trail(pieces, classes, policy):  # type: ignore[no-untyped-def]
        read_by.append(([part.sequence for part in pieces], policy))
        return real(pieces, classes, policy)

    monkeypatch.setattr(stored_trails, "trail", trail)
    day = date(2026, 11, 2)
    judged_by = JudgedBy(day, DeviceClass.GNSS_TAG.value)
    list(reader().trail([piece("D-1", 1), piece("D-1", 2, judged_by)], CLASSES, TODAY))
    thresholds = default_thresholds()
    assert read_by == [
        ([1], thresholds.at(TODAY, DeviceClass.PHONE)),
        ([2], thresholds.at(day, DeviceClass.GNSS_TAG)),
    ]
    assert read_by[0][1] != read_by[1][1]


def test_reports_of_a_device_come_with_its_messages() -> None:
    text = TEXT + b"&batt=41"
    body = message_pieces.read_piece(MessagePiece(AppFormat.OSMAND, "a", text)).kept
    message = TrailMessage("D-1", "osmand", None, to_us(NOW), body, 1)
    [report] = reader().device_reports([message])
    assert (report.device, report.value) == ("D-1", 41)
