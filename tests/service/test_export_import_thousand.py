"""A programme of a thousand persons goes over and comes back equal to the byte, each with a record.

Everybody has an order of their own, a device, a message with twelve fixes and details; of some the
audit log says that they were changed.
"""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mesure.actions.cases import persons
from mesure.actions.cases.persons import DETAILS, PersonDetails
from mesure.actions.devices.device_classes import ENROLLED, EnrolledDevice
from mesure.actions.orders import binding_order
from mesure.actions.records.record_types import Register
from mesure.devices.assignment import Assignment
from mesure.devices.signed_form import FORM as SIGNED
from mesure.orders.values.span import Span
from mesure.privacy.roles import Role
from mesure.service.export import export_import, readable_data
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import order_text
from mesure.store.values.records import (
    Device,
    MessageShare,
    Order,
    Person,
    ReceivedMessage,
    StoredOrderVersion,
)
from tests.actions.house import Office
from tests.evaluation import scenes
from tests.service import bundled, installations
from tests.service.bundled import NOW, START
from tests.service.test_export_import import agree

pytestmark = pytest.mark.once

PERSONS = 1_000
AT_ONCE = 250
UNTIL = START + timedelta(days=2)
MESSAGE = bundled.night()[0]


def text_of(number: int) -> bytes:
    text = scenes.order(
        scenes.CURFEW, in_force="from: 2026-02-01, until: 2026-02-03", name=f"O-{number}"
    )
    return text.replace("P-1", f"P-{number}").encode()


def enter(office: Office, rows: Register, work: WriteTransaction, number: int) -> None:
    person, order, device = f"P-{number}", f"O-{number}", f"D-{number}"
    key = office.keyring.make_keys([person])[person]
    text = text_of(number)
    plain = order_text.pack(text, {})
    body = sealing.seal(key, plain, binding_order.seal_context(person, order, 1), office.chance)
    digests = sha256(text).digest(), sha256(plain).digest()
    work.add_person(Person(person, START, "test"))
    rows.add(DETAILS, person, PersonDetails(f"Name of {person}"), person)
    work.add_order(Order(order, person, START, "test"))
    work.add_version(
        StoredOrderVersion(
            order, 1, *digests, body, Span(START, UNTIL), START, "test", START, "test"
        )
    )
    work.add_device(Device(device, START, "test"))
    rows.add(ENROLLED, device, EnrolledDevice("phone", START, "test"))
    work.keep_assignment(Assignment(device, person, order, START, None))
    bound = sealing.message_seal_context(person, device, 2)
    sealed = sealing.seal(key, MESSAGE.body, bound, office.chance)
    at_us = MESSAGE.received_us
    share = MessageShare(person, at_us - 3_300_000_000, at_us, sealed)
    digest = sha256(device.encode() + MESSAGE.body).digest()
    work.append([ReceivedMessage(device, 2, SIGNED, at_us, digest, (share,))])


def fill(instance: Installation) -> None:
    office = Office(instance.store, instance.keyring, NOW)
    instance.keyring.make_keys([f"P-{number}" for number in range(PERSONS)])
    for start in range(0, PERSONS, AT_ONCE):
        numbers = range(start, start + AT_ONCE)

        def change(rows: Register, work: WriteTransaction, numbers: range = numbers) -> None:
            for number in numbers:
                enter(office, rows, work, number)

        office.write(change)
    officer = office.account("K-1", Role.SUPERVISOR)
    for number in range(0, PERSONS, 100):
        request = persons.ChangeDetails(f"P-{number}", "Somebody else")
        office.do(officer, persons.change_details, request)


def test_a_thousand_persons_go_over_and_come_back_equal_to_the_byte(tmp_path: Path) -> None:
    chosen = installations.settings(tmp_path / "two")
    with installations.begin(tmp_path / "one") as instance:
        fill(instance)
        export_import.export(instance, tmp_path / "out")
    intake = export_import.take_in(chosen, tmp_path / "out")
    assert intake.rows["person"] == intake.rows["message"] == PERSONS
    with installation.open_installation(chosen) as instance:
        export_import.export(instance, tmp_path / "again")
    agree(tmp_path / "out", tmp_path / "again")
    listing = json.loads((tmp_path / "out" / "export.json").read_text())
    fixes = pq.read_table(tmp_path / "out" / readable_data.FIXES)
    zones = pq.read_table(tmp_path / "out" / readable_data.ZONES)
    assert fixes.num_rows == 12 * PERSONS
    assert len(set(zones.column("person").to_pylist())) == PERSONS
    assert sum(name.endswith(".ics") for name in listing["sha256"]) == PERSONS
