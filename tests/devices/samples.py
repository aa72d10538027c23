"""Keys that are the same every time, batches as they really come, and messages of every kind."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from nacl import bindings
from nacl.exceptions import BadSignatureError

from mesure.devices import enrolment
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.devices.message import envelope, message_fields, messages, uplink
from mesure.devices.message.batch import FixBatch, ReportedProvider
from mesure.devices.message.downlink import Configuration, Down, FixBurst, PersonMessage, Receipt
from mesure.devices.message.messages import DownlinkMessage, UplinkMessage
from mesure.devices.message.uplink import (
    CommandAnswer,
    CommandOutcome,
    Heartbeat,
    Introduction,
    NewKey,
    Up,
    UplinkEvent,
    UplinkEventKind,
    UplinkEvents,
)
from tests.devices.times import ENROLLED_AT, SENT_US

DEVICE = "D-0007"
FIXES = [
    # Seconds, latitude, longitude, radius, speed: at home, out of the door, down the street.
    (0, 43.25654, 76.92848, 12.0, 0.0),
    (60, 43.25651, 76.92851, 15.5, 0.3),
    (120, 43.25702, 76.92911, 9.0, 1.4),
    (180, 43.25761, 76.92987, 0.0, 1.5),
]


class Signer:
    """The holder of a key that grows from a number."""

    def __init__(self, number: int) -> None:
        self.key, self._secret = bindings.crypto_sign_seed_keypair(bytes([number]) * 32)

    def sign(self, message: bytes) -> bytes:
        return bindings.crypto_sign(message, self._secret)[:64]


class Sodium:
    """libsodium, which checks signatures."""

    def holds(self, key: bytes, message: bytes, signature: bytes) -> bool:
        try:
            bindings.crypto_sign_open(signature + message, key)
        except BadSignatureError:
            return False
        return True


SIGNER, NEXT, OTHER, SERVER = (Signer(number) for number in (1, 2, 3, 4))
SODIUM = Sodium()


def batch(rows: Sequence[tuple[float, float, float, float, float]] = FIXES) -> FixBatch:
    seconds, lat_deg, lon_deg, reported_m, speed_mps = np.array(rows, np.float64).T
    count = len(rows)
    return FixBatch(
        SENT_US - 180_000_000 + (seconds * 1_000_000).astype(np.int64),
        lat_deg,
        lon_deg,
        np.where(reported_m > 0.0, reported_m, np.nan),
        speed_mps,
        np.resize(np.array([0, 1, -1], np.int8), count),
        np.resize(np.array([1, 0, 0, -1], np.int8), count),
        np.resize(np.array([ReportedProvider.GNSS, ReportedProvider.WIFI], np.int8), count),
        np.zeros(count, np.bool_),
    )


def columns(fixes: FixBatch) -> list[list[float]]:
    """Return a batch as lists, which compare; what is not a number becomes -1."""
    return [np.nan_to_num(getattr(fixes, name), nan=-1).tolist() for name in FixBatch.__slots__]


NEW_KEY = NewKey(NEXT.key, NEXT.sign(uplink.new_key_proof(SIGNER.key, NEXT.key)))
INTRODUCTION = Introduction(DEVICE, "phone", SIGNER.key, "")
UPS: list[Up] = [
    batch(),
    batch(FIXES[:1]),
    Heartbeat(),
    Heartbeat(87, False, True, False, True, 3),
    UplinkEvents(
        (
            UplinkEvent(UplinkEventKind.BATTERY, SENT_US - 9_000_000, 9),
            UplinkEvent(UplinkEventKind.CHARGING, SENT_US - 8_000_000, True),
            UplinkEvent(UplinkEventKind.STRAP, SENT_US - 7_000_000, False),
        )
    ),
    CommandAnswer(5, CommandOutcome.SHOWN),
    NEW_KEY,
    INTRODUCTION,
    Heartbeat(86, is_moving=False, still_since_us=SENT_US - 5_400_000_000),
]
DOWNS: list[Down] = [
    Receipt(((2, 7), (9, 9)), ((8, "counter_reused"),)),
    Receipt((), ()),
    FixBurst(15_000, SENT_US + 600_000_000),
    PersonMessage("Please charge the device.", "en"),
    Configuration(60_000, 600_000, 60),
]


def seal_message(
    what: Up, counter: int = 2, signer: Signer = SIGNER, sent_us: int = SENT_US
) -> bytes:
    payload = messages.encode(UplinkMessage(counter, sent_us, what))
    return envelope.seal(payload, signer, envelope.UP)


def seal_downlink(what: Down, counter: int = 1, to: bytes = SIGNER.key) -> bytes:
    payload = messages.encode(DownlinkMessage(counter, SENT_US, what))
    return envelope.seal(payload, SERVER, envelope.down(to))


ENROLMENT = Enrolment(DEVICE, "phone", ENROLLED_AT, (EnrolledKey(SIGNER.key, 2, None),))
ENROLLED = {DEVICE: ENROLMENT}
KEYS = enrolment.by_key_name(ENROLLED)


# --- For Hypothesis ------------------------------------------------------------------------------

counters = st.one_of(st.integers(1, 300), st.integers(1, message_fields.COUNTER_MAX))
instants_us = st.integers(0, message_fields.MS_MAX).map(lambda ms: ms * 1_000)
flags = st.one_of(st.none(), st.booleans())
events = st.builds(
    UplinkEvent,
    st.sampled_from([one for one in UplinkEventKind if one != UplinkEventKind.BATTERY]),
    instants_us,
    st.booleans(),
)
levels = st.builds(UplinkEvent, st.just(UplinkEventKind.BATTERY), instants_us, st.integers(0, 100))
heartbeats = st.builds(
    Heartbeat, st.one_of(st.none(), st.integers(0, 100)), flags, flags, flags, flags,
    st.integers(0, uplink.WAITING_MAX), st.one_of(st.none(), instants_us),
)  # fmt: skip


@st.composite
def batches(draw: st.DrawFn) -> FixBatch:
    """Draw batches at the edges: poles, the antimeridian, one fix, many, wide and narrow steps."""
    count = draw(st.one_of(st.just(1), st.integers(1, 6), st.just(256)))
    seed = np.random.default_rng(draw(st.integers(0, 2**32)))
    pick = seed.choice
    step_ms = draw(st.sampled_from([0, 1, 200, 60_000, 65_536, 2**32 - 1]))
    spread = draw(st.sampled_from([0, 1, 120, 40_000, 10**9]))
    times_ms = draw(st.integers(0, 10**12)) + np.arange(count) * step_ms
    lat = np.clip(draw(st.integers(-9 * 10**8, 9 * 10**8)) + pick([-spread, 0, spread], count),
                  -9 * 10**8, 9 * 10**8)  # fmt: skip
    lon = draw(st.integers(-18 * 10**8, 18 * 10**8 - 1)) + pick([-spread, 0, spread], count)
    lon = (lon + 18 * 10**8) % (36 * 10**8) - 18 * 10**8
    largest = draw(st.sampled_from([0, 200, 60_000, 2**32 - 1]))
    radii, speeds = seed.integers(0, largest + 1, count), seed.integers(0, 65_536, count)
    return FixBatch(
        times_ms * 1_000,
        lat / 10**7,
        lon / 10**7,
        np.where(radii > 0, radii / 100, np.nan),
        np.where(speeds > 0, (speeds - 1) / 100, np.nan) if largest else np.full(count, np.nan),
        pick([-1, 0, 1], count).astype(np.int8),
        pick([-1, 0, 1], count).astype(np.int8),
        pick([0, 1, 2, 3, 4], count).astype(np.int8),
        pick([False, True], count),
    )


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
ups = st.one_of(
    batches(),
    heartbeats,
    st.lists(st.one_of(events, levels), min_size=1, max_size=64).map(
        lambda listed: UplinkEvents(tuple(listed))
    ),
    st.builds(CommandAnswer, counters, st.sampled_from(CommandOutcome)),
    st.builds(NewKey, st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64)),
    st.builds(Introduction, texts, texts, st.binary(min_size=32, max_size=32), texts),
)
downs = st.one_of(
    st.sampled_from(DOWNS),
    st.builds(FixBurst, st.integers(1_000, 86_400_000), instants_us),
    st.builds(PersonMessage, texts, st.sampled_from(["kk", "fr-CA"])),
    st.builds(
        Configuration,
        st.integers(1_000, 86_400_000),
        st.integers(1_000, 86_400_000),
        st.integers(1, 256),
    ),
)
