"""Messages with fixes in the home are written anew, and read as exactly what was judged."""

import json
from collections.abc import Sequence
from datetime import date
from importlib import resources

import numpy as np
import pytest

from mesure.devices.message import envelope, messages
from mesure.devices.message.batch import FixBatch
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat
from mesure.devices.signed_form import FORM as SIGNED
from mesure.evaluation import pipeline, policy
from mesure.evaluation.assessment import Status
from mesure.evaluation.policy import DeviceClass
from mesure.formats.apps import message_pieces
from mesure.formats.apps.app_message import AppFormat
from mesure.formats.apps.app_request import AppRequest
from mesure.formats.stored import reduce_messages, reduced_messages, stored_messages
from mesure.formats.stored.reduce_messages import PersonMessages
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.geo.fixes import NOT_KNOWN
from mesure.instants import to_datetime, to_us
from mesure.machine.signatures import SecretKey
from mesure.orders.reading import read_order
from mesure.privacy.retention import home_presence
from tests.evaluation import scenes
from tests.evaluation.scenes import CURFEW, RESIDENCE, Fix, M
from tests.formats import samples
from tests.ingest.samples import Step

KEY = SecretKey.from_seed(bytes([9]) * 32)
POLICY = policy.read(
    "policy.yaml", resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
)
VERSION = read_order.read("order.yaml", scenes.order(CURFEW, RESIDENCE).encode(), {})
NOW_US = scenes.us("20T00:00")
EVER = (0, 1 << 62)


def message(number: int, points: Sequence[Fix], late_us: int = 0) -> StoredMessage:
    fixes = scenes.fixes(points)
    batch = FixBatch(
        fixes.observed_us,
        fixes.lat_deg,
        fixes.lon_deg,
        fixes.radius95_m,
        fixes.speed_mps,
        fixes.motion,
        fixes.beacon,
        fixes.provider,
        np.zeros(len(fixes), np.bool_),
    )
    sent_us = int(fixes.observed_us[-1])
    data = envelope.seal(messages.encode(UplinkMessage(number, sent_us, batch)), KEY, envelope.UP)
    return StoredMessage(number, "D-1", SIGNED, sent_us + late_us, data)


def night() -> list[StoredMessage]:
    """A night at home, each message with twelve fixes, and a way out in the morning."""
    points = [
        *scenes.stay("10T20:00", "11T08:00", 25.0, every_s=300, speed_mps=0.3, motion=1),
        *scenes.stay("11T08:00", "11T12:00", 2_000.0, every_s=300),
        *scenes.stay("11T12:00", "12T08:00", 10.0, every_s=300, radius95_m=9.0),
    ]
    cut = [points[at : at + 12] for at in range(0, len(points), 12)]
    return [message(number, part) for number, part in enumerate(cut, start=2)]


def of_client(number: int, locations: Sequence[tuple[Step, str]]) -> StoredMessage:
    """Return a message of Traccar Client with some locations, as it is kept."""
    parts = [samples.client9(step, event=event)["location"] for step, event in locations]
    request = AppRequest(body=samples.body({"location": parts, "device_id": samples.DEVICE}))
    [piece] = message_pieces.of_osmand(request)
    body = message_pieces.read_piece(piece).kept
    at_us = to_us(locations[-1][0].at)
    return StoredMessage(number, "D-1", AppFormat.TRACCAR_CLIENT, at_us, body)


def nights_at_rest(together: int) -> list[StoredMessage]:
    """Two nights of a phone that sends no fixes while it lies still, and says that it does."""
    fixes = scenes.fixes(
        scenes.stay("10T20:00", "10T21:00", 25.0, every_s=300),
        scenes.stay("11T08:00", "11T12:00", 2_000.0, every_s=300),
        scenes.stay("11T12:00", "11T14:00", 10.0, every_s=300),
        scenes.stay("12T08:00", "12T12:00", 2_000.0, every_s=300),
    )
    steps = [
        Step(to_datetime(int(at_us)), float(lat_deg), float(lon_deg), 15.0, 0.0)
        for at_us, lat_deg, lon_deg in zip(
            fixes.observed_us, fixes.lat_deg, fixes.lon_deg, strict=True
        )
    ]
    beats = [
        *scenes.stay("10T21:00", "11T08:00", every_s=1_200),
        *scenes.stay("11T14:00", "12T08:00", every_s=1_200),
    ]
    signs = [Step(to_datetime(one.observed_us), 0.0, 0.0, None, 0.0) for one in beats]
    all_steps = [(step, "motionchange") for step in steps]
    all_steps += [(step, "heartbeat") for step in signs]
    all_steps.sort(key=lambda pair: pair[0].at)
    parts = [all_steps[at : at + together] for at in range(0, len(all_steps), together)]
    return [of_client(number, part) for number, part in enumerate(parts, start=2)]


def house(
    all_messages: list[StoredMessage],
    holds: Sequence[tuple[int, int]] = (),
    device_class: DeviceClass = DeviceClass.PHONE,
    carried: tuple[int, int] = EVER,
) -> PersonMessages:
    return PersonMessages(
        all_messages,
        {"D-1": (carried,)},
        {"D-1": (carried,)},
        {"D-1": device_class},
        device_class,
        (VERSION,),
        POLICY,
        holds,
        NOW_US,
    )


def replace_bodies(
    all_messages: list[StoredMessage], bodies: dict[int, bytes]
) -> list[StoredMessage]:
    return [
        stored_message._replace(form=reduced_messages.FORM, body=bodies[stored_message.sequence])
        if stored_message.sequence in bodies
        else stored_message
        for stored_message in all_messages
    ]


@pytest.mark.parametrize("device_class", DeviceClass)
def test_what_is_left_is_read_as_presence_and_nothing_else_changes(
    device_class: DeviceClass,
) -> None:
    all_messages = night()
    before = house(all_messages, device_class=device_class)
    left = reduce_messages.reduce(before, EVER)
    assert left.fixes >= 380
    after = house(replace_bodies(all_messages, dict(left.bodies)), device_class=device_class)
    values = POLICY.at(date(2026, 2, 1), device_class)
    pair = [
        stored_messages.hear(person.kept, person.carried, person.classes, values, NOW_US)
        for person in (before, after)
    ]
    assert (pair[0].fixes.observed_us == pair[1].fixes.observed_us).all()
    assert (pair[0].fixes.row == pair[1].fixes.row).all()
    inside = home_presence.inside([VERSION], pair[0].fixes)
    places = {*zip(*(c[inside].tolist() for c in (pair[1].fixes.lat_deg, pair[1].fixes.lon_deg)))}  # noqa: B905
    assert (scenes.HOME_LAT_DEG, scenes.HOME_LON_DEG) in places
    assert len(places) <= 1 + left.kept
    outside = ~inside
    assert (pair[0].fixes.lon_deg[outside] == pair[1].fixes.lon_deg[outside]).all()
    assert reduce_messages.reduce(after, EVER).fixes == 0


@pytest.mark.parametrize("together", [1, 7])
def test_a_phone_that_lies_still_all_night_is_judged_as_before(together: int) -> None:
    """Only what it says of a fix lets its signs of life count, and that it lay still is no more."""
    before = house(nights_at_rest(together))
    left = reduce_messages.reduce(before, EVER)
    assert left.fixes == 36
    after = house(replace_bodies(nights_at_rest(together), dict(left.bodies)))
    statements = []
    for person in (before, after):
        values = POLICY.at(date(2026, 2, 1), DeviceClass.PHONE)
        hearing = stored_messages.hear(person.kept, person.carried, person.classes, values, NOW_US)
        assert len(hearing.rest_claims) == 87
        statements.append(pipeline.replay(person.rules, hearing.to_judge, NOW_US).assessments)
    assert statements[0] == statements[1]
    night = to_datetime(scenes.us("11T03:00"))
    [curfew] = [one for one in statements[0] if one.condition == "C1" and night in one.span]
    assert curfew.status is Status.MET


def test_a_message_that_is_partly_held_keeps_that_part_as_it_was() -> None:
    all_messages = night()
    hold = (scenes.us("10T22:30"), scenes.us("10T23:30"))
    left = reduce_messages.reduce(house(all_messages, [hold]), EVER)
    [touched] = [one for one in all_messages if one.sequence == 4]  # 22:00 to 22:55.
    record, row, is_signed = reduced_messages.read(left.bodies[4], "D-1", touched.received_us)
    assert is_signed
    assert row.tolist() == list(range(12))
    assert reduced_messages.present(left.bodies[4]) == [True] * 6 + [False] * 6
    assert reduced_messages.form(left.bodies[4]) == SIGNED
    assert (record.speed_mps[6:] == 0.3).all()
    assert (record.motion[6:] == 1).all()
    assert (record.motion[:6] == NOT_KNOWN).all()
    assert 5 not in left.bodies or not any(reduced_messages.present(left.bodies[5])[:6])


def test_rows_that_nothing_was_judged_by_go_from_the_home() -> None:
    all_messages = night()
    stale = message(90, scenes.stay("10T21:00", "10T22:00", 30.0, every_s=300), 3 * 24 * 60 * M)
    left = reduce_messages.reduce(house([*all_messages, stale]), EVER)
    record, row, _ = reduced_messages.read(left.bodies[90], "D-1", 0)
    assert (len(record), len(row)) == (0, 0)
    again = replace_bodies([*all_messages, stale], dict(left.bodies))
    assert reduce_messages.reduce(house(again), EVER).bodies == {}


def test_a_place_at_home_of_a_time_to_come_goes_with_the_day_of_its_receipt() -> None:
    """A clock that is ahead would keep where exactly in the home somebody was until it is over."""
    all_messages = night()
    home = scenes.stay("12T21:00", "12T22:00", 30.0, every_s=300)
    ahead = message(90, home, -30 * 60 * M)  # It came on the eleventh at three in the afternoon.
    came = (scenes.us("11T12:00"), scenes.us("11T20:00"))
    for span in (came, (scenes.us("11T20:00"), scenes.us("12T12:00"))):
        left = reduce_messages.reduce(house([*all_messages, ahead]), span)
        record, _, _ = reduced_messages.read(left.bodies[90], "D-1", 0)
        assert len(record) == 0
    earlier = (scenes.us("10T21:00"), scenes.us("11T12:00"))
    assert 90 not in reduce_messages.reduce(house([*all_messages, ahead]), earlier).bodies
    left = reduce_messages.reduce(house([*all_messages, ahead], [came]), came)
    assert 90 not in left.bodies


def test_what_somebody_else_carried_is_not_kept_twice() -> None:
    all_messages = night()
    left = reduce_messages.reduce(
        house(all_messages, carried=(scenes.us("10T20:30"), 1 << 62)), EVER
    )
    assert json.loads(left.bodies[2])[2] == list(range(6, 12))


def test_messages_of_other_kinds_and_outside_the_span_stay() -> None:
    all_messages = night()
    beat = messages.encode(UplinkMessage(80, scenes.us("11T01:00"), Heartbeat(50)))
    sign = StoredMessage(80, "D-1", SIGNED, NOW_US, envelope.seal(beat, KEY, envelope.UP))
    span = (scenes.us("10T21:00"), scenes.us("10T23:00"))
    left = reduce_messages.reduce(house([*all_messages, sign]), span)
    assert set(left.bodies) == {3, 4}
    assert left.fixes == 24


def test_nothing_is_handed_on_that_would_be_read_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduce_messages, "_SAID", {1: 3, 2: 3, 3: 3})  # As if cells had told it.
    left = reduce_messages.reduce(house(night()), EVER)
    assert left.bodies == {} or left.fixes > 0


def test_the_home_is_reduced_no_sooner_than_what_comes_late_can_count() -> None:
    day_us = 24 * 60 * M
    until = [
        reduce_messages.until_us(POLICY, NOW_US - days * day_us, NOW_US) for days in (1, 6, 30)
    ]
    assert NOW_US - until[0] > 5 * day_us
    assert NOW_US - until[1] == 6 * day_us
    assert NOW_US - until[2] == 30 * day_us
