"""What was kept is read for many persons at once as it is read for each alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.devices.message import envelope, messages
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat, Up, UplinkEvent, UplinkEventKind, UplinkEvents
from mesure.devices.signed_form import FORM as SIGNED
from mesure.evaluation.policy import Policy
from mesure.formats.apps import message_pieces
from mesure.formats.apps.app_message import AppFormat
from mesure.formats.apps.message_pieces import MessagePiece as Wire
from mesure.formats.columns.file_rows import FileRows
from mesure.formats.stored import stored_batches, stored_messages
from mesure.formats.stored.stored_batches import BatchReadRequest
from mesure.formats.stored.stored_messages import HealthReport, PersonRows, StoredMessage
from mesure.geo.fixes import Fixes
from mesure.machine.signatures import SecretKey
from tests.devices import samples
from tests.evaluation.scenes import default_policy, us
from tests.formats.test_stored_messages import CLASSES, EVER

SECRET = SecretKey.from_seed(bytes(32))
EVENT = UplinkEvents((UplinkEvent(UplinkEventKind.STRAP, us("10T08:00"), False),))
# Two persons under orders of different days may be read by different thresholds.
POLICIES = [
    default_policy(),
    replace(default_policy(), radius95_per_reported_phone_ratio=1.0, cell_from_m=10.0),
]
PILOT = b"id=48241179&lat=43.25&lon=76.95&timestamp=1767632400&accuracy=12"


def device_messages(what: Up) -> st.SearchStrategy[StoredMessage]:
    """Return a message that says this, under some number, of one of two devices."""
    payload = messages.encode(UplinkMessage(2, us("10T08:00"), what))
    body = envelope.seal(payload, SECRET, envelope.UP)
    came_us = st.integers(us("10T08:00"), us("10T09:00"))
    return st.builds(
        StoredMessage, st.integers(1, 99), st.sampled_from([*CLASSES]), st.just(SIGNED), came_us,
        st.just(body),
    )  # fmt: skip


def pilot(sequence: int) -> StoredMessage:
    content = message_pieces.read_piece(Wire(AppFormat.OSMAND, "48241179", PILOT)).kept
    return StoredMessage(sequence, "D-1", AppFormat.OSMAND, us("10T08:00"), content)


KEPT = st.one_of(
    samples.batches().flatmap(device_messages),
    samples.batches().flatmap(device_messages),
    device_messages(EVENT),
    device_messages(Heartbeat(battery_percent=40)),
    st.integers(1, 99).map(pilot),
)


@st.composite
def batch_requests(draw: st.DrawFn) -> BatchReadRequest:
    """Return messages about a person; where several are of one device, it was carried for all."""
    person_messages = draw(st.lists(KEPT, max_size=4))
    whole: Any = draw(st.sampled_from([EVER, EVER, (), ((0, us("10T08:30")),)]))
    return BatchReadRequest(
        person_messages, {"D-1": EVER, "D-2": whole}, CLASSES, draw(st.sampled_from(POLICIES))
    )


def plain(rows: list[PersonRows], policy: Policy) -> list[object]:
    """Return rows as lists, which can be compared where numbers are missing."""
    return [
        (part.device_class, part.rows.is_signed, part.rows.row.tolist(), record(part.rows.record),
         fixes(part.fixes(policy)))
        for part in rows
    ]  # fmt: skip


def record(rows: FileRows) -> list[object]:
    return [
        rows.file,
        rows.traces,
        *(as_list(getattr(rows, name)) for name in FileRows.__slots__[2:]),
    ]


def fixes(track: Fixes) -> list[object]:
    """Return what is known of fixes; their numbers are those of a file, or of the messages."""
    return [as_list(getattr(track, name)) for name in Fixes.__slots__ if name != "row"]


def as_list(column: Any) -> list[object]:
    return np.where(np.isnan(column), -9.0, column).tolist()  # type: ignore[no-any-return]


@given(st.lists(batch_requests(), max_size=6))
def test_together_as_alone(requests: list[BatchReadRequest]) -> None:
    results = stored_batches.read(requests)
    assert len(results) == len(requests)
    for request, result in zip(requests, results, strict=True):
        reports: list[HealthReport] = []
        alone = stored_messages.read(request.messages, request.carried, request.classes, reports)
        assert plain(result.rows, request.policy) == plain(alone, request.policy)
        assert result.told == reports


def test_nobody_keeps_the_rows_of_the_others() -> None:
    request = BatchReadRequest([batch_of(1)], {"D-1": EVER}, CLASSES, POLICIES[0])
    for result in stored_batches.read([request, request]):
        assert result.rows[0].rows.record.lat_deg.base is None
        assert result.rows[0].columns is not None


def batch_of(sequence: int) -> StoredMessage:
    fixes_: FixBatch = samples.batch(samples.FIXES)
    payload = messages.encode(UplinkMessage(2, us("10T08:00"), fixes_))
    body = envelope.seal(payload, SECRET, envelope.UP)
    return StoredMessage(sequence, "D-1", SIGNED, us("10T08:00"), body)


def test_what_cannot_be_read_is_told_as_of_one() -> None:
    broken = batch_of(7)._replace(body=b"\x00")
    with pytest.raises(ValueError, match="message 7 of D-1"):
        stored_batches.read([BatchReadRequest([broken], {"D-1": EVER}, CLASSES, POLICIES[0])])
