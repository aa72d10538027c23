"""A file of fixes as the messages that a device would have sent."""

import numpy as np
import pytest

from mesure.devices.message.batch import FixBatch
from mesure.formats.columns.file_faults import FixesError
from mesure.service.device import track as device_track

HEAD = "time,lat,lon,accuracy_m,speed_mps,recv_time,provider,motion,beacon\n"
AT = "2026-01-05T17:0"
ROWS = (
    f"{AT}0:00Z,43.25654,76.92848,12,0.4,{AT}0:02Z,gps,true,false\n"
    f"{AT}2:00Z,43.25664,76.92858,0,,{AT}2:02Z,network,,\n"
    f"{AT}1:00Z,43.25674,76.92868,9,1,{AT}9:00Z,cell,0,1\n"
)
BAD = (
    f"never,43,76,9,1,{AT}9:00Z,gps,0,1\n"
    f"1970-01-01T00:00:00Z,43,76,9,1,{AT}9:00Z,gps,0,1\n"
    f"{AT}3:00Z,91,76,9,1,{AT}9:00Z,gps,0,1\n"
    f"{AT}3:00Z,43,181,9,1,{AT}9:00Z,gps,0,1\n"
    f"{AT}3:00Z,,76,9,1,{AT}9:00Z,gps,0,1\n"
)
US = 1_000_000
NINE_PAST = 1_767_632_400 + 540


def _read(text: str, trace: str | None = None) -> device_track.FixSequence:
    return device_track.read("track.csv", (HEAD + text).encode(), trace)


def _sent(track: device_track.FixSequence, size: int) -> list[tuple[list[float], int]]:
    parts = list(track.messages(size))
    assert all(isinstance(what, FixBatch) for what, _ in parts)
    return [
        (what.lat_deg.tolist(), sent_us) for what, sent_us in parts if isinstance(what, FixBatch)
    ]


def test_fixes_are_sent_in_the_order_of_receipt_each_when_its_last_was_received() -> None:
    at_us = 1_767_632_400 * US
    assert _sent(_read(ROWS), 60) == [
        ([43.25654, 43.25664], at_us + 122 * US),
        ([43.25674], NINE_PAST * US),
    ]
    assert len(_sent(_read(ROWS), 1)) == 3


def test_what_the_device_said_of_a_fix_stays_as_it_was() -> None:
    fixes = _read(ROWS).fixes
    assert np.nan_to_num(fixes.reported_m, nan=-1).tolist()[::2] == [12.0, 9.0]
    assert np.nan_to_num(fixes.speed_mps, nan=-1).tolist() == [0.4, -1.0, 1.0]
    assert fixes.motion.tolist() == [1, -1, 0]
    assert fixes.beacon.tolist() == [0, -1, 1]
    assert fixes.provider.tolist() == [1, 4, 3]
    assert not fixes.made_up.any()


def test_rows_without_a_time_or_place_are_left_out_and_counted() -> None:
    track = _read(BAD + ROWS + BAD)
    assert (len(track.fixes), track.left_out) == (3, 10)


def test_a_device_never_sends_before_what_it_sent_already() -> None:
    rows = "".join(
        f"{AT}{at}:00Z,43,76,9,1,{AT}{received}:00Z,gps,0,1\n" for at, received in ((5, 1), (3, 2))
    )
    assert [sent_us for _, sent_us in _sent(_read(rows), 1)] == [(NINE_PAST - 240) * US] * 2


def test_without_a_receipt_a_fix_was_received_when_it_was_taken() -> None:
    text = f"time,lat,lon\n{AT}9:00Z,43,76\n"
    track = device_track.read("track.csv", text.encode(), None)
    assert _sent(track, 60) == [([43.0], NINE_PAST * US)]


def test_nothing_is_sent_of_an_empty_file() -> None:
    assert _sent(_read(""), 60) == []


def test_whose_track_it_is_must_be_plain() -> None:
    text = f"time,lat,lon,trace_id\n{AT}0:00Z,43,76,a\n{AT}1:00Z,44,76,b\n"
    with pytest.raises(FixesError, match="say which is meant with --trace"):
        device_track.read("track.csv", text.encode(), None)
    track = device_track.read("track.csv", text.encode(), "b")
    assert (track.fixes.lat_deg.tolist(), track.left_out) == ([44.0], 0)
