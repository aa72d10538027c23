"""What was erased is in no file any more, also while a service uses the store."""

import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from mesure.instants import to_us
from mesure.machine import clock
from mesure.service.installation import data_folder, installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import erase, upgrade
from mesure.service.maintenance.erase import EraseRequest
from mesure.store.interface.store import WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.effects import (
    JudgingProgress,
    JudgingResult,
    StoredAssessment,
    StoredIncident,
)
from mesure.store.values.records import Device, MessageShare, Order, Person, ReceivedMessage
from tests.service import installations, served

NAME = "erased.test"
PERSONS = 12
DAY_US = 86_400_000_000
GONE = [f"P-{number}" for number in range(0, PERSONS, 2)]


def incident_of(person: str, number: int) -> str:
    return sha256(f"{person} {number}".encode()).hexdigest()[:16]


def digest_of(person: str, number: int) -> bytes:
    return sha256(f"message {person} {number}".encode()).digest()


def fill(work: WriteTransaction) -> None:
    """Keep persons with incidents and assessments, and messages of today and of long ago."""
    now = clock.now()
    now_us = to_us(now)
    owner = work.claim(range(partitions.PARTITIONS), "test")
    for number in range(PERSONS):
        person, order, device = f"P-{number}", f"ORDER-{number}", f"D-{number}"
        work.add_person(Person(person, now, "test"))
        work.add_order(Order(order, person, now, "test"))
        work.add_device(Device(device, now, "test"))
        for count in range(20):
            at_us = now_us - count % 2 * 60 * DAY_US
            share = MessageShare(person, at_us, at_us, os.urandom(150 + 40 * count))
            digest = digest_of(person, count)
            work.append([ReceivedMessage(device, 2 + count, "mesure1", at_us, digest, (share,))])
        work.judge([_judging(person, order, now_us)], owner)


def _judging(person: str, order: str, now_us: int) -> JudgingResult:
    versions = ("2026-01", "0.1")
    stands = StoredAssessment(
        person, order, f"LEAVES-{person}.", "met", 1, now_us, bytes(32), *versions, unsigned=False
    )
    raised = tuple(
        StoredIncident(
            incident_of(person, number), person, order, f"LEAVES-{person}.", "absent",
            10, 1 + number, 20 + number, 0.9, None, os.urandom(100 + 30 * number), 1,
        )
        for number in range(12)
    )  # fmt: skip
    judged = JudgingProgress(person, now_us, 1, *versions, unsigned=False, due_us=None)
    return JudgingResult(judged, 0, (stands,), (), raised)


def raw(folder: Path) -> bytes:
    """Return every byte of every file of the data and of the keys."""
    files = (path for path in folder.parent.rglob("*") if path.is_file())
    return b"".join(path.read_bytes() for path in files)


def make_settings(folder: Path) -> Settings:
    return Settings.model_validate({"data": folder, "name": NAME})


def test_nothing_of_whoever_is_erased_is_left_while_a_service_runs(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with (
        served.run_service(folder, MESURE_NAME=NAME) as running,
        installation.open_installation(make_settings(folder)) as instance,
    ):
        instance.keyring.make_keys([f"P-{number}" for number in range(PERSONS)])
        instance.store.write(fill)
        before = raw(folder)
        for person in GONE:
            list(erase.steps(instance, EraseRequest(person, is_everything=True)))
        after = raw(folder)
        status, _ = running.end()
    assert status == 0
    for number in range(12):
        for person in GONE:
            assert incident_of(person, number).encode() in before
            assert incident_of(person, number).encode() not in after
            assert digest_of(person, number) not in after
    for person in GONE:
        assert f"LEAVES-{person}.".encode() not in after
    assert incident_of("P-1", 3).encode() in after


def test_the_daily_run_of_a_service_overwrites_what_is_due(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with installations.begin(tmp_path) as instance:
        instance.keyring.make_keys([f"P-{number}" for number in range(PERSONS)])
        instance.store.write(fill)
    with installation.open_installation(installations.settings(tmp_path)) as instance:
        assert digest_of("P-1", 1) in raw(instance.folder.path)
        assert erase.daily(instance, lambda: False)["trail"] == 10 * PERSONS
        after = raw(instance.folder.path)
    for number in range(PERSONS):
        for count in range(20):
            assert (digest_of(f"P-{number}", count) in after) == (count % 2 == 0)
    assert folder.exists()


def test_a_backup_of_an_upgrade_goes_when_its_days_are_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installations.begin(tmp_path):
        pass
    with installation.open_installation(installations.settings(tmp_path)) as instance:
        now = clock.now()
        data_folder.make_private(instance.folder.backups)
        ages = {"young": timedelta(days=2, hours=23), "old": timedelta(days=3, minutes=1)}
        paths = {}
        for name, age in ages.items():
            paths[name] = upgrade._backed_up(instance.settings, instance.folder, name, now - age)
        (instance.folder.backups / "by_hand").mkdir()
        assert erase.daily(instance, lambda: False) == {"upgrade_backups": 1}
        assert not paths["old"].exists()
        assert paths["young"].exists()
        assert (instance.folder.backups / "by_hand").exists()
