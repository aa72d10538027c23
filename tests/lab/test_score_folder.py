"""What a folder of traces holds, whatever of it is missing or strange."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesure.evaluation.policy import DeviceClass
from mesure.formats.columns.file_faults import FixesError
from mesure.machine.progress import ProgressStages
from mesure_lab.scoring import score_folder
from mesure_lab.scoring.score_cases import CaseKind
from mesure_lab.scoring.score_folder import ScoreFolder
from tests.lab.folders import NOON, full_folder, row, write

RADII_M = (50.0, 100.0)


def find(folder: Path) -> ScoreFolder:
    return score_folder.find(folder, RADII_M, ProgressStages())


def kinds(folder: ScoreFolder) -> dict[CaseKind, int]:
    return dict(Counter(case.kind for case in folder.cases))


@pytest.mark.parametrize("below", ["", "dev"])
def test_the_traces_are_found_from_the_folder_and_from_the_one_above(
    tmp_path: Path, below: str
) -> None:
    full_folder(tmp_path)
    folder = find(tmp_path / below)
    # The first departure begins outside: it counts at 100 m and not at 50 m.
    assert kinds(folder) == {CaseKind.AT_REST: 2, CaseKind.NIGHT: 1, CaseKind.DEPARTURE: 3}
    assert folder.notes == (
        "animals.parquet was ignored: it has no truth that a rule could be held to.",
    )
    assert "mobilitynet_places.geojson" in folder.sha256
    assert {case.set for case in folder.cases if case.kind is CaseKind.AT_REST} == {
        "android high",
        "surveyed",
    }


def test_a_folder_of_another_name_is_found_where_it_is_the_only_one(tmp_path: Path) -> None:
    full_folder(tmp_path)
    (tmp_path / "dev").rename(tmp_path / "held_out")
    assert kinds(find(tmp_path)) == {CaseKind.AT_REST: 2, CaseKind.NIGHT: 1, CaseKind.DEPARTURE: 3}


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("dev/mobilitynet_events.csv", {CaseKind.AT_REST: 2, CaseKind.NIGHT: 1}),
        ("dev/mobilitynet_reference.parquet", {CaseKind.AT_REST: 2, CaseKind.NIGHT: 1}),
        ("places/mobilitynet_places.geojson", {CaseKind.AT_REST: 2, CaseKind.NIGHT: 1}),
        ("dev/mobilitynet_trips.parquet", {CaseKind.AT_REST: 2, CaseKind.NIGHT: 1}),
        ("dev/emission_days.parquet", {CaseKind.AT_REST: 2, CaseKind.DEPARTURE: 3}),
    ],
)
def test_what_is_missing_is_missing_and_the_rest_is_scored(
    tmp_path: Path, gone: str, left: dict[CaseKind, int]
) -> None:
    full_folder(tmp_path)
    (tmp_path / gone).unlink()
    assert kinds(find(tmp_path)) == left


def test_without_a_list_of_traces_each_is_a_phone_of_its_own(tmp_path: Path) -> None:
    full_folder(tmp_path)
    (tmp_path / "traces.csv").unlink()
    folder = find(tmp_path)
    assert folder.notes[0].startswith("There is no traces.csv")
    assert kinds(folder)[CaseKind.DEPARTURE] == 3  # The day of a trip is known by its time.
    assert {case.device_class for case in folder.cases} == {DeviceClass.PHONE}
    assert {case.unit for case in folder.cases if case.kind is CaseKind.AT_REST} == {"s", "u"}


def test_a_receiver_is_a_tag(tmp_path: Path) -> None:
    full_folder(tmp_path)
    lines = "trace_id,group,platform,mode,tz\nu,g,receiver,gnss,UTC\ns,h,ios,low,UTC\n"
    (tmp_path / "traces.csv").write_text(lines)
    classes = {case.set: case.device_class for case in find(tmp_path).cases}
    assert classes["surveyed receiver gnss"] is DeviceClass.GNSS_TAG
    assert classes["ios low"] is DeviceClass.PHONE


def test_a_file_that_is_no_table_of_traces_is_said_to_be_ignored(tmp_path: Path) -> None:
    full_folder(tmp_path)
    write(tmp_path, "strange", [{"a": 1}])
    assert "strange.parquet was ignored: it has no traces." in find(tmp_path).notes


def test_what_cannot_be_scored_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FixesError, match="it is no folder"):
        find(tmp_path / "nowhere")
    with pytest.raises(FixesError, match="it is no folder"):
        find(tmp_path / ("n" * 5000))
    with pytest.raises(FixesError, match=r"it has no \*\.parquet"):
        find(tmp_path)
    write(tmp_path, "animals", [row("cow", NOON, 0.0)])
    with pytest.raises(FixesError, match="no trace in it has a truth"):
        find(tmp_path)
    (tmp_path / "dev" / "animals.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(FixesError, match=r"animals\.parquet: it is not as it should be"):
        find(tmp_path)


@pytest.mark.parametrize(
    ("column", "values", "cause"),
    [
        ("time", pa.array([1, 2]), "ValueError: the column time holds no instants"),
        ("time", pa.array(["2020-03-04T12:00Z"] * 2), "the column time holds no instants"),
        ("time", pa.array([1 << 62] * 2, pa.timestamp("us", "UTC")), "OverflowError"),
        ("lat", pa.array(["north", "south"]), "ValueError: could not convert string"),
    ],
)
def test_a_column_of_another_kind_is_named(
    tmp_path: Path, column: str, values: pa.Array, cause: str
) -> None:
    write(tmp_path, "still", [row("s", NOON + s, 0.0) for s in (0, 60)])
    path = tmp_path / "dev" / "still.parquet"
    table = pq.read_table(path)
    table = table.set_column(table.column_names.index(column), column, values)
    pq.write_table(table, path)
    with pytest.raises(FixesError, match=rf"still\.parquet: it is not as it should be \(.*{cause}"):
        find(tmp_path)


def test_notes_of_another_kind_are_no_truth(tmp_path: Path) -> None:
    write(tmp_path, "still", [row("s", NOON + s, 0.0, truth_note=1) for s in (0, 3600)])
    with pytest.raises(FixesError, match="no trace in it has a truth"):
        find(tmp_path)


def test_a_truth_that_is_no_place_on_earth_is_none(tmp_path: Path) -> None:
    truth = {"truth_note": "point: by hand", "truth_lat": 91.0, "truth_lon": 0.0}
    write(tmp_path, "still", [row("s", NOON + s, 0.0, **truth) for s in (0, 3600)])
    with pytest.raises(FixesError, match="no trace in it has a truth"):
        find(tmp_path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('trace_id,group\ne,"' + "x" * 200_000 + '"\n', r"traces\.csv: .*field limit"),
        ("trace_id,tz\ne,Mars/Olympus\n", r"emission_days\.parquet or traces\.csv: .*Mars/Olympus"),
    ],
)
def test_a_list_of_traces_that_lies_is_named(tmp_path: Path, text: str, named: str) -> None:
    full_folder(tmp_path)
    (tmp_path / "traces.csv").write_text(text)
    with pytest.raises(FixesError, match=named):
        find(tmp_path)


def test_no_name_from_a_folder_can_steer_a_terminal(tmp_path: Path) -> None:
    full_folder(tmp_path)
    lines = 'trace_id,group,platform,mode,tz\ns,h,ios\x1b[2J,"low\nhigh",UTC\n'
    (tmp_path / "traces.csv").write_text(lines)
    (tmp_path / "dev" / "animals.parquet").rename(tmp_path / "dev" / "\x1b[2J.parquet")
    folder = find(tmp_path)
    assert "ios\ufffd[2J low\ufffdhigh" in {case.set for case in folder.cases}
    assert not any("\x1b" in each for each in (*folder.notes, *folder.sha256))


def test_two_folders_of_traces_are_not_guessed_between(tmp_path: Path) -> None:
    full_folder(tmp_path)
    (tmp_path / "dev").rename(tmp_path / "one")
    write(tmp_path, "animals", [row("cow", NOON, 0.0)])
    (tmp_path / "dev").rename(tmp_path / "two")
    with pytest.raises(FixesError, match="traces stand in one, two"):
        find(tmp_path)
