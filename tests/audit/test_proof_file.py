"""A record is shown to be in the log by a small text, and no other record is."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import checkpoints, proof_file
from mesure.audit.checkpoints import UntrustedCheckpointError
from mesure.audit.entries import MalformedError
from mesure.audit.log_file import RecordOpening
from mesure.audit.proof_file import EntryProof, ProofFault, UnprovedError
from mesure.audit.proof_lines import PROOF_HASHES_MAX
from tests.audit.samples import (
    OTHER_SECRET,
    SEEN_AT,
    TRUST,
    TRUST_WITNESSED,
    WITNESS_KEY,
    Log,
    make_opening,
)

LOG = Log().record(4).erase(1).record(4).checkpoint(seen_at=SEEN_AT)
NOTE = LOG.notes[0]
RECORDS = [0, 2, 3, 5, 6, 7, 8]


def _unproved(shown: EntryProof, record_opening: RecordOpening) -> ProofFault:
    with pytest.raises(UnprovedError) as error:
        proof_file.examine(shown, record_opening, TRUST)
    return error.value.unproved


@pytest.mark.parametrize("entry", RECORDS)
def test_every_record_is_shown_and_who_saw_it(entry: int) -> None:
    shown = proof_file.read(str(proof_file.show(LOG.nodes, entry, NOTE)))
    checkpoint, sightings = proof_file.examine(shown, make_opening(entry), TRUST_WITNESSED)
    assert checkpoint.head == LOG.head()
    assert [(sight.witness, sight.at) for sight in sightings] == [(WITNESS_KEY, SEEN_AT)]


def test_a_proof_made_before_an_erasure_is_valid_after_it() -> None:
    before = Log().record(4).checkpoint()
    shown = proof_file.show(before.nodes, 1, before.notes[0])
    before.erase(1).checkpoint()
    assert proof_file.examine(shown, make_opening(1), TRUST)[0].head.size == 4
    again = proof_file.show(before.nodes, 1, before.notes[1])
    assert proof_file.examine(again, make_opening(1), TRUST)[0].head.size == 5


@given(st.sampled_from(RECORDS), st.data())
def test_no_other_record_salt_or_place_is_shown(entry: int, data: st.DataObject) -> None:
    shown, record_opening = proof_file.show(LOG.nodes, entry, NOTE), make_opening(entry)
    record = data.draw(st.binary(max_size=3).filter(lambda it: b"\n" not in it))
    salt = data.draw(st.binary(min_size=32, max_size=32))
    assert _unproved(shown, replace(record_opening, record=record)) is ProofFault.NOT_INCLUDED
    assert _unproved(shown, replace(record_opening, salt=salt)) is ProofFault.NOT_INCLUDED
    other = data.draw(st.integers(0, 12).filter(lambda it: it != entry))
    assert _unproved(shown, replace(record_opening, entry=other)) is ProofFault.OTHER_ENTRY
    moved = replace(shown, entry=other)
    assert _unproved(moved, replace(record_opening, entry=other)) is ProofFault.NOT_INCLUDED
    place = data.draw(st.integers(0, len(shown.proof) - 1))
    cut = replace(shown, proof=shown.proof[:place] + shown.proof[place + 1 :])
    assert _unproved(cut, record_opening) is ProofFault.NOT_INCLUDED


def test_a_checkpoint_that_nobody_trusts_shows_nothing() -> None:
    forged = checkpoints.sign(checkpoints.read(NOTE.text), OTHER_SECRET)
    with pytest.raises(UntrustedCheckpointError):
        proof_file.examine(proof_file.show(LOG.nodes, 0, forged), make_opening(0), TRUST)


def test_an_entry_that_a_checkpoint_does_not_cover_has_no_proof() -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        proof_file.show(LOG.nodes, 9, NOTE)


def test_a_proof_is_written_as_the_specification_says() -> None:
    shown = proof_file.show(LOG.nodes, 8, NOTE)
    [beside] = shown.proof
    hashed = b64encode(beside).decode()
    assert str(shown) == f"c2sp.org/tlog-proof@v1\nindex 8\n{hashed}\n\n{NOTE}"
    alone = Log().record().checkpoint()
    short = proof_file.show(alone.nodes, 0, alone.notes[0])
    assert str(short) == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{alone.notes[0]}"
    assert proof_file.read(str(short)) == short


HEAD = "c2sp.org/tlog-proof@v1\n"
HASH = "A" * 43 + "=\n"


@pytest.mark.parametrize(
    "text",
    [
        "", HEAD, f"{HEAD}\n{NOTE}", f"{HEAD}index 1\n{NOTE}", f"index 1\n\n{NOTE}",
        f"{HEAD}index 01\n\n{NOTE}", f"{HEAD}index -1\n\n{NOTE}", f"{HEAD}index ١\n\n{NOTE}",
        f"{HEAD}index {2**53}\n\n{NOTE}", f"{HEAD}extra AAAA\nindex 1\n\n{NOTE}",
        f"{HEAD}index 1\n{HASH[1:]}\n{NOTE}", f"{HEAD}index 1\n {HASH}\n{NOTE}",
        f"{HEAD}index 1\n{HASH.replace('A=', '9=')}\n{NOTE}", f"{HEAD}index 1\n\nno note\n",
        f"{HEAD}index 1\n{HASH * (PROOF_HASHES_MAX + 1)}\n{NOTE}",
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        proof_file.read(text)


def test_a_proof_as_long_as_may_be_is_read() -> None:
    assert len(proof_file.read(f"{HEAD}index 1\n{HASH * PROOF_HASHES_MAX}\n{NOTE}").proof) == 63
