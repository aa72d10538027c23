import base64

import pytest

from mesure.actions.framework.context import Actor
from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import WebhooksRequest
from mesure.actions.oversight import audit_log
from mesure.actions.oversight.audit_log import (
    CheckpointRequest,
    ConsistencyRequest,
    InclusionRequest,
    LogLinesRequest,
    RecordRequest,
)
from mesure.actions.refusals.refusals import NotAllowedError, NotFoundError
from mesure.audit import proofs
from mesure.audit.commitments import commitment
from mesure.audit.entries import RecordEntry, encode
from mesure.audit.proofs import TreeHead
from mesure.audit.tree import Frontier, leaf_hash
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role
from tests.actions.house import Office

ENTRIES = 7


@pytest.fixture
def inspector(office: Office) -> Actor:
    actor = office.account("N-1", Role.INSPECTOR)
    for _ in range(ENTRIES):
        office.do(actor, webhooks.list_webhooks, WebhooksRequest())
    return actor


def _head(lines: tuple[str, ...], size: int) -> TreeHead:
    edge = Frontier()
    for line in lines[:size]:
        edge.add(leaf_hash(line.encode()))
    return TreeHead(size, edge.root())


def test_the_lines_are_those_of_the_log_and_reading_them_adds_one(
    office: Office, inspector: Actor
) -> None:
    page = office.do(inspector, audit_log.lines, LogLinesRequest(start=2, count=3))
    assert (page.start, page.size, len(page.lines)) == (2, ENTRIES, 3)
    with office.store.read() as reading:
        assert reading.entries(2, 1)[0].decode() == page.lines[0]
        assert reading.frontier().size == ENTRIES + 1


def test_a_stranger_can_check_inclusion_and_consistency(office: Office, inspector: Actor) -> None:
    lines = office.do(inspector, audit_log.lines, LogLinesRequest(count=ENTRIES)).lines
    for entry in range(ENTRIES):
        answer = office.do(
            inspector, audit_log.inclusion, InclusionRequest(entry=entry, size=ENTRIES)
        )
        proof = [base64.b64decode(value) for value in answer.hashes]
        leaf = leaf_hash(lines[entry].encode())
        assert proofs.includes(_head(lines, ENTRIES), entry, leaf, proof)
    for earlier in range(ENTRIES + 1):
        request = ConsistencyRequest(earlier=earlier, size=ENTRIES)
        answer = office.do(inspector, audit_log.consistency, request)
        proof = [base64.b64decode(value) for value in answer.hashes]
        assert proofs.extends(_head(lines, ENTRIES), _head(lines, earlier), proof)


@pytest.mark.parametrize(("entry", "size"), [(5, 5), (9, 5), (0, 900), (0, 0)])
def test_no_proof_of_what_is_not_there(
    office: Office, inspector: Actor, entry: int, size: int
) -> None:
    with pytest.raises(NotFoundError):
        office.do(inspector, audit_log.inclusion, InclusionRequest(entry=entry, size=size))
    request = ConsistencyRequest(earlier=size + 1, size=size)
    with pytest.raises(NotFoundError):
        office.do(inspector, audit_log.consistency, request)


def test_the_newest_checkpoint_is_given_as_it_was_signed(office: Office, inspector: Actor) -> None:
    with pytest.raises(NotFoundError):
        office.do(inspector, audit_log.checkpoint, CheckpointRequest())
    office.write(lambda rows, work: work.keep_checkpoint(3, b"mesure\n3\n"))
    checkpoint = office.do(inspector, audit_log.checkpoint, CheckpointRequest())
    assert (checkpoint.size, checkpoint.text) == (3, "mesure\n3\n")


def test_a_record_and_its_salt_give_the_line_of_its_entry(office: Office, inspector: Actor) -> None:
    lines = office.do(inspector, audit_log.lines, LogLinesRequest()).lines
    request = RecordRequest(entry=0, purpose=Purpose.INSPECTION, case_number="N 1/2026")
    answer = office.do(inspector, audit_log.record, request)
    digest = commitment(bytes.fromhex(answer.salt), answer.record.encode())
    assert encode(RecordEntry(digest)).decode() == lines[0]
    assert office.last()["facts"] == {"entry": 0, "case_number": "N 1/2026"}


def test_a_record_is_shown_for_a_purpose_and_opens_whom_it_names(
    office: Office, inspector: Actor
) -> None:
    with pytest.raises(NotAllowedError):
        office.do(inspector, audit_log.record, RecordRequest(entry=0))
    request = RecordRequest(entry=900, purpose=Purpose.INSPECTION, case_number="N 1")
    with pytest.raises(NotFoundError):
        office.do(inspector, audit_log.record, request)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR, Role.OPERATOR, Role.PERSON])
def test_only_an_inspector_sees_a_record(office: Office, role: Role) -> None:
    actor = office.account("X-1", role, "P-1" if role is Role.PERSON else None)
    request = RecordRequest(entry=0, purpose=Purpose.INSPECTION, case_number="N 1")
    with pytest.raises(NotAllowedError):
        office.do(actor, audit_log.record, request)
