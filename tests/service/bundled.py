"""An office with an incident of one night, judged as the service judges, and its bundle."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from mesure.actions.bundles import bundle_grounds
from mesure.actions.bundles.bundle_grounds import RequestBundleGround
from mesure.actions.devices.device_classes import ENROLLED, EnrolledDevice
from mesure.actions.framework.context import Actor
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import AttachDocument, IncidentRequest
from mesure.actions.judging import judge_store
from mesure.actions.judging.judge_store import Sealer
from mesure.actions.judging.judging_values import PersonEvaluation
from mesure.actions.orders import binding_order
from mesure.actions.records.record_types import Register
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.actions.trails import grounds
from mesure.actions.trails.grounds import AnswerGround
from mesure.audit import checkpoints
from mesure.audit.checkpoints import LogCheckpoint
from mesure.audit.proofs import TreeHead
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.bundle import archive
from mesure.bundle import make as bundle_make
from mesure.bundle.make import Bundle, BundleConfig, no_papers
from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.devices.signed_form import FORM as SIGNED
from mesure.formats.stored import stored_messages
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.instants import MAX_US, to_us
from mesure.live import batch_check, evaluate_person, load_person
from mesure.live.batch_check import PersonBatch
from mesure.machine.signatures import SecretKey
from mesure.orders.values.span import Span
from mesure.privacy import purposes
from mesure.privacy.roles import Role
from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import CONTENT, FIRST, MANIFEST
from mesure.store.interface.store import WriteTransaction
from mesure.store.keyring import sealing
from mesure.store.values import order_text
from mesure.store.values.effects import StoredIncident
from mesure.store.values.partitions import partition_of
from mesure.store.values.records import (
    Device,
    MessageShare,
    Order,
    ReceivedMessage,
    StoredOrderVersion,
)
from tests.actions import house
from tests.actions.house import Office
from tests.evaluation import scenes
from tests.evaluation.scenes import Fix, M, stay, walk
from tests.formats import test_reduce_messages
from tests.formats.test_reduce_messages import KEY, POLICY, VERSION

START = datetime(2026, 2, 1, tzinfo=UTC)
NOW = START + timedelta(days=13)
CLASS = "phone"  # Of the device that the person carries.
TEXT = scenes.order(scenes.CURFEW, scenes.RESIDENCE).encode()
NAME = "log.example/test"
LOG = SecretKey.from_seed(bytes([7]) * 32)
LOG_KEY = PublicKey(NAME, KeyPurpose.NOTE, LOG.key)
OFFICER = Actor("A-1", Role.OFFICER)
PERSON = Actor("A-2", Role.PERSON, "P-1")
SUPERVISOR = Actor("A-3", Role.SUPERVISOR)
ROSTER = b"%PDF-1.7 a roster of the week\n"


def parts() -> list[list[Fix]]:
    """The fixes of each message of a night: away from home at 22:30, and back at 01:00."""
    fixes = [
        *stay("09T20:00", "10T22:30", 8.0, every_s=120),
        *walk("10T22:30", 8.0, 1_900.0, mps=1.5, every_s=60),
        *stay("10T23:00", "11T00:35", 1_900.0, every_s=120),
        *walk("11T00:35", 1_900.0, 8.0, mps=1.5, every_s=60),
        *stay("11T01:00", "11T12:00", 8.0, every_s=120),
    ]
    return [fixes[at : at + 12] for at in range(0, len(fixes), 12)]


def night() -> list[StoredMessage]:
    return [
        test_reduce_messages.message(number, part) for number, part in enumerate(parts(), start=2)
    ]


@dataclass
class Bundled:
    office: Office
    papers: bundle_make.PaperFactory = field(default=no_papers)
    typeset: bundle_make.Typesetter | None = None

    @property
    def house(self) -> BundleConfig:
        return BundleConfig(str(LOG_KEY), self.sign, None, self.papers, self.typeset)

    def sign(self) -> None:
        store = self.office.store
        with store.read() as reading:
            edge = reading.frontier()
        note = checkpoints.sign(LogCheckpoint(NAME, TreeHead(edge.size, edge.root())), LOG)
        store.write(lambda work: work.keep_checkpoint(edge.size, str(note).encode()))

    def incident(self) -> StoredIncident:
        return next(one for one in self.incidents() if one.kind == "absent")

    def incidents(self) -> list[StoredIncident]:
        with self.office.store.read() as reading:
            return list(reading.incidents_of("P-1"))

    def attach(self, content: bytes = ROSTER, name: str = "roster.pdf") -> str:
        return self.office.do(
            PERSON, contests.attach, AttachDocument(self.incident().id, name, content)
        )

    def agree(
        self,
        purpose: purposes.Purpose = purposes.Purpose.COURT,
        about: StoredIncident | None = None,
    ) -> None:
        """Let a supervisor agree that an officer may have the bundle; once is enough."""
        incident = about or self.incident()
        request = RequestBundleGround(incident.id, purpose, "ALM-1", "The court asks for it.")
        try:
            ground = self.office.do(OFFICER, bundle_grounds.ask, request)
        except ActionConflictError:
            return
        self.office.do(SUPERVISOR, grounds.answer, AnswerGround(ground, agrees=True))

    def make(
        self,
        actor: Actor = OFFICER,
        purpose: purposes.Purpose | None = purposes.Purpose.COURT,
        about: StoredIncident | None = None,
    ) -> Bundle:
        incident = about or self.incident()
        if actor.role is Role.OFFICER:
            self.agree(about=incident)
        number = "ALM-1" if actor.role is Role.OFFICER else ""
        request = IncidentRequest(incident=incident.id, purpose=purpose, case_number=number)
        return bundle_make.make(self.office.context(actor), request, self.house)


def silences() -> list[StoredMessage]:
    """Four nights at home without a word for five hours; of every second all of it comes later.

    What comes later refutes a silence that had no end yet.
    """
    messages: list[StoredMessage] = []
    for day in range(6, 10):
        evening = stay(f"{day:02}T20:00", f"{day:02}T22:30", 8.0, every_s=300)
        quiet = stay(f"{day:02}T22:35", f"{day + 1:02}T03:40", 8.0, every_s=300)
        morning = stay(f"{day + 1:02}T03:55", f"{day + 1:02}T19:55", 8.0, every_s=300)
        for fixes in (evening, *((quiet,) if day % 2 else ()), morning):
            came_us = fixes[-1].observed_us + 10 * M if fixes is quiet else 0
            for at in range(0, len(fixes), 12):
                part = fixes[at : at + 12]
                late_us = max(0, came_us - part[-1].observed_us)
                messages.append(test_reduce_messages.message(len(messages) + 2, part, late_us))
    return messages


def _enter(office: Office, messages: Sequence[StoredMessage]) -> None:
    office.account("A-1", Role.OFFICER)
    office.account("A-2", Role.PERSON, "P-1")
    office.account("A-3", Role.SUPERVISOR)
    office.person("P-1", OFFICER)
    key = office.keyring.key_of("P-1")

    def change(work: WriteTransaction) -> None:
        plain = order_text.pack(TEXT, {})
        body = sealing.seal(key, plain, binding_order.seal_context("P-1", "A-1", 1), office.chance)
        digests = sha256(TEXT).digest(), sha256(plain).digest()
        work.add_order(Order("A-1", "P-1", START, "test"))
        in_force = Span(VERSION.in_force.start, VERSION.in_force.end)
        work.add_version(
            StoredOrderVersion("A-1", 1, *digests, body, in_force, START, "test", START, "test")
        )
        work.add_device(Device("D-1", START, "test"))
        work.keep_enrolment(Enrolment("D-1", CLASS, START, (EnrolledKey(KEY.key, 2, None),)))
        work.keep_assignment(Assignment("D-1", "P-1", "A-1", START, None))
        rows = Register(work, office.keyring, office.chance, START)
        rows.add(ENROLLED, "D-1", EnrolledDevice(CLASS, START, "test"))
        for message in messages:
            bound = sealing.message_seal_context("P-1", "D-1", message.sequence)
            sealed = sealing.seal(key, message.body, bound, office.chance)
            message_rows = stored_messages.rows_of(message, [])
            assert message_rows is not None
            times_us = message_rows.record.observed_us
            share = MessageShare("P-1", int(times_us.min()), int(times_us.max()), sealed)
            digest = sha256(message.body).digest()
            work.append(
                [
                    ReceivedMessage(
                        "D-1", message.sequence, SIGNED, message.received_us, digest, (share,)
                    )
                ]
            )

    office.store.write(change)


def _judge(office: Office) -> None:
    """Judge as the service does, and keep what comes of it."""
    own, until_us = load_person.EvaluationConfig(office.keyring, POLICY), to_us(office.now)
    with office.store.read() as reading:
        [duty] = judge_store.duties(reading, office.keyring, "P-1")
        last = max(reading.ends().values())
        watched, new = load_person.take_up(reading, own, duty, until_us, last, MAX_US)
    [news] = batch_check.hear([PersonBatch(watched, new, until_us)])
    part = evaluate_person.judge(watched, own, news, until_us).part
    effects = PersonEvaluation("P-1", until_us, watched.sequence, None, (part,))
    sealer = Sealer(office.keyring, office.chance)

    def change(work: WriteTransaction) -> None:
        owner = work.claim({partition_of("P-1")}, "test")
        judge_store.keep(work, sealer, owner, [effects], until_us)

    office.store.write(change)


@contextmanager
def open_case(
    folder: Path,
    messages: Sequence[StoredMessage] | None = None,
    papers: bundle_make.PaperFactory = no_papers,
) -> Iterator[Bundled]:
    with house.office(folder) as office:
        office.now = NOW
        _enter(office, night() if messages is None else messages)
        _judge(office)
        yield Bundled(office, papers)


# --- Who changes a bundle ----------------------------------------------------------------------


def rebuilt(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return a bundle in which somebody changed files, and laid it out as it should be."""
    files = archive.read(data)
    change(files)
    return archive.write(files)


def was_made(files: dict[str, bytes], _trust: object) -> dict[str, object]:
    """Say of any bundle that the log has it, with the page that it begins with."""
    return {"readable": {path: sha256(files[path]).hexdigest() for path in {*FIRST} & {*files}}}


def remade(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return a bundle with another content and a manifest that fits it."""

    def change_content(files: dict[str, bytes]) -> None:
        head = bundle_manifest.read_manifest(files[MANIFEST]).head
        content = {
            path.removeprefix(CONTENT): of for path, of in files.items() if path.startswith(CONTENT)
        }
        change(content)
        for path in [path for path in files if path.startswith(CONTENT)]:
            del files[path]
        files.update((CONTENT + path, of) for path, of in content.items())
        files[MANIFEST] = bundle_manifest.manifest(head, content)

    return rebuilt(data, change_content)
