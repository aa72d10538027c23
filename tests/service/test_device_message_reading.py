"""Reading a folder of messages back: what counts, what is refused, what is missing."""

import json
from pathlib import Path

import pytest

from mesure.devices import clocks
from mesure.devices.counters import CounterGap
from mesure.devices.message.uplink import Heartbeat, NewKey
from mesure.service.device import message_reading as device_reading
from mesure.service.device.client_state import DeviceStateError
from mesure.service.device.message_reading import FolderReading
from tests.devices import samples
from tests.devices.samples import INTRODUCTION, NEW_KEY, NEXT, OTHER, SIGNER, seal_message
from tests.devices.times import SENT_US

LIMITS = clocks.ClockLimits(120_000_000, 172_800_000_000)


def _read(folder: Path, *messages: bytes) -> FolderReading:
    for number, data in enumerate(messages):
        (folder / f"{number:03}.cose").write_bytes(data)
    return device_reading.read(folder, device_reading.who(SIGNER.key.hex()), LIMITS)


def test_a_folder_says_what_its_device_said(tmp_path: Path) -> None:
    reading = _read(tmp_path, seal_message(samples.batch(), 2), seal_message(Heartbeat(87), 3))
    assert device_reading.to_text(reading) == (
        "      2  2026-01-05T17:00:00Z  4 fixes\n"
        "      3  2026-01-05T17:00:00Z  heartbeat\n"
        "the device with this key. Messages: 2, fixes: 4, refused: 0, missing counters: none.\n"
    )


def test_what_is_refused_is_told_with_the_reason(tmp_path: Path) -> None:
    reading = _read(
        tmp_path, seal_message(Heartbeat(), 2), b"", seal_message(Heartbeat(), 3, OTHER)
    )
    lines = device_reading.to_text(reading).splitlines()
    assert lines[1] == "refused  001.cose: malformed: byte 0: it ends too soon"
    assert lines[2].startswith("refused  002.cose: unknown_key: no device has the key")
    assert reading.refused == 2


def test_once_is_once_and_other_bytes_under_one_counter_are_refused(tmp_path: Path) -> None:
    batch = seal_message(samples.batch(), 2)
    reading = _read(tmp_path, batch, batch, seal_message(Heartbeat(), 2))
    lines = device_reading.to_text(reading).splitlines()
    assert lines[1].endswith("4 fixes; the same again")
    assert "counter_reused" in lines[2]
    assert "fixes: 4, refused: 1" in lines[3]
    assert len(list(device_reading.to_csv(reading))) == 5


def test_missing_counters_and_odd_times_are_told(tmp_path: Path) -> None:
    reading = _read(
        tmp_path,
        seal_message(Heartbeat(), 4),
        seal_message(Heartbeat(), 9, sent_us=SENT_US - 60_000_000),
    )
    assert reading.missing == (CounterGap(2, 3), CounterGap(5, 8))
    lines = device_reading.to_text(reading).splitlines()
    assert lines[1].endswith("heartbeat; went_back by 60 s")
    assert lines[2].endswith("missing counters: 2 to 3, 5 to 8.")


def test_a_new_key_is_followed_and_one_without_proof_is_not(tmp_path: Path) -> None:
    unproven = NewKey(NEXT.key, OTHER.sign(b"anything"))
    reading = _read(
        tmp_path,
        seal_message(unproven, 2),
        seal_message(NEW_KEY, 3),
        seal_message(Heartbeat(), 4, NEXT),
        seal_message(Heartbeat(), 5, SIGNER),
    )
    reasons = [str(getattr(one.found, "reason", "believed")) for one in reading.heard]
    assert reasons == ["forged", "believed", "believed", "key_not_in_force"]


def test_the_object_has_everything(tmp_path: Path) -> None:
    batch = seal_message(samples.batch(), 2)
    reading = _read(
        tmp_path, batch, batch, seal_message(Heartbeat(), 9, sent_us=SENT_US - 60_000_000), b""
    )
    report = json.loads(device_reading.to_json(reading))
    assert report["device"] == device_reading.ANYBODY
    assert [one["kind"] for one in report["messages"]] == ["fixes", "fixes", "heartbeat"]
    assert [one.get("again", False) for one in report["messages"]] == [False, True, False]
    assert report["messages"][2]["notes"] == [{"oddity": "went_back", "by_ms": 60_000}]
    assert report["refused"][0]["reason"] == "malformed"
    assert report["missing"] == [[3, 8]]


def test_fixes_are_written_as_a_file_of_fixes(tmp_path: Path) -> None:
    rows = list(device_reading.to_csv(_read(tmp_path, seal_message(samples.batch(), 2))))
    assert rows[0] == b"time,lat,lon,accuracy_m,speed_mps,provider,motion,beacon,recv_time\n"
    assert rows[1] == (
        b"2026-01-05T16:57:00+00:00,43.25654,76.92848,12.0,0.0,gps,0,1,2026-01-05T17:00:00+00:00\n"
    )
    assert rows[4] == (
        b"2026-01-05T17:00:00+00:00,43.25761,76.92987,,1.5,wifi,0,,2026-01-05T17:00:00+00:00\n"
    )


# --- Whose messages --------------------------------------------------------------------------


def test_a_device_is_named_by_its_introduction(tmp_path: Path) -> None:
    path = tmp_path / device_reading.INTRODUCTION
    path.write_bytes(seal_message(INTRODUCTION, 1))
    assert device_reading.who(str(path)).device == "D-0007"
    assert (
        _read(tmp_path, seal_message(Heartbeat(), 2)).refused == 0
    )  # It is no message of the folder.


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "malformed"), (seal_message(Heartbeat(), 1), "not_enrolled")]
)
def test_what_introduces_nobody_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "device").write_bytes(data)
    with pytest.raises(DeviceStateError, match=rf"it names no device \({reason}"):
        device_reading.who(str(tmp_path / "device"))


def test_a_weak_key_is_refused() -> None:
    with pytest.raises(DeviceStateError, match="weak_key: the point has small order"):
        device_reading.who((bytes([1]) + bytes(31)).hex())


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeviceStateError, match="there is no such folder"):
        _read(tmp_path / "gone")
