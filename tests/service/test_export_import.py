"""A programme is handed on and taken in: what comes out again is what went in, to the byte."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from mesure.actions.data_rights import own_record
from mesure.actions.devices import app_enrolment, device_commands
from mesure.actions.devices.app_enrolment import EnrolUnsignedApp
from mesure.actions.devices.device_commands import DeviceCommand
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import IncidentStatement
from mesure.actions.receiving import receipt_transaction
from mesure.actions.records.app_records import AppFamily
from mesure.audit.commitments import canonical
from mesure.devices.message.downlink import PersonMessage
from mesure.instants import to_us
from mesure.machine.service_error import ServiceError
from mesure.orders.reading import read_order
from mesure.privacy.roles import Role
from mesure.service.export import export_import, manifest, readable_data
from mesure.service.installation import installation, stores
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import owner_of_unassigned
from mesure.store.values import tables
from mesure.store.values.faults import LostKeyError
from mesure.store.values.records import Device, MessageShare, ReceivedMessage, RefusedMessage
from mesure.store.values.tables import HANDED
from tests.actions.house import Office
from tests.service import bundled, installations
from tests.service.bundled import NOW, PERSON


def fill_installation(instance: Installation) -> Office:
    """Fill an installation with something of everything."""
    office = Office(instance.store, instance.keyring, NOW)
    bundled._enter(office, bundled.night())
    bundled._judge(office)
    office.person("P-2")
    with instance.store.read() as reading:
        incident = reading.incidents_of("P-1")[0].id
    office.do(PERSON, contests.say, IncidentStatement(incident, "I was at work."))
    office.do(PERSON, own_record.list_retention, own_record.OwnRecordRequest("P-1"))
    operator = office.account("A-9", Role.OPERATOR)
    office.write(lambda _, work: work.add_device(Device("D-8", NOW, "test")))
    office.do(operator, app_enrolment.enrol_pilot, EnrolUnsignedApp("D-8", AppFamily.OSMAND))
    at_us = to_us(NOW)
    keys = instance.keyring
    owner = owner_of_unassigned("D-1")
    bound = sealing.message_seal_context(owner, "D-1", 900)
    share = MessageShare(
        None, at_us, at_us, sealing.seal(keys.key_of(owner), b"\xffx", bound, office.chance)
    )
    digest = b"\7" * 32
    refused = sealing.seal(
        keys.programme_key(receipt_transaction.QUARANTINE),
        b"bad",
        sealing.seal_context(receipt_transaction.QUARANTINE, "mesure1", digest),
        office.chance,
    )
    words = PersonMessage("Come in.", "en")

    def change(_: object, work) -> None:  # type: ignore[no-untyped-def]
        work.append([ReceivedMessage("D-1", 900, "mesure1", at_us, digest, (share,))])
        work.refuse(RefusedMessage("mesure1", "", "forged", "-", at_us, digest, refused))
        device_commands.tell(
            work, keys, office.chance, DeviceCommand("k", "D-1", words, "P-1"), at_us
        )
        device_commands.tell(
            work, keys, office.chance, DeviceCommand("l", "D-1", words, None), at_us
        )
        work.record([canonical({"n": 1}), b"not json\xff"])

    office.write(change)
    keys.forget("P-2", at_us)
    office.write(lambda _, work: work.erase("P-2", NOW))
    return office


def test_an_export_that_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    with installations.begin(tmp_path / "one") as instance:
        fill_installation(instance)
        with closing(sqlite3.connect(instance.folder.keyring)) as keys:
            keys.execute("DELETE FROM wrapped_key WHERE name = 'P-1'")
            keys.commit()
        with pytest.raises(LostKeyError, match="about P-1"):
            export_import.export(instance, tmp_path / "out")
        assert not (tmp_path / "out").exists()


@pytest.fixture
def export_folder(tmp_path: Path) -> Path:
    with installations.begin(tmp_path / "one") as instance:
        fill_installation(instance)
        export_import.export(instance, tmp_path / "out")
    return tmp_path / "out"


def settings(folder: Path) -> Settings:
    return installations.settings(folder)


# What has an entry for each export and import, and by what that is bound.
LOG = frozenset(
    {
        "audit_edge", "audit_entry", "audit_record", "audit_node", "checkpoint", "register",
        "register_key", "binding_edge", "binding", "bound", "change_edge",
    }
)  # fmt: skip
EDGES = frozenset({"audit_edge", "binding_edge", "change_edge"})


def agree(out: Path, again: Path) -> None:
    """Hold an export against what was taken in of it and exported again: the same, to the byte.

    But for what says that it was, which is behind what was there before.
    """
    listing, other = (json.loads((folder / "export.json").read_text()) for folder in (out, again))
    assert list(listing["sha256"]) == list(other["sha256"])
    for name in listing["sha256"]:
        first, second = ((folder / name).read_bytes() for folder in (out, again))
        table = Path(name).stem
        if name.startswith("tables/") and table in LOG:
            lines = set(second.splitlines()) - set(first.splitlines())
            assert len(lines) <= 12, name
            if table not in EDGES:
                assert set(first.splitlines()) <= set(second.splitlines()), name
        else:
            assert first == second, name


def test_what_comes_out_again_is_what_went_in(export_folder: Path, tmp_path: Path) -> None:
    intake = export_import.take_in(settings(tmp_path / "two"), export_folder)
    assert set(intake.rows) == set(HANDED)
    with (
        installation.open_installation(settings(tmp_path / "one")) as instance,
        instance.store.read() as reading,
    ):
        counts = {table: sum(1 for _ in reading.rows(table)) for table in HANDED}
    # What was entered of the export itself came after it.
    assert {table: counts[table] for table in HANDED if table not in LOG} == {
        table: count for table, count in intake.rows.items() if table not in LOG
    }
    assert sum(not count for count in intake.rows.values()) <= 2
    with installation.open_installation(settings(tmp_path / "two")) as instance:
        assert instance.keyring.is_erased("P-2")
        export_import.export(instance, tmp_path / "again")
    agree(export_folder, tmp_path / "again")
    listed = json.loads((export_folder / "export.json").read_text())
    assert any(name.endswith(".ics") for name in listed["sha256"])


def test_no_body_stays_sealed(export_folder: Path) -> None:
    """What was kept as JSON or as an order is read in what is handed on without a key."""
    orders = (export_folder / "tables" / "order_version.jsonl").read_text()
    assert "curfew" in orders
    assert "I was at work." in (export_folder / "tables" / "register.jsonl").read_text()
    incidents = (export_folder / "tables" / "incident.jsonl").read_text()
    assert '"explanation"' in incidents
    table = pq.read_table(export_folder / readable_data.FIXES)
    assert table.num_rows > 1_000
    assert set(table.column("person").to_pylist()) == {"P-1"}
    [calendar] = (export_folder / readable_data.TIMETABLES).iterdir()
    lines = calendar.read_bytes().split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") > 25
    assert max(map(len, lines)) <= 75


def test_a_line_of_a_calendar_is_folded_between_letters() -> None:
    folded = readable_data._folded("SUMMARY:" + "қ" * 100)
    assert folded.decode().replace("\r\n ", "") == "SUMMARY:" + "қ" * 100 + "\r\n"
    assert max(map(len, folded.split(b"\r\n"))) <= 75


def test_what_is_handed_on_is_for_its_owner_alone(export_folder: Path) -> None:
    assert all(
        path.stat().st_mode & 0o077 == 0 for path in [export_folder, *export_folder.rglob("*")]
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda out: (out / "tables" / "person.jsonl").unlink(), "it is not there"),
        (lambda out: (out / "tables" / "person.jsonl").write_bytes(b"{}\n"), "not the file"),
        (lambda out: (out / "export.json").write_bytes(b"{}"), "no list of what was exported"),
        (lambda out: (out / "export.json").unlink(), "no such file"),
    ],
)
def test_what_was_changed_is_not_taken_in(
    export_folder: Path, tmp_path: Path, change: Callable[[Path], None], message: str
) -> None:
    change(export_folder)
    with pytest.raises(ServiceError, match=message):
        export_import.take_in(settings(tmp_path / "two"), export_folder)
    assert not (tmp_path / "two").exists()


def _listed_anew(out: Path, name: str, text: bytes) -> None:
    """Change a file of an export, and its list with it."""
    (out / name).write_bytes(text)
    listed = json.loads((out / "export.json").read_text())
    listed["sha256"][name] = manifest.digest(out / name)
    (out / "export.json").write_text(json.dumps(listed))


def test_a_log_that_does_not_make_its_edge_cannot_serve(
    export_folder: Path, tmp_path: Path
) -> None:
    name = "tables/audit_entry.jsonl"
    lines = (export_folder / name).read_bytes().splitlines(keepends=True)
    lines[0] = lines[0].replace(b"record ", b"recorD ")
    _listed_anew(export_folder, name, b"".join(lines))
    with pytest.raises(ServiceError, match="do not make its edge"):
        export_import.take_in(settings(tmp_path / "two"), export_folder)
    with (
        pytest.raises(ServiceError, match="broken off"),
        installation.open_installation(settings(tmp_path / "two")),
    ):
        pass


def _laundered(out: Path) -> None:
    """Edit what the person said and drop an incident; then put counts and hashes right."""
    register = out / "tables" / "register.jsonl"
    text = register.read_bytes()
    assert b"I was at work." in text
    _listed_anew(out, "tables/register.jsonl", text.replace(b"I was at work.", b"I was far away"))
    incidents = (out / "tables" / "incident.jsonl").read_bytes().splitlines(keepends=True)
    _listed_anew(out, "tables/incident.jsonl", b"".join(incidents[1:]))
    listed = json.loads((out / "export.json").read_text())
    listed["rows"]["incident"] -= 1
    (out / "export.json").write_text(json.dumps(listed))


def test_an_edited_export_that_is_bound_anew_is_told_of_for_ever(
    export_folder: Path, tmp_path: Path
) -> None:
    _laundered(export_folder)
    export_import.take_in(settings(tmp_path / "two"), export_folder, bind_anew=True)
    with (
        installation.open_installation(settings(tmp_path / "two")) as instance,
        instance.store.read() as reading,
    ):
        [entered] = [
            record
            for opening in reading.openings(0, 1_000)
            if (record := opening.record).startswith(b'{"action":"programme.import"')
        ]
    facts = json.loads(entered)["facts"]
    assert facts["bound_anew"] is True
    assert facts["export"] == manifest.digest(export_folder / "export.json")


def test_an_export_of_the_first_form_is_taken_in_only_by_who_says_so(
    export_folder: Path, tmp_path: Path
) -> None:
    listed = json.loads((export_folder / "export.json").read_text())
    listed["format"] = manifest.FIRST_FORMAT
    for table in tables.BETWEEN:
        del listed["rows"][table], listed["sha256"][f"tables/{table}.jsonl"]
    del listed["sha256"]["keys/persons.jsonl"]
    for table in listed["rows"]:
        path = export_folder / "tables" / f"{table}.jsonl"
        lines = [json.loads(line) for line in path.read_bytes().splitlines()]
        for line in lines:
            line.pop("bound", None)
            if isinstance(line.get("body"), dict):
                line["body"].pop("nonce", None)
        path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        listed["sha256"][f"tables/{table}.jsonl"] = manifest.digest(path)
    (export_folder / "export.json").write_text(json.dumps(listed))
    with pytest.raises(ServiceError, match="nothing to hold its rows against"):
        export_import.take_in(settings(tmp_path / "two"), export_folder)
    export_import.take_in(settings(tmp_path / "two"), export_folder, bind_anew=True)
    with (
        installation.open_installation(settings(tmp_path / "two")) as instance,
        instance.store.read() as reading,
    ):
        assert reading.person("P-1")
        assert instance.keyring.find_key("P-1")


def test_an_export_of_another_programme_is_not_taken_in(
    export_folder: Path, tmp_path: Path
) -> None:
    other = installations.settings(tmp_path / "two", name="log.elsewhere")
    with pytest.raises(ServiceError, match="its audit log is called log"):
        export_import.take_in(other, export_folder)
    assert not (tmp_path / "two").exists()


def test_an_export_that_was_edited_is_not_taken_in(export_folder: Path, tmp_path: Path) -> None:
    _laundered(export_folder)
    with pytest.raises(ServiceError, match="not what the log in it has"):
        export_import.take_in(settings(tmp_path / "two"), export_folder)


def test_an_export_is_in_the_log(export_folder: Path) -> None:
    records = (export_folder / "tables" / "audit_record.jsonl").read_text()
    assert records.count('"action":"programme.export"') == 1


def test_a_row_that_is_none_is_named_with_its_line(export_folder: Path, tmp_path: Path) -> None:
    _listed_anew(export_folder, "tables/device.jsonl", b'{"id":"D-1"}\n')
    with pytest.raises(ServiceError, match="line 1 is no row"):
        export_import.take_in(settings(tmp_path / "two"), export_folder)


def test_nothing_is_written_over(export_folder: Path, tmp_path: Path) -> None:
    chosen = settings(tmp_path / "one")
    with (
        installation.open_installation(chosen) as instance,
        pytest.raises(ServiceError, match="name a new folder"),
    ):
        export_import.export(instance, export_folder)
    with pytest.raises(ServiceError, match="data or a key in this folder"):
        export_import.take_in(chosen, export_folder)
    with (
        closing(stores.open_store(chosen, installation.folder_of(chosen))) as store,
        store.read() as reading,
    ):
        assert reading.person("P-1")


def test_a_calendar_is_in_utc_so_that_no_hour_of_it_happens_twice() -> None:
    order = """
order: A-1
person: P-1
court: A court
time_zone: Europe/Paris
in_force: {from: 2026-10-20, until: 2026-10-30}
places: {home: {lat_deg: 48.85, lon_deg: 2.35, radius_m: 60}}
conditions:
  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}
  C2: {appointment: {at: home, from: 02:10, until: 02:50, every: day, present_min: 10}}
"""
    version = read_order.read("order.yaml", order.encode(), {})
    lines = readable_data.calendar((version,)).decode().split("\r\n")
    times = [line.split(":") for line in lines if line.startswith("DT")]
    assert all(written.endswith("Z") for _, written in times)
    assert ["DTSTART", "20261024T200000Z"] in times  # At 22:00, and nine hours until 06:00.
    assert ["DTEND", "20261025T050000Z"] in times
    on_the_night = [written for _, written in times if written.startswith("20261025T0")]
    assert {"20261025T011000Z", "20261025T015000Z"} <= set(on_the_night)  # The second time round.
