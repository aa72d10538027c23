"""What devices tell in files is read by the parsers that hear it live, and is no fix."""

import json

from mesure.formats.columns.file_rows import DeviceEvent
from tests.ingest import samples
from tests.ingest.samples import START, WALK, gather_fixes, lines, read, traccar

AT_US = samples.us(START)


def test_an_alarm_of_a_traccar_server_is_told_and_its_place_stays_a_fix() -> None:
    calling = traccar(WALK[0])
    calling["position"]["attributes"]["alarm"] = "sos,tampering"
    data = lines([calling, traccar(WALK[1])])
    [notes] = read(data).notes
    assert notes.events == (
        DeviceEvent("48241179", "help", AT_US, "sos,tampering"),
        DeviceEvent("48241179", "tampered", AT_US, "sos,tampering"),
    )
    assert len(gather_fixes(data).fixes) == 2


def test_a_geofence_of_a_traccar_server_is_told_and_is_no_fix() -> None:
    event = {"type": "geofenceExit", "eventTime": samples.text(START)}
    data = lines([traccar(WALK[0]) | {"event": event}])
    [notes] = read(data).notes
    assert [(one.kind, one.at_us) for one in notes.events] == [("left", AT_US)]
    assert gather_fixes(data).kept_unused == {"heartbeat": 1}


def test_what_owntracks_tells_beside_fixes_is_told_with_its_receipt_where_it_has_no_time() -> None:
    messages = [
        {"_type": "lwt", "tst": 1},
        {"_type": "status", "android": {"loc": 1}, "topic": "owntracks/jane/phone/status"},
        {"_type": "beacon", "uuid": "u", "tst": AT_US // 1_000_000},
        samples.owntracks(WALK[0]),
    ]
    receipt = samples.text(START)
    data = "\n".join(f"{receipt}\t*\t{json.dumps(one)}" for one in messages).encode()
    [notes] = read(data).notes
    assert [(one.kind, one.at_us, one.device) for one in notes.events] == [
        ("connection_lost", AT_US, ""),
        ("status", AT_US, "jane/phone"),
        ("beacon", AT_US, ""),
    ]


def test_of_one_trace_only_its_own_device_is_told_of() -> None:
    calls = []
    for name in ("2", "12", "112"):
        calling = traccar(WALK[0])
        calling["position"]["attributes"]["alarm"] = "sos"
        calling["device"]["uniqueId"] = name
        calls.append(calling)
    [notes] = gather_fixes(lines(calls), trace="12").notes
    assert [one.device for one in notes.events] == ["12"]


def test_of_one_topic_only_its_own_phone_is_told_of() -> None:
    topics = ("owntracks/mary-jane/phone", "owntracks/jane/phone")
    states = [{"_type": "status", "topic": f"{topic}/status"} for topic in topics]
    walks = [samples.owntracks(WALK[0]) | {"topic": topic} for topic in topics]
    for topic, device in zip(topics, ("mary-jane/phone", "jane/phone"), strict=True):
        [notes] = gather_fixes(lines([*states, *walks]), trace=topic).notes
        assert [one.device for one in notes.events] == [device]


def test_a_table_has_no_events() -> None:
    assert read(samples.csv()).notes[0].events == ()
