"""A town for the bench of the service: entered in an installation, its messages signed before.

Some persons of a simulated town, each many times over under other names: what counts here is how
many report, not that their lives differ. Everything goes through the real actions and the real
protocol.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from mesure.actions.devices import enrolment_codes
from mesure.actions.devices.enrolment_codes import IntroduceDevice
from mesure.actions.framework import action, context
from mesure.devices.message.batch import FixBatch
from mesure.evaluation.policy import DeviceClass
from mesure.instants import US_PER_MS
from mesure.machine.signatures import SecretKey
from mesure.service.device import client as device_client
from mesure.service.installation import data_folder, installation
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import upgrade
from mesure_lab.demonstration import moving_in, town_devices
from mesure_lab.demonstration.moving_in import MovedIn
from mesure_lab.ground import town
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town, TownPerson

FIRST_DAY: Final = date(2026, 9, 7)
INTERVAL_S: Final = 10  # Between two fixes, where what counts is how many come.
LINES: Final = 256


@dataclass(frozen=True, slots=True)
class Crowd:
    """Those who report: lives, and how often each is sent."""

    lives: int
    times: int
    start: str  # Of the night, on the clock of the town.
    minutes: int
    per_message: int
    interval_s: int = INTERVAL_S

    @property
    def begun_at(self) -> datetime:
        """Return the instant at which they begin to report."""
        zone = ZoneInfo(town.TIME_ZONE)
        return datetime.combine(FIRST_DAY, datetime.min.time(), zone) + timedelta(
            hours=int(self.start[:2]), minutes=int(self.start[3:])
        )


def plan(crowd: Crowd) -> Town:
    """Return the town whose lives a crowd reports."""
    return Town(
        1,
        crowd.lives,
        days=2,
        interval_s=crowd.interval_s,
        classes=(DeviceClass.PHONE,),
        awake=True,
        first_day=FIRST_DAY,
    )


def people(crowd: Crowd) -> Iterator[TownPerson]:
    """Yield everybody of a crowd."""
    for person in towns.people(plan(crowd)):
        for number in range(crowd.times):
            name = f"{person.id}-{number}"
            yield replace(person, id=name, order_text=person.order_text.replace(person.id, name))


@dataclass(frozen=True, slots=True)
class TownMessage:
    """A message as it will be sent: when, by whom, how many fixes it has, and its bytes."""

    at_us: int
    device: int
    fixes: int
    data: bytes


def settle(
    settings: Settings, crowd: Crowd, everybody: Sequence[TownPerson]
) -> tuple[MovedIn, list[SecretKey]]:
    """Enter everybody, with devices that have introduced themselves."""
    folder = installation.folder_of(settings)
    folder.make()
    signers = [SecretKey.from_seed(secrets.token_bytes(32)) for _ in everybody]
    with data_folder.hold_folder(folder):
        upgrade.upgrade(settings, folder, crowd.begun_at)
        with installation.begin_installation(settings) as instance:
            moved_in = moving_in.move_in(instance, everybody, lambda: crowd.begun_at)
            for person, signer in zip(everybody, signers, strict=True):
                _introduce(instance, person, moved_in, signer, crowd.begun_at)
            moving_in.hand_out(instance, moved_in, lambda: crowd.begun_at)
    return moved_in, signers


def _introduce(
    instance: Installation, person: TownPerson, moved_in: MovedIn, signer: SecretKey, at: datetime
) -> None:
    device = moving_in.device_of(person.id)
    request = IntroduceDevice(device, person.device_class.value, signer.key, moved_in.codes[device])
    visitor = moving_in.context_of(instance, context.VISITOR, at)
    action.perform(visitor, enrolment_codes.introduce, request)


class Part(NamedTuple):
    """What one device says in one message, before it is written in anybody's way."""

    device: int  # Whose, by its place among everybody.
    counter: int
    batch: FixBatch


def parts(crowd: Crowd, everybody: Sequence[TownPerson]) -> Iterator[Part]:
    """Yield what everybody reports, one device after the other."""
    begin_ms = int(crowd.begun_at.timestamp()) * 1_000
    end_ms = begin_ms + crowd.minutes * 60_000
    dice = np.random.default_rng(1)
    for number, person in enumerate(everybody):
        taken_ms = person.received_reports.reports.taken_ms
        rows = np.flatnonzero((taken_ms >= begin_ms) & (taken_ms < end_ms))
        rows = rows[np.argsort(taken_ms[rows], kind="stable")]
        # Devices do not close their messages at the same moment.
        first = int(dice.integers(1, crowd.per_message + 1))
        cuts = range(first, len(rows), crowd.per_message)
        for counter, part in enumerate(np.split(rows, list(cuts)), start=2):
            batch = town_devices.fixes(person.received_reports, part)
            # Nor do two devices ever say the same: who lives the same life does so a moment later.
            later_us = number % crowd.times * US_PER_MS
            yield Part(number, counter, replace(batch, observed_us=batch.observed_us + later_us))


def messages(
    crowd: Crowd, everybody: Sequence[TownPerson], signers: Sequence[SecretKey]
) -> list[TownMessage]:
    """Return what everybody sends, signed, in order of time."""
    signed_messages = []
    for number, counter, batch in parts(crowd, everybody):
        at_us = int(batch.observed_us[-1])
        data = device_client.sign_message(batch, counter, at_us, signers[number])
        signed_messages.append(TownMessage(at_us, number, len(batch), data))
    return sorted(signed_messages, key=lambda message: message.at_us)


def settings_in(folder: Path, database_url: str | None = None) -> Settings:
    """Return the settings of an installation of the bench."""
    values = {"data": folder / "data", "name": "bench.mesure", "port": 0, "address_rate": 1_000_000}
    return Settings.model_validate({**values, "database_url": database_url})
