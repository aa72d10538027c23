"""A sign of life by which a device says that it lies still is read, kept and handed on as that."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mesure.bundle import evaluate_again
from mesure.devices import signed_form
from mesure.devices.message.uplink import Heartbeat
from mesure.evaluation import pipeline
from mesure.evaluation.policy import DeviceClass
from mesure.formats import fixes_files
from mesure.formats.apps import message_pieces
from mesure.formats.apps.app_message import AppFormat
from mesure.formats.apps.message_pieces import MessagePiece
from mesure.formats.stored import assemble_fixes, stored_messages
from mesure.formats.stored.assemble_fixes import AssembledFixes
from mesure.formats.stored.stored_messages import MessageEvidence, StoredMessage
from mesure.geo.fixes import MOVES, SINCE_FIX, Fixes
from mesure.instants import MAX_US
from tests.evaluation import scenes
from tests.evaluation.scenes import CURFEW, S, claim, fixes, order, rules, stay, us
from tests.formats.samples import DEVICE, body, client9
from tests.formats.test_stored_messages import EVER, batch, sign_message
from tests.ingest.samples import WALK

STILL = Heartbeat(80, is_moving=False, still_since_us=us("10T21:50"))


def hear(*messages: StoredMessage) -> MessageEvidence:
    classes = {"D-1": DeviceClass.PHONE}
    return stored_messages.hear(
        messages, {"D-1": EVER}, classes, scenes.default_policy(), us("20T00:00")
    )


def claims_of(evidence: MessageEvidence) -> list[tuple[int, int]]:
    claims = evidence.rest_claims
    return list(zip(claims.observed_us.tolist(), claims.rest_us.tolist(), strict=True))


def test_a_heartbeat_says_since_when_the_device_lies_still() -> None:
    evidence = hear(
        sign_message(4, batch("10T22:00", "10T22:01"), "10T22:01"),
        sign_message(5, STILL, "10T22:30"),
    )
    assert claims_of(evidence) == [(us("10T22:30"), us("10T21:50"))]
    assert [stored_messages.place(row) for row in evidence.rest_claims.row.tolist()] == [(5, 0)]
    assert (len(evidence.fixes), evidence.unused, evidence.unsigned) == (1, {}, False)
    assert len(evidence.to_judge) == 2


@pytest.mark.parametrize(
    ("beat", "claimed"),
    [
        (Heartbeat(80), []),
        (Heartbeat(80, is_moving=False), []),  # It does not say since when.
        (Heartbeat(80, is_moving=True), [(us("10T22:30"), MOVES)]),
    ],
)
def test_only_what_a_device_says_is_claimed(
    beat: Heartbeat, claimed: list[tuple[int, int]]
) -> None:
    assert claims_of(hear(sign_message(5, beat, "10T22:30"))) == claimed


def test_a_clock_that_is_ahead_is_ahead_in_both() -> None:
    form = signed_form.of(7 * S)
    ahead = sign_message(5, STILL, "10T22:30")._replace(form=form)
    assert claims_of(hear(ahead)) == [(us("10T22:30") - 7 * S, us("10T21:50") - 7 * S)]


def test_who_carries_two_devices_is_held_by_neither() -> None:
    assert hear(sign_message(5, STILL, "10T22:30")).rest_claims.rest_us.tolist() == [us("10T21:50")]
    carried = {"D-1": EVER, "D-2": ((us("10T22:00"), us("10T23:00")),)}
    classes = {"D-1": DeviceClass.PHONE, "D-2": DeviceClass.GNSS_TAG}
    messages = [sign_message(5, STILL, "10T22:30"), sign_message(6, STILL, "10T23:00")]
    evidence = stored_messages.hear(
        messages, carried, classes, scenes.default_policy(), us("20T00:00")
    )
    assert claims_of(evidence) == [(us("10T23:00"), us("10T21:50"))]
    assert evidence.unused["heartbeat"].observed_us.tolist() == [us("10T22:30")]


@pytest.mark.parametrize(("at", "why"), [("10T22:25", "future"), ("13T22:30", "stale")])
def test_a_sign_from_the_future_or_long_ago_is_not_used(at: str, why: str) -> None:
    evidence = hear(sign_message(5, STILL, "10T22:30")._replace(received_us=us(at)))
    assert (len(evidence.rest_claims), [*evidence.unused]) == (0, [why])


def test_a_traccar_client_says_that_nothing_moved_it_since_its_last_fix() -> None:
    def store_message(sequence: int, **more: Any) -> StoredMessage:
        sent = client9(WALK[0])
        sent["location"] |= {"timestamp": f"2025-06-15T13:{sequence}0:00Z", **more}
        piece = MessagePiece(AppFormat.TRACCAR_CLIENT, DEVICE, body(sent))
        reading = message_pieces.read_piece(piece)
        [message] = reading.messages
        assert message.observed_us is not None
        received_us = message.observed_us + S
        return StoredMessage(sequence, "D-1", AppFormat.TRACCAR_CLIENT, received_us, reading.kept)

    at_rest: dict[str, Any] = {"is_moving": False, "activity": {"type": "still"}}
    evidence = stored_messages.hear(
        [
            store_message(0, event="motionchange", **at_rest),
            store_message(1, event="heartbeat", **at_rest),
            store_message(2, event="heartbeat", is_moving=True, activity={"type": "walking"}),
            store_message(3, event="heartbeat", is_moving=True, activity={"type": "still"}),
        ],
        {"D-1": EVER},
        {"D-1": DeviceClass.PHONE},
        scenes.default_policy(),
        MAX_US,
    )
    assert evidence.rest_claims.rest_us.tolist() == [SINCE_FIX, MOVES]
    assert np.isnan(evidence.rest_claims.lat_deg).all()
    assert (len(evidence.fixes), evidence.fixes.motion.tolist(), evidence.unsigned) == (
        1,
        [0],
        True,
    )
    assert len(evidence.unused["heartbeat"]) == 1  # The app and its sensor do not agree.


def test_a_sign_of_which_nobody_can_say_when_it_was_is_no_claim() -> None:
    record = fixes_files.read(
        "fixes.csv",
        b"time,lat,lon,still_since\n2026-02-10T22:00:00Z,43.25,76.95,\nsoon,,,1770000000000000\n",
    )
    result = assemble_fixes.gather(
        [record],
        trace=None,
        device_class=DeviceClass.PHONE,
        until_us=None,
        policy=scenes.default_policy(),
    )
    assert (len(result.fixes), len(result.rest_claims)) == (1, 0)
    assert result.kept_unused == {"heartbeat": 1}


def test_the_fixes_of_a_bundle_hold_what_was_held() -> None:
    """Its rows are read again as any file is, and the night is met to its end."""
    signs_us = range(us("10T22:50"), us("11T06:00"), 20 * 60 * S)
    night = fixes(
        stay("10T20:00", "10T22:31", motion=0),
        [claim(at_us, us("10T22:29")) for at_us in signs_us],
        [claim(us("11T05:55"), SINCE_FIX), claim(us("11T05:56"), MOVES)],
    )
    gathered = AssembledFixes(
        night.rows(night.positions), night.rows(night.rest_claims), {}, None, np.empty(0, np.int64)
    )
    record = fixes_files.read("fixes.csv", evaluate_again._table(gathered))
    again = assemble_fixes.gather(
        [record],
        trace=None,
        device_class=DeviceClass.PHONE,
        until_us=None,
        policy=scenes.default_policy(),
    )
    assert again.kept_unused == {}
    assert again.read == len(night)
    ready = rules(order(CURFEW))

    def list_spans(rows: Fixes) -> list[tuple[str, str, str]]:
        return scenes.spans(pipeline.replay(ready, rows, us("11T06:00")))

    assert list_spans(again.to_judge) == list_spans(night) == [("met", "10T22:00", "11T06:00")]


def test_from_when_until_when_devices_lay_still_is_told_joined() -> None:
    """A sign that does not say since when reaches to the last fix; one before any, nowhere."""
    rows = (
        "2026-02-10T10:00:00Z,,,0",
        "2026-02-10T11:00:00Z,43.25,76.95,",
        "2026-02-10T11:20:00Z,,,0",
        "2026-02-10T12:00:00Z,,,2026-02-10T11:50:00Z",
        "2026-02-10T12:30:00Z,,,2026-02-10T11:55:00Z",
        f"2026-02-10T12:40:00Z,,,{MOVES}",
        "2026-02-10T13:00:00Z,,,2026-02-10T12:45:00Z",
    )
    record = fixes_files.read("a.csv", "\n".join(["time,lat,lon,still_since", *rows]).encode())
    result = assemble_fixes.gather(
        [record],
        trace=None,
        device_class=DeviceClass.PHONE,
        until_us=us("11T00:00"),
        policy=scenes.default_policy(),
    )
    assert result.still_us == [
        (us("10T10:00"), us("10T10:00")),
        (us("10T11:00"), us("10T11:20")),
        (us("10T11:50"), us("10T12:30")),
        (us("10T12:45"), us("10T13:00")),
    ]
    assert replace(result, rest_claims=result.rest_claims.rows(slice(0))).still_us == []
