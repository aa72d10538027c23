"""Persons entered many at a time are what an office makes of them one by one."""

import asyncio
import secrets
from pathlib import Path

from bench.under_load import served_town, town_entry
from bench.under_load.served_town import Crowd
from mesure.actions.judging import judge_store
from mesure.actions.receiving.receipt_transaction import ReceiverDependencies
from mesure.actions.receiving.receive_messages import Receiver, ReceiverConfig
from mesure.devices.clocks import ClockLimits
from mesure.machine.signatures import EnrolledKeyVerifier, SecretKey
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from mesure_lab.simulation.towns import TownPerson

CROWD = Crowd(lives=2, times=2, start="19:00", minutes=10, per_message=5)


def people() -> list[TownPerson]:
    return list(served_town.people(CROWD))


async def count_lost(instance: Installation, signers: list[SecretKey]) -> tuple[int, int]:
    """Have the devices send everything; return how many messages are not there, or were refused."""
    means = ReceiverDependencies(
        instance.keyring, EnrolledKeyVerifier(), ClockLimits(10**8, 10**10), secrets.token_bytes
    )
    messages = served_town.messages(CROWD, people(), signers)
    last_us = messages[-1].at_us + 1
    receiver = Receiver(
        ReceiverConfig(instance.store, means, instance.signing.devices, lambda: last_us)
    )
    for message in messages:
        await receiver.transfer(message.data, "here")
    await receiver.close()
    with instance.store.read() as reading:
        return len(messages) - sum(reading.ends().values()), len(reading.quarantine(0, 9))


def by_what(instance: Installation) -> list[tuple[str, str]]:
    """Return by what each of them is to be judged: the class of the device, and a digest of all."""
    with instance.store.read() as reading:
        duties = (judge_store.duties(reading, instance.keyring, one.id) for one in people())
        return [(duty.device_class, duty.digest) for [duty] in duties]


def test_they_are_received_and_judged_as_those_whom_an_office_entered(tmp_path: Path) -> None:
    by_office = served_town.settings_in(tmp_path / "office")
    at_once = served_town.settings_in(tmp_path / "at once")
    signers = (
        served_town.settle(by_office, CROWD, people())[1],
        town_entry.settle(at_once, CROWD, people()),
    )
    judged_by = []
    for settings, keys in zip((by_office, at_once), signers, strict=True):
        with installation.open_installation(settings) as instance:
            assert asyncio.run(count_lost(instance, keys)) == (0, 0)
            judged_by.append(by_what(instance))
    assert judged_by[0] == judged_by[1]
    assert len(judged_by[0]) == len(people())
