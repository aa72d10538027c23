"""Messages of OwnTracks that a passphrase keeps secret, opened by libsodium itself."""

import json
from typing import Any

import pytest

from mesure.formats.apps import owntracks, owntracks_secret
from mesure.formats.apps.app_message import AppMessage, AppMessageFault, AppMessageKind
from mesure.service.installation.secret_box import SodiumSecretBox
from tests.formats.samples import http_post, mqtt_delivery, read_http
from tests.ingest.samples import WALK
from tests.ingest.samples import owntracks as location

PASSPHRASE = "mysecreTpass01"
# The nonce is 00 to 17.
VECTOR = (
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX+NhK9NyfFnlT+shMKa4FWdv2hFEi673vdntViQ9cMNc1+D0+oyr0ujPh1H9C"
    "xQ24xXVAoAgBz6vRzPT/sY1hMewDAqnZSMEUPCZMeaGqvUTx3+MbCtPQ7eUzsprK6gko28lsULgkmIw="
)
PLAIN = {"_type": "location", "lat": 48.856826, "lon": 2.292713, "acc": 12, "tst": 1736161169,
         "tid": "JJ"}  # fmt: skip


@pytest.fixture
def box() -> SodiumSecretBox:
    return SodiumSecretBox(PASSPHRASE)


def read_message(sent: object, box: SodiumSecretBox | None) -> AppMessage:
    (over_http,) = read_http(http_post(sent), box)
    (over_mqtt,) = owntracks.read_mqtt(mqtt_delivery(sent), box)
    assert (over_http.kind, over_http.why) == (over_mqtt.kind, over_mqtt.why)
    return over_http


def as_encrypted(data: Any) -> dict[str, Any]:
    return {"_type": "encrypted", "data": data}


def test_a_message_of_the_apps_is_opened(box: SodiumSecretBox) -> None:
    assert owntracks_secret.decrypt(VECTOR, box) == json.dumps(PLAIN).replace(" ", "").encode()
    for written in (VECTOR, "\n".join((VECTOR[:76], VECTOR[76:], ""))):
        assert read_message(as_encrypted(written), box).kind is AppMessageKind.FIX
    message = read_message(as_encrypted(VECTOR), box)
    assert (message.kind, message.claimed) == (AppMessageKind.FIX, "jane/phone")
    assert message.fix is not None
    assert (message.fix.lat_deg, message.fix.lon_deg) == (48.856826, 2.292713)


def test_another_passphrase_opens_nothing() -> None:
    for wrong in ("mysecreTpass02", "", "mysecreTpass01x"):
        message = read_message(as_encrypted(VECTOR), SodiumSecretBox(wrong))
        assert (message.kind, message.why) == (AppMessageKind.REFUSED, AppMessageFault.WRONG_KEY)


@pytest.mark.parametrize(
    "data",
    [None, 7, "", "AA==", "not base64", VECTOR[:-4], VECTOR[4:], "é" * 60, "A" * 60 + "===="],
)
def test_what_is_not_whole_is_refused_like_a_wrong_key(data: object, box: SodiumSecretBox) -> None:
    assert read_message(as_encrypted(data), box).why is AppMessageFault.WRONG_KEY


def test_what_is_hidden_is_read_once_and_with_the_same_care(box: SodiumSecretBox) -> None:
    def hidden(plain: bytes) -> AppMessage:
        return read_message(as_encrypted(owntracks_secret.encrypt(plain, box)), box)

    again = json.dumps(as_encrypted(VECTOR)).encode()
    for plain in (again, b"", b"{", b"\xff", b"[1]"):
        assert hidden(plain).why is AppMessageFault.DAMAGED
    assert hidden(b'{"_type":"location","t":"p"}').kind is AppMessageKind.HEARTBEAT
    assert hidden(b'{"_type":"waypoints"}').why is AppMessageFault.PLACES
    assert hidden(b'{"_type":"location"}').why is AppMessageFault.NO_TIME


def test_nothing_in_plain_is_believed_of_a_device_with_a_key(box: SodiumSecretBox) -> None:
    for plain in (location(WALK[0]), {"_type": "steps"}, {"_type": "status", "android": {}}):
        assert read_message(plain, None).kind is not AppMessageKind.REFUSED
        message = read_message(plain, box)
        assert (message.kind, message.why, message.events) == (
            AppMessageKind.REFUSED,
            AppMessageFault.NOT_ENCRYPTED,
            (),
        )
    # The broker speaks for a device that is gone, and it has no key.
    assert read_message({"_type": "lwt", "tst": 1}, box).kind is AppMessageKind.EVENT
    assert read_message({"_type": "waypoints"}, box).why is AppMessageFault.PLACES
    assert read_message({"_type": 7}, box).why is AppMessageFault.DAMAGED


@pytest.mark.parametrize("passphrase", ["", "a", "x" * 32, "x" * 40, "пароль", "п" * 40])
def test_a_passphrase_makes_a_key_of_32_bytes(passphrase: str) -> None:
    key = owntracks_secret.key(passphrase)
    assert len(key) == owntracks_secret.KEY_BYTES
    assert passphrase.encode().startswith(key.rstrip(b"\0"))
