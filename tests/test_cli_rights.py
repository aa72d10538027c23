"""Commands for the rights of people under an order: what they print, and with what they end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mesure.bundle import make as bundle_make
from mesure.instants import to_us
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.records import Device, MessageShare, Person, ReceivedMessage
from tests.service import bundled, installations
from tests.test_cli import CommandLine

LONG_AGO = datetime(2024, 2, 10, tzinfo=UTC)


def fill(work: WriteTransaction) -> None:
    for name in ("P-1", "P-2"):
        work.add_person(Person(name, LONG_AGO, "test"))
    work.add_person(Person("P-3", LONG_AGO + timedelta(days=36_500), "test"))
    work.add_device(Device("D-1", LONG_AGO, "test"))
    at_us = to_us(LONG_AGO)
    shares = (MessageShare("P-3", at_us, at_us, b""),)
    work.append([ReceivedMessage("D-1", 2, "mesure1", at_us, bytes(32), shares)])


@pytest.fixture
def mesure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MESURE_NAME", "log.example")
    with installations.begin(tmp_path) as instance:
        instance.store.write(fill)
        instance.keyring.make_keys(["P-1", "P-2", "P-3"])
    return CommandLine(monkeypatch, capsys)


def test_what_is_due_is_said_first_and_then_erased(mesure: CommandLine) -> None:
    would = mesure("erase", "--data", "data", "--dry-run")
    assert (would.status, would.out.splitlines()) == (
        0,
        [
            "would erase 1 messages of 1 persons",
            "would erase 2 records of persons, with their keys",
        ],
    )
    done = mesure("erase", "--data", "data")
    assert done.out == would.out.replace("would erase", "erased")
    assert mesure("erase", "--data", "data").out == "Nothing is due.\n"


def test_one_person_is_erased_before_their_time_by_name_only(mesure: CommandLine) -> None:
    data = ("--data", "data")
    assert mesure("erase", *data, "--everything").status == 2
    assert "nobody is kept under this id" in mesure("erase", *data, "--person", "P-9").err
    done = mesure("erase", *data, "--person", "P-3", "--everything")
    assert done.out == "erased 1 records of persons, with their keys\n"
    again = mesure("erase", *data, "--person", "P-3", "--everything")
    assert (again.status, again.out) == (2, "")
    assert "everything about this person was erased on" in again.err
    dry_run = mesure("erase", *data, "--dry-run")
    assert dry_run.out == "would erase 2 records of persons, with their keys\n"


def test_a_programme_is_handed_on_and_taken_in(mesure: CommandLine) -> None:
    mesure("erase", "--data", "data")
    handed = mesure("export", "--data", "data", "--out", "out")
    assert handed.status == 0
    assert handed.out.endswith("rows of 27 tables are in out.\n")
    assert "Nothing in it is sealed" in handed.err
    import_run = mesure("import", "--data", "new", "--from", "out")
    assert (import_run.status, import_run.out.split()[:3]) == (0, handed.out.split()[:3])
    assert mesure("erase", "--data", "new", "--dry-run").out == "Nothing is due.\n"
    assert mesure("import", "--data", "new", "--from", "out").status == 2


# --- Bundles -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bundle_make.Bundle:
    with bundled.open_case(tmp_path_factory.mktemp("bundled")) as case:
        return case.make()


def test_a_bundle_that_holds_is_said_to_hold(
    mesure: CommandLine, bundle: bundle_make.Bundle, tmp_path: Path
) -> None:
    (tmp_path / "evidence.zip").write_bytes(bundle.data)
    (tmp_path / "log.key").write_text(f"{bundled.LOG_KEY}\n")
    command = ("verify-bundle", "evidence.zip", "--key", "log.key", "--hash", bundle.sha256)
    ended = mesure(*command)
    assert ended.status == 0
    assert ended.out.startswith(f"This bundle holds. Its hash is {bundle.sha256}.\n")
    assert "Judging it again gave the same bytes." in ended.out
    assert "--key" not in ended.out
    assert "--key" in mesure("verify-bundle", "evidence.zip").out
    spoken = [mesure(*command, "--language", tag).out for tag in ("en", "fr", "ru", "kk")]
    assert len({*spoken}) == 4


def test_a_bundle_that_does_not_hold_is_said_where(
    mesure: CommandLine, bundle: bundle_make.Bundle, tmp_path: Path
) -> None:
    changed = bundle.data.replace(b'"status":"not_met"', b'"status":"not_mEt"', 1)
    (tmp_path / "evidence.zip").write_bytes(changed)
    ended = mesure("verify-bundle", "evidence.zip")
    assert ended.status == 1
    assert ended.out.splitlines() == [
        "This bundle does not hold. What failed: the layout of the file.",
        "Where: content/assessments.jsonl. What is wrong: its bytes are not those of its checksum.",
    ]
    assert mesure("verify-bundle", "no.zip").status == 2
    assert mesure("verify-bundle", "evidence.zip", "--key", "x").status == 2
