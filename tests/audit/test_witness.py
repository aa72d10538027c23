"""A witness signs only what extends what it saw."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import checkpoints, witness
from mesure.audit.checkpoints import LogCheckpoint, UntrustedCheckpointError
from mesure.audit.entries import MalformedError
from mesure.audit.proof_lines import PROOF_HASHES_MAX
from mesure.audit.witness import CosignRequest, WitnessRefusal, WitnessRefusedError
from tests.audit.samples import (
    ORIGIN,
    OTHER_SECRET,
    SEEN_AT,
    TRUST,
    TRUST_WITNESSED,
    WITNESS,
    WITNESS_SECRET,
    Log,
)


def _at(size: int) -> tuple[Log, LogCheckpoint]:
    log = Log().record(size).checkpoint()
    return log, LogCheckpoint(ORIGIN, log.head())


LOG, LATER = _at(9)
NOTE = LOG.notes[-1]


@given(st.integers(0, 9))
def test_a_witness_follows_a_log_that_grows(size: int) -> None:
    checkpoint = _at(size)[1] if size else None
    request = witness.read(str(witness.request(LOG.nodes, NOTE, size)))
    assert witness.examine(request, checkpoint, ORIGIN, TRUST) == LATER
    signed = NOTE.with_signatures(checkpoints.cosign(LATER, WITNESS, WITNESS_SECRET, SEEN_AT))
    assert len(signed.signatures) == 2


def _refusal(
    request: CosignRequest, checkpoint: LogCheckpoint | None, origin: str = ORIGIN
) -> WitnessRefusal:
    with pytest.raises(WitnessRefusedError) as error:
        witness.examine(request, checkpoint, origin, TRUST)
    return error.value.refusal


@pytest.mark.parametrize("size", range(1, 10))
def test_a_log_that_took_something_back_gets_no_signature(size: int) -> None:
    """The log was rewritten from its first entry on, and grew; no proof can join the two."""
    other = Log()
    other.nodes.add(bytes(32))
    other.record(9).checkpoint()
    checkpoint = _at(size)[1]
    forged = witness.request(other.nodes, other.notes[-1], size)
    assert _refusal(forged, checkpoint) is WitnessRefusal.NOT_CONSISTENT


def test_a_log_that_lost_its_last_entries_gets_no_signature() -> None:
    short, _ = _at(5)
    request = CosignRequest(9, (), short.notes[-1])
    assert _refusal(request, LATER) is WitnessRefusal.NOT_CONSISTENT
    assert (
        _refusal(witness.request(short.nodes, short.notes[-1], 3), LATER)
        is WitnessRefusal.OTHER_START
    )


def test_a_witness_signs_for_the_log_it_knows() -> None:
    request = witness.request(LOG.nodes, NOTE, 0)
    assert _refusal(request, None, "other.example") is WitnessRefusal.OTHER_LOG
    other = replace(LATER, origin="other.example")
    assert _refusal(request, other) is WitnessRefusal.OTHER_LOG


def test_a_checkpoint_that_the_log_did_not_sign_gets_no_signature() -> None:
    forged = checkpoints.sign(LATER, OTHER_SECRET)
    with pytest.raises(UntrustedCheckpointError):
        witness.examine(witness.request(LOG.nodes, forged, 0), None, ORIGIN, TRUST)


def test_a_request_is_written_as_the_specification_says() -> None:
    request = witness.request(LOG.nodes, NOTE, 8)
    [last] = request.proof
    assert str(request) == f"old 8\n{b64encode(last).decode()}\n\n{NOTE}"
    assert str(witness.request(LOG.nodes, NOTE, 9)) == f"old 9\n\n{NOTE}"
    assert witness.read(str(request)) == request


SEEN = checkpoints.cosign(LATER, WITNESS, WITNESS_SECRET, SEEN_AT)


def test_what_a_witness_answers_comes_below_the_checkpoint() -> None:
    cosigned = witness.with_answer(NOTE, f"{SEEN}\n", TRUST_WITNESSED)
    assert cosigned.signatures == (*NOTE.signatures, SEEN)
    assert witness.with_answer(cosigned, f"{SEEN}\n", TRUST_WITNESSED) == cosigned
    later = checkpoints.cosign(LATER, WITNESS, WITNESS_SECRET, SEEN_AT + 1)
    assert len(witness.with_answer(cosigned, f"{later}\n", TRUST_WITNESSED).signatures) == 3


def test_what_others_answer_is_left_out() -> None:
    stranger = checkpoints.cosign(LATER, "stranger.example", OTHER_SECRET, SEEN_AT)
    answer = f"{stranger}\n{SEEN}\n"
    assert SEEN in witness.with_answer(NOTE, answer, TRUST_WITNESSED).signatures
    assert stranger not in witness.with_answer(NOTE, answer, TRUST_WITNESSED).signatures
    assert witness.with_answer(NOTE, answer, TRUST) == NOTE


def test_an_answer_that_would_spoil_the_checkpoint_is_refused() -> None:
    elsewhere = checkpoints.cosign(_at(5)[1], WITNESS, WITNESS_SECRET, SEEN_AT)
    with pytest.raises(UntrustedCheckpointError):
        witness.with_answer(NOTE, f"{elsewhere}\n", TRUST_WITNESSED)
    for answer in ("", "\n", f"{SEEN}", f"{SEEN}\n\n", "no signature\n"):
        with pytest.raises(MalformedError):
            witness.with_answer(NOTE, answer, TRUST_WITNESSED)


HASH = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "", "old 1", f"old 1\n{NOTE}", f"new 1\n\n{NOTE}", f"old 01\n\n{NOTE}", f"old -1\n\n{NOTE}",
        f"old {10**16}\n\n{NOTE}", f"old {2**53}\n\n{NOTE}", f"\n\n{NOTE}",
        f"old 1\n{HASH[:-1]}\n\n{NOTE}", f"old 1\n {HASH}\n\n{NOTE}",
        f"old 1\n{HASH[:-2]}9=\n\n{NOTE}", "old 1\n\nno note\n",
        "old 1\n" + f"{HASH}\n" * (PROOF_HASHES_MAX + 1) + f"\n{NOTE}",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        witness.read(text)


def test_a_request_for_what_is_no_checkpoint_is_refused() -> None:
    request = witness.read(f"old 0\n\n\n{NOTE}")
    with pytest.raises(MalformedError):
        witness.examine(request, None, ORIGIN, TRUST)
