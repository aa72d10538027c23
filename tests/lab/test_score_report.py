"""What `mesure score` gives out: a table, an object, and a page that stands alone."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mesure.formats.columns.file_faults import FixesError
from mesure.machine.progress import ProgressStages
from mesure_lab.scoring import score_report
from mesure_lab.scoring.score_report import ScoreRequest
from mesure_lab.scoring.score_run import Scored
from tests.house import ROOT
from tests.lab.folders import full_folder

RULES = "point_state, mesure,accuracy_twice"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("traces")
    full_folder(path)
    return path


@pytest.fixture(scope="module")
def scores(folder: Path) -> Scored:
    return score_report.score_traces(
        ScoreRequest(folder, RULES, (100.0, 50.0), raw=True), ProgressStages()
    )


def test_the_object_has_sorted_keys_and_the_same_bytes_again(scores: Scored, folder: Path) -> None:
    once = score_report.render(scores, "json")
    again = score_report.score_traces(
        ScoreRequest(folder, RULES, (50.0, 100.0), raw=True), ProgressStages()
    )
    assert once == score_report.render(again, "json")
    report = json.loads(once)
    assert once == json.dumps(report, indent=1, sort_keys=True) + "\n"
    assert report["radius_m"] == [50.0, 100.0]
    assert "throughput" not in report
    assert report["rules"][0] == "mesure"


def test_every_key_of_the_object_is_documented(folder: Path) -> None:
    request = ScoreRequest(folder, "mesure,point_state", (100.0,), throughput=True)
    report = json.loads(
        score_report.render(score_report.score_traces(request, ProgressStages()), "json")
    )
    page = (ROOT / "docs" / "specs" / "score_output.md").read_text(encoding="utf-8")
    names = set(_keys(report)) - {"mesure", "point_state", *report["inputs_sha256"]}
    names -= set(report["calibration"])
    missing = sorted(name for name in names if f"`{name}`" not in page)
    assert not missing


def _keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for one in value.values() for key in _keys(one))]
    return [key for one in value for key in _keys(one)] if isinstance(value, list) else []


def test_a_miss_is_null_and_not_a_number_that_json_does_not_have(folder: Path) -> None:
    request = ScoreRequest(folder, "dwell_accuracy", (100.0,))
    report = json.loads(
        score_report.render(score_report.score_traces(request, ProgressStages()), "json")
    )
    [left] = [one["rules"]["dwell_accuracy"] for one in report["departures"]]
    assert left["median_s"] == {"value": None, "low": None, "high": None}
    assert report["calibration"] == {}
    assert "order_of_fixes" not in report


def test_the_table_says_what_there_was_and_what_came_of_it(scores: Scored) -> None:
    text = score_report.render(scores, "text")
    for words in (
        "False incidents at 50 m",
        "all at rest: 0.1 days, 2 traces, 2 drawn",
        "point_state, raw",
        "2 departures at 100 m",
        "mesure at other rates of reporting, 100 m",
        "Chance of being outside, as it was said and as it was",
        "Of 5 cases the same to the byte: 5 shuffled, 5 with every fix twice, 5 in late batches",
        "animals.parquet was ignored",
    ):
        assert words in text
    assert max(map(len, text.splitlines())) <= 100


def test_timing_is_told_in_times_of_the_plain_circle(folder: Path) -> None:
    request = ScoreRequest(folder, "point_state", (100.0,), throughput=True)
    text = score_report.render(score_report.score_traces(request, ProgressStages()), "text")
    assert re.search(r"point_state +[\d,]+ +1\.00\n", text)


class ReportPage(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids |= {value or "" for name, value in attrs if name == "id"}
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]


def test_the_page_stands_alone_with_a_table_under_each_plot(scores: Scored) -> None:
    text = score_report.render(scores, "html")
    page = ReportPage()
    page.feed(text)
    assert "script" not in page.tags
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert "default-src 'none'" in text
    assert page.tags.count("figure") == page.tags.count("details") > 8
    assert page.tags.count("table") == page.tags.count("details") + 1  # And the files.
    assert {"false", "sets", "delay", "curves", "cadence", "chance"} <= page.ids
    assert text == score_report.render(scores, "html")
    assert "nan" not in text
    assert "inf" not in re.sub(r"<[^>]*>", "", text)


def test_a_page_without_departures_has_no_section_of_them(folder: Path, tmp_path: Path) -> None:
    full_folder(tmp_path)
    (tmp_path / "dev" / "mobilitynet_trips.parquet").unlink()
    request = ScoreRequest(tmp_path, "point_state", (100.0,))
    page = ReportPage()
    page.feed(score_report.render(score_report.score_traces(request, ProgressStages()), "html"))
    assert "false" in page.ids
    assert not {"delay", "curves", "chance"} & page.ids


def test_rules_and_circles_that_cannot_be_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="There is no rule kalmann; there are mesure, traccar"):
        score_report.score_traces(ScoreRequest(folder, "kalmann"), ProgressStages())
    with pytest.raises(ValueError, match="A circle has a radius"):
        score_report.score_traces(ScoreRequest(folder, radii_m=(0.0,)), ProgressStages())
    with pytest.raises(ValueError, match="A circle has a radius"):
        score_report.score_traces(ScoreRequest(folder, radii_m=(float("nan"),)), ProgressStages())
    with pytest.raises(ValueError, match="A radius is a number of metres, not wide"):
        score_report.radii(["wide"])
    with pytest.raises(FixesError):
        score_report.score_traces(ScoreRequest(folder / "nowhere"), ProgressStages())


def test_all_rules_are_the_judge_and_every_baseline() -> None:
    names = score_report.rule_names("all")
    assert names[0] == "mesure"
    assert len(names) == len(set(names)) > 20
    assert score_report.rule_names("all,twice") == names
