"""Messages of the device protocol, transfers of them, and what a device is told."""

from mesure.devices.message import cbor, envelope, messages
from mesure.devices.message.cbor import CborFault
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.devices.message.messages import DownlinkMessage, UplinkMessage
from mesure.devices.message.uplink import Heartbeat
from tests.actions.receiving import key, seal_message
from tests.devices import samples
from tests.devices.times import SENT_US
from tests.fuzz import listening
from tests.fuzz.target import split, target
from tests.ingest.test_http_listener import SEQ

BATCH = samples.batch()
WHOLE = [seal_message(BATCH, 2), seal_message(Heartbeat(5), 3)]


def _payloads() -> list[bytes]:
    return [
        *(messages.encode(UplinkMessage(9, SENT_US, one)) for one in samples.UPS),
        *(messages.encode(DownlinkMessage(9, SENT_US, one)) for one in samples.DOWNS),
    ]


@target("cbor", _payloads, share=20)
def decode(data: bytes) -> None:
    """What is decoded is written in one way only: it comes back as the same bytes."""
    item = cbor.decode(data)
    if not isinstance(item, CborFault):
        assert cbor.encode(item) == data


@target("device_payload", _payloads, share=20)
def payload(data: bytes) -> None:
    """A message is read alone as it is among others, and only one that is written our way."""
    for read in (messages.read_uplink(data), messages.read_downlink(data)):
        if isinstance(read, DeviceRefusal):
            assert read.said.isprintable()
    together = messages.read_uplinks([data, data])
    assert [repr(one) for one in together] == [repr(messages.read_uplink(data))] * 2


@target("device_envelope", lambda: [*WHOLE, b"".join(WHOLE)])
def read_envelope(data: bytes) -> None:
    """A transfer falls into messages, and each message into its parts."""
    envelope.read(data)
    envelope.first_key_name(data)
    parts = envelope.split(data)
    assert data.startswith(b"".join(parts.messages))


@target("device_transfer", lambda: [b"".join(WHOLE), *WHOLE], share=3)
def transfer(data: bytes) -> None:
    """A transfer is answered, no matter who signed what is in it."""
    status, answer = listening.wire().ask("POST", "/device/1", data, Content_Type=SEQ)
    listening.check(status, answer)


@target("device_signed", _payloads, share=3)
def answer_signed(data: bytes) -> None:
    """Whatever an enrolled device signs is answered: behind the signature stands anything."""
    message = envelope.seal(data, key(1), envelope.UP)
    status, answer = listening.wire().ask("POST", "/device/1", message, Content_Type=SEQ)
    listening.check(status, answer)


INTRODUCTION = samples.seal_message(samples.INTRODUCTION, 1, samples.SIGNER)


@target("device_request", lambda: [b"\0application/cose\0" + INTRODUCTION], share=3)
def request(data: bytes) -> None:
    """Any address, type and length is answered in a sentence."""
    rest, kind, body = split(data, 3)
    named = kind.decode("latin-1")
    for path in ("/device/1/introduce", f"/device/1{rest.decode('latin-1')}"):
        headers = {"Content_Type": named, "Content_Length": named}
        listening.check(*listening.wire().ask("POST", path, body, b"", headers))
