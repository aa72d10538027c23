"""Every precedent holds, and does not hold without the rule that it protects."""

import re
from pathlib import Path

import pytest

from tests.precedents import case, running, values
from tests.precedents.rules import RULES, without

CASES = case.paths()
REFUSALS = case.refusal_paths()
HEADS = [case.head(path) for path in (*CASES, *REFUSALS)]


def _name(value: object) -> str:
    return value.stem if isinstance(value, Path) else str(value)


@pytest.mark.parametrize("path", CASES, ids=_name)
def test_a_precedent_holds(path: Path, tmp_path: Path) -> None:
    assert running.differences(case.read(path), tmp_path) == []


@pytest.mark.parametrize("path", REFUSALS, ids=_name)
def test_what_must_be_refused_is_refused(path: Path, tmp_path: Path) -> None:
    assert running.fault_differences(case.read_refusal(path), tmp_path) == []


@pytest.mark.parametrize(
    ("path", "rule"), [(head.path, rule) for head in HEADS for rule in head.protects], ids=_name
)
def test_a_precedent_does_not_hold_without_its_rule(
    path: Path, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    precedent = case.read(path) if path in CASES else case.read_refusal(path)
    without(rule, monkeypatch)
    if isinstance(precedent, case.Case):
        assert running.differences(precedent, tmp_path)
    else:
        assert running.fault_differences(precedent, tmp_path)


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.name)
def test_the_file_is_named_after_the_holding(head: case.Head) -> None:
    holding = re.sub(r"[^a-z0-9]+", "_", head.holding.lower().replace(",", "")).strip("_")
    assert re.fullmatch(r"0\d{3}_" + holding, head.name)


def test_every_precedent_has_a_number_of_its_own() -> None:
    numbers = [head.name[:4] for head in HEADS]
    assert numbers == sorted(set(numbers))


def test_every_rule_is_protected() -> None:
    assert {rule for head in HEADS for rule in head.protects} == set(RULES)


WRONG = [
    ("expect: {", "expect: {incidence: [], ", "not known"),
    ("600, at: home,", "600, at: nowhere,", "no spot"),
    ("from: 21:00", "from: 9 pm", "no time"),
    ("night_of: 2026-03-28", "night_of: 2026-03-28\nday: 2026-03-28", "one of"),
    ("from: 21:30", "from: 02:30", "skipped or happens twice"),
    ("every_s: 600", "every_s: often", "no number"),
    ("until: 06:10,", "until: 21:30,", "no fix"),
    ("until: 07:00", "until: 20:00", "ends before"),
    ("agreed_by: [engineer]", "", "missing"),
]
STORY = """
precedent: A night at home
teaches: A precedent that is misspelt binds nobody.
law: tests/precedents/README.md
protects: tempering
agreed_by: [engineer]
order:
  time_zone: Europe/Paris
  places: {home: {lat_deg: 48.85660, lon_deg: 2.35220, radius_m: 60}}
  conditions: {C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}}
night_of: 2026-03-28
truth: [{from: 21:00, until: 07:00, at: home}]
evidence: [{from: 21:30, until: 06:10, every_s: 600, at: home, radius95_m: 15}]
expect: {assessments: [{condition: C1, from: 22:00, until: 06:00, status: met}], incidents: []}
"""


def _story(text: str) -> case.Case:
    return case.of(Path("story.yaml"), values.load("story.yaml", text.encode()))


@pytest.mark.parametrize(("old", "new", "says"), WRONG)
def test_a_precedent_that_is_misspelt_is_refused(old: str, new: str, says: str) -> None:
    assert STORY.count(old) == 1
    with pytest.raises(values.CaseError, match=says):
        _story(STORY.replace(old, new))


UNMET = [
    ("status: met}]", "status: unknown}]"),
    ("until: 06:00, status", "until: 05:00, status"),
    ("incidents: []", "incidents: [{condition: C1, kind: absent, start: 22:00, end: open}]"),
    ("incidents: []", "incidents: [], kept_unused: {stale: 1}"),
    ("incidents: []", "incidents: [], reviews_overdue: {as_of: 2026-03-29, conditions: [C1]}"),
    (
        "incidents: []",
        "incidents: [], superseded: [{condition: C1, from: 22:00, until: 06:00, status: unknown}]",
    ),
]


def test_a_story_holds(tmp_path: Path) -> None:
    assert running.differences(_story(STORY), tmp_path) == []


@pytest.mark.parametrize(("old", "new"), UNMET)
def test_every_part_of_what_is_expected_can_fail(old: str, new: str, tmp_path: Path) -> None:
    assert STORY.count(old) == 1
    assert len(running.differences(_story(STORY.replace(old, new)), tmp_path)) == 1
