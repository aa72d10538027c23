"""Proof file: shows that one record is in the log, without the log and without a connection.

A proof is a small text: which entry, a few hashes, and the checkpoint that they lead to (C2SP
`tlog-proof`). With the record and its salt it shows what was meant, that it was in the log at this
place, and, by the witnesses below the checkpoint, when at the latest.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mesure.audit import checkpoints, entries, proof_lines, proofs
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys, WitnessTimestamp
from mesure.audit.commitments import commitment
from mesure.audit.entries import MalformedError, RecordEntry
from mesure.audit.log_file import RecordOpening
from mesure.audit.proofs import Proof
from mesure.audit.signing import notes
from mesure.audit.signing.notes import SignedNote
from mesure.audit.tree import SIZE_MAX, Nodes, leaf_hash

HEADING: Final = "c2sp.org/tlog-proof@v1"
_ENTRY: Final = re.compile(r"index (0|[1-9][0-9]{0,15})")


class ProofFault(StrEnum):
    """Why nothing is shown."""

    OTHER_ENTRY = "other_entry"  # The record belongs to another entry than the proof.
    NOT_INCLUDED = "not_included"  # The hashes do not lead from the record to the checkpoint.


class UnprovedError(Exception):
    """A proof that shows nothing of this record."""

    def __init__(self, unproved: ProofFault) -> None:
        self.unproved = unproved
        super().__init__(unproved)


@dataclass(frozen=True, slots=True)
class EntryProof:
    """An entry of a log, and that it is there: `str` gives the text that is handed on."""

    entry: int
    proof: Proof
    note: SignedNote

    def __str__(self) -> str:
        return f"{HEADING}\nindex {self.entry}\n{proof_lines.write(self.proof)}\n{self.note}"


def show(nodes: Nodes, entry: int, note: SignedNote) -> EntryProof:
    """Return the proof that a checkpoint covers an entry; raises `ValueError` where not."""
    size = checkpoints.read(note.text).head.size
    return EntryProof(entry, proofs.inclusion(nodes, entry, size), note)


def read(text: str) -> EntryProof:
    """Return the proof of a text; raises `MalformedError` where it is not one."""
    above, parted, note = text.partition("\n\n")
    heading, entry, *hashes = [*above.split("\n"), ""]
    match = _ENTRY.fullmatch(entry)
    if not parted or heading != HEADING or match is None or int(match[1]) > SIZE_MAX:
        raise MalformedError(f"a proof begins with “{HEADING}” and the number of an entry")
    del hashes[-1]  # The empty one, which only made sure that there are two lines.
    return EntryProof(int(match[1]), proof_lines.read(hashes), notes.read(note))


def examine(
    shown: EntryProof, opening: RecordOpening, trust: TrustedKeys
) -> tuple[LogCheckpoint, tuple[WitnessTimestamp, ...]]:
    """Return the checkpoint that covers a record, and which witnesses saw it.

    Raises `UnprovedError`, or what `checkpoints.believe` raises.
    """
    checkpoint, sightings = checkpoints.believe(shown.note, trust)
    if shown.entry != opening.entry:
        raise UnprovedError(ProofFault.OTHER_ENTRY)
    line = entries.encode(RecordEntry(commitment(opening.salt, opening.record)))
    if not proofs.includes(checkpoint.head, shown.entry, leaf_hash(line), shown.proof):
        raise UnprovedError(ProofFault.NOT_INCLUDED)
    return checkpoint, sightings
