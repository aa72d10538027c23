"""Messages: bytes to values and back, and nothing raises whatever comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import batch, cbor, downlink, message_fields, messages, uplink
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.cbor import Item
from mesure.devices.message.device_refusal import DeviceRefusal, DeviceRefusalReason
from mesure.devices.message.downlink import Down
from mesure.devices.message.messages import DownlinkMessage, UplinkMessage
from mesure.devices.message.uplink import Heartbeat, Up
from tests.devices import samples
from tests.devices.samples import DOWNS, UPS, columns
from tests.devices.times import SENT_US


def _same(content: Up, other: Up) -> bool:
    if isinstance(content, FixBatch) and isinstance(other, FixBatch):
        return columns(content) == columns(other)
    return content == other


@given(samples.counters, samples.instants_us, st.one_of(samples.ups, st.sampled_from(UPS)))
def test_what_a_device_says_comes_back(counter: int, sent_us: int, what: Up) -> None:
    payload = messages.encode(UplinkMessage(counter, sent_us, what))
    again = messages.read_uplink(payload)
    assert isinstance(again, UplinkMessage)
    assert (again.counter, again.sent_us) == (counter, sent_us)
    assert _same(again.what, what)
    assert messages.encode(again) == payload


@pytest.mark.parametrize(
    ("beat", "claims"),
    [
        (Heartbeat(), False),
        (Heartbeat(is_moving=False), False),
        (Heartbeat(is_moving=True), True),
        (Heartbeat(still_since_us=SENT_US), True),
    ],
)
def test_a_sign_of_life_claims_rest_where_it_says_since_when_or_that_it_moves(
    beat: Heartbeat, claims: bool
) -> None:
    assert beat.claims_rest is claims


@given(samples.counters, samples.instants_us, samples.downs)
def test_what_a_device_is_told_comes_back(counter: int, sent_us: int, what: Down) -> None:
    message = DownlinkMessage(counter, sent_us, what)
    assert messages.read_downlink(messages.encode(message)) == message


PAYLOADS = [messages.encode(UplinkMessage(2, SENT_US, what)) for what in UPS] + [
    messages.encode(DownlinkMessage(2, SENT_US, what)) for what in DOWNS
]


@given(st.sampled_from(PAYLOADS), st.data())
def test_a_mangled_payload_is_refused_or_has_one_spelling(
    payload: bytes, draw: st.DataObject
) -> None:
    mangled = bytearray(payload)
    for at in draw.draw(st.lists(st.integers(0, len(payload) - 1), max_size=4)):
        mangled[at : at + 1] = draw.draw(st.binary(max_size=3))
    for read in (messages.read_uplink(bytes(mangled)), messages.read_downlink(bytes(mangled))):
        if isinstance(read, DeviceRefusal):
            assert read.said
        else:
            assert messages.encode(read) == mangled


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data: bytes) -> None:
    assert isinstance(messages.read_uplink(data), DeviceRefusal)
    assert isinstance(messages.read_downlink(data), DeviceRefusal)


items = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 300), st.binary(max_size=33), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.integers(0, 10), inner, max_size=6)
    ),
    max_leaves=10,
)


@given(st.integers(1, 20), items)
def test_any_value_in_the_place_of_a_body_is_read_or_refused(kind: int, item: Item) -> None:
    payload = cbor.encode([1, kind, 2, 3, item])
    for read in (messages.read_uplink(payload), messages.read_downlink(payload)):
        if not isinstance(read, DeviceRefusal):
            assert messages.encode(read) == payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_cut_short_is_refused(payload: bytes) -> None:
    for end in range(len(payload)):
        for read in (messages.read_uplink(payload[:end]), messages.read_downlink(payload[:end])):
            assert isinstance(read, DeviceRefusal)
            assert read.reason is DeviceRefusalReason.MALFORMED


def _refused(item: Item, reason: DeviceRefusalReason = DeviceRefusalReason.MALFORMED) -> str:
    read = messages.read_uplink(cbor.encode(item))
    assert isinstance(read, DeviceRefusal)
    assert read.reason is reason
    return read.said


def test_the_frame_of_a_message_is_checked() -> None:
    assert _refused({}) == _refused([]) == "the payload is no array"
    assert _refused([1]) == "the payload is no array of 5"
    assert "version 2" in _refused([2], DeviceRefusalReason.UNKNOWN_VERSION)
    assert "version 2" in _refused([2, "as", "it", "likes"], DeviceRefusalReason.UNKNOWN_VERSION)
    assert _refused([1, 0, 2, 3, {}]) == "the kind is 0, not 1 to 255"
    assert _refused([1, 2, 0, 3, {}]).startswith("the counter is 0, not 1 to")
    assert _refused([1, 2, 1, -1, {}]).startswith("the time of sending is -1, not 0 to")
    assert "kind 16" in _refused([1, 16, 2, 3, [[], []]], DeviceRefusalReason.UNKNOWN_KIND)
    assert "kind 7" in _refused([1, 7, 2, 3, {}], DeviceRefusalReason.UNKNOWN_KIND)


def test_a_message_down_is_none_up() -> None:
    read = messages.read_downlink(cbor.encode([1, 2, 2, 3, {}]))
    assert isinstance(read, DeviceRefusal)
    assert read.reason is DeviceRefusalReason.UNKNOWN_KIND


@pytest.mark.parametrize(
    ("kind", "item", "why"),
    [
        (2, {1: 101}, "the battery is 101, not 0 to 100"),
        (2, {2: 1}, "charging is neither true nor false"),
        (2, {6: 0}, "what waits is 0, not 1 to"),
        (3, [], "the events is no array of 1 to 64"),
        (3, [[2, 0, True]] * 65, "the events is no array of 1 to 64"),
        (3, [[8, 0, True]], "what an event tells of is 8, not 1 to 7"),
        (3, [[1, 0, True]], "the battery is no whole number"),
        (3, [[2, 0, 1]], "the value of an event is neither true nor false"),
        (4, [0, 1], "what is answered is 0, not 1 to"),
        (4, [1, 5], "an outcome is 5, not 1 to 4"),
        (5, [b"", b""], "the new key is no string of 32 bytes"),
        (5, [bytes(32), b""], "its proof is no string of 64 bytes"),
        (6, ["", "phone", bytes(32), ""], "the device is no text of 1 to 64 characters"),
        (6, ["D", "phone", bytes(32), "x" * 65], "the code is no text of 0 to 64 characters"),
    ],
)
def test_what_a_device_cannot_say_is_refused(kind: int, item: Item, why: str) -> None:
    assert _refused([1, kind, 2, 3, item]).startswith(why)


@pytest.mark.parametrize(
    ("kind", "item", "why"),
    [
        (16, [[[2, 3], [4, 5]], []], "a first counter is 4, not 5 to"),
        (16, [[[3, 2]], []], "a last counter is 2, not 3 to"),
        (16, [[[2, 3]] * 65, []], "what is kept is no array of 0 to 64"),
        (16, [[], [[5, "forged"], [5, "forged"]]], "a refused counter is 5, not 6 to"),
        (16, [[], [[5, ""]]], "a reason is no text of 1 to 40 characters"),
        (16, [[[2, 9]], [[5, "forged"]]], "one counter is kept and refused"),
        (17, [999, 0], "how often is 999, not 1000 to"),
        (17, [1_000, message_fields.MS_MAX + 1], "until when is"),
        (18, ["", "en"], "its text is no text of 1 to 1000 characters"),
        (18, ["x" * 1_001, "en"], "its text is no text of 1 to 1000 characters"),
        (18, ["x", "e"], "its language is no text of 2 to 35 characters"),
        (19, [1_000, 1_000, 257], "how many fixes a message is 257, not 1 to 256"),
        (19, [86_400_001, 1_000, 1], "how often to report is 86400001, not 1000 to"),
    ],
)
def test_what_a_device_cannot_be_told_is_refused(kind: int, item: Item, why: str) -> None:
    read = messages.read_downlink(cbor.encode([1, kind, 2, 3, item]))
    assert isinstance(read, DeviceRefusal)
    assert read.reason is DeviceRefusalReason.MALFORMED
    assert read.said.startswith(why)


def test_the_largest_messages_fit_their_envelope() -> None:
    event = uplink.UplinkEvent(uplink.UplinkEventKind.STRAP, message_fields.MS_MAX * 1_000, True)
    largest: list[bytes] = [
        messages.encode(
            UplinkMessage(message_fields.COUNTER_MAX, SENT_US, uplink.UplinkEvents((event,) * 64))
        ),
        messages.encode(DownlinkMessage(1, SENT_US, downlink.PersonMessage("ә" * 1_000, "kk"))),
        messages.encode(
            DownlinkMessage(1, SENT_US, downlink.PersonMessage("\U0001f600" * 1_000, "kk"))
        ),
        messages.encode(
            DownlinkMessage(
                1,
                SENT_US,
                downlink.Receipt(
                    tuple((2**62 + 3 * n, 2**62 + 3 * n) for n in range(64)),
                    tuple((2**63 - 99 + n, "x" * 40) for n in range(64)),
                ),
            )
        ),
    ]
    wide = samples.batch([(200_000 * n, 80 * (-1) ** n, 76, 10**6, 600) for n in range(256)])
    assert len(list(batch.cut(wide))) == 1
    largest.append(messages.encode(UplinkMessage(1, SENT_US, wide)))
    assert max(map(len, largest)) < 8_192 - 100
    assert not any(
        isinstance(messages.read_uplink(payload), DeviceRefusal)
        and isinstance(messages.read_downlink(payload), DeviceRefusal)
        for payload in largest
    )
