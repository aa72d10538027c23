"""One person's key is lost: their messages wait at the device, and everybody else's are kept."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import CaseloadRequest
from mesure.actions.devices import device_commands
from mesure.actions.devices.device_commands import DeviceCommand
from mesure.actions.framework.context import Actor
from mesure.devices.message.downlink import FixBurst, PersonMessage
from mesure.devices.message.uplink import Heartbeat
from tests.actions import house
from tests.actions.house import Office
from tests.actions.receiving import (
    NOW_US,
    US,
    Here,
    hand_in,
    join_messages,
    read_downlinks,
    seal_message,
)

BEAT = Heartbeat(87)
WORDS = PersonMessage("Please call your officer.", "en")
BURST = FixBurst(15_000, NOW_US + 600 * US)


def entries(here: Here) -> int:
    with here.store.read() as reading:
        return reading.frontier().size


def put_back(folder: Path, name: str, wrapped: bytes) -> None:
    with closing(sqlite3.connect(folder / "keys.db")) as keys:
        keys.execute("INSERT OR REPLACE INTO wrapped_key VALUES (?, ?)", (name, wrapped))
        keys.commit()


def read_wrapped(folder: Path, name: str) -> bytes:
    with closing(sqlite3.connect(folder / "keys.db")) as keys:
        [row] = keys.execute("SELECT wrapped FROM wrapped_key WHERE name = ?", (name,)).fetchall()
        return bytes(row[0])


def test_messages_wait_at_the_device_until_the_key_is_back(here: Here) -> None:
    wrapped_key = read_wrapped(here.folder, "P-1")
    house.lose_key(here.folder, "P-1")
    before = entries(here)
    alone, both = (
        join_messages([seal_message(BEAT, 2)]),
        join_messages([seal_message(BEAT, 3), seal_message(BEAT, 2, number=2)]),
    )
    [reply, shared] = hand_in(here, alone, both)
    assert (reply.by_device, reply.is_put_off) == ({}, True), "the device sets nothing aside"
    assert set(shared.by_device) == {"D-2"}
    assert here.keyring.find_key("P-1") is None, "a new key would open nothing, and hide that"
    assert (here.log("P-1"), here.list_refusals()) == ([], [])
    assert len(here.log("P-2")) == 1
    hand_in(here, alone)
    assert entries(here) == before + 1, "what waits has no line in the log each time it comes"
    put_back(here.folder, "P-1", wrapped_key)
    [reply] = hand_in(here, join_messages([seal_message(BEAT, 2), seal_message(BEAT, 3)]))
    assert read_downlinks(reply)[0].what.kept == ((2, 3),)  # type: ignore[union-attr]
    assert [one.counter for one in here.log("P-1")] == [2, 3]


@pytest.mark.parametrize("is_made_anew", [False, True])
def test_what_a_device_is_to_be_told_waits_and_stops_nothing(
    here: Here, is_made_anew: bool
) -> None:
    means = here.house.means

    def tell(key: str, what: FixBurst | PersonMessage, person: str | None) -> None:
        telling = DeviceCommand(key, "D-2", what, person)
        here.store.write(
            lambda work: device_commands.tell(work, means.keyring, means.salts, telling, NOW_US)
        )

    tell("words", WORDS, "P-1")
    tell("burst", BURST, None)
    wrapped_key = read_wrapped(here.folder, "P-1")
    house.lose_key(here.folder, "P-1")
    if is_made_anew:  # As by an older version.
        here.keyring.make_keys(["P-1"])
    [reply] = hand_in(here, seal_message(BEAT, 2, number=2))
    assert [one.what for one in read_downlinks(reply, 2)][1:] == [BURST]
    put_back(here.folder, "P-1", wrapped_key)
    here.now_us += device_commands.AGAIN_US
    [reply] = hand_in(here, seal_message(BEAT, 3, number=2))
    assert {type(one.what) for one in read_downlinks(reply, 2)} >= {PersonMessage, FixBurst}


def test_a_line_about_several_makes_no_key(office: Office, ann: Actor, tmp_path: Path) -> None:
    for person in ("P-1", "P-2", "P-3"):
        office.person(person, ann)
    house.lose_key(tmp_path, "P-1")
    for _ in range(2):
        office.later(minutes=1)
        office.do(ann, caseload.list_cases, CaseloadRequest())
    assert office.keyring.find_key("P-1") is None
    first, second = (set(record["persons"]) for record in office.log()[-2:])
    assert (len(first), first & second) == (3, set())
    assert len(office.deeds("person", "P-1")) >= 2, "the line is found by their id"
    assert "P-1" not in json.dumps([*first, *second])
