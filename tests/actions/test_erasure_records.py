"""Whole records and the audit log: what is due goes, the log says so and holds, day by day."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from mesure.actions.cases import persons
from mesure.actions.data_rights import erasure, retained_data
from mesure.actions.data_rights.erasure import ErasureStep
from mesure.actions.framework import action
from mesure.actions.framework.context import PROGRAM
from mesure.actions.records import named_persons
from mesure.audit import commitments
from mesure.audit.log_verification import BrokenLogError, LogFault
from mesure.devices import device_state as standing_
from mesure.devices.assignment import Assignment
from mesure.devices.clocks import DeviceClock
from mesure.devices.counters import Counters
from mesure.devices.device_state import DeviceState
from mesure.devices.health import DeviceHealth
from mesure.instants import to_us
from mesure.privacy.retention.retention_schedule import RetentionKind
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring.file import FileKeyring
from mesure.store.values.records import Device
from mesure.store.values.register import RegisterRow
from tests.actions.erasing import (
    DAY,
    closure_finder,
    counters,
    enter,
    enter_person,
    run,
    send,
    show,
    verify_log,
)
from tests.actions.house import MORNING, Office
from tests.store.test_keyring_master_key import PowerCutError, copy_aside, cut_power

# --- A whole record ------------------------------------------------------------------------------


def test_a_record_goes_when_the_last_order_is_long_over(office: Office) -> None:
    officer = enter_person(office)
    enter_person(office, "P-2")
    office.account("P-1-account", Role.PERSON, "P-1")
    show(office, officer, "P-1")
    office.later(days=2_364.9)
    assert not any(step.sort is RetentionKind.RECORD for step in run(office, ["P-1"]))
    office.later(days=0.2)
    assert run(office, ["P-1"]) == [ErasureStep(RetentionKind.RECORD, 1, 1)]
    with office.store.read() as reading:
        assert reading.entries_about("P-1") == ()
        assert reading.entry("case", "P-1") is None
        assert reading.entries_with_key("account", "person", "P-1") == ()
        assert reading.entries_with_key("deed", "person", "P-1") == ()
        person = reading.person("P-1")
        assert person is not None
        assert person.erased_at == office.now
        assert reading.entries_about("P-2")
    assert office.keyring.is_erased("P-1")
    verify_log(office)
    assert not any("P-1" in str(record) for record in office.log())


def test_the_key_goes_first_and_a_run_that_was_broken_off_is_gone_on_with(office: Office) -> None:
    enter(office)
    send(office, 2)
    office.keyring.forget("P-1", to_us(office.now))
    assert run(office)[0] == ErasureStep(RetentionKind.RECORD, 1, 1)
    assert counters(office) == []
    assert RetentionKind.RECORD not in {step.sort for step in run(office)}


def test_a_key_that_a_cut_left_in_the_file_goes_with_the_next_run(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    enter(office, until=DAY)
    office.keyring.make_keys(["P-1"])
    wrapped = copy_aside(tmp_path / "keys.db")
    office.later(days=400)
    monkeypatch.setattr(FileKeyring, "scrub", cut_power)
    with pytest.raises(PowerCutError):
        run(office)
    monkeypatch.undo()
    assert wrapped in (tmp_path / "keys.db").read_bytes()
    run(office)
    assert wrapped not in (tmp_path / "keys.db").read_bytes()


def test_what_is_to_be_exported_is_exported_before_it_is_erased(office: Office) -> None:
    enter(office, until=DAY)
    office.later(days=400)
    exports: list[tuple[str, bool]] = []

    def export(person: str) -> None:
        exports.append((person, office.keyring.is_erased(person)))

    run(office, export=export)
    assert exports == [("P-1", False)]


def test_nothing_is_erased_where_the_export_fails(office: Office) -> None:
    enter(office, until=DAY)
    office.later(days=400)

    def export(_: str) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        run(office, export=export)
    assert not office.keyring.is_erased("P-1")
    with office.store.read() as reading:
        person = reading.person("P-1")
    assert person is not None
    assert person.erased_at is None


def test_a_line_about_several_names_nobody_who_was_erased(office: Office) -> None:
    for person in ("P-1", "P-2"):
        enter(office, person, until=DAY if person == "P-1" else 30 * DAY)
        office.keyring.make_keys([person])
    office.store.write(
        lambda work: erase_both(office, work)  # An entry such as a list of a caseload leaves.
    )
    [before] = [record["persons"] for record in office.log() if record.get("persons")]
    office.later(days=370)
    run(office)
    assert not [record for record in office.log() if "P-1" in str(record)]
    assert office.deeds("person", "P-1") == []
    [of_other] = office.deeds("person", "P-2")
    with office.store.read() as reading:
        [line] = [one for one in office.log() if one.get("persons")]
        opening = reading.record_opening(retained_data.entry_of(of_other))
    assert line["persons"] == before
    assert opening is not None
    assert len(before) == 2
    office.later(days=30)
    run(office)
    assert not any(record.get("persons") for record in office.log())
    verify_log(office)


def test_an_old_line_that_names_two_in_clear_goes_with_the_last_of_them(office: Office) -> None:
    for person in ("P-1", "P-2"):
        enter(office, person, until=DAY if person == "P-1" else 30 * DAY)
    record = {"action": "persons.change_details", "sort": "change", "persons": ["P-1", "P-2"]}
    record["at"] = office.now.isoformat()

    def change(work: WriteTransaction) -> None:
        [entry] = work.record([commitments.canonical(record)])
        keys = frozenset({("person", "P-1"), ("person", "P-2")})
        name, at_us = named_persons.deed_id(entry), to_us(office.now)
        work.put(RegisterRow(named_persons.DEED, name, 1, None, b"", at_us, keys))

    office.store.write(change)
    office.later(days=370)
    run(office)
    assert [one["persons"] for one in office.log() if one.get("persons")] == [["P-1", "P-2"]]
    office.later(days=30)
    run(office)
    assert not any(one.get("persons") for one in office.log())
    verify_log(office)


def test_what_a_device_said_of_itself_goes_with_the_person(office: Office) -> None:
    enter(office, until=DAY)
    enter(office, "P-2")
    state = DeviceState(
        Counters(9), DeviceClock(1, 2, None, 3, 9), DeviceHealth(heard_us=5, fix_us=4), 7
    )

    def change(work: WriteTransaction) -> None:
        work.keep_assignment(Assignment("D-P-1", "P-1", "ORDER-P-1", office.now, None))
        work.keep_assignment(Assignment("D-P-2", "P-2", "ORDER-P-2", office.now, None))
        work.keep_standings({"D-P-1": standing_.pack(state), "D-P-2": standing_.pack(state)})

    office.store.write(change)
    office.later(days=400)
    run(office)
    with office.store.read() as reading:
        standings = reading.standings(["D-P-1", "D-P-2"])
    # The counters stay: what was said once is not believed again.
    assert standing_.unpack(standings["D-P-1"]) == state._replace(health=DeviceHealth())
    assert standing_.unpack(standings["D-P-2"]) == state


def erase_both(office: Office, work: WriteTransaction) -> None:
    context = office.context(PROGRAM)
    action.enter_action(work, context, persons.change_details, ["P-1", "P-2"], {}, None)


# --- The log -------------------------------------------------------------------------------------


def test_looks_go_after_twelve_months_and_the_log_still_holds(office: Office) -> None:
    officer = enter_person(office)
    show(office, officer, "P-1")
    entered = len(office.log())
    office.later(days=364)
    show(office, officer, "P-1")
    run(office, stands=closure_finder())
    assert len(office.log()) > entered
    before = verify_log(office)
    assert before.erased == 0
    office.later(days=1)
    assert ErasureStep(RetentionKind.LOOK, 1) in run(office)
    after = verify_log(office)
    assert (after.erased, after.erasures) == (1, 1)
    assert len(office.deeds("action", "persons.show")) == 1
    office.later(days=364)
    assert ErasureStep(RetentionKind.LOOK, 1) in run(office)


def test_looks_by_a_clock_ahead_or_behind_keep_none_longer_and_take_none_along(
    office: Office,
) -> None:
    officer = enter_person(office)
    for days in (0, 0, 0, 500, 0.1, -500, 0.1, 0.1, 0.1, 5, 0.1, -500, 500):
        office.later(days=days)
        show(office, officer, "P-1")
    run(office)
    assert len(office.deeds("action", "persons.show")) == 13
    office.later(days=365 - 4.9)  # Those of the clock ahead with those that were entered after.
    assert [step.things for step in run(office) if step.sort is RetentionKind.LOOK] == [9]
    office.later(days=5)
    assert [step.things for step in run(office) if step.sort is RetentionKind.LOOK] == [4]
    verify_log(office)


def test_a_dry_run_counts_all_looks_and_not_the_first_page_only(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = enter_person(office)
    monkeypatch.setattr(erasure, "PAGE", 2)
    for _ in range(5):
        show(office, officer, "P-1")
    office.later(days=366)
    assert ErasureStep(RetentionKind.LOOK, 5) in run(office, is_dry=True)
    steps = [step.things for step in run(office) if step.sort is RetentionKind.LOOK]
    assert steps == [2, 2, 1]


def test_what_is_about_nobody_goes_after_three_years(office: Office) -> None:
    enter(office)
    send(office, 2)
    office.later(days=60)
    run(office)
    office.later(days=1_096)
    steps = [step for step in run(office) if step.sort is RetentionKind.DEED]
    assert [step.things for step in steps] == [3]
    verify_log(office)


def test_a_record_that_is_gone_without_leave_is_told_from_one_that_was_erased(
    office: Office, tmp_path: Path
) -> None:
    officer = enter_person(office)
    for _ in range(3):
        show(office, officer, "P-1")
    office.later(days=365)
    run(office)
    verify_log(office)
    entries = office.log()
    with closing(sqlite3.connect(tmp_path / "mesure.db")) as raw:
        [(entry,)] = raw.execute("SELECT max(entry) FROM audit_record").fetchall()
        raw.execute("DELETE FROM audit_record WHERE entry = ?", (entry,))
        raw.commit()
    assert len(office.log()) == len(entries) - 1
    with pytest.raises(BrokenLogError) as caught:
        verify_log(office)
    assert caught.value.broken is LogFault.MISSING


def test_much_of_the_log_goes_in_steps(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "PAGE", 2)
    officer = enter_person(office)
    for _ in range(5):
        show(office, officer, "P-1")
    office.later(days=365)
    assert [step.things for step in run(office) if step.sort is RetentionKind.LOOK] == [2, 2, 1]
    verify_log(office)
    office.later(days=0.5)
    assert not [step for step in run(office, is_dry=True) if step.sort is RetentionKind.LOOK]


# --- A year, day by day --------------------------------------------------------------------------


def oldest(folder: Path, statement: str) -> Iterator[int]:
    """Yield what an independent look at the file finds."""
    with closing(sqlite3.connect(folder / "mesure.db")) as raw:
        yield from (row[0] for row in raw.execute(statement) if row[0] is not None)


def test_on_every_day_of_a_year_nothing_is_older_than_it_may_be(
    office: Office, tmp_path: Path
) -> None:
    officer = enter_person(office)
    enter(office, "P-2", until=40 * DAY)
    office.store.write(lambda work: work.add_device(Device("D-P-1", office.now, "test")))
    sizes = []
    for count in range(2, 420):
        send(office, count)
        send(office, count + 1_000, None)
        show(office, officer, "P-1")
        office.now += DAY
        run(office)
        now_us, day_us = to_us(office.now), 86_400 * 1_000_000
        trails = "SELECT min(first_us) FROM message WHERE person IS NOT NULL"
        assert all(at_us > now_us - 59 * day_us for at_us in oldest(tmp_path, trails))
        nobodys = "SELECT min(received_us) FROM message WHERE person IS NULL"
        assert all(at_us > now_us - 30 * day_us for at_us in oldest(tmp_path, nobodys))
        if count % 10 == 0:
            looks = [record for record in office.log() if record.get("sort") == "look"]
            limit = office.now - 365 * DAY
            assert all(datetime.fromisoformat(record["at"]) > limit for record in looks)
            sizes.append(verify_log(office).checkpoint.head.size)
    assert sizes == sorted(sizes)
    with office.store.read() as reading:
        erased = reading.person("P-2")
    assert erased is not None
    assert erased.erased_at is not None
    assert erased.erased_at < MORNING + 407 * DAY
