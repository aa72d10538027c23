"""Witness: what a log sends to a witness, and what the witness checks before it signs.

A witness, such as a court or an inspectorate, keeps one checkpoint of a log: the last that it saw.
It gets a later one with the proof that nothing was taken back (the request is that of the C2SP
specification `tlog-witness`, which can also be carried on a stick), and answers with a signature.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mesure.audit import checkpoints, proof_lines, proofs
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys
from mesure.audit.entries import MalformedError
from mesure.audit.proofs import Proof, TreeHead
from mesure.audit.signing import notes
from mesure.audit.signing.notes import SignedNote
from mesure.audit.tree import EMPTY_ROOT, SIZE_MAX, Nodes

_OLD: Final = re.compile(r"old (0|[1-9]\d{0,15})")


class WitnessRefusal(StrEnum):
    """Why a witness does not sign."""

    OTHER_LOG = "other_log"
    OTHER_START = "other_start"  # The proof does not begin at the witness's checkpoint.
    NOT_CONSISTENT = "not_consistent"  # The log took something back; keep both checkpoints.


class WitnessRefusedError(Exception):
    """A witness does not sign this."""

    def __init__(self, refusal: WitnessRefusal) -> None:
        self.refusal = refusal
        super().__init__(refusal)


@dataclass(frozen=True, slots=True)
class CosignRequest:
    """A checkpoint to be cosigned, and the proof that it extends the one of `size` entries."""

    size: int
    proof: Proof
    note: SignedNote

    def __str__(self) -> str:
        return f"old {self.size}\n{proof_lines.write(self.proof)}\n{self.note}"


def request(nodes: Nodes, note: SignedNote, seen_size: int) -> CosignRequest:
    """Return what to hand to a witness that has seen `seen_size` entries."""
    size = checkpoints.read(note.text).head.size
    return CosignRequest(seen_size, proofs.consistency(nodes, seen_size, size), note)


def read(text: str) -> CosignRequest:
    """Return the request of a text; raises `MalformedError` where it is not one."""
    above, parted, note = text.partition("\n\n")
    old, *hashes = above.split("\n")
    match = _OLD.fullmatch(old)
    if not parted or match is None or int(match[1]) > SIZE_MAX:
        raise MalformedError("a request begins with “old” and a number")
    return CosignRequest(int(match[1]), proof_lines.read(hashes), notes.read(note))


def examine(
    request: CosignRequest, last: LogCheckpoint | None, origin: str, trust: TrustedKeys
) -> LogCheckpoint:
    """Return the checkpoint that may be cosigned, and is then the one to hold.

    Raises `WitnessRefusedError`, or what `checkpoints.believe` raises.
    """
    checkpoint, _ = checkpoints.believe(request.note, trust)
    if checkpoint.origin != origin or (last is not None and last.origin != origin):
        raise WitnessRefusedError(WitnessRefusal.OTHER_LOG)
    before = TreeHead(0, EMPTY_ROOT) if last is None else last.head
    if request.size != before.size:
        raise WitnessRefusedError(WitnessRefusal.OTHER_START)
    if not proofs.extends(checkpoint.head, before, request.proof):
        raise WitnessRefusedError(WitnessRefusal.NOT_CONSISTENT)
    return checkpoint


def with_answer(note: SignedNote, answer: str, trust: TrustedKeys) -> SignedNote:
    """Return a checkpoint with what its witnesses answered: a signature on each line.

    What others signed is left out. Raises `MalformedError` where the answer is not one, and what
    `checkpoints.believe` raises: one wrong signature would spoil the checkpoint for every reader.
    """
    signatures = notes.read_signatures(answer)
    known = [it for it in signatures if any(it.is_by(witness) for witness in trust.witnesses)]
    cosigned = note.with_signatures(*known)
    checkpoints.believe(cosigned, trust)
    return cosigned
