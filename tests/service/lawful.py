"""Whatever a store is lawfully asked to do, in any order, drawn by chance from a seed."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mesure.audit import checkpoints, commitments
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys
from mesure.audit.proofs import TreeHead
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.machine.signatures import Ed25519, SecretKey
from mesure.orders.values.span import Span
from mesure.service.verification import verify_store
from mesure.service.verification.verify_store import StoreReference
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.effects import (
    JudgingResult,
    StoredAssessment,
    StoredIncident,
    StoredSuperseded,
)
from mesure.store.values.mismatches import StoreVerification
from mesure.store.values.outgoing import Outgoing
from mesure.store.values.records import (
    Device,
    LogPosition,
    MessageShare,
    Order,
    Person,
    ReceivedMessage,
    RefusedMessage,
    StoredOrderVersion,
)
from mesure.store.values.register import RegisterRow
from tests.store import judged_samples
from tests.store.samples import AT, DAY, digest

NAME = "log.example/test"
SECRET = SecretKey.from_seed(bytes([7]) * 32)
KEY = PublicKey(NAME, KeyPurpose.NOTE, SECRET.key)


class UndoneError(Exception):
    pass


def check_store(store: Store, *earlier: LogCheckpoint) -> StoreVerification:
    """Return what a check of the whole store finds."""
    known = StoreReference(NAME, TrustedKeys((KEY,), (), Ed25519()), earlier)
    return verify_store.check_store(store, known, lambda *_: None)


class Lawful:
    """Somebody who uses a store as the program does."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store, self.chance = store, random.Random(seed)
        self.persons: list[int] = []  # Who is not erased.
        self.count = 0
        self.counters: dict[int, int] = {}
        self.versions: dict[int, int] = {}
        self.keys: dict[int, list[EnrolledKey]] = {}
        self.rows: dict[str, int] = {}
        self.incidents: dict[str, tuple[int, int]] = {}
        self.records = 0
        self.sent = 0
        self.signed: LogCheckpoint | None = None
        self.owner = store.write(lambda work: work.claim(range(partitions.PARTITIONS), "test"))
        store.write(lambda work: work.bind_whole())

    def many(self, count: int) -> None:
        for _ in range(count):
            self.take_step()
        self.sign()

    def take_step(self) -> str:
        """Do one thing, and return what it was."""
        if len(self.persons) < 3:
            self.person()
        weights = [weight for _, weight in self.THINGS]
        [(thing, _)] = self.chance.choices(self.THINGS, weights)
        thing(self)
        return thing.__name__

    def _write(self, change: Callable[[WriteTransaction], Any]) -> Any:
        """Make a change, now and then after one of the same that was taken back."""

        def broken(work: WriteTransaction) -> None:
            change(work)
            raise UndoneError

        if self.chance.random() < 0.1:
            both = [self.store.submit(broken), self.store.submit(change)]
            assert isinstance(both[0].exception(), UndoneError)
            return both[1].result()
        return self.store.write(change)

    def _who(self) -> int:
        return self.chance.choice(self.persons)

    # --- What is administered ------------------------------------------------------------------

    def person(self) -> None:
        self.count += 1
        n = self.count
        keys = (EnrolledKey(n.to_bytes(32, "big"), 2, None),)

        def change(work: WriteTransaction) -> None:
            work.add_person(Person(f"P-{n}", AT, "O-1"))
            work.add_order(Order(f"ALM-{n}", f"P-{n}", AT, "O-1"))
            work.add_version(self._version(n, 1))
            work.add_device(Device(f"D-{n}", AT, "O-1"))
            work.keep_enrolment(Enrolment(f"D-{n}", "phone", AT, keys))
            work.keep_assignment(Assignment(f"D-{n}", f"P-{n}", f"ALM-{n}", AT, None))

        self._write(change)
        self.persons.append(n)
        self.counters[n], self.versions[n], self.keys[n] = 1, 1, list(keys)

    def _version(self, n: int, number: int) -> StoredOrderVersion:
        digests = digest(b"text %d" % number), digest(b"whole %d" % number)
        body = self.chance.randbytes(40)
        span = Span(AT, AT + number * DAY)
        return StoredOrderVersion(f"ALM-{n}", number, *digests, body, span, AT, "O-1")

    def version(self) -> None:
        n = self._who()
        number = self.versions[n] + 1
        version = self._version(n, number)

        def change(work: WriteTransaction) -> None:
            work.add_version(version)
            if number % 2:
                work.confirm(f"ALM-{n}", number, AT + DAY, "O-2")

        self._write(change)
        self.versions[n] = number

    def confirm(self) -> None:
        n = self._who()
        self._write(lambda work: work.confirm(f"ALM-{n}", self.versions[n], AT + DAY, "O-2"))

    def rotate(self) -> None:
        n = self._who()
        *before, last = self.keys[n]
        first = (last.first or 2) + 1_000
        new = EnrolledKey((n * 1_000 + len(before) + 1).to_bytes(32, "big"), first, None)
        keys = [*before, EnrolledKey(last.public_key, last.first, first - 1), new]
        self._write(lambda work: work.keep_enrolment(Enrolment(f"D-{n}", "phone", AT, tuple(keys))))
        self.keys[n] = keys

    def take_back(self) -> None:
        n = self._who()
        end = Assignment(f"D-{n}", f"P-{n}", f"ALM-{n}", AT, AT + 400 * DAY)
        self._write(lambda work: work.keep_assignment(end))

    def put(self) -> None:
        name = self.chance.choice(["1", "2", "3", "4"])
        n = self._who() if name in "12" else None
        kind = f"absence{n}" if n else "account"
        revision = self.rows.get(f"{kind} {name}", 0) + 1
        keys = {("state", self.chance.choice("abc")), ("who", str(revision))}
        body = self.chance.randbytes(30)
        person = f"P-{n}" if n else None
        entry = RegisterRow(kind, name, revision, person, body, revision, frozenset(keys))
        self._write(lambda work: work.put(entry))
        self.rows[f"{kind} {name}"] = revision

    def drop(self) -> None:
        if self.rows:
            name = self.chance.choice(sorted(self.rows))
            kind, _, row = name.partition(" ")
            self._write(lambda work: work.drop(kind, row))
            del self.rows[name]

    def send(self) -> None:
        self.sent += 1
        key, who = str(self.sent), f"P-{self._who()}"

        def change(work: WriteTransaction) -> None:
            work.enqueue(Outgoing("notice", key, self.sent, b"sealed", "to", who))
            work.finish("notice", key, "sent")
            work.forget_sent(self.sent - 3)

        self._write(change)

    # --- Messages ------------------------------------------------------------------------------

    def receive(self) -> None:
        messages: list[ReceivedMessage] = []
        for _ in range(self.chance.randint(1, 20)):
            n = self._who()
            counter: int | None = None
            if self.chance.random() < 0.8:
                self.counters[n] += 1
                counter = self.counters[n]
            body = self.chance.randbytes(60)
            person = f"P-{n}" if self.chance.random() < 0.9 else None
            share = MessageShare(person, counter or 0, (counter or 0) + 10, body)
            fields = (f"D-{n}", counter, "mesure1", counter or 0, digest(body), (share,))
            messages += [ReceivedMessage(*fields)] * self.chance.choice([1, 1, 1, 2])
        standings = {one.device: self.chance.randbytes(8) for one in messages}

        def change(work: WriteTransaction) -> None:
            work.append(messages)
            work.keep_standings(standings)
            work.record([commitments.canonical({"action": "receive", "n": len(messages)})])

        self._write(change)

    def refuse(self) -> None:
        body = self.chance.choice([b"a", b"b", b"c"])
        message = RefusedMessage(
            "osmand", "", "forged", "-", self.chance.randint(1, 9), digest(body), body
        )
        self._write(lambda work: work.refuse(message))

    def forget_refused(self) -> None:
        until_us = self.chance.randint(1, 9)
        self._write(lambda work: work.forget_refused(until_us))

    def unrefuse(self) -> None:
        number = self.chance.randint(1, 5)
        self._write(lambda work: work.unrefuse(number))

    def _places(self) -> list[LogPosition]:
        with self.store.read() as reading:
            positions = [LogPosition(row[0], row[1]) for row in reading.rows("message")]
        return self.chance.sample(positions, min(len(positions), self.chance.randint(1, 12)))

    def cut(self) -> None:
        places = self._places()
        self._write(lambda work: work.cut(places))

    def reduce(self) -> None:
        places = self._places()[:3]
        bodies = [self.chance.randbytes(20) for _ in places]

        def change(work: WriteTransaction) -> None:
            for place, body in zip(places, bodies, strict=True):
                work.rewrite(place, "reduced1", body)

        self._write(change)

    # --- What is judged ------------------------------------------------------------------------

    def judge(self) -> None:
        who = self.chance.sample(self.persons, self.chance.randint(1, len(self.persons)))
        judgings = [self._judging(n) for n in who]
        self._write(lambda work: work.judge(judgings, self.owner))
        for judging in judgings:
            for incident in judging.incidents:
                self.incidents[incident.id] = (int(incident.person[2:]), incident.revision)

    def _judging(self, n: int) -> JudgingResult:
        since_us = self.chance.randrange(0, 300, 20)
        ends = sorted(self.chance.sample(range(since_us + 5, since_us + 200), 5))
        spans = zip([since_us, *ends], ends, strict=False)
        rows = [judged_samples.assessment(*span, person=n) for span in spans]
        return JudgingResult(
            judged_samples.progress(n),
            since_us,
            tuple(rows),
            self._superseded(rows),
            self._raised(n),
        )

    def _superseded(self, rows: list[StoredAssessment]) -> tuple[StoredSuperseded, ...]:
        stood = self.chance.randint(1, 4)
        return tuple(judged_samples.supersede(one, stood) for one in rows[:1])

    def _raised(self, n: int) -> tuple[StoredIncident, ...]:
        name = f"I-{n}-{self.chance.randint(1, 2)}"
        _, revision = self.incidents.get(name, (n, 0))
        return (judged_samples.incident(name, revision + 1, person=n),)

    # --- The log, erasure ----------------------------------------------------------------------

    def record(self) -> None:
        lines = [commitments.canonical({"n": n}) for n in range(self.chance.randint(1, 3))]
        self._write(lambda work: work.record(lines))

    def forget_records(self) -> None:
        with self.store.read() as reading:
            record_numbers = [
                row[0] for row in reading.rows("audit_record") if b"rows.bound" not in row[2]
            ]
        chosen_numbers = self.chance.sample(record_numbers, min(len(record_numbers), 4))
        self._write(lambda work: work.forget_records(chosen_numbers, AT.date(), "x"))

    def erase(self) -> None:
        n = self._who()
        self._write(lambda work: work.erase(f"P-{n}", AT + 500 * DAY))
        self.persons.remove(n)
        self.rows = {name: at for name, at in self.rows.items() if f"absence{n} " not in name}
        self.incidents = {name: it for name, it in self.incidents.items() if it[0] != n}

    def sign(self) -> None:
        at = (AT + timedelta(seconds=self.records)).isoformat()
        self.store.write(lambda work: work.pin(at))
        with self.store.read() as reading:
            edge = reading.frontier()
        self.signed = LogCheckpoint(NAME, TreeHead(edge.size, edge.root()))
        text = str(checkpoints.sign(self.signed, SECRET)).encode()
        self.store.write(lambda work: work.keep_checkpoint(edge.size, text))

    THINGS: tuple[tuple[Callable[["Lawful"], None], float], ...] = (
        (person, 2), (version, 2), (confirm, 1), (rotate, 2), (take_back, 1), (put, 6), (drop, 1),
        (send, 1), (receive, 8), (refuse, 2), (forget_refused, 0.5), (cut, 2), (reduce, 2),
        (unrefuse, 1), (judge, 8), (record, 2), (forget_records, 1), (erase, 0.7), (sign, 3),
    )  # fmt: skip
