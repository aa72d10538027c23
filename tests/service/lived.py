"""Some persons live under one worker: judged at every message, and held against one replay.

The worker, the store and the keyring are those of the service; only the door is left out, at which
messages are believed.
"""

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

from mesure.actions.devices.device_classes import ENROLLED, EnrolledDevice
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.orders import binding_order
from mesure.actions.orders.binding_order import ABSENCE, GRANTED, AbsenceRecord
from mesure.actions.records.record_types import Register
from mesure.devices.assignment import Assignment
from mesure.devices.message import batch, envelope, messages
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Up
from mesure.devices.signed_form import FORM as SIGNED
from mesure.evaluation.policy import PolicyFile
from mesure.instants import to_datetime
from mesure.live.load_person import EvaluationConfig
from mesure.live.person_state import IN_HAND_MAX
from mesure.live.worker import Worker
from mesure.orders.reading import read_order as order_reading
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import order_text
from mesure.store.values.records import (
    Device,
    MessageShare,
    Order,
    ReceivedMessage,
    StoredOrderVersion,
)
from mesure_lab.whole.checks import replay_differences
from mesure_lab.whole.checks.replay_differences import ReplayDifference
from mesure_lab.whole.drawn.random_persons import DrawnAbsence, DrawnMessage, DrawnPerson, Text
from tests.actions import house
from tests.actions.house import Office
from tests.evaluation.scenes import H, S
from tests.service.court import EVERYTHING, SECRET, START

LOOKS_MAX: Final = 200  # Between two messages: more would be one that is due again and again.


@dataclass
class WorkedPersons:
    """Persons in one store under one worker."""

    office: Office
    persons: list[DrawnPerson]
    policy: PolicyFile
    dice: Random
    not_judged: list[tuple[str, Exception]] = field(default_factory=list)
    counters: Iterator[int] = field(default_factory=lambda: count(1))
    looks: int = 0
    in_hand_max: int = IN_HAND_MAX
    _now_us: int = 0

    # --- What happens ---

    def live(self) -> Iterator[int]:
        """Let everything happen in its order; yield the moment after each day."""
        for person in self.persons:
            self._enter(person)
        worker = self.worker()
        day_us = 0
        for at_us, happening in self._happenings():
            worker = self._pass(worker, at_us)
            self._happen(happening)
            if self.dice.random() < 0.9:
                self._step(worker, at_us + self.dice.choice((1, 1_000, 100_000, S)))
            if at_us - day_us > 24 * H:
                day_us = at_us
                yield at_us
        self._step(worker, max(one.end_us for one in self.persons) + 3 * H)
        worker.finish(at_us)
        yield at_us

    def _happenings(self) -> Iterator[tuple[int, Any]]:
        """Yield everything that happens, with when it is kept."""
        happenings: list[tuple[int, int, Any]] = []
        number = count()
        for person in self.persons:
            happenings += [(told.kept_us, next(number), (person, told)) for told in person.messages]
            happenings += [(told.at_us, next(number), (person, told)) for told in person.texts[1:]]
            for at, absence in enumerate(person.absences):
                happenings.append((absence.at_us, next(number), (person, (at, absence, GRANTED))))
                if absence.revoked_us is not None:
                    happenings.append(
                        (absence.revoked_us, next(number), (person, (at, absence, "revoked")))
                    )
        heapq.heapify(happenings)
        while happenings:
            at_us, _, happening = heapq.heappop(happenings)
            yield at_us, happening

    def _pass(self, worker: Worker, until_us: int) -> Worker:
        """Let time pass: whatever is due is judged, and now and then somebody starts again."""
        for _ in range(LOOKS_MAX):
            next_us = worker.due.oldest_us
            if next_us is None or next_us >= until_us:
                break
            next_us = max(next_us, self._now_us)
            self._step(worker, next_us + self.dice.choice((0, 1, 90_000)))
        else:
            raise AssertionError("somebody is due again and again")
        if self.dice.random() < 0.004:
            if self.dice.random() < 0.5:
                worker.finish(until_us)
            worker = self.worker()
        return worker

    def _step(self, worker: Worker, now_us: int) -> None:
        self._now_us = max(self._now_us, now_us)
        self.looks += worker.step(self._now_us)

    def worker(self) -> Worker:
        """Return a worker of all partitions, as after a start."""
        sealer = Sealer(self.office.keyring, self.office.chance)
        house_ = EvaluationConfig(self.office.keyring, self.policy)
        owner = self.office.store.write(lambda work: work.claim(EVERYTHING, "lived"))
        return Worker(
            self.office.store, sealer, house_, owner, self._note, in_hand_max=self.in_hand_max
        )

    def _note(self, person: str, error: Exception) -> None:
        self.not_judged.append((person, error))

    def _happen(self, happening: tuple[DrawnPerson, Any]) -> None:
        person, event = happening
        if isinstance(event, DrawnMessage):
            self._said(person, event)
        elif isinstance(event, Text):
            self._varied(person, event)
        else:
            self._granted(person, *event)

    # --- How it is kept ---

    def _enter(self, person: DrawnPerson) -> None:
        self.office.person(person.name)

        def change(work: WriteTransaction) -> None:
            work.add_order(Order(person.order, person.name, START, "test"))
            rows = Register(work, self.office.keyring, self.office.chance, START)
            for device, kind, start_us, until_us in person.carried:
                work.add_device(Device(device, START, "test"))
                until = None if until_us is None else to_datetime(until_us)
                start = to_datetime(start_us)
                work.keep_assignment(Assignment(device, person.name, person.order, start, until))
                rows.add(ENROLLED, device, EnrolledDevice(kind, START, "test"))

        self.office.store.write(change)
        self._varied(person, person.texts[0])

    def _varied(self, person: DrawnPerson, version_text: Text) -> None:
        version = order_reading.read(binding_order.FILE, version_text.text.encode(), {})
        plain = order_text.pack(version_text.text.encode(), {})
        key = self.office.keyring.key_of(person.name)

        def change(work: WriteTransaction) -> None:
            number = len(work.versions(person.order)) + 1
            bound = binding_order.seal_context(person.name, person.order, number)
            body = sealing.seal(key, plain, bound, self.office.chance)
            digests = sha256(version_text.text.encode()).digest(), sha256(plain).digest()
            at, span = to_datetime(version_text.at_us), version.in_force
            work.add_version(
                StoredOrderVersion(
                    person.order, number, *digests, body, span, at, "test", at, "test"
                )
            )

        self.office.store.write(change)

    def _granted(self, person: DrawnPerson, number: int, absence: DrawnAbsence, stage: str) -> None:
        value = AbsenceRecord(
            order=person.order,
            conditions=absence.conditions,
            start_at=to_datetime(absence.start_us),
            until_at=to_datetime(absence.end_us),
            at=absence.place,
            reason="work",
            stage=stage,
            how="declared",
            asked_at=to_datetime(absence.at_us),
            asked_by="test",
            due_at=to_datetime(absence.end_us),
            answered_by="O-7",
        )
        name = f"B-{person.number}-{number}"

        def change(rows: Register, _: WriteTransaction) -> None:
            before = rows.get(ABSENCE, name)
            if before is None:
                rows.add(ABSENCE, name, value, person.name)
            else:
                rows.change(before, value)

        self.office.write(change)

    def _said(self, person: DrawnPerson, message: DrawnMessage) -> None:
        parts = (
            list(batch.cut(message.what)) if isinstance(message.what, FixBatch) else [message.what]
        )
        received = [self._received(person, message, one) for one in parts]
        self.office.store.write(lambda work: work.append(received))

    def _received(self, person: DrawnPerson, message: DrawnMessage, what: Up) -> ReceivedMessage:
        counter = next(self.counters)
        body = envelope.seal(
            messages.encode(UplinkMessage(counter, message.sent_us or message.received_us, what)),
            SECRET,
            envelope.UP,
        )
        bound = sealing.message_seal_context(person.name, message.device, counter)
        key = self.office.keyring.key_of(person.name)
        sealed = sealing.seal(key, body, bound, self.office.chance)
        sent_us = message.sent_us or message.received_us
        times_us = what.observed_us if isinstance(what, FixBatch) else np.array([sent_us])
        share = MessageShare(person.name, int(times_us.min()), int(times_us.max()), sealed)
        digest = sha256(body).digest()
        return ReceivedMessage(
            message.device, counter, SIGNED, message.received_us, digest, (share,)
        )

    # --- What is found ---

    def differences(self) -> Iterator[ReplayDifference]:
        """Yield where what is kept is not what one replay says."""
        house_ = EvaluationConfig(self.office.keyring, self.policy)
        for person in self.persons:
            with self.office.store.read() as reading:
                judged = reading.progress_of(person.name)
                if judged is not None:
                    yield from replay_differences.differences(
                        reading, house_, judged, is_varied=person.is_varied
                    )


@contextmanager
def open_persons(
    folder: Path, persons: list[DrawnPerson], policy: PolicyFile, seed: int
) -> Iterator[WorkedPersons]:
    """Open a store for some persons."""
    with house.office(folder) as office:
        yield WorkedPersons(office, persons, policy, Random(seed))
