"""A checkpoint is believed when the log signed it, and never when a signature does not hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import checkpoints
from mesure.audit.checkpoints import (
    DistrustReason,
    LogCheckpoint,
    TrustedKeys,
    UntrustedCheckpointError,
    WitnessTimestamp,
)
from mesure.audit.entries import MalformedError
from mesure.audit.proofs import TreeHead
from mesure.audit.signing import notes
from mesure.audit.signing.notes import NoteSignature, SignedNote
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.audit.tree import EMPTY_ROOT, SIZE_MAX
from mesure.machine.signatures import Ed25519
from tests.audit.samples import (
    LOG_KEY,
    LOG_SECRET,
    ORIGIN,
    OTHER_SECRET,
    SEEN_AT,
    TRUST,
    TRUST_WITNESSED,
    WITNESS,
    WITNESS_KEY,
    WITNESS_SECRET,
)  # fmt: skip

CHECKPOINT = LogCheckpoint(ORIGIN, TreeHead(3, bytes(range(32))))
SIGNED = checkpoints.sign(CHECKPOINT, LOG_SECRET)
SEEN = checkpoints.cosign(CHECKPOINT, WITNESS, WITNESS_SECRET, SEEN_AT)
COSIGNED = SIGNED.with_signatures(SEEN)


@given(st.integers(0, SIZE_MAX), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_written(size: int, root: bytes) -> None:
    checkpoint = LogCheckpoint(ORIGIN, TreeHead(size, root))
    assert checkpoints.read(str(checkpoint)) == checkpoint
    note = checkpoints.sign(checkpoint, LOG_SECRET)
    assert checkpoints.believe(notes.read(str(note)), TRUST) == (checkpoint, ())


def test_three_lines_can_be_read_by_a_person() -> None:
    assert str(LogCheckpoint(ORIGIN, TreeHead(0, EMPTY_ROOT))) == (
        f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    )


ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    "text",
    [
        "", f"{ORIGIN}\n3\n", f"{ORIGIN}\n3\n{ROOT}", f"\n3\n{ROOT}\n", f"{ORIGIN}\n03\n{ROOT}\n",
        f"{ORIGIN}\n-3\n{ROOT}\n", f"{ORIGIN}\n+3\n{ROOT}\n", f"{ORIGIN}\n٣\n{ROOT}\n",
        f"{ORIGIN}\n3\n{ROOT[1:]}\n", f"{ORIGIN}\n3\n{ROOT[:-2]}V=\n", f"{ORIGIN}\n3\n{ROOT}\n\n",
        f"{ORIGIN}\n3\n{ROOT}\nmore\n", f"a log\n3\n{ROOT}\n",
        f"{ORIGIN}\n{SIZE_MAX + 1}\n{ROOT}\n",
        f"{ORIGIN}\n{10**16}\n{ROOT}\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        checkpoints.read(text)


@pytest.mark.parametrize(
    ("origin", "head"),
    [
        ("a log", TreeHead(0, EMPTY_ROOT)),
        (ORIGIN, TreeHead(-1, EMPTY_ROOT)),
        (ORIGIN, TreeHead(0, b"short")),
    ],
)
def test_what_cannot_be_sworn_to_is_refused(origin: str, head: TreeHead) -> None:
    with pytest.raises(ValueError, match=r"cannot name a log|a number of entries and a hash"):
        LogCheckpoint(origin, head)


def test_a_witness_says_when_it_saw_what() -> None:
    checkpoint, sightings = checkpoints.believe(COSIGNED, TRUST_WITNESSED)
    assert (checkpoint, sightings) == (CHECKPOINT, (WitnessTimestamp(WITNESS_KEY, SEEN_AT),))
    message = f"cosignature/v1\ntime {SEEN_AT}\n{CHECKPOINT}".encode()
    assert SEEN.made == SEEN_AT.to_bytes(8, "big") + WITNESS_SECRET.sign(message)


def _doubt(note: SignedNote, trust: TrustedKeys) -> tuple[DistrustReason, str]:
    with pytest.raises(UntrustedCheckpointError) as error:
        checkpoints.believe(note, trust)
    return error.value.doubt, error.value.name


def _by(key: PublicKey, signature: bytes) -> NoteSignature:
    return NoteSignature(key.name, key.id, signature)


def test_without_a_signature_of_the_log_nothing_is_believed() -> None:
    other = PublicKey(ORIGIN, KeyPurpose.NOTE, OTHER_SECRET.key)
    unsigned = DistrustReason.UNSIGNED, ""
    assert _doubt(SIGNED, TrustedKeys((other,), (), Ed25519())) == unsigned
    assert _doubt(SIGNED, TrustedKeys((), (), Ed25519())) == unsigned
    assert _doubt(SignedNote(SIGNED.text, ()), TRUST) == unsigned
    assert _doubt(SignedNote(SIGNED.text, (SEEN,)), TRUST_WITNESSED) == unsigned


def test_a_key_of_another_log_does_not_sign_for_this_one() -> None:
    key = PublicKey("other.example", KeyPurpose.NOTE, LOG_SECRET.key)
    note = SignedNote(str(CHECKPOINT), (_by(key, LOG_SECRET.sign(str(CHECKPOINT).encode())),))
    assert _doubt(note, TrustedKeys((key,), (), Ed25519())) == (DistrustReason.UNSIGNED, "")


def test_a_signature_by_somebody_unknown_is_passed_over() -> None:
    unknown = NoteSignature("stranger.example", b"1234", b"whatever")
    half_known = (
        NoteSignature(ORIGIN, b"1234", bytes(64)),
        NoteSignature("a", LOG_KEY.id, bytes(64)),
    )
    note = SIGNED.with_signatures(unknown, *half_known)
    assert checkpoints.believe(note, TRUST) == (CHECKPOINT, ())


def test_after_a_change_of_keys_either_key_will_do() -> None:
    later = PublicKey(ORIGIN, KeyPurpose.NOTE, OTHER_SECRET.key)
    trust = TrustedKeys((LOG_KEY, later), (), Ed25519())
    for secret in (LOG_SECRET, OTHER_SECRET):
        assert checkpoints.believe(checkpoints.sign(CHECKPOINT, secret), trust)
    both = SIGNED.with_signatures(*checkpoints.sign(CHECKPOINT, OTHER_SECRET).signatures)
    assert checkpoints.believe(both, trust)


@given(st.integers(0, 64 * 8 - 1))
def test_a_signature_that_was_changed_spoils_the_checkpoint(bit: int) -> None:
    signature = bytearray(SIGNED.signatures[0].made)
    signature[bit // 8] ^= 1 << bit % 8
    spoilt = SignedNote(SIGNED.text, (_by(LOG_KEY, bytes(signature)),))
    assert _doubt(spoilt, TRUST) == (DistrustReason.SIGNATURE, ORIGIN)
    assert _doubt(SIGNED.with_signatures(*spoilt.signatures), TRUST) == (
        DistrustReason.SIGNATURE,
        ORIGIN,
    )


@given(st.integers(0, 72 * 8 - 1))
def test_a_cosignature_that_was_changed_spoils_the_checkpoint(bit: int) -> None:
    signature = bytearray(SEEN.made)
    signature[bit // 8] ^= 1 << bit % 8
    spoilt = SIGNED.with_signatures(_by(WITNESS_KEY, bytes(signature)))
    assert _doubt(spoilt, TRUST_WITNESSED) == (DistrustReason.COSIGNATURE, WITNESS)


@pytest.mark.parametrize("signature", [b"x", bytes(63), bytes(65), bytes(72)])
def test_a_signature_of_another_length_spoils_the_checkpoint(signature: bytes) -> None:
    assert _doubt(SignedNote(SIGNED.text, (_by(LOG_KEY, signature),)), TRUST) == (
        DistrustReason.SIGNATURE,
        ORIGIN,
    )


@pytest.mark.parametrize("signature", [b"x", bytes(8), bytes(64), SEEN.made[:-1], SEEN.made + b"x"])
def test_a_cosignature_of_another_length_spoils_the_checkpoint(signature: bytes) -> None:
    note = SIGNED.with_signatures(_by(WITNESS_KEY, signature))
    assert _doubt(note, TRUST_WITNESSED) == (DistrustReason.COSIGNATURE, WITNESS)


def test_the_signature_of_the_log_is_no_cosignature_and_the_other_way_round() -> None:
    both_ways = PublicKey(WITNESS, KeyPurpose.COSIGNATURE, LOG_SECRET.key)
    signature = bytes(8) + LOG_SECRET.sign(SIGNED.text.encode())
    note = SIGNED.with_signatures(_by(both_ways, signature))
    assert (
        _doubt(note, TrustedKeys((LOG_KEY,), (both_ways,), Ed25519()))[0]
        is DistrustReason.COSIGNATURE
    )


def test_a_time_that_cannot_be_is_refused_on_both_sides() -> None:
    late = 1 << 63
    message = f"cosignature/v1\ntime {late}\n{CHECKPOINT}".encode()
    signature = late.to_bytes(8, "big") + WITNESS_SECRET.sign(message)
    note = SIGNED.with_signatures(_by(WITNESS_KEY, signature))
    assert _doubt(note, TRUST_WITNESSED) == (DistrustReason.COSIGNATURE, WITNESS)
    for at in (-1, late):
        with pytest.raises(ValueError, match="no number of seconds"):
            checkpoints.cosign(CHECKPOINT, WITNESS, WITNESS_SECRET, at)
    latest = checkpoints.cosign(CHECKPOINT, WITNESS, WITNESS_SECRET, late - 1)
    assert checkpoints.believe(SIGNED.with_signatures(latest), TRUST_WITNESSED)


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    text = f"{ORIGIN}\n3\n"
    signed = SignedNote(text, (_by(LOG_KEY, LOG_SECRET.sign(text.encode())),))
    with pytest.raises(MalformedError):
        checkpoints.believe(signed, TRUST)


def test_another_text_below_the_same_signature_is_not_believed() -> None:
    for head in (TreeHead(4, bytes(range(32))), TreeHead(3, bytes(32))):
        note = replace(SIGNED, text=str(LogCheckpoint(ORIGIN, head)))
        assert _doubt(note, TRUST) == (DistrustReason.SIGNATURE, ORIGIN)
