"""What was kept is read again: by whom it is, by what carried it, and where each row came from."""

from dataclasses import replace

import numpy as np
import pytest

from mesure.devices.calls import Call, CallEvent
from mesure.devices.health import PrecisionReport
from mesure.devices.message import envelope, messages
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import (
    CommandAnswer,
    CommandOutcome,
    Heartbeat,
    Up,
    UplinkEvent,
    UplinkEventKind,
    UplinkEvents,
)
from mesure.devices.signed_form import FORM as SIGNED
from mesure.evaluation.policy import DeviceClass
from mesure.formats.apps import message_pieces
from mesure.formats.apps.app_message import AppFormat
from mesure.formats.apps.message_pieces import MessagePiece as Wire
from mesure.formats.stored import stored_messages
from mesure.formats.stored.stored_messages import MessageEvidence, StoredMessage
from mesure.machine.signatures import SecretKey
from mesure_lab.whole.drawn.scenery import as_batch
from tests.evaluation import scenes
from tests.evaluation.scenes import fixes, stay, us

SECRET = SecretKey.from_seed(bytes(32))
EVER = ((-(1 << 62), 1 << 62),)
CLASSES = {"D-1": DeviceClass.PHONE, "D-2": DeviceClass.GNSS_TAG}
POLICY = scenes.default_policy()


def sign_message(sequence: int, what: Up, at: str, device: str = "D-1") -> StoredMessage:
    payload = messages.encode(UplinkMessage(sequence, us(at), what))
    return StoredMessage(
        sequence, device, SIGNED, us(at), envelope.seal(payload, SECRET, envelope.UP)
    )


def pilot(sequence: int, query: str, at: str) -> StoredMessage:
    reading = message_pieces.read_piece(Wire(AppFormat.OSMAND, "48241179", query.encode()))
    return StoredMessage(sequence, "D-1", AppFormat.OSMAND, us(at), reading.kept)


def batch(start: str, end: str) -> FixBatch:
    return as_batch(fixes(stay(start, end)))


def hear(
    *all_messages: StoredMessage, spans: object = EVER, until: str = "20T00:00"
) -> MessageEvidence:
    carried = {"D-1": spans, "D-2": EVER}
    return stored_messages.hear(all_messages, carried, CLASSES, POLICY, us(until))  # type: ignore[arg-type]


def test_rows_are_numbered_by_message_and_place() -> None:
    evidence = hear(
        sign_message(7, batch("10T08:00", "10T08:03"), "10T08:03"),
        sign_message(9, batch("10T08:03", "10T08:05"), "10T08:05"),
    )
    assert [stored_messages.place(row) for row in evidence.fixes.row.tolist()] == [
        (7, 0), (7, 1), (7, 2), (9, 0), (9, 1),
    ]  # fmt: skip
    assert not evidence.unsigned
    assert evidence.fixes.received_us.tolist() == [us("10T08:03")] * 3 + [us("10T08:05")] * 2


def test_only_what_the_person_carried_is_theirs() -> None:
    spans = [(us("10T08:01"), us("10T08:02")), (us("10T08:04"), us("10T09:00"))]
    evidence = hear(
        sign_message(1, batch("10T08:00", "10T08:06"), "10T08:06"),
        sign_message(
            2,
            UplinkEvents((UplinkEvent(UplinkEventKind.STRAP, us("10T08:00"), False),)),
            "10T08:06",
        ),
        sign_message(
            3,
            UplinkEvents((UplinkEvent(UplinkEventKind.STRAP, us("10T08:05"), False),)),
            "10T08:06",
        ),
        spans=spans,
    )
    assert [row & 7 for row in evidence.fixes.row.tolist()] == [1, 4, 5]
    reports = [report for report in evidence.health if isinstance(report.event, UplinkEvent)]
    assert [report.sequence for report in reports] == [3]
    assert (
        len(hear(sign_message(1, batch("10T08:00", "10T08:06"), "10T08:06"), spans=()).fixes) == 0
    )


def test_each_radius_is_read_by_the_class_of_its_device() -> None:
    fix_batch = batch("10T08:00", "10T08:01")
    evidence = hear(
        sign_message(1, fix_batch, "10T08:01"), sign_message(2, fix_batch, "10T08:01", "D-2")
    )
    phone_m = fix_batch.reported_m[0] * POLICY.radius95_per_reported_phone_ratio
    # The same place at the same time: kept once, the smaller circle first among equals.
    assert len(evidence.fixes) == 1
    later = hear(
        sign_message(1, fix_batch, "10T08:01"),
        sign_message(2, batch("10T08:02", "10T08:03"), "10T08:03", "D-2"),
    )
    assert later.fixes.radius95_m.tolist() == pytest.approx(
        [phone_m, fix_batch.reported_m[0]], abs=0.02
    )


def test_a_position_that_another_program_made_up_is_none() -> None:
    fix_batch = batch("10T08:00", "10T08:03")
    made_up = replace(fix_batch, made_up=np.array([False, True, False]))
    evidence = hear(sign_message(1, made_up, "10T08:03"))
    assert [row & 7 for row in evidence.fixes.row.tolist()] == [0, 2]
    assert {reason: rows.observed_us.tolist() for reason, rows in evidence.unused.items()} == {
        "out_of_range": [us("10T08:01")]
    }


def test_what_is_not_used_is_told_by_reason_and_time() -> None:
    evidence = hear(
        sign_message(1, batch("07T08:00", "07T08:02"), "10T08:00"),
        sign_message(2, batch("10T08:00", "10T08:01"), "10T08:01"),
        sign_message(3, batch("06T08:00", "06T08:01"), "10T08:02", "D-2"),
    )
    assert evidence.unused["stale"].observed_us.tolist() == [
        us("06T08:00"),
        us("07T08:00"),
        us("07T08:01"),
    ]


def test_signs_of_life_and_events_tell_how_a_device_is() -> None:
    evidence = hear(
        sign_message(1, Heartbeat(battery_percent=40, is_strap_closed=True), "10T08:00"),
        sign_message(2, CommandAnswer(1, CommandOutcome.DONE), "10T08:01"),
    )
    assert [one.event for one in evidence.health] == [
        UplinkEvent(UplinkEventKind.BATTERY, us("10T08:00"), 40),
        UplinkEvent(UplinkEventKind.STRAP, us("10T08:00"), True),
    ]
    assert len(evidence.fixes) == 0


def test_a_pilots_fix_is_unsigned_and_one_that_is_not_used_makes_nothing_so() -> None:
    query = f"id=48241179&lat=43.25&lon=76.95&timestamp={us('10T08:00') // 1_000_000}&accuracy=9"
    evidence = hear(pilot(4, query, "10T08:00"))
    assert evidence.unsigned
    assert [stored_messages.place(row) for row in evidence.fixes.row.tolist()] == [(4, 0)]
    stale = hear(
        pilot(4, query, "14T08:00"), sign_message(5, batch("14T08:00", "14T08:01"), "14T08:01")
    )
    assert (len(stale.fixes), stale.unsigned) == (1, False)


def test_bytes_that_were_not_kept_here_are_no_ground_to_judge_on() -> None:
    with pytest.raises(ValueError, match="message 3 of D-1"):
        hear(StoredMessage(3, "D-1", SIGNED, us("10T08:00"), b"no"))


# --- What phones call for ------------------------------------------------------------------------

PLACE = f"id=1&lat=43.25&lon=76.9&timestamp={us('10T08:00') // 1_000_000}"


@pytest.mark.parametrize(
    ("alarm", "what"),
    [
        ("sos", [Call.HELP]),
        ("SOS,lowBattery", [Call.HELP, Call.RUNS_LOW]),
        ("tampering", [Call.TAMPERED]),
        ("removing", [Call.TAMPERED]),
        ("powerCut", [Call.POWER_CUT]),
        ("powerOff", [Call.GOES_OFF]),
        ("overspeed", []),
    ],
)
def test_what_a_phone_calls_for_is_heard(alarm: str, what: list[Call]) -> None:
    evidence = hear(pilot(4, f"{PLACE}&alarm={alarm}", "10T08:00"))
    events = [call.event for call in evidence.health if isinstance(call.event, CallEvent)]
    assert events == [CallEvent(call, us("10T08:00")) for call in what]
    assert len(evidence.fixes) == 1


@pytest.mark.parametrize("beside", ["lat=91&lon=76.9", "mock=true&lat=43.25&lon=76.9", "lat=43.25"])
def test_a_call_counts_beside_a_place_that_is_none(beside: str) -> None:
    query = f"id=1&timestamp={us('10T08:00') // 1_000_000}&alarm=sos&{beside}"
    evidence = hear(pilot(4, query, "10T08:00"))
    [report] = evidence.health
    assert isinstance(report.event, CallEvent)
    assert report.event.call is Call.HELP
    assert len(evidence.fixes) == 0


def test_a_call_by_a_clock_1024_weeks_behind_is_of_who_carries_the_phone() -> None:
    query = f"id=1&timestamp={us('10T08:00') // 1_000_000 - 7_168 * 86_400}&alarm=sos"
    [report] = hear(pilot(4, query, "10T08:00"), spans=((us("01T00:00"), us("27T00:00")),)).health
    assert report.event == CallEvent(Call.HELP, us("10T08:00"))


def test_a_fix_by_a_clock_1024_weeks_behind_is_of_who_carries_the_phone() -> None:
    """Live as in a replay of the file (precedent 0117), which asks nobody who carried it."""
    seconds = us("10T08:00") // 1_000_000 - 7_168 * 86_400
    message = pilot(4, f"id=1&timestamp={seconds}&lat=43.25&lon=76.9", "10T08:00")
    carried = hear(message, spans=((us("01T00:00"), us("27T00:00")),))
    assert carried.fixes.observed_us.tolist() == hear(message).fixes.observed_us.tolist()
    assert carried.fixes.observed_us.tolist() == [us("10T08:00")]
    assert not len(hear(message, spans=((us("11T00:00"), us("27T00:00")),)).fixes)


def test_a_call_of_a_phone_that_somebody_else_carried_is_not_theirs() -> None:
    call = pilot(4, f"{PLACE}&alarm=sos", "10T08:00")
    assert not hear(call, spans=((us("11T00:00"), us("12T00:00")),)).health


def test_it_is_heard_how_near_the_fixes_of_each_message_are() -> None:
    """A message is approximate where all its fixes are; one without a radius says nothing of it."""
    near, far = batch("10T08:00", "10T08:03"), batch("10T08:10", "10T08:13")
    wide = replace(far, reported_m=np.full(3, 900.0))
    mixed = replace(batch("10T08:20", "10T08:23"), reported_m=np.array([900.0, 20.0, 900.0]))
    silent = replace(batch("10T08:30", "10T08:33"), reported_m=np.full(3, np.nan))
    messages_of = [
        sign_message(number, what, at)
        for number, what, at in (
            (1, near, "10T08:05"),
            (2, wide, "10T08:15"),
            (3, mixed, "10T08:25"),
            (4, silent, "10T08:35"),
        )
    ]
    reports = [
        (report.sequence, scenes.format_instant(event.observed_us), event.is_approximate)
        for report in hear(*messages_of).health
        if isinstance(event := report.event, PrecisionReport)
    ]
    assert reports == [
        (1, "10T08:00", False),
        (2, "10T08:10", True),
        (3, "10T08:20", False),
        (4, "10T08:30", False),
    ]
    [alone] = hear(messages_of[0]).health
    assert isinstance(alone.event, PrecisionReport)
    assert not alone.event.is_approximate
