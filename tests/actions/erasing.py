"""A house in which things become due, and the log as an outsider checks it."""

import io
from datetime import datetime, timedelta

from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson, PersonRequest
from mesure.actions.data_rights import retained_data
from mesure.actions.data_rights.erasure import ErasureRun, ErasureStep
from mesure.actions.data_rights.retained_data import IncidentClosure, RetentionContext
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.records.procedure import default_retention
from mesure.audit import checkpoints, log_file
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys
from mesure.audit.log_file import LogFile, RecordsFile
from mesure.audit.log_verification import LogVerification, ReaderEvidence, verify
from mesure.audit.proofs import TreeHead
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.instants import to_us
from mesure.machine.signatures import Ed25519, SecretKey
from mesure.orders.values.span import Span
from mesure.privacy import purposes
from mesure.privacy.roles import Role
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import StoredIncidentHead
from mesure.store.values.records import (
    Device,
    MessageShare,
    Order,
    ReceivedMessage,
    StoredOrderVersion,
)
from tests.actions.house import Office

DAY = timedelta(days=1)
NAME = "log.example/test"
SECRET = SecretKey.from_seed(bytes([7]) * 32)


def closure_finder(  # type: ignore[no-untyped-def]
    closed: dict[str, datetime] | None = None, contested: frozenset[str] = frozenset()
):
    def find_closure(incident: StoredIncidentHead) -> IncidentClosure:
        at = (closed or {}).get(incident.id)
        return IncidentClosure(None if at is None else to_us(at), incident.id in contested)

    return lambda *_: find_closure


def run(office: Office, only: list[str] | None = None, **more: object) -> list[ErasureStep]:
    stands = more.pop("stands", closure_finder())
    means = RetentionContext(default_retention(), stands, office.now)  # type: ignore[arg-type]
    return list(ErasureRun(office.context(PROGRAM), means, **more).steps(only))  # type: ignore[arg-type]


def enter(office: Office, person: str = "P-1", until: timedelta = 300 * DAY) -> None:
    """Enter a person with an order in force and a device that is carried."""
    office.person(person)
    order(office, person, until)
    office.store.write(lambda work: work.add_device(Device(f"D-{person}", office.now, "test")))


def order(office: Office, person: str, until: timedelta) -> None:
    name = f"ORDER-{person}"

    def change(work: WriteTransaction) -> None:
        work.add_order(Order(name, person, office.now, "test"))
        in_force = Span(office.now, office.now + until)
        digests = bytes(32), bytes(32)
        work.add_version(
            StoredOrderVersion(name, 1, *digests, b"sealed", in_force, office.now, "test")
        )

    office.store.write(change)


def send(office: Office, count: int, person: str | None = "P-1", device: str = "D-P-1") -> None:
    at_us = to_us(office.now)
    share = MessageShare(person, at_us - 1_000_000, at_us, b"sealed")
    digest = count.to_bytes(32, "big")
    message = ReceivedMessage(device, count, "mesure1", at_us, digest, (share,))
    office.store.write(lambda work: work.append([message]))


def counters(office: Office, person: str = "P-1") -> list[int | None]:
    with office.store.read() as reading:
        return [one.counter for one in reading.messages(person, *retained_data.EVER_US)]


# --- The log, as an outsider checks it -----------------------------------------------------------


def verify_log(office: Office, *, with_records: bool = True) -> LogVerification:
    """Return what a verifier says of the log as it is now."""
    public = PublicKey(NAME, KeyPurpose.NOTE, SECRET.key)
    with office.store.read() as reading:
        edge = reading.frontier()
        note = checkpoints.sign(LogCheckpoint(NAME, TreeHead(edge.size, edge.root())), SECRET)
        lines = reading.entries(0, 1 << 30)
        openings = reading.openings(0, 1 << 30)
    log = log_file.heading(NAME) + b"".join(line + b"\n" for line in lines) + log_file.block(note)
    records = log_file.RECORDS_HEADING + b"".join(map(log_file.encode_opening, openings))
    evidence = ReaderEvidence(records=RecordsFile(io.BytesIO(records)) if with_records else None)
    trust = TrustedKeys((public,), (), Ed25519())
    return verify(LogFile(io.BytesIO(log)), trust, evidence)


def show(office: Office, actor: Actor, person: str) -> None:
    request = PersonRequest(person=person, purpose=purposes.Purpose.SUPERVISION, case_number="A-1")
    office.do(actor, persons.show, request)


def enter_person(office: Office, name: str = "P-1") -> Actor:
    officer = Actor("A-1", Role.OFFICER)
    with office.store.read() as reading:
        is_new = reading.entry("account", "A-1") is None
    if is_new:
        office.account("A-1", Role.OFFICER)
        office.account("A-2", Role.SUPERVISOR)
    office.do(officer, persons.enter, EnterPerson(name, "Aigerim"))
    order(office, name, timedelta(days=2_000))
    return officer
