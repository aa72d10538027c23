"""Town entry: persons entered many at a time, with what an office enters of each by its actions.

By the actions of an office it takes longer than a quarter of an hour to enter 20,000 persons; where
only what they report is measured, that is not waited for.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Final

from bench.measuring import say
from bench.under_load.served_town import Crowd
from mesure.actions.cases.persons import DETAILS, PersonDetails
from mesure.actions.devices.device_classes import ENROLLED, EnrolledDevice
from mesure.actions.framework.case_access import CASE, CaseFile
from mesure.actions.orders import binding_order
from mesure.actions.records.record_types import Register
from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.machine.signatures import SecretKey
from mesure.orders.reading import read_order
from mesure.service.installation import data_folder, installation
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import upgrade
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import order_text
from mesure.store.values.records import Device, Order, Person, StoredOrderVersion
from mesure_lab.demonstration import moving_in
from mesure_lab.simulation.towns import TownPerson

BY: Final = "bench"
TOGETHER: Final = 500  # Persons in one change.
SAID_EVERY: Final = 5_000


def settle(settings: Settings, crowd: Crowd, everybody: Sequence[TownPerson]) -> list[SecretKey]:
    """Enter everybody with a device in service; return the secret keys of the devices."""
    folder = installation.folder_of(settings)
    folder.make()
    signers = [SecretKey.from_seed(secrets.token_bytes(32)) for _ in everybody]
    pairs = list(zip(everybody, signers, strict=True))
    with data_folder.hold_folder(folder):
        upgrade.upgrade(settings, folder, crowd.begun_at)
        with installation.begin_installation(settings) as instance:
            for start in range(0, len(pairs), TOGETHER):
                part = pairs[start : start + TOGETHER]
                instance.keyring.make_keys([person.id for person, _ in part])
                instance.store.write(partial(_enter_some, instance, crowd.begun_at, part))
                if start % SAID_EVERY == 0 and start:
                    say(f"entered {start:,} of {len(pairs):,} persons")
    return signers


def _enter_some(
    instance: Installation,
    at: datetime,
    pairs: Sequence[tuple[TownPerson, SecretKey]],
    work: WriteTransaction,
) -> None:
    for person, signer in pairs:
        enter(instance, work, person.id, person, at)
        device = moving_in.device_of(person.id)
        keys = (EnrolledKey(signer.key, 2, None),)  # The first message introduced it.
        work.keep_enrolment(Enrolment(device, person.device_class.value, at, keys))


def enter(
    instance: Installation, work: WriteTransaction, name: str, like: TownPerson, at: datetime
) -> None:
    """Enter a person who has a key: case, order in force, device carried; all as another one's."""
    text = like.order_text.replace(like.id, name).encode()
    version = read_order.read(binding_order.FILE, text, {})
    order, device = version.order, moving_in.device_of(name)
    plain = order_text.pack(text, {})
    where = binding_order.seal_context(name, order, 1)
    body = sealing.seal(instance.keyring.key_of(name), plain, where, secrets.token_bytes)
    rows = Register(work, instance.keyring, secrets.token_bytes, at)
    work.add_person(Person(name, at, BY))
    rows.add(CASE, name, CaseFile(name, None))
    rows.add(DETAILS, name, PersonDetails(f"Nobody {name}", "kk"), name)
    work.add_order(Order(order, name, at, BY))
    digests = sha256(text).digest(), sha256(plain).digest()
    work.add_version(
        StoredOrderVersion(order, 1, *digests, body, version.in_force, at, BY, at, "second")
    )
    work.add_device(Device(device, at, BY))
    rows.add(ENROLLED, device, EnrolledDevice(like.device_class.value, at, BY))
    work.keep_assignment(Assignment(device, name, order, at, None))
