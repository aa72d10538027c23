"""Audit log for readers: its lines, its newest checkpoint, and proofs that join them.

The lines and the proofs say nothing about anybody, so those who watch over the service may read
them as often as they like. A record behind an entry is about people: a reader of one says for what,
and each person it names is opened as in any other look.
"""

from base64 import b64encode
from typing import Annotated, Final

import msgspec

from mesure.actions.framework.action import ActionContext, ReadRequest, look
from mesure.actions.records import named_persons
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import NotFoundError
from mesure.audit import proofs
from mesure.audit.proofs import Proof
from mesure.audit.tree import SIZE_MAX
from mesure.privacy.roles import Role

LINES_MAX: Final = 1_000
WATCHES: Final = frozenset({Role.SUPERVISOR, Role.OPERATOR, Role.INSPECTOR, Role.SERVICE})

Size = Annotated[int, msgspec.Meta(ge=0, le=SIZE_MAX)]


class LogLinesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines: from the entry `start` on."""

    start: Size = 0
    count: Annotated[int, msgspec.Meta(ge=1, le=LINES_MAX)] = 100


class LogLines(msgspec.Struct, frozen=True):
    """Some lines of the log, and how many it has."""

    start: int
    size: int
    lines: tuple[str, ...]


class CheckpointRequest(msgspec.Struct, frozen=True):
    """Nothing to choose."""


class CheckpointView(msgspec.Struct, frozen=True):
    """A checkpoint as the log signed it, with what witnesses added."""

    size: int
    text: str


class InclusionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An entry, and the size of the log whose root the proof leads to."""

    entry: Size
    size: Size


class ConsistencyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Two sizes of the log; the later one begins with all of the earlier."""

    earlier: Size
    size: Size


class ProofView(msgspec.Struct, frozen=True):
    """The hashes of a proof in base64, as RFC 6962 orders them."""

    size: int
    hashes: tuple[str, ...]


class RecordRequest(ReadRequest, frozen=True, kw_only=True):
    """An entry whose record is to be seen."""

    entry: Size


class RecordView(msgspec.Struct, frozen=True):
    """What an entry stands for: with the salt anybody can compute the commitment in its line."""

    entry: int
    salt: str  # In hexadecimal digits.
    record: str  # The very bytes; JSON.


@look("audit_log.lines", WATCHES)
def lines(doing: ActionContext, request: LogLinesRequest) -> LogLines:
    """Read lines of the audit log."""
    entries = doing.work.entries(request.start, request.count)
    size = doing.work.frontier().size
    return LogLines(request.start, size, tuple(line.decode() for line in entries))


@look("audit_log.checkpoint", WATCHES)
def checkpoint(doing: ActionContext, request: CheckpointRequest) -> CheckpointView:  # noqa: ARG001
    """Read the newest signed checkpoint of the audit log."""
    newest_checkpoint = doing.work.checkpoint()
    if newest_checkpoint is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return CheckpointView(newest_checkpoint.size, newest_checkpoint.text.decode())


@look("audit_log.inclusion", WATCHES)
def inclusion(doing: ActionContext, request: InclusionRequest) -> ProofView:
    """Read the proof that an entry is in the audit log."""
    if request.entry >= request.size or request.size > doing.work.frontier().size:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return _given(request.size, proofs.inclusion(doing.work.node, request.entry, request.size))


@look("audit_log.consistency", WATCHES)
def consistency(doing: ActionContext, request: ConsistencyRequest) -> ProofView:
    """Read the proof that the audit log only grew between two sizes."""
    if request.earlier > request.size or request.size > doing.work.frontier().size:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    return _given(request.size, proofs.consistency(doing.work.node, request.earlier, request.size))


def _given(size: int, proof: Proof) -> ProofView:
    return ProofView(size, tuple(b64encode(value).decode() for value in proof))


@look("audit_log.record", {Role.INSPECTOR})
def record(doing: ActionContext, request: RecordRequest) -> RecordView:
    """Read the record behind an entry of the audit log, while it exists."""
    opening = doing.work.record_opening(request.entry)
    if opening is None:
        raise NotFoundError(ActionRefusal.NOT_HERE)
    for person in named_persons.of_entry(doing.work, request.entry):
        doing.case(person)
    doing.note(entry=request.entry)
    return RecordView(request.entry, opening.salt.hex(), opening.record.decode())
