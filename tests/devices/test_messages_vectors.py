"""The vectors that makers of devices get: ours, and right by an independent library."""

import json
from typing import Any

import cbor2
import pytest

from mesure.devices import message_verification
from mesure.devices.message import envelope, messages, public_keys
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message_verification import VerifiedMessage
from mesure.service.device import message_json as device_json
from tests.devices import vectors
from tests.devices.samples import KEYS, SERVER, SIGNER, SODIUM
from tests.house import ROOT

VECTORS: dict[str, Any] = json.loads((ROOT / vectors.FILE).read_text(encoding="utf-8"))
UP, DOWN, REFUSED = VECTORS["up"], VECTORS["down"], VECTORS["refused"]


def test_the_vectors_are_those_of_this_version() -> None:
    assert json.loads(json.dumps(vectors.document())) == VECTORS


@pytest.mark.parametrize("vector", UP + DOWN)
def test_another_library_reads_them_and_writes_the_same(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["message"])
    outer = cbor2.loads(data)
    protected, unprotected, payload, signature = outer.value
    assert (outer.tag, dict(unprotected), payload.hex()) == (18, {}, vector["payload"])
    signed = cbor2.dumps(
        ["Signature1", protected, bytes.fromhex(vector["purpose"]), payload], canonical=True
    )
    assert signed.hex() == vector["signed"]
    signer = SIGNER if vector in UP else SERVER
    assert SODIUM.holds(signer.key, signed, signature)
    version, _, counter, sent_ms, _ = cbor2.loads(payload)
    assert version == 1
    assert (counter, sent_ms) == (vector["says"]["counter"], vector["says"]["sent_ms"])
    assert cbor2.dumps(cbor2.loads(payload), canonical=True) == payload


@pytest.mark.parametrize("vector", UP)
def test_what_a_device_says(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["message"])
    if vector["says"]["kind"] == "introduction":
        assert not isinstance(message_verification.introduce(data, SODIUM), DeviceRefusal)
        return
    verified = message_verification.verify(data, KEYS, SODIUM)
    assert isinstance(verified, VerifiedMessage)
    assert device_json.as_json(verified.said) == vector["says"]


@pytest.mark.parametrize("vector", DOWN)
def test_what_a_device_is_told(vector: dict[str, Any]) -> None:
    read = envelope.read(bytes.fromhex(vector["message"]))
    assert not isinstance(read, DeviceRefusal)
    assert envelope.is_from(read, SERVER.key, envelope.down(SIGNER.key), SODIUM)
    message = messages.read_downlink(read.payload)
    assert not isinstance(message, DeviceRefusal)
    assert device_json.as_json(message) == vector["says"]


@pytest.mark.parametrize("vector", REFUSED)
def test_what_is_refused(vector: dict[str, Any]) -> None:
    refusal = message_verification.verify(bytes.fromhex(vector["message"]), KEYS, SODIUM)
    assert isinstance(refusal, DeviceRefusal)
    assert refusal.reason == vector["reason"]


@pytest.mark.parametrize("key", VECTORS["keys_refused"])
def test_which_keys_are_refused(key: str) -> None:
    assert public_keys.check_public_key(bytes.fromhex(key)) is not None


def test_the_page_names_every_reason_and_every_kind() -> None:
    page = (ROOT / "docs" / "specs" / "device_protocol.md").read_text(encoding="utf-8")
    refused = {vector["reason"] for vector in REFUSED}
    assert not [reason for reason in refused if f"`{reason}`" not in page]
    kinds = {cbor2.loads(bytes.fromhex(vector["payload"]))[1] for vector in UP + DOWN}
    assert not [kind for kind in kinds if f"| {kind} | " not in page]
