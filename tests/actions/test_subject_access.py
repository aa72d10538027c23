"""What a person is handed is everything that an independent look at every table finds of them."""

import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mesure.actions.data_rights import subject_access
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import IncidentStatement
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.devices import device_state
from mesure.devices.device_state import DeviceState
from mesure.devices.health import DeviceHealth, HealthReading
from tests.service import bundled
from tests.service.bundled import OFFICER, PERSON, Bundled

# What says only that there is somebody, or stands for all: numbers, edges, lines of the log.
WITHOUT = {"enrolment", "device_key", "log_end", "quarantine", "audit_edge",
           "audit_entry", "audit_node", "checkpoint", "change_edge", "partition_owner"}  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Bundled]:
    with bundled.open_case(tmp_path) as case:
        case.office.person("P-2")
        case.office.do(
            PERSON, contests.say, IncidentStatement(case.incident().id, "I was at work.")
        )
        case.make()
        yield case


def count_rows(folder: Path, person: str) -> dict[str, int]:
    """Return how many rows of each table name a person, in any column, or hang on such a row."""
    counts: dict[str, int] = {}
    with closing(sqlite3.connect(folder / "mesure.db")) as raw:
        names = [n for (n,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in names:
            rows = raw.execute(f"SELECT * FROM {table}").fetchall()
            count = sum(any(person.encode() in _bytes(value) for value in row) for row in rows)
            if count:
                counts[table] = count
    return counts


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def test_every_row_that_names_the_person_is_in_it(case: Bundled, tmp_path: Path) -> None:
    raw = count_rows(tmp_path, "P-1")
    tables = case.office.do(PERSON, subject_access.everything, OwnRecordRequest("P-1")).tables
    assert set(raw) - set(tables) == set()
    for table, count in raw.items():
        assert len(tables[table]) >= count, table
    assert len(tables["message"]) == 102
    assert len(tables["order_version"]) == 1
    assert len(tables["register_key"]) >= raw["register_key"]
    assert not set(tables) & WITHOUT


def test_how_the_device_was_is_in_it_for_whoever_carried_it_last(case: Bundled) -> None:
    """Battery, strap and when it was heard last stand with the device, and tell of its person."""
    health = DeviceHealth(
        battery=HealthReading(40, 9, 5), strap=HealthReading(value=True, observed_us=8, counter=4)
    )
    state = DeviceState(health=health._replace(heard_us=12, fix_us=7))
    case.office.store.write(lambda work: work.keep_standings({"D-1": device_state.pack(state)}))
    [device] = case.office.do(PERSON, subject_access.everything, OwnRecordRequest("P-1")).tables[
        "device"
    ]
    assert (device["id"], device["heard_us"], device["fix_us"]) == ("D-1", 12, 7)
    assert device["battery"]["value"] == 40
    assert device["strap"]["value"] is True
    assert device["charging"] is None


def test_what_is_sealed_is_opened_and_secrets_of_accounts_are_not(case: Bundled) -> None:
    tables = case.office.do(PERSON, subject_access.everything, OwnRecordRequest("P-1")).tables
    statements = [row["body"] for row in tables["register"] if row["kind"] == "statement"]
    assert statements[0]["text"] == "I was at work."
    assert "curfew" in tables["order_version"][0]["body"]["text"]
    assert set(tables["incident"][0]["body"]["explanation"]) == {"en", "fr", "ru", "kk"}
    [account] = [row["body"] for row in tables["register"] if row["kind"] == "account"]
    assert account["role"] == "person"
    assert "card_hash" not in account
    looks = [row["record"] for row in tables["audit_record"]]
    assert {"contests.say", "bundle.make", "bundle.made"} <= {one["action"] for one in looks}


def test_nobody_else_is_in_it_and_nobody_else_gets_it(case: Bundled) -> None:
    record = case.office.do(PERSON, subject_access.everything, OwnRecordRequest("P-1"))
    assert "P-2" not in str(record)
    for actor, whose in ((PERSON, "P-2"), (OFFICER, "P-1")):
        with pytest.raises(NotAllowedError):
            case.office.do(actor, subject_access.everything, OwnRecordRequest(whose))


def test_bytes_that_begin_as_json_and_are_no_text_are_handed_over_too() -> None:
    body = b'"\x92"'
    assert subject_access._shown("message", "body", body) == b64encode(body).decode()
