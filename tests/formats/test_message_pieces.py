"""What is kept of a pilot's request reads again, alone, as it read when it came."""

import json

import pytest
from hypothesis import given

from mesure.formats.apps import app_limits, message_pieces, osmand, owntracks, owntracks_secret
from mesure.formats.apps.app_message import AppMessage, AppMessageFault, AppMessageKind
from mesure.formats.apps.app_request import AppRequest, MqttDelivery
from mesure.formats.apps.message_pieces import MessagePiece
from mesure.formats.apps.osmand import OsmandDialect, SpeedUnit
from mesure.service.installation.secret_box import SodiumSecretBox
from tests.formats.samples import body, client9, form, http_post, live, mqtt_delivery, read_http
from tests.formats.test_apps_bytes import corrupt_messages
from tests.ingest import samples
from tests.ingest.samples import WALK

BOX = SodiumSecretBox("mysecreTpass01")
FIRST, SECOND = WALK[:2]
MPS = OsmandDialect(SpeedUnit.MPS)


def cut(request: AppRequest) -> list[MessagePiece]:
    return [
        *message_pieces.of_osmand(request),
        *message_pieces.of_owntracks(request),
        *message_pieces.of_forwarded(request.body),
    ]


def same(*readings: tuple[AppMessage, ...]) -> bool:
    """Tell whether all are equal; what is not a number is nowhere equal to itself."""
    return len({repr(one) for one in readings}) == 1


@pytest.mark.parametrize("dialect", [osmand.TRACCAR_CLIENT, osmand.OSMAND, MPS])
@pytest.mark.parametrize(
    "app_request",
    [AppRequest(form(FIRST)), AppRequest(body=form(FIRST)), AppRequest(live(FIRST), b"id=other")],
)
def test_a_record_keeps_its_unit(app_request: AppRequest, dialect: OsmandDialect) -> None:
    [piece] = message_pieces.of_osmand(app_request)
    reading = message_pieces.read_piece(piece, dialect)
    assert same(
        reading.messages,
        osmand.read(app_request, dialect),
        message_pieces.read("osmand", reading.kept),
    )
    assert piece.claimed == osmand.device_name(app_request)


def test_messages_of_several_devices_are_not_kept_together() -> None:
    other = client9(SECOND) | {"device_id": "other"}
    first, second = message_pieces.of_osmand(AppRequest(body=body([client9(FIRST), other])))
    assert (first.claimed, second.claimed) == ("48241179", "other")
    assert b"other" not in message_pieces.read_piece(first).kept
    [first_message], [second_message] = (
        message_pieces.read("traccar_client", message_pieces.read_piece(p).kept)
        for p in (first, second)
    )
    assert (first_message.claimed, second_message.claimed) == ("48241179", "other")
    assert same(
        (first_message, second_message), osmand.read(AppRequest(body=body([client9(FIRST), other])))
    )


def test_what_is_forwarded_names_its_own_devices() -> None:
    walked = [samples.traccar(step) for step in (FIRST, SECOND)]
    walked[1] = json.loads(json.dumps(walked[1]).replace('"uniqueId": "', '"uniqueId": "x'))
    first, second = message_pieces.of_forwarded(body(walked))
    assert second.claimed == f"x{first.claimed}"
    [message] = message_pieces.read("traccar_forward", message_pieces.read_piece(second).kept)
    assert (message.claimed, message.kind) == (second.claimed, AppMessageKind.FIX)


def test_a_secret_message_is_kept_opened() -> None:
    hidden = body({"_type": "encrypted", "data": owntracks_secret.encrypt(body(plain()), BOX)})
    request = AppRequest(body=hidden, limit_u="jane", limit_d="phone")
    [piece] = message_pieces.of_owntracks(request)
    reading = message_pieces.read_piece(piece, box=BOX)
    again = message_pieces.read("owntracks", reading.kept)
    assert same(reading.messages, read_http(request, BOX), again)
    assert (
        message_pieces.read_piece(piece, box=SodiumSecretBox("another")).messages[0].why
        is AppMessageFault.WRONG_KEY
    )
    assert message_pieces.read_piece(piece).messages[0].why is AppMessageFault.NO_KEY
    open_ = message_pieces.read_piece(message_pieces.of_owntracks(http_post(plain()))[0], box=BOX)
    assert open_.messages[0].why is AppMessageFault.NOT_ENCRYPTED


def plain() -> dict[str, object]:
    return samples.owntracks(FIRST)


def test_a_delivery_is_held_to_its_topic() -> None:
    [piece] = message_pieces.of_delivery(mqtt_delivery(plain()))
    reading = message_pieces.read_piece(piece)
    again = message_pieces.read("owntracks", reading.kept)
    assert same(reading.messages, owntracks.read_mqtt(mqtt_delivery(plain())), again)
    assert message_pieces.of_delivery(MqttDelivery("elsewhere", body(plain()))) == ()
    retained = MqttDelivery("owntracks/jane/phone", body(plain()), retained=True)
    assert (
        message_pieces.read_piece(message_pieces.of_delivery(retained)[0]).messages[0].why
        is AppMessageFault.RETAINED
    )


@pytest.mark.parametrize("app_request", [AppRequest(), AppRequest(b"&"), AppRequest(body=b"")])
def test_nothing_is_no_message(app_request: AppRequest) -> None:
    pieces = message_pieces.of_owntracks(app_request)
    messages = [
        message for piece in pieces for message in message_pieces.read_piece(piece).messages
    ]
    assert all(message.why is AppMessageFault.EMPTY for message in messages)
    assert message_pieces.of_osmand(app_request) == ()


def test_a_body_that_is_too_large_is_one_piece() -> None:
    large = b"[" + b"1," * app_limits.BODY_BYTES_MAX + b"1]"
    for piece in cut(AppRequest(body=large)):
        assert [one.why for one in message_pieces.read_piece(piece).messages] == [
            AppMessageFault.TOO_LARGE
        ]
    many = b"[" + b"{}," * (app_limits.MESSAGES_MAX + 9) + b"{}]"
    assert len(message_pieces.of_forwarded(many)) == app_limits.MESSAGES_MAX + 1


@given(corrupt_messages())
def test_whatever_was_understood_reads_again(data: bytes) -> None:
    for piece in cut(AppRequest(data, data, limit_u="jane", limit_d="phone")):
        reading = message_pieces.read_piece(piece, MPS)
        if any(
            message.kind in (AppMessageKind.FIX, AppMessageKind.HEARTBEAT, AppMessageKind.EVENT)
            for message in reading.messages
        ):
            assert same(message_pieces.read(piece.form, reading.kept), reading.messages)


@pytest.mark.parametrize("content", [b"", b"\x95\x02\xc4\x00\xa0\xa4KNOT\xc2", b"\x91\x01"])
def test_other_bytes_than_ours_are_told(content: bytes) -> None:
    with pytest.raises(ValueError, match="pilot"):
        message_pieces.read("osmand", content)
