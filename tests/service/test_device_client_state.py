"""A device's state: private, whole, and refused with a sentence where it can't be used."""

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesure.service.device import client_state as device_state
from mesure.service.device.client_state import FILE, ClientState, DeviceStateError, QueuedMessage


@pytest.fixture(autouse=True)
def close_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let go of every file at the end of a test."""
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def remember_connection(*words: Any, **named: Any) -> sqlite3.Connection:
        connections.append(connect(*words, **named))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", remember_connection)
    yield
    for connection in connections:
        connection.close()


def _begun(folder: Path) -> ClientState:
    state = device_state.create(folder)
    with state.transaction():
        state.begin("D-0007", "phone", None, bytes(32))
    return state


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    _begun(tmp_path / "new").close()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / FILE).stat().st_mode) == 0o600


def test_a_state_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    _begun(tmp_path).close()
    (tmp_path / FILE).chmod(0o640)
    with pytest.raises(DeviceStateError, match="others may read it"):
        device_state.open_(tmp_path)


def test_where_there_is_no_device_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceStateError, match="mesure device enrol --out"):
        device_state.open_(tmp_path)


def test_an_enrolment_that_was_interrupted_can_be_made_again(tmp_path: Path) -> None:
    device_state.create(tmp_path).close()
    with pytest.raises(DeviceStateError, match="its enrolment was not finished"):
        device_state.open_(tmp_path)
    assert _begun(tmp_path).facts() is not None


def test_what_is_no_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, whatever else it is")
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(DeviceStateError, match="file is not a database"):
        device_state.open_(tmp_path)


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DeviceStateError, match="the device's state can't be kept"):
        device_state.create(tmp_path / "file")


def test_another_process_waits_or_is_told(tmp_path: Path) -> None:
    state = _begun(tmp_path)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None, timeout=0)
    state._database.execute("PRAGMA busy_timeout = 0")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DeviceStateError, match="database is locked"), state.transaction():
        raise AssertionError("it must not come so far")
    other.execute("ROLLBACK")
    with state.transaction():
        state.keep(2, b"message")
    assert state.next_messages(0, 9, 9) == [QueuedMessage(2, b"message")]


def test_what_waits_is_told_in_order_and_in_part(tmp_path: Path) -> None:
    state = _begun(tmp_path)
    with state.transaction():
        for counter in range(2, 9):
            state.keep(counter, bytes([counter]))
    assert [one.counter for one in state.next_messages(2, 7, 3)] == [3, 4, 5]
    assert [one.counter for one in state.next_messages(5, 7, 9)] == [6, 7]
    assert (state.let_go(3, 4), state.let_go(3, 4), state.count_waiting()) == (2, 0, 5)
    assert (state.set_aside(5, "forged"), state.set_aside(5, "forged")) == (1, 0)
    assert state.count_try([2, 3], 1) == [2]
    assert state.aside() == [(5, "forged")]
