"""A person under an order, with a device that reports, in a real store: what a worker judges."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np

from mesure.actions.devices.device_classes import ENROLLED, EnrolledDevice
from mesure.actions.judging import judge_store
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.orders import binding_order
from mesure.actions.records.record_types import Register
from mesure.devices.assignment import Assignment
from mesure.devices.message import batch, envelope, messages
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Up
from mesure.devices.signed_form import FORM as SIGNED
from mesure.evaluation import pipeline, rules
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import PolicyFile
from mesure.formats.apps import message_pieces
from mesure.formats.apps.app_message import AppFormat
from mesure.formats.apps.message_pieces import MessagePiece
from mesure.formats.columns.file_rows import FileRows
from mesure.formats.stored import stored_messages
from mesure.geo.fixes import Fixes
from mesure.instants import MAX_US, MIN_US, to_datetime
from mesure.live.load_person import EvaluationConfig
from mesure.live.worker import Worker
from mesure.machine.signatures import SecretKey
from mesure.orders.reading import read_order as order_reading
from mesure.record.policy_loading import read_policy
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import order_text
from mesure.store.values.effects import StoredAssessment, StoredIncident, StoredSuperseded
from mesure.store.values.records import (
    Device,
    MessageShare,
    Order,
    ReceivedMessage,
    StoredOrderVersion,
)
from mesure_lab.whole.drawn.scenery import as_batch
from tests.actions import house
from tests.actions.house import Office
from tests.evaluation import scenes

PERSON: Final = "P-1"
DEVICE: Final = "D-1"
START: Final = datetime(2026, 2, 1, tzinfo=UTC)
SECRET: Final = SecretKey.from_seed(bytes(32))
EVERYTHING: Final = frozenset(range(256))
POLICY, _ = read_policy(None)


@dataclass
class Court:
    """What a test does to the record of one person, and what it finds in it."""

    office: Office
    order: str
    person: str = PERSON
    device: str = DEVICE
    form: str = SIGNED  # How its messages are called.
    counter: int = 0
    failed: list[tuple[str, Exception]] = field(default_factory=list)
    policy: PolicyFile = POLICY

    # --- What happens ---

    def vary_order(self, text: str, files: Mapping[str, bytes], at: datetime = START) -> None:
        """Enter the next version of the order, and confirm it."""
        version = order_reading.read(binding_order.FILE, text.encode(), dict(files))
        plain = order_text.pack(text.encode(), dict(files))
        key = self.office.keyring.key_of(self.person)

        def change(work: WriteTransaction) -> None:
            number = len(work.versions(self.order)) + 1
            bound = binding_order.seal_context(self.person, self.order, number)
            body = sealing.seal(key, plain, bound, self.office.chance)
            digests = sha256(text.encode()).digest(), sha256(plain).digest()
            span = version.in_force
            work.add_version(
                StoredOrderVersion(self.order, number, *digests, body, span, at, "test", at, "test")
            )

        self.office.store.write(change)

    def send_messages(self, *deliveries: tuple[Up, int], is_carried: bool = True) -> None:
        """Let the device say things, each received at an instant."""
        person = self.person if is_carried else None
        messages_ = [
            self.seal_message(what, received_us, person) for what, received_us in deliveries
        ]
        self.office.store.write(lambda work: work.append(messages_))

    def seal_message(self, what: Up, received_us: int, person: str | None) -> ReceivedMessage:
        """Return what the device says as the store takes it."""
        self.counter += 1
        payload = messages.encode(UplinkMessage(self.counter, received_us, what))
        body = envelope.seal(payload, SECRET, envelope.UP)
        owner = person or f"device:{self.device}"
        bound = sealing.message_seal_context(owner, self.device, self.counter)
        sealed = sealing.seal(self.office.keyring.key_of(owner), body, bound, self.office.chance)
        times_us = what.observed_us if isinstance(what, FixBatch) else np.array([received_us])
        share = MessageShare(person, int(times_us.min()), int(times_us.max()), sealed)
        digest = sha256(body).digest()
        return ReceivedMessage(self.device, self.counter, self.form, received_us, digest, (share,))

    def send_from_app(self, query: str, received_us: int) -> None:
        """Let the device say something as an app of a pilot does, which signs nothing."""
        body = message_pieces.read_piece(
            MessagePiece(AppFormat.OSMAND, self.device, query.encode())
        ).kept
        digest = sha256(body).digest()
        bound = sealing.message_seal_context(self.person, self.device, digest)
        key = self.office.keyring.key_of(self.person)
        sealed = sealing.seal(key, body, bound, self.office.chance)
        share = MessageShare(self.person, received_us, received_us, sealed)
        received = ReceivedMessage(
            self.device, None, AppFormat.OSMAND, received_us, digest, (share,)
        )
        self.office.store.write(lambda work: work.append([received]))

    def report_fixes(self, fixes: Fixes, *, is_carried: bool = True) -> None:
        """Let fixes come, in order of receipt: those received together in one message."""
        deliveries = [
            (fix_batch, received_us)
            for received_us in np.unique(fixes.received_us).tolist()
            for fix_batch in batch.cut(
                as_batch(fixes.rows(np.flatnonzero(fixes.received_us == received_us)))
            )
        ]
        self.send_messages(*deliveries, is_carried=is_carried)

    def worker(self, holder: str = "test") -> Worker:
        """Return a worker of all partitions, as after a start."""
        sealer = Sealer(self.office.keyring, self.office.chance)
        owner = self.office.store.write(lambda work: work.claim(EVERYTHING, holder))
        return Worker(self.office.store, sealer, self.house, owner, self._note)

    @property
    def house(self) -> EvaluationConfig:
        return EvaluationConfig(self.office.keyring, self.policy)

    def _note(self, person: str, error: Exception) -> None:
        self.failed.append((person, error))
        raise error

    # --- What is found ---

    def assessments(self) -> list[StoredAssessment]:
        with self.office.store.read() as reading:
            return list(reading.assessments(self.person, MIN_US, MAX_US))

    def list_superseded(self) -> list[StoredSuperseded]:
        with self.office.store.read() as reading:
            return list(reading.assessments_superseded(self.person, MIN_US, MAX_US))

    def incidents(self) -> list[StoredIncident]:
        with self.office.store.read() as reading:
            return list(reading.incidents_of(self.person))

    def replay(self, until_us: int) -> Statement:
        """Return what judging everything that is kept says."""
        with self.office.store.read() as reading:
            [duty] = judge_store.duties(reading, self.office.keyring, self.person)
            opened_messages = self.house.open_messages(
                self.person, reading.messages(self.person, MIN_US, MAX_US)
            )
        opened_messages.sort(key=lambda message: message.sequence)
        policy = self.house.policy_of(duty)
        hearing = stored_messages.hear(opened_messages, duty.spans, duty.classes, policy, until_us)
        ready = rules.prepare(duty.versions, policy, to_datetime(until_us))
        return pipeline.replay(ready, hearing.fixes, until_us)


def of_record(record: FileRows) -> Iterator[tuple[FixBatch, int]]:
    """Yield the rows of a file as messages, in order of receipt."""
    for received_us in np.unique(record.received_us).tolist():
        at = np.flatnonzero(record.received_us == received_us)
        at = at[np.argsort(record.observed_us[at], kind="stable")]
        fix_batch = FixBatch(
            record.observed_us[at],
            record.lat_deg[at],
            record.lon_deg[at],
            record.reported_m[at],
            record.speed_mps[at],
            record.motion[at],
            record.beacon[at],
            record.said[at],
            np.zeros(len(at), np.bool_),
        )
        for part in batch.cut(fix_batch):
            yield part, received_us


@contextmanager
def open_court(
    folder: Path,
    text: str = scenes.order(scenes.CURFEW, scenes.RESIDENCE),
    files: Mapping[str, bytes] | None = None,
    carried: Sequence[tuple[datetime, datetime | None]] = ((START, None),),
    other: Store | None = None,
) -> Iterator[Court]:
    """Open a store with one person, an order that was confirmed, and a phone that is carried."""
    version = order_reading.read(binding_order.FILE, text.encode(), dict(files or {}))
    with house.office(folder, other) as office:
        court = Court(office, version.order)
        _enter(court, carried)
        court.vary_order(text, files or {})
        yield court


@contextmanager
def crowd(folder: Path, count: int, *conditions: str) -> Iterator[list[Court]]:
    """Open a store with many persons, each under an order of their own with these conditions."""
    with house.office(folder) as office:
        persons = [
            Court(office, f"A-{number}", f"P-{number}", f"D-{number}")
            for number in range(1, count + 1)
        ]
        for court in persons:
            _enter(court, ((START, None),))
            text = scenes.order(*conditions, name=court.order)
            court.vary_order(text.replace(f"person: {PERSON}", f"person: {court.person}"), {})
        yield persons


def _enter(court: Court, carried: Sequence[tuple[datetime, datetime | None]]) -> None:
    office, person, device = court.office, court.person, court.device
    office.person(person)

    def change(work: WriteTransaction) -> None:
        work.add_order(Order(court.order, person, START, "test"))
        work.add_device(Device(device, START, "test"))
        for start, until in carried:
            work.keep_assignment(Assignment(device, person, court.order, start, until))
        rows = Register(work, office.keyring, office.chance, START)
        rows.add(ENROLLED, device, EnrolledDevice("phone", START, "test"))

    office.store.write(change)
