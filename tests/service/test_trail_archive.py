"""The archive shows what the store holds, sealed, and lets go of what the store lets go of."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mesure.actions.judging import judge_store
from mesure.formats.stored import reduced_messages
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.instants import MAX_US, MIN_US
from mesure.live import load_person
from mesure.machine.service_error import TransientServiceError
from mesure.service.archive import sealed_rows, trail_archive
from mesure.service.cluster.leader_duties import LeaderDuties
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import database_backup, erase, restore
from mesure.service.maintenance.erase import EraseRequest
from mesure.store.values import partitions
from mesure.store.values.records import LogPosition
from tests.service import installations
from tests.service.nights import START, Night


@pytest.fixture(scope="module")
def night_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    with installations.begin(folder) as instance:
        shown = Night(instance, persons=3)
        asyncio.run(shown.pass_by(24))
        shown.close()
    return folder


@pytest.fixture
def night(night_folder: Path, tmp_path: Path) -> Iterator[Installation]:
    shutil.copytree(night_folder / "data", tmp_path / "data")
    chosen = installations.settings(tmp_path, archive=tmp_path / "archive")
    with installation.open_installation(chosen) as instance:
        yield instance


def messages_in_archive(instance: Installation) -> dict[str, list[StoredMessage]]:
    """Return what the archive holds of each person, in the order of the log."""
    folder = trail_archive.folder_of(instance)
    assert folder is not None
    by_person: dict[str, list[StoredMessage]] = {}
    for partition in trail_archive.ALL:
        for path in trail_archive.files(folder, partition):
            for person, messages in trail_archive.read_day(instance.keyring, path):
                by_person.setdefault(person, []).extend(messages or [])
    return by_person


def messages_in_store(instance: Installation) -> dict[str, list[StoredMessage]]:
    with instance.store.read() as reading:
        by_person = {
            person: load_person.open_messages(
                instance.keyring.find_key(person), reading.messages(person, MIN_US, MAX_US)
            )
            for person in reading.persons_in(trail_archive.ALL)
        }
    return {person: sorted(messages) for person, messages in by_person.items() if messages}


def paths(instance: Installation) -> list[Path]:
    folder = trail_archive.folder_of(instance)
    assert folder is not None
    return [path for part in trail_archive.ALL for path in trail_archive.files(folder, part)]


def test_it_shows_what_the_store_holds_by_partition_and_day(night: Installation) -> None:
    change = trail_archive.sync(night)
    assert messages_in_archive(night) == messages_in_store(night)
    assert len(messages_in_archive(night)) == 3
    assert change.written == len(paths(night)) >= 3  # The night began before midnight, in UTC.
    for path in paths(night):
        for person, messages in trail_archive.read_day(night.keyring, path):
            assert path.parent.name == f"part-{partitions.partition_of(person):03}"
            assert messages
    assert {path.stem for path in paths(night)} == {"2026-09-07"} | {
        f"{START + timedelta(days=1):%Y-%m-%d}" for path in paths(night) if "-08" in path.stem
    }


def test_what_is_up_to_date_is_not_written_again(night: Installation) -> None:
    trail_archive.sync(night)
    before = {path: path.stat().st_mtime_ns for path in paths(night)}
    assert trail_archive.sync(night) == trail_archive.ArchiveChange(0, 0)
    assert {path: path.stat().st_mtime_ns for path in paths(night)} == before


def test_nothing_about_a_person_lies_readable(night: Installation) -> None:
    trail_archive.sync(night)
    person, messages = next(iter(messages_in_store(night).items()))
    for path in paths(night):
        data = path.read_bytes()
        assert person.encode() not in data
        assert messages[0].device.encode() not in data
        assert messages[0].body[-40:] not in data
        assert path.stat().st_mode & 0o077 == 0


def test_whoever_is_erased_is_noise_at_once_and_gone_with_the_same_run(night: Installation) -> None:
    trail_archive.sync(night)
    person = min(messages_in_store(night))
    mine = [one for one in paths(night) if f"{partitions.partition_of(person):03}" in str(one)]
    old = os.open(mine[0], os.O_RDONLY)
    others = {name: what for name, what in messages_in_store(night).items() if name != person}
    night.keyring.forget(person, 1)
    assert messages_in_archive(night) == others  # The rows are still there.
    list(erase.steps(night, EraseRequest(person, is_everything=True)))
    assert not [path for path in mine if path.exists()]
    assert set(os.read(old, 1 << 20)) == {0}  # What the file was made of is overwritten.
    os.close(old)
    assert messages_in_archive(night) == others


def test_what_is_let_go_or_reduced_in_the_store_is_here(night: Installation) -> None:
    trail_archive.sync(night)
    person, messages = min(messages_in_store(night).items())
    partition = partitions.partition_of(person)
    first, second = messages[0].sequence, messages[1].sequence
    with night.store.read() as reading:
        [record] = [
            record
            for record in reading.log(LogPosition(partition, 0), 9)
            if record.place.sequence == second
        ]
    body = judge_store.open_message(night.keyring, record)
    night.store.write(lambda work: work.cut([LogPosition(partition, first)]))
    night.store.write(
        lambda work: work.rewrite(
            LogPosition(partition, second), reduced_messages.FORM, record.share.body
        )
    )
    assert trail_archive.sync(night).written == 1
    left = messages_in_archive(night)[person]
    assert left[0] == messages[1]._replace(form=reduced_messages.FORM)
    assert left[0].body == body
    assert left[1:] == messages[2:]


def test_nothing_is_older_than_the_retention(night: Installation) -> None:
    trail_archive.sync(night)
    before = messages_in_archive(night)
    erase.daily(night, lambda: False)  # The night was long ago; what an incident holds stays.
    after = messages_in_archive(night)
    assert after == messages_in_store(night)
    assert sum(map(len, after.values())) < sum(map(len, before.values()))
    assert reduced_messages.FORM in {one.form for messages in after.values() for one in messages}


def test_what_a_killed_process_left_is_taken_away(night: Installation) -> None:
    trail_archive.sync(night)
    path = paths(night)[0]
    path.rename(path.with_name(path.name + sealed_rows.OLD))  # Killed between two renamings.
    path.with_name(path.name + sealed_rows.NEW).write_bytes(b"half")
    trail_archive.sync(night)
    assert messages_in_archive(night) == messages_in_store(night)
    assert [one.name for one in path.parent.iterdir() if one.suffix != ".parquet"] == []


def test_a_damaged_file_is_told_and_written_anew(night: Installation) -> None:
    trail_archive.sync(night)
    path = paths(night)[0]
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(TransientServiceError, match=r"is damaged; .* mesure country archive"):
        messages_in_archive(night)
    assert trail_archive.sync(night).written == 1
    assert messages_in_archive(night) == messages_in_store(night)


def test_a_row_that_was_moved_to_another_day_opens_nowhere(night: Installation) -> None:
    trail_archive.sync(night)
    path = paths(night)[0]
    note = sealed_rows.read_note(path, trail_archive.ArchiveNote)
    assert note is not None
    moved = b'{"form":"mesure archive 1","partition":%d,"day":%d,"last":1,"digest":""}'
    sealed_rows.write(path, list(sealed_rows.rows(path)), moved % (note.partition, note.day + 1))
    with pytest.raises(TransientServiceError, match="was written anew, or is damaged"):
        messages_in_archive(night)


def test_a_store_that_was_restored_is_archived_anew(night: Installation, tmp_path: Path) -> None:
    trail_archive.sync(night)
    now = START + timedelta(days=1)
    database_backup.data(night, tmp_path / "backup", now)
    database_backup.keys(night, tmp_path / "keys", now)
    archive, new = tmp_path / "archive", tmp_path / "new"
    (new / "data" / "keys").mkdir(parents=True, mode=0o700)
    (new / "data").chmod(0o700)
    shutil.copy2(night.folder.master_key, new / "data" / "keys")
    elsewhere = installations.settings(new, archive=archive)
    restore.restore(elsewhere, tmp_path / "backup", tmp_path / "keys")
    assert list(archive.rglob("*.parquet")) == []


def test_a_service_archives_each_day_and_tells_where_it_cannot(
    night: Installation, tmp_path: Path
) -> None:
    events: list[tuple[str, dict[str, object]]] = []

    def tell(event: str, **what: object) -> None:
        events.append((event, what))

    log = SimpleNamespace(info=tell, error=tell)
    house = SimpleNamespace(installation=night)
    duties: Any = SimpleNamespace(_dependencies=house, _ending=asyncio.Event(), _log=log)
    asyncio.run(LeaderDuties._archive(duties))
    assert messages_in_archive(night) == messages_in_store(night)
    asyncio.run(LeaderDuties._archive(duties))
    [(event, what)] = events  # Nothing is told where nothing was to do.
    assert (event, what["removed"]) == ("archived", 0)
    shutil.rmtree(tmp_path / "archive")
    (tmp_path / "archive").write_text("a file in the place of the folder")
    asyncio.run(LeaderDuties._archive(duties))
    assert events[-1][0] == "not_archived"


def test_whoever_names_no_folder_has_no_archive(tmp_path: Path) -> None:
    with installations.begin(tmp_path) as instance:
        assert trail_archive.sync(instance) == trail_archive.ArchiveChange(0, 0)
        trail_archive.clear(instance)


def test_whose_key_is_lost_is_named_until_it_is_back(night: Installation) -> None:
    trail_archive.sync(night)
    with closing(sqlite3.connect(night.folder.keyring)) as keys:
        key = keys.execute("SELECT * FROM wrapped_key WHERE name LIKE 'P-%' LIMIT 1").fetchone()
        keys.execute("DELETE FROM wrapped_key WHERE name = ?", key[:1])
        keys.commit()
        lost = trail_archive.sync(night)
        night.keyring.make_keys([key[0]])  # Made anew, as by an older version.
        shut = trail_archive.sync(night)
        again = trail_archive.sync(night)
        keys.execute("UPDATE wrapped_key SET wrapped = ? WHERE name = ?", (key[1], key[0]))
        keys.commit()
        back = trail_archive.sync(night)
    days = {date.fromisoformat(path.stem) for path in paths(night) if _has(night, path, key[0])}
    assert [one.unreadable for one in (lost, shut, again, back)] == [{key[0]: days}] * 3 + [{}]
    assert (shut.written > 0, again.written, back.written > 0) == (True, 0, True)
    assert trail_archive.sync(night) == trail_archive.ArchiveChange()


def _has(instance: Installation, path: Path, person: str) -> bool:
    return person in {name for name, _ in trail_archive.read_day(instance.keyring, path)}


def _spoil(instance: Installation, path: Path) -> str:
    """Change what came of the first person of a file; return who that is."""
    [(person, _), *_rest] = trail_archive.read_day(instance.keyring, path)
    first, *others = sealed_rows.rows(path)
    spoilt = first._replace(body=first.body[:-1] + bytes([first.body[-1] ^ 1]))
    sealed_rows.write(path, [spoilt, *others], sealed_rows.note(path) or b"")
    return person


def test_a_row_that_does_not_open_is_named_and_stops_nobody(night: Installation) -> None:
    trail_archive.sync(night)
    path = paths(night)[0]
    person, day = _spoil(night, path), date.fromisoformat(path.stem)
    files = trail_archive.files(path.parents[1], partitions.partition_of(person))
    trails = dict(trail_archive.read_partition(night.keyring, files))
    assert trails[person] == trail_archive.ArchivedTrail(None, (day,))
    assert trail_archive.sync(night).written == 0, "it shows the store as it is, so it says"
    assert trail_archive.sync(night, opens_all=True) == trail_archive.ArchiveChange(1)
    assert messages_in_archive(night) == messages_in_store(night)


def test_an_older_row_under_a_key_that_is_lost_is_named_with_its_day(night: Installation) -> None:
    trail_archive.sync(night)
    person = min(messages_in_store(night))
    days = {date.fromisoformat(path.stem) for path in paths(night) if _has(night, path, person)}
    with closing(sqlite3.connect(night.folder.keyring)) as keys:
        name = "SELECT wrapped FROM wrapped_key WHERE name = ?"
        [old] = keys.execute(name, (person,)).fetchone()
        keys.execute("DELETE FROM wrapped_key WHERE name = ?", (person,))
        keys.commit()
        night.keyring.make_keys([person])  # As an older version did.
        shut = trail_archive.sync(night, opens_all=True)
        assert shut.unreadable == {person: days}
        first, second = trail_archive.shut_text(shut.unreadable).splitlines()
        assert first.endswith(f"): {len(days)}, of persons: 1.")
        assert second == f"{person}: {', '.join(map(str, sorted(days)))}"
        keys.execute("UPDATE wrapped_key SET wrapped = ? WHERE name = ?", (old, person))
        keys.commit()
    assert trail_archive.sync(night, opens_all=True).unreadable == {}
    assert messages_in_archive(night) == messages_in_store(night)
