"""Whatever is exported says the same as what was judged: every export is judged anew."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pyarrow.parquet as pq
import pytest

from mesure.actions.data_rights import subject_access
from mesure.actions.data_rights.own_record import OwnRecordRequest
from mesure.actions.framework.action import perform
from mesure.actions.judging import judge_store
from mesure.actions.trails import trail_access, trail_files
from mesure.actions.trails.trail_access import TrailRequest
from mesure.actions.trails.trail_formats import TrailFormat
from mesure.bundle import evaluate_again
from mesure.devices.message import envelope, messages
from mesure.devices.message.messages import UplinkMessage
from mesure.devices.message.uplink import Heartbeat
from mesure.devices.signed_form import FORM as SIGNED
from mesure.evaluation.policy import DeviceClass
from mesure.formats import fixes_files
from mesure.formats.columns import column_names
from mesure.formats.stored import assemble_fixes
from mesure.formats.stored.message_reader import MessageReader
from mesure.formats.stored.stored_messages import StoredMessage
from mesure.geo.fixes import MOVES, SINCE_FIX
from mesure.instants import to_datetime, to_us
from mesure.record import replay
from mesure.record.policy_loading import read_policy
from mesure.record.replay import ReplayRequest
from mesure.reports.downloads import own_data_page
from mesure.service.export import export_import, readable_data
from mesure.service.export.geo_parquet import Extent
from mesure.web.dependencies import default_thresholds
from tests.actions.house import Office
from tests.evaluation import scenes
from tests.evaluation.scenes import claim, default_policy, fixes, stay
from tests.formats import test_reduce_messages
from tests.service import bundled, installations
from tests.service.bundled import NOW, PERSON, Bundled

Said = tuple[str, str, int, int]
NIGHT = bundled.night()
QUARTER_US = 15 * 60 * 1_000_000


def nights() -> list[StoredMessage]:
    """A night out, one with circles so wide that it is none, and one in which the phone rests."""
    night_fixes = [
        *stay("11T12:00", "11T22:30", 8.0, every_s=120, speed_mps=0.2, motion=0),
        *stay("11T22:30", "12T01:00", 220.0, every_s=120, radius95_m=150.0),
        *stay("12T01:00", "12T12:00", 8.0, every_s=120),
    ]
    cut = [night_fixes[at : at + 12] for at in range(0, len(night_fixes), 12)]
    more = [
        test_reduce_messages.message(number, part) for number, part in enumerate(cut, start=200)
    ]
    return [*NIGHT, *more, *rest_messages(300)]


def rest_messages(number: int) -> list[StoredMessage]:
    """A device that lies at home all night, and sends signs of it in place of fixes."""
    evening = stay("12T17:00", "12T22:30", 8.0, every_s=120)
    rest = Heartbeat(80, is_moving=False, still_since_us=scenes.us("12T22:28"))
    beats = [
        sign(number + 1 + at, rest, scenes.us("12T22:45") + at * QUARTER_US) for at in range(30)
    ]
    morning = stay("13T06:10", "13T09:00", 8.0, every_s=120)
    return [
        test_reduce_messages.message(number, evening),
        *beats,
        test_reduce_messages.message(number + 40, morning),
    ]


def sign(number: int, beat: Heartbeat, sent_us: int) -> StoredMessage:
    message = messages.encode(UplinkMessage(number, sent_us, beat))
    data = envelope.seal(message, test_reduce_messages.KEY, envelope.UP)
    return StoredMessage(number, "D-1", SIGNED, sent_us, data)


@pytest.fixture(autouse=True, params=[*DeviceClass])
def _nights(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Whatever kind of device it was that the person carried."""
    monkeypatch.setattr(bundled, "CLASS", request.param.value)
    monkeypatch.setattr(bundled, "night", nights)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Bundled]:
    with bundled.open_case(tmp_path) as case:
        yield case


@pytest.fixture
def order(tmp_path: Path) -> Path:
    (tmp_path / "order.yaml").write_bytes(bundled.TEXT)
    return tmp_path / "order.yaml"


def stood(office: Office) -> list[Said]:
    with office.store.read() as reading:
        rows = list(reading.rows("assessment"))
    assessments = sorted((row[2], row[5], row[3], row[4]) for row in rows)
    assert {status for _, status, _, _ in assessments} == {"met", "not_met", "unknown"}
    return assessments


def judge_files(order: Path, fixes: Path, until: datetime = NOW, **how: Any) -> list[Said]:
    request = ReplayRequest((order,), (fixes,), until=until, **how)
    result = replay.replay(request)
    return sorted(
        (
            assessment.condition,
            assessment.status.value,
            to_us(assessment.span.start),
            to_us(assessment.span.end),
        )
        for assessment in result.statement.assessments
    )


def us(text: str) -> int:
    return to_us(msgspec.convert(text, type=datetime))


def test_what_is_handed_on_is_judged_as_it_was(order: Path, tmp_path: Path) -> None:
    with installations.begin(tmp_path / "one") as instance:
        office = Office(instance.store, instance.keyring, NOW)
        bundled._enter(office, nights())
        bundled._judge(office)
        export_import.export(instance, tmp_path / "out")
        expected = stood(office)
    assert judge_files(order, tmp_path / "out" / readable_data.FIXES) == expected


OWN_POLICY = "version: own\nthresholds:\n" + "".join(
    f"  {name}: {{unit: ratio, reason: r, reference: r, "
    "values: [{from: 2026-01-01, value: 9}]}\n"
    for name in ("radius95_per_reported_phone_ratio", "radius95_per_reported_tag_ratio")
)


def test_a_programme_with_thresholds_of_its_own_hands_on_what_it_judged(
    order: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.yaml").write_text(OWN_POLICY)
    policy, _ = read_policy(tmp_path / "own.yaml")
    monkeypatch.setattr(bundled, "POLICY", policy)
    with installations.begin(tmp_path / "one", policy=tmp_path / "own.yaml") as instance:
        office = Office(instance.store, instance.keyring, NOW)
        bundled._enter(office, nights())
        bundled._judge(office)
        export_import.export(instance, tmp_path / "out")
        expected = stood(office)
    fixes = tmp_path / "out" / readable_data.FIXES
    assert judge_files(order, fixes, policy=tmp_path / "own.yaml") == expected


def test_what_a_device_at_rest_held_is_handed_on(case: Bundled, tmp_path: Path) -> None:
    """A sign without a place is a row without a point, and is read again as it was."""
    rest = [claim(us("2026-02-12T12:10:00Z"), SINCE_FIX), claim(us("2026-02-12T12:20:00Z"), MOVES)]
    rows = fixes(stay("12T12:00", "12T12:05"), rest)
    with case.office.store.read() as reading:
        [duty] = judge_store.duties(reading, case.office.keyring, "P-1")
    extent = Extent()
    table = readable_data._table(duty, rows, extent)
    pq.write_table(table, tmp_path / "fixes.parquet")
    record = fixes_files.read("fixes.parquet", (tmp_path / "fixes.parquet").read_bytes())
    again = assemble_fixes.gather(
        [record],
        trace=None,
        device_class=DeviceClass(bundled.CLASS),
        until_us=None,
        policy=default_policy(),
    )
    assert again.rest_claims.rest_us.tolist() == [SINCE_FIX, MOVES]
    assert (len(again.fixes), again.kept_unused) == (5, {})
    assert table["geometry"].null_count == 2
    assert "NaN" not in extent.metadata()["geo"]


def test_the_fixes_of_a_bundle_are_judged_as_they_were(
    case: Bundled, order: Path, tmp_path: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(case.make().data)
    with ZipFile(tmp_path / "bundle.zip") as bundle:
        (tmp_path / "fixes.csv").write_bytes(bundle.read("content/fixes.csv"))
        judgement = msgspec.json.decode(bundle.read("content/judgement.json"))
        manifest = msgspec.json.decode(bundle.read("manifest.json"))
    until = to_datetime(manifest["until_us"])
    device_class = DeviceClass(bundled.CLASS)
    assessments = judge_files(order, tmp_path / "fixes.csv", until, device_class=device_class)
    expected = [
        (
            assessment["condition"],
            assessment["status"],
            us(assessment["start"]),
            us(assessment["end"]),
        )
        for assessment in judgement["assessments"]
    ]
    assert any(status == "not_met" for _, status, _, _ in expected)
    if bundled.CLASS == DeviceClass.GNSS_TAG:
        # A tag is silent within minutes, and a bundle has what came after the moment of looking.
        expected = [one for one in expected if one[3] < manifest["until_us"]]
    assert set(expected) <= set(assessments)


def test_everything_about_oneself_is_judged_as_it_was(
    case: Bundled, order: Path, tmp_path: Path
) -> None:
    context = replace(case.office.context(PERSON), reader=MessageReader(default_thresholds()))
    own_record = perform(context, subject_access.everything, OwnRecordRequest("P-1"))
    request = TrailRequest(person="P-1", start_at=to_datetime(0), until_at=NOW)
    trail = perform(context, trail_access.trail, request)
    data = subject_access.to_file(own_record, trail.fixes, (), trail.rest_claims)
    (tmp_path / "everything.json").write_bytes(data)
    for path, file in own_data_page.order_files(own_record.tables).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(file)
    own_order = tmp_path / "orders" / "1" / "order" / own_data_page.ORDER
    assert own_order.read_bytes() == order.read_bytes()
    assert judge_files(own_order, tmp_path / "everything.json") == stood(case.office)


def test_a_trail_that_a_program_asked_for_is_judged_as_it_was(
    case: Bundled, order: Path, tmp_path: Path
) -> None:
    context = replace(case.office.context(PERSON), reader=MessageReader(default_thresholds()))
    request = TrailRequest(person="P-1", start_at=bundled.START, until_at=NOW)
    trail = perform(context, trail_access.trail, request)
    (tmp_path / "trail.json").write_bytes(msgspec.json.encode(trail))
    assert judge_files(order, tmp_path / "trail.json") == stood(case.office)


def test_a_trail_that_was_taken_away_is_judged_as_it_was(
    case: Bundled, order: Path, tmp_path: Path
) -> None:
    (tmp_path / "trail.csv").write_bytes(trail_content(case, TrailFormat.CSV))
    assert judge_files(order, tmp_path / "trail.csv") == stood(case.office)


def test_only_what_a_device_at_rest_held_is_lost_with_gpx(
    case: Bundled, order: Path, tmp_path: Path
) -> None:
    """GPX has room for points only, so the hours without one are unknown; the page says so."""
    (tmp_path / "trail.gpx").write_bytes(trail_content(case, TrailFormat.GPX))
    lost = set(stood(case.office)) ^ set(judge_files(order, tmp_path / "trail.gpx"))
    resting_us = scenes.us("12T22:00")
    # A tag that speaks once in a quarter of an hour is silent between, whatever it says of rest.
    holds = {("met", True), ("unknown", True)} if bundled.CLASS == DeviceClass.PHONE else set()
    assert {(status, end_us > resting_us) for _, status, _, end_us in lost} == holds


def trail_content(case: Bundled, form: TrailFormat) -> bytes:
    context = replace(case.office.context(PERSON), reader=MessageReader(default_thresholds()))
    request = TrailRequest(person="P-1", start_at=bundled.START, until_at=NOW)
    return trail_files.of(form, perform(context, trail_access.trail, request)).content


def test_whatever_is_written_has_the_names_by_which_it_is_read() -> None:
    written = {
        readable_data.FIXES: tuple(readable_data.SCHEMA.names),
        evaluate_again.FIXES: evaluate_again.HEAD,
    }
    for columns in written.values():
        sheet = column_names.sheet(columns)
        assert {"time", "recv_time", "radius95_m", "speed_mps", "provider"} <= set(sheet.column)
    assert column_names.sheet(written[readable_data.FIXES]).unread == (
        "person",
        "order",
        "geometry",
    )
    assert column_names.sheet(written[evaluate_again.FIXES]).unread == ("sequence", "row")


def test_the_fixes_of_everybody_are_not_judged_as_one_persons() -> None:
    """A whole programme lies in one file; whose rows are meant must be said."""
    columns = tuple(readable_data.SCHEMA.names)
    assert column_names.sheet(columns).column["trace_id"] == "trace_id"
    before = tuple(name for name in columns if name != "trace_id")
    assert column_names.sheet(before).column["trace_id"] == "order"
