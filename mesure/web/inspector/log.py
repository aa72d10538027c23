"""The audit log: its newest checkpoint, the proof of an entry, and that it only ever grew.

What the page says was checked by the machine that keeps the log. So it also says how to check the
same on another machine, and hands over what is needed there.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from mesure.actions.oversight import audit_log
from mesure.actions.oversight.audit_log import (
    CheckpointRequest,
    CheckpointView,
    ConsistencyRequest,
    InclusionRequest,
    LogLinesRequest,
)
from mesure.actions.refusals.refusals import NotFoundError
from mesure.audit import checkpoints, proofs
from mesure.audit.entries import MalformedError
from mesure.audit.proof_file import EntryProof
from mesure.audit.proofs import TreeHead
from mesure.audit.signing import notes
from mesure.audit.tree import leaf_hash
from mesure.web.shared.visits import PageVisit

ADDRESS: Final = "/inspector/log"


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry with its line, and the proof that a checkpoint covers it."""

    entry: int
    line: str
    holds: bool
    proof: str  # As it is handed on.


@dataclass(frozen=True, slots=True)
class LogConsistency:
    """An earlier size, and whether the log goes on from what it was then."""

    earlier: int
    holds: bool
    hashes: tuple[str, ...]


def show(visit: PageVisit) -> Response:
    """Show the log; with an entry, that it is there."""
    return _page(visit, proved=_proved(visit))


def compare(visit: PageVisit) -> Response:
    """Hold an earlier checkpoint, which somebody kept, against the log."""
    grown = _grown(visit)
    return _page(visit, 422 if visit.form.faults else 200, grown=grown)


def send_proof(visit: PageVisit) -> Response:
    """Hand over the proof of an entry, as a file."""
    proved = _proved(visit)
    if proved is None:
        return visit.to(ADDRESS)
    headers = {"Content-Disposition": f'attachment; filename="entry-{proved.entry}.proof.txt"'}
    return Response(proved.proof, media_type="text/plain; charset=utf-8", headers=headers)


def send_checkpoint(visit: PageVisit) -> Response:
    """Hand over the newest checkpoint, to be kept for the next time."""
    checkpoint = visit.perform(audit_log.checkpoint, CheckpointRequest())
    headers = {"Content-Disposition": f'attachment; filename="checkpoint-{checkpoint.size}.txt"'}
    return Response(checkpoint.text, media_type="text/plain; charset=utf-8", headers=headers)


def _page(
    visit: PageVisit,
    status: int = 200,
    /,
    proved: ProvenEntry | None = None,
    grown: LogConsistency | None = None,
) -> Response:
    newest = _newest(visit)
    contents = {
        "checkpoint": newest,
        "root": "" if newest is None else b64encode(_head(newest).root).decode(),
        "log_key": visit.parts.log_key,
        "entry": visit.query_value("entry"),
        "proved": proved,
        "grown": grown,
    }
    return visit.page("log.html", status, **contents)


def _newest(visit: PageVisit) -> CheckpointView | None:
    try:
        return visit.perform(audit_log.checkpoint, CheckpointRequest())
    except NotFoundError:  # It was never signed.
        return None


def _head(checkpoint: CheckpointView) -> TreeHead:
    return checkpoints.read(notes.read(checkpoint.text).text).head


def _proved(visit: PageVisit) -> ProvenEntry | None:
    """Return the proof of the entry that is asked for, if it is one."""
    text, newest, form = visit.query_value("entry").strip(), _newest(visit), visit.form
    if not text or newest is None:
        return None
    if not text.isdecimal() or len(text) > 15 or int(text) >= newest.size:
        catalogue = visit.texts
        form.refuse("entry", catalogue.text("The log has no entry of this number."))
        return None
    entry = int(text)
    inclusion_proof = visit.perform(
        audit_log.inclusion, InclusionRequest(entry=entry, size=newest.size)
    )
    [line] = visit.perform(audit_log.lines, LogLinesRequest(start=entry, count=1)).lines
    proof = tuple(b64decode(one) for one in inclusion_proof.hashes)
    holds = proofs.includes(_head(newest), entry, leaf_hash(line.encode()), proof)
    return ProvenEntry(entry, line, holds, str(EntryProof(entry, proof, notes.read(newest.text))))


def _grown(visit: PageVisit) -> LogConsistency | None:
    """Return whether the log goes on from the checkpoint that was entered."""
    form, newest, catalogue = visit.form, _newest(visit), visit.texts
    unreadable = catalogue.text("This is no checkpoint. Copy it whole, with its signatures.")
    text = form.text("kept", unreadable).replace("\r\n", "\n")
    if form.faults or newest is None:
        return None
    try:
        earlier = checkpoints.read(notes.read(f"{text}\n").text).head
    except MalformedError:
        form.refuse("kept", unreadable)
        return None
    if earlier.size > newest.size:
        return LogConsistency(earlier.size, holds=False, hashes=())
    request = ConsistencyRequest(earlier=earlier.size, size=newest.size)
    hashes = visit.perform(audit_log.consistency, request).hashes
    holds = proofs.extends(_head(newest), earlier, tuple(b64decode(one) for one in hashes))
    return LogConsistency(earlier.size, holds, hashes)
