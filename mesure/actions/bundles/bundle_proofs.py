"""Bundle proofs: a person's record in the audit log, with proofs that an outsider can check.

Only records that name nobody else. Witnesses may add their names to a checkpoint later, and a
bundle must stay the same; so the checkpoint is stored here as the log signed it.
Specification: docs/specs/audit_log.md
"""

from collections.abc import Iterator
from functools import partial

from mesure.actions.data_rights import retained_data
from mesure.actions.data_rights.retained_data import PAGE
from mesure.actions.records import record_types
from mesure.actions.records.named_persons import DEED
from mesure.audit import log_file, proof_file
from mesure.audit.log_file import RecordOpening
from mesure.audit.signing import notes
from mesure.audit.signing.notes import SignedNote
from mesure.store.interface.store import ReadTransaction

RECORDS = "log/records.txt"
PROOFS = "log/proofs/"


def files(reading: ReadTransaction, person: str, from_us: int, log_size: int) -> dict[str, bytes]:
    """Return the records about a person since an instant, with a proof for each."""
    note = note_of(reading, log_size)
    if note is None:
        return {}
    openings = list(_openings(reading, person, from_us, log_size))
    lines = (log_file.encode_opening(opening) for opening in openings)
    data_by_name = {RECORDS: log_file.RECORDS_HEADING + b"".join(lines)}
    for opening in openings:
        shown = proof_file.show(reading.node, opening.entry, note)
        data_by_name[f"{PROOFS}{opening.entry:012}.txt"] = str(shown).encode()
    return data_by_name


def note_of(reading: ReadTransaction, log_size: int) -> SignedNote | None:
    """Return the checkpoint of `log_size` entries, as the log alone signed it."""
    checkpoints = reading.checkpoints(log_size - 1, 1) if log_size else ()
    if not checkpoints or checkpoints[0].size != log_size:
        return None
    note = notes.read(checkpoints[0].text.decode())
    origin = note.text.partition("\n")[0]
    return SignedNote(note.text, tuple(one for one in note.signatures if one.name == origin))


def _openings(
    reading: ReadTransaction, person: str, from_us: int, log_size: int
) -> Iterator[RecordOpening]:
    before = -1
    read = partial(reading.entries_with_key, DEED, "person", person)
    for deed in record_types.in_pages(read, most=PAGE):
        entry = retained_data.entry_of(deed.id)
        opening = reading.record_opening(entry)
        if entry == before or entry >= log_size or opening is None:
            continue
        before = entry  # One entry has several rows, where it names many.
        if deed.changed_us >= from_us and retained_data.persons_of(opening.record) == (person,):
            yield opening
