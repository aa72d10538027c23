"""A database rolled back to yesterday does not serve without a word."""

import shutil
from pathlib import Path

import pytest

from mesure.machine.progress import ProgressStages
from mesure.machine.service_error import ServiceError
from mesure.service.installation import installation, last_checkpoint, log_signing
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import restore
from mesure.service.serve import serve
from mesure.service.verification import verify_store
from mesure.service.verification.verify_store import VerifyStoreRequest
from tests.service import installations

OLDER = "the log was signed up to entry 9, and the data here ends at entry 4"


def roll_back(folder: Path, entries: int = 0) -> None:
    """Live a day, and put yesterday's database in its place, with other entries of its own."""
    with installations.begin(folder) as instance:
        installations.record(instance, 3)
        log_signing.checkpoint(instance)
        database = instance.folder.database
    yesterday = folder / "yesterday.db"
    shutil.copy(database, yesterday)
    with installations.begin(folder) as instance:
        installations.record(instance, 5)
        log_signing.checkpoint(instance)
    for path in database.parent.glob("mesure.db*"):
        path.unlink()
    shutil.copy(yesterday, database)
    with installations.begin(folder) as instance:
        if entries:
            installations.record(instance, entries)


def expect_refusal(instance: Installation, match: str) -> None:
    with pytest.raises(ServiceError, match=match):
        last_checkpoint.refuse_older(instance)


def test_what_goes_on_from_what_was_signed_serves(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        last_checkpoint.refuse_older(instance)
        installations.record(instance, 3)
        log_signing.checkpoint(instance)
        last_checkpoint.refuse_older(instance)
        installations.record(instance, 4)
        last_checkpoint.refuse_older(instance)
        assert not last_checkpoint.accept(instance)


def test_the_service_does_not_start_with_yesterdays_data(tmp_path: Path) -> None:
    roll_back(tmp_path)
    messages: list[str] = []
    chosen = installations.settings(tmp_path, port=0)
    with pytest.raises(ServiceError, match=OLDER) as caught:
        serve.serve(chosen, messages.append, installations.end_after(0.0))
    assert "accept what is here: mesure accept-older" in str(caught.value)


def test_nor_where_as_much_came_since_as_is_missing(tmp_path: Path) -> None:
    roll_back(tmp_path, 9)
    with installations.begin(tmp_path) as instance:
        expect_refusal(instance, "says something else before entry 13")


def test_whoever_checks_the_store_is_told(tmp_path: Path) -> None:
    roll_back(tmp_path)
    with installation.open_installation(installations.settings(tmp_path)) as instance:
        assert verify_store.verify(instance, VerifyStoreRequest(), ProgressStages()).found


@pytest.mark.parametrize("entries", [0, 2, 9])
def test_older_data_is_not_signed_and_what_shows_it_stays(tmp_path: Path, entries: int) -> None:
    """Handing out the log signs it first; that would take away what shows the older data."""
    roll_back(tmp_path, entries)
    with installations.begin(tmp_path) as instance:
        before = last_checkpoint.path_of(instance).read_bytes()
        installations.record(instance, 1)
        with pytest.raises(ServiceError, match="the log was signed up to entry 9"):
            log_signing.checkpoint(instance)
        assert last_checkpoint.path_of(instance).read_bytes() == before
        assert last_checkpoint.accept(instance)
        assert log_signing.checkpoint(instance)


def test_older_data_is_accepted_by_a_command_and_the_log_says_so(tmp_path: Path) -> None:
    roll_back(tmp_path)
    with installations.begin(tmp_path) as instance:
        assert last_checkpoint.accept(instance)
        log_signing.checkpoint(instance)
        last_checkpoint.refuse_older(instance)
        with instance.store.read() as reading:
            opening = reading.record_opening(4)
        assert opening is not None
        assert b'"accept_older"' in opening.record
        assert b'"signed_up_to":9' in opening.record.replace(b" ", b"")


def test_what_was_remembered_must_be_signed(tmp_path: Path) -> None:
    roll_back(tmp_path)
    with installations.begin(tmp_path) as instance:
        path = last_checkpoint.path_of(instance)
        path.write_bytes(path.read_bytes().replace(b"\n9\n", b"\n4\n"))
        expect_refusal(instance, "no checkpoint that the key of this log signed")
        assert last_checkpoint.accept(instance)


def test_a_lawful_restore_is_accepted_by_itself(tmp_path: Path) -> None:
    """The keys are in their place, and remember more than the backup has."""
    from mesure.machine import clock
    from mesure.service.maintenance import database_backup

    with installations.begin(tmp_path) as instance:
        database_backup.data(instance, tmp_path / "saved", clock.now())
        installations.record(instance, 8)
        log_signing.checkpoint(instance)
        keys = instance.folder.keys
    chosen = installations.settings(tmp_path / "new", keys=keys)
    restore.restore(chosen, tmp_path / "saved", None)
    with installation.open_installation(chosen) as instance:
        last_checkpoint.refuse_older(instance)
