"""Keys that only one device can sign for, and signatures in their only spelling."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from mesure.devices.message import public_keys
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from tests.devices.samples import OTHER, SIGNER, SODIUM, Signer

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
# The eight points of small order, and other spellings of some.
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
RESPELT = [
    "0100000000000000000000000000000000000000000000000000000000000080",  # Minus nought.
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


def _said(key: bytes) -> str:
    refusal = public_keys.check_public_key(key)
    assert isinstance(refusal, DeviceRefusal)
    assert refusal.reason is DeviceRefusalReason.WEAK_KEY
    return refusal.said


@pytest.mark.parametrize("key", SMALL)
def test_a_point_of_small_order_is_refused(key: str) -> None:
    assert _said(bytes.fromhex(key)) == "the point has small order: anybody can sign for it"


@pytest.mark.parametrize("key", RESPELT)
def test_another_spelling_is_refused(key: str) -> None:
    assert "only spelling" in _said(bytes.fromhex(key))


def test_a_point_outside_the_group_is_refused() -> None:
    small = bytes.fromhex(SMALL[4])
    mixed = bindings.crypto_core_ed25519_add(SIGNER.key, small)
    assert _said(mixed) == "the point lies outside the group that signs"


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    assert _said(key) == f"a key has 32 bytes, not {len(key)}"


def test_a_true_key_may_be_enrolled() -> None:
    assert all(public_keys.check_public_key(Signer(number).key) is None for number in range(10))


@settings(max_examples=60)
@given(st.one_of(st.binary(min_size=32, max_size=32), st.integers(P - 25, 2**255).map(
    lambda y: y.to_bytes(32, "little"))))  # fmt: skip
def test_libsodium_agrees_on_every_key(key: bytes) -> None:
    assert (
        public_keys.check_public_key(key) is None
    ) == bindings.crypto_core_ed25519_is_valid_point(key)


def test_who_signed_is_told() -> None:
    signature = SIGNER.sign(b"I was at home")
    assert public_keys.has_signed(SODIUM, SIGNER.key, b"I was at home", signature)
    assert not public_keys.has_signed(SODIUM, SIGNER.key, b"I was not at home", signature)
    assert not public_keys.has_signed(SODIUM, OTHER.key, b"I was at home", signature)
    assert not public_keys.has_signed(SODIUM, SIGNER.key, b"I was at home", signature[:63])


class Careless:
    """A verifier that takes everything."""

    def holds(self, key: bytes, message: bytes, signature: bytes) -> bool:
        return True


def test_a_second_signature_made_from_the_first_is_refused() -> None:
    signature = SIGNER.sign(b"I was at home")
    s = int.from_bytes(signature[32:], "little")
    assert s < L
    assert public_keys.has_signed(Careless(), SIGNER.key, b"I was at home", signature)
    for raised in (s + L, L, 2**256 - 1):
        respelt = signature[:32] + raised.to_bytes(32, "little")
        assert not public_keys.has_signed(Careless(), SIGNER.key, b"I was at home", respelt)
        assert not SODIUM.holds(SIGNER.key, b"I was at home", respelt)


def test_the_name_of_a_key_is_the_beginning_of_its_digest() -> None:
    assert public_keys.name(SIGNER.key) == hashlib.sha256(SIGNER.key).digest()[:8]
