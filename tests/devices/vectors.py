"""The vectors of the device protocol's page. `python -m tests.devices.vectors` prints them."""

import json
from typing import Any

from mesure.devices import message_verification
from mesure.devices.message import cbor, envelope, messages, public_keys
from mesure.devices.message.cbor import Item
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.downlink import Down
from mesure.devices.message.messages import DownlinkMessage, Message, UplinkMessage
from mesure.devices.message.uplink import Heartbeat, Introduction, Up
from mesure.service.device import message_json as device_json
from tests.devices import samples
from tests.devices.samples import KEYS, OTHER, SERVER, SIGNER, SODIUM, Signer
from tests.devices.test_public_keys import RESPELT, SMALL, L
from tests.devices.times import SENT_US

FILE = "docs/specs/device_protocol_vectors.json"
SEEDS = {"device": 1, "next": 2, "other": 3, "server": 4}


def document() -> dict[str, Any]:
    return {
        "about": "Vectors of docs/specs/device_protocol.md; byte strings in hexadecimal.",
        "keys": {name: _key(number) for name, number in SEEDS.items()},
        "up": [_up(what, counter) for counter, what in enumerate(samples.UPS, 2)],
        "down": [_down(what, counter) for counter, what in enumerate(samples.DOWNS, 1)],
        "refused": [_refused(why, data) for why, data in _bad().items()],
        "keys_refused": SMALL + RESPELT,
    }


def _key(number: int) -> dict[str, str]:
    public_key = Signer(number).key
    return {
        "seed": (bytes([number]) * 32).hex(),
        "public_key": public_key.hex(),
        "name": public_keys.name(public_key).hex(),
    }


def _up(what: Up, counter: int) -> dict[str, Any]:
    message = UplinkMessage(1 if isinstance(what, Introduction) else counter, SENT_US, what)
    return _message(message, SIGNER, envelope.UP)


def _down(what: Down, counter: int) -> dict[str, Any]:
    return _message(DownlinkMessage(counter, SENT_US, what), SERVER, envelope.down(SIGNER.key))


def _message(message: Message, signer: Signer, purpose: bytes) -> dict[str, Any]:
    payload = messages.encode(message)
    return {
        "says": device_json.as_json(message),
        "payload": payload.hex(),
        "purpose": purpose.hex(),
        "signed": envelope.to_be_signed(public_keys.name(signer.key), payload, purpose).hex(),
        "message": envelope.seal(payload, signer, purpose).hex(),
    }


def _bad() -> dict[str, bytes]:
    """Return messages that are refused, by what is wrong with them."""
    good = samples.seal_message(Heartbeat(87))
    payload = messages.encode(UplinkMessage(2, SENT_US, Heartbeat(87)))
    s = int.from_bytes(good[-32:], "little") + L
    return {
        "the last byte is missing": good[:-1],
        "a byte follows": good + b"\x00",
        "the last bit of the signature is another": good[:-1] + bytes([good[-1] ^ 1]),
        "S is written with the order of the group added": good[:-32] + s.to_bytes(32, "little"),
        "it was signed for a device": envelope.seal(payload, SIGNER, envelope.down(SIGNER.key)),
        "nobody knows the key": samples.seal_message(Heartbeat(87), signer=OTHER),
        "the counter is longer than it need be": _sealed(payload[:3] + b"\x18" + payload[3:]),
        "the battery is at 101 %": _of([1, 2, 2, 3, {1: 101}]),
        "null stands for what is not known": _of([1, 2, 2, 3, {1: None}]),
        "a column is wider than it need be": _of(
            [1, 1, 2, 3, {1: 4, 2: 5, 3: 6, 7: cbor.TaggedValue(69, b"\x01\x00")}]
        ),
        "a column says nothing": _of(
            [1, 1, 2, 3, {1: 4, 2: 5, 3: 6, 7: cbor.TaggedValue(64, b"\x00")}]
        ),
        "it is of version 2": _of([2, 2, 2, 3, {}]),
        "its kind is not known": _of([1, 7, 2, 3, {}]),
        "its kind goes the other way": _of([1, 17, 2, 3, [1_000, 0]]),
        "counter 1 is for introductions": _of([1, 2, 1, 3, {}]),
    }


def _of(item: Item) -> bytes:
    return _sealed(cbor.encode(item))


def _sealed(payload: bytes) -> bytes:
    return envelope.seal(payload, SIGNER, envelope.UP)


def _refused(why: str, data: bytes) -> dict[str, str]:
    refusal = message_verification.verify(data, KEYS, SODIUM)
    assert isinstance(refusal, DeviceRefusal), why
    return {"because": why, "message": data.hex(), "reason": refusal.reason.value}


if __name__ == "__main__":
    print(json.dumps(document(), indent=1, ensure_ascii=False))
