"""From files to what is said: the moment of looking, versions, policy, and what cannot be read."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.formats.columns.file_faults import FixesError
from mesure.machine.progress import ProgressStages
from mesure.orders.text.order_faults import OrderError
from mesure.record import replay as replay_
from mesure.record.replay import Replay, ReplayRequest, replay
from tests.service.files import FAR, HEAD, LATE_RETURN, LATER, ORDER, minute, request, rows, write


def instant(number: int) -> datetime:
    return datetime.fromisoformat(minute(number))


def spans(done: Replay, condition: str = "C1") -> list[tuple[str, datetime, datetime]]:
    return [
        (assessment.status.value, assessment.span.start, assessment.span.end)
        for assessment in done.statement.assessments
        if assessment.condition == condition
    ]


def test_an_order_and_fixes_become_assessments_and_incidents(tmp_path: Path) -> None:
    done = replay(request(tmp_path, LATE_RETURN))
    assert [status for status, _, _ in spans(done)] == ["met", "not_met", "met"]
    [incident] = done.incidents
    assert (incident.start, incident.end) == (instant(120), instant(180))
    assert incident.facts.unsigned
    assert done.unsigned


def test_the_stages_of_the_work_are_told(tmp_path: Path) -> None:
    stages: list[str] = []

    class Heard(ProgressStages):
        def reach(self, stage: str) -> None:
            stages.append(stage)

    replay(request(tmp_path, LATE_RETURN), Heard())
    assert stages == [
        "reading the order",
        "reading the fixes",
        "preparing the hours and places of the order",
        "judging 300 fixes",
        "explaining what was found",
    ]


# --- The moment of looking -------------------------------------------------------------------


def test_by_default_it_is_the_last_receipt_and_nothing_comes_after_it(tmp_path: Path) -> None:
    done = replay(request(tmp_path, rows(0, 90) + rows(90, 91, received=200)))
    assert done.until == instant(200)
    assert done.gathered.kept_unused == {}
    assert spans(done)[-1] == ("unknown", instant(120), instant(200))


def test_what_is_received_at_or_after_it_is_kept_and_not_used(tmp_path: Path) -> None:
    replay_request = replace(request(tmp_path, rows(0, 90)), until=instant(80))
    done = replay(replay_request)
    assert done.gathered.kept_unused == {"after_until": 10}
    assert len(done.gathered.fixes) == 80
    assert done.until == instant(80)
    assert spans(done) == [("met", instant(60), instant(80))]


def test_it_may_lie_long_after_the_last_receipt(tmp_path: Path) -> None:
    done = replay(replace(request(tmp_path, rows(0, 90)), until=instant(400)))
    assert done.gathered.kept_unused == {}
    assert spans(done)[-1] == ("unknown", instant(119), instant(400))
    [silent] = done.incidents
    assert (silent.kind.value, silent.end) == ("silent", None)


def test_it_may_lie_before_the_order(tmp_path: Path) -> None:
    done = replay(replace(request(tmp_path, rows(0, 90)), until=datetime(2020, 1, 1, tzinfo=UTC)))
    assert done.statement.assessments == ()
    assert done.gathered.kept_unused == {"after_until": 90}


def test_without_fixes_it_is_the_order_s_start_and_nothing_is_said(tmp_path: Path) -> None:
    done = replay(request(tmp_path, ""))
    assert done.until == datetime(2026, 1, 31, 19, tzinfo=UTC)
    assert done.statement.assessments == ()
    done = replay(replace(request(tmp_path, ""), until=instant(0)))
    assert {status for status, _, _ in spans(done)} == {"unknown"}
    assert spans(done)[0][1] == datetime(2026, 1, 31, 19, tzinfo=UTC)  # The night before goes on.


def test_an_incident_is_open_only_while_it_goes_on(tmp_path: Path) -> None:
    replay_request = request(tmp_path, rows(0, 120) + rows(120, 180, FAR))
    for until, is_open in ((170, True), (500, True), (540, False), (600, False)):
        absent, *_ = replay(replace(replay_request, until=instant(until))).incidents
        assert (absent.kind.value, absent.end is None) == ("absent", is_open)


def test_a_slot_in_progress_is_unknown(tmp_path: Path) -> None:
    """The slot is from 10:00 to 10:30 in Almaty, 780 minutes after 21:00."""
    there = "".join(rows(760, 830, (43.25, 76.97)))
    replay_request = request(tmp_path, there)
    for until, status in ((809, "unknown"), (810, "met")):
        done = replay(replace(replay_request, until=instant(until)))
        assert spans(done, "C2") == [(status, instant(780), instant(until))]


# --- Versions --------------------------------------------------------------------------------


def test_a_later_version_ends_the_one_before_in_whatever_order_they_are_given(
    tmp_path: Path,
) -> None:
    first, second, fixes = write(
        tmp_path, first_yaml=ORDER, second_yaml=LATER, fixes_csv=HEAD + rows(0, 3000)
    )
    done = replay(ReplayRequest((first, second), (fixes,)))
    other = replay(ReplayRequest((second, first), (fixes,)))
    begins = [start for _, start, _ in spans(done)]
    # 22:00 on the 10th and 11th; on the 12th the hours begin at 20:00.
    assert begins == [instant(60), instant(60 + 1440), instant(60 + 2880 - 120)]
    assert done.statement.assessments == other.statement.assessments
    assert done.hashes.orders == other.hashes.orders[::-1]
    assert len(done.rules.versions) == 2


def test_the_faults_of_all_orders_are_told_at_once(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        a_yaml=ORDER.replace("P-1", ""),
        b_yaml=LATER.replace("radius_m: 60", "radius_m: 0"),
    )
    with pytest.raises(OrderError) as caught:
        replay_.read_orders(paths)
    assert {fault.file for fault in caught.value.faults} == {"a.yaml", "b.yaml"}


def test_versions_of_two_orders_are_refused(tmp_path: Path) -> None:
    paths = write(tmp_path, a_yaml=ORDER, b_yaml=LATER.replace("ALM-1", "ALM-2"))
    with pytest.raises(OrderError, match="ALM-2"):
        replay_.read_orders(paths)


def test_the_files_an_order_names_are_read_beside_it(tmp_path: Path) -> None:
    square = "[[[76.9,43.2],[77.0,43.2],[77.0,43.3],[76.9,43.2]]]"
    area = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "d", '
        f'"properties": {{}}, "geometry": {{"type": "Polygon", "coordinates": {square}}}}}]}}'
    )
    named = ORDER.replace(
        "conditions:\n",
        "  district: {geojson: area.geojson, feature: d}\nconditions:\n"
        "  C3: {residence: {stay_in: district}}\n",
    )
    order, _ = write(tmp_path, order_yaml=named, area_geojson=area)
    assert replay_.read_order(order).files_sha256 == {
        "area.geojson": hashlib.sha256(area.encode()).hexdigest()
    }
    (tmp_path / "area.geojson").unlink()
    with pytest.raises(OrderError, match=r"area\.geojson"):
        replay_.read_order(order)


# --- Policy ----------------------------------------------------------------------------------

OWN = """
version: own
thresholds:
  silence_s:
    unit: seconds
    reason: Another device.
    reference: order of the head of the service
    values: [{from: 2000-01-01, value: 900}, {from: 2026-02-01, value: 1200}]
"""


def test_the_thresholds_hold_of_the_day_on_which_the_order_came_into_force(tmp_path: Path) -> None:
    """Why a whole day: midnight in Almaty is the day before in UTC, and must not count as it."""
    replay_request = request(tmp_path, rows(0, 90))
    [policy] = write(tmp_path, policy_yaml=OWN)
    done = replay(replace(replay_request, policy=policy))
    assert done.rules.policy.silence_s == 1200.0
    assert done.rules.policy.version == "own"
    assert done.hashes.policy == hashlib.sha256(OWN.encode()).hexdigest()


def test_the_default_policy_is_hashed_too(tmp_path: Path) -> None:
    data = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    done = replay(request(tmp_path, rows(0, 2)))
    assert done.hashes.policy == hashlib.sha256(data).hexdigest()


def test_the_class_of_the_device_chooses_the_thresholds(tmp_path: Path) -> None:
    replay_request = request(tmp_path, rows(0, 90))
    tag = replay(replace(replay_request, until=instant(400), device_class=DeviceClass.GNSS_TAG))
    phone = replay(replace(replay_request, until=instant(400)))
    assert spans(tag)[0][2] == instant(99)
    assert spans(phone)[0][2] == instant(119)


# --- What cannot be read ---------------------------------------------------------------------


BROKEN: dict[str, Callable[[ReplayRequest, Path], ReplayRequest]] = {
    "without it nothing is known of the order": lambda replay_request, path: replace(
        replay_request, orders=(path,)
    ),
    "the fixes cannot be read without it": lambda replay_request, path: replace(
        replay_request, fixes=(path,)
    ),
    "without it the thresholds are not known": lambda replay_request, path: replace(
        replay_request, policy=path
    ),
}


@pytest.mark.parametrize("why", sorted(BROKEN))
@pytest.mark.parametrize("name", ["nowhere.txt", "."])
def test_a_file_that_is_not_there_is_named_with_what_it_is_for(
    tmp_path: Path, why: str, name: str
) -> None:
    path = tmp_path / name
    with pytest.raises(OrderError) as caught:
        replay(BROKEN[why](request(tmp_path, rows(0, 2)), path))
    [fault] = caught.value.faults
    assert (fault.file, fault.why) == (str(path), why)


def test_an_order_of_too_many_windows_is_refused_before_they_are_worked_out(tmp_path: Path) -> None:
    hours = ", ".join(f'{{from: "{h:02}:00", until: "{h:02}:30"}}' for h in range(24))
    busy = "".join(f"  B{n}: {{curfew: {{at: home, times: [{hours}]}}}}\n" for n in range(100))
    order = ORDER.replace("until: 2026-03-01", "until: 2199-01-01") + busy
    replay_request = request(tmp_path, rows(0, 60), order)
    until = datetime(2150, 1, 1, tzinfo=UTC)
    with pytest.raises(OrderError, match="they bind in about 108714520 windows"):
        replay(replace(replay_request, until=until))
    assert len(replay(replay_request).statement.assessments) > 0


def test_several_traces_need_a_choice(tmp_path: Path) -> None:
    order, fixes = write(
        tmp_path,
        order_yaml=ORDER,
        fixes_csv=f"time,lat,lon,trace_id\n{minute(0)},43.25,76.95,a\n{minute(1)},43.25,76.95,b\n",
    )
    with pytest.raises(FixesError, match="a, b"):
        replay(ReplayRequest((order,), (fixes,)))
    done = replay(ReplayRequest((order,), (fixes,), trace="b"))
    assert done.gathered.kept_unused == {"other_trace": 1}


# --- The same whatever the cut ---------------------------------------------------------------


def test_files_cut_in_two_and_in_another_order_say_the_same(tmp_path: Path) -> None:
    late = rows(200, 240, received=420)
    order, whole, half, other = write(
        tmp_path,
        order_yaml=ORDER,
        whole_csv=HEAD + rows(0, 200) + late + rows(300, 430),
        one_csv=HEAD + rows(300, 430) + rows(0, 100),
        other_csv=HEAD + late + rows(100, 200) + rows(150, 160),
    )
    done = replay(ReplayRequest((order,), (whole,)))
    parts = replay(ReplayRequest((order,), (half, other)))
    assert done.statement.superseded != ()
    assert parts.statement.assessments == done.statement.assessments
    assert parts.statement.superseded == done.statement.superseded
    assert [replace(one, evidence=()) for one in parts.incidents] == [
        replace(incident, evidence=()) for incident in done.incidents
    ]
    assert parts.gathered.kept_unused == {"duplicate": 10}
