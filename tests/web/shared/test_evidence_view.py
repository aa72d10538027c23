"""The evidence as pages show it: drawn from one trail, and saying what the judge said."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from msgspec import structs

from mesure import instants
from mesure.actions.trails.trail_access import Trail
from mesure.evaluation import rules as rules_
from mesure.evaluation.evidence import likelihoods, sampling
from mesure.formats.stored.trail_fix import TrailFix
from mesure.geo.fixes import NOT_KNOWN
from mesure.machine import texts
from mesure.web.shared.evidence import evidence_view, explained
from mesure.web.shared.evidence.evidence_view import PageEvidence
from mesure.web.shared.evidence.shown_fixes import DECIDED, USED, WRONG
from mesure.web.shared.words.page_texts import PageTexts
from tests.web import filled
from tests.web.filled import Evening

ENGLISH = PageTexts(texts.catalogue("en"))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    folder: Path = tmp_path_factory.mktemp("evening")
    return filled.judge_evening(folder)


def trail_of(night: Evening) -> Trail:
    fixes, reports = tuple(night.trail(())), tuple(night.reports(()))
    return Trail("P-0042", fixes[0].observed_at, night.judged.until, fixes, reports)


@pytest.fixture(scope="module")
def page_evidence(night: Evening) -> PageEvidence:
    rules = night.judged.rules
    zone, now = rules.versions[0].zone, night.judged.until
    return evidence_view.of(
        night.incident, trail_of(night), rules.versions, zone, ENGLISH, now, rules
    )


def test_a_trail_becomes_columns_with_what_is_not_known_marked(night: Evening) -> None:
    trail = list(night.trail(()))[:3]
    columns = evidence_view.columns(trail)
    assert columns.row.tolist() == [fix.row for fix in trail]
    bare = [structs.replace(fix, radius95_m=None, beacon=None) for fix in trail]
    unknown = evidence_view.columns(bare)
    assert np.isnan(unknown.radius95_m).all()
    assert (unknown.beacon == NOT_KNOWN).all()


def fixes_at_decision(night: Evening) -> list[TrailFix]:
    """Return the fixes that the incident names, without those that came after it was decided."""
    incident = night.incident
    last_at = instants.to_datetime(incident.account.taken_us[1])
    named = [one for one in night.trail(()) if one.row in incident.evidence]
    return [one for one in named if one.observed_at <= last_at]


def test_the_map_marks_what_the_incident_rests_on(
    page_evidence: PageEvidence, night: Evening
) -> None:
    assert page_evidence.drawing is not None
    assert page_evidence.drawing.dots.wrong_evidence
    assert page_evidence.timeline is not None
    borne = [one for one in page_evidence.timeline.fixes if one.flags & DECIDED]
    assert 0 < len(borne) == len(fixes_at_decision(night)) < len(night.incident.evidence)
    assert any(one.flags & WRONG for one in borne)


def test_as_many_fixes_are_shown_as_used_as_the_text_says(
    page_evidence: PageEvidence, night: Evening
) -> None:
    """Map, moving map, strip and figures have one count."""
    assert page_evidence.drawing is not None
    assert page_evidence.strips is not None
    facts = night.incident.facts
    assert page_evidence.drawing.fixes_used == facts.fixes_used
    count = night.incident.account.wrong_side  # Of which the text speaks.
    assert page_evidence.drawing.fixes_decided == len(fixes_at_decision(night)) == count
    used_or_decided = {"it decided", "used, agrees", "used, speaks against"}
    assert page_evidence.timeline is not None
    fixes = page_evidence.timeline.fixes
    inside = [one for one in fixes if one.words.split(" · ")[-1] in used_or_decided]
    moving = [one for one in fixes if one.flags & (DECIDED | USED)]
    before = sum(
        fix.observed_at < night.incident.start
        for fix in night.trail(())
        if fix.row in night.incident.evidence
    )
    assert len(inside) == len(moving) == facts.fixes_used + before
    agree = sum(one.flags & WRONG for one in moving) - before
    assert agree == facts.fixes_on_wrong_side


def test_the_zone_that_it_is_about_stands_on_top(page_evidence: PageEvidence) -> None:
    zones = [one for one in page_evidence.moving["features"] if one["properties"]["what"] == "zone"]
    assert zones[-1]["properties"]["name"] == "home"
    assert [one["properties"]["concerned"] for one in zones].count(True) == 1


def test_strips_show_chance_condition_beacon_and_absences(page_evidence: PageEvidence) -> None:
    assert page_evidence.strips is not None
    rows = {row.name: row for row in page_evidence.strips.rows}
    assert rows["Condition applied"].bars
    assert rows["Authorised absences"].said == "none"
    assert rows["Home beacon heard"].path
    assert page_evidence.strips.dots
    assert page_evidence.strips.incident


def test_each_fix_can_be_walked_to_and_says_its_time_and_its_doubt(
    page_evidence: PageEvidence,
) -> None:
    assert page_evidence.timeline is not None
    far = max(page_evidence.timeline.fixes, key=lambda fix: fix.lat_deg)
    assert "confidence circle" in far.words
    assert "chance on the wrong side more than 99 in 100" in far.words
    assert "outside: home" in far.words
    assert "judged: not met" in far.words
    first = page_evidence.timeline.fixes[0]
    assert "inside: home" in first.words
    assert "the condition applied" in first.words
    assert 0 <= far.at_s <= page_evidence.timeline.span_s


def test_without_a_single_fix_there_is_neither_map_nor_strip(night: Evening) -> None:
    rules = night.judged.rules
    none = Trail("P-0042", night.incident.start, night.judged.until, ())
    evidence = evidence_view.of(
        night.incident,
        none,
        rules.versions,
        rules.versions[0].zone,
        ENGLISH,
        night.judged.until,
        rules,
    )
    assert evidence.drawing is None
    assert evidence.strips is None


def test_a_page_without_strips_has_the_same_map_and_devices(
    page_evidence: PageEvidence, night: Evening
) -> None:
    zone, now = night.judged.rules.versions[0].zone, night.judged.until
    versions, trail = night.judged.rules.versions, trail_of(night)
    rules = night.judged.rules
    evidence = evidence_view.of(
        night.incident, trail, versions, zone, ENGLISH, now, rules, with_strips=False
    )
    assert evidence.strips is None
    assert page_evidence.strips is not None
    assert evidence == replace(page_evidence, strips=None)


def test_what_the_judge_kept_is_read_back(night: Evening) -> None:
    from mesure.record import incident_words

    zone = night.judged.rules.versions[0].zone
    explanation = explained.read(incident_words.encode_body(night.incident, (0, 1), zone))
    assert explanation.incident is not None
    assert explanation.incident.id == night.incident.id
    assert explanation.to_person("ru")[0] != explanation.to_person("en")[0]
    assert explanation.to_person("tlh") == explanation.to_person("en")


def test_a_notice_about_a_device_rests_on_no_fix() -> None:
    explanation = explained.read(b'{"explanation": {"en": "Nothing was heard."}}')
    assert explanation.incident is None
    assert explanation.to_person("kk") == ("Nothing was heard.",)


def test_the_end_of_an_open_incident_is_now(night: Evening) -> None:
    rules = night.judged.rules
    now = night.incident.start + timedelta(minutes=30)
    open_incident = replace(night.incident, end=None)
    evidence = evidence_view.of(
        open_incident, trail_of(night), rules.versions, rules.versions[0].zone, ENGLISH, now, rules
    )
    assert evidence.strips is not None
    assert evidence.strips.scale.shown.end >= now


@pytest.mark.parametrize("fifty_m", [False, True])
@pytest.mark.parametrize("with_beacon", [False, True])
def test_the_chance_of_a_fix_is_what_the_judge_made_of_it(
    night: Evening, fifty_m: bool, with_beacon: bool
) -> None:
    """By the thresholds of the programme, whatever they are, and with the beacon at home."""
    plain = night.judged.rules
    policy = replace(plain.policy, error_floor_m=50.0) if fifty_m else plain.policy
    rules = rules_.prepare(plain.versions, policy, night.judged.until)
    incident, fixes = night.incident, night.judged.gathered.fixes
    if not with_beacon:
        fixes = replace(fixes, beacon=np.full(len(fixes), NOT_KNOWN, np.int8))
    [lane] = {
        stretch.lane
        for condition in rules.conditions
        if condition.id == incident.condition
        for window in condition.between(*map(instants.to_us, (incident.start, incident.opened_at)))
        for stretch in window
    }
    pace, boundary = sampling.measure(fixes, policy), rules.boundaries[lane]
    block = likelihoods.block_of(rules, fixes, slice(0, len(fixes)))
    memory = likelihoods.begin(rules).memories[lane]
    told_llr = likelihoods.boundary_evidence(rules, boundary, fixes, pace, block, memory).told_llr
    shown = evidence_view.p_wrong(rules, incident, fixes)
    assert shown == pytest.approx(1.0 / (1.0 + np.exp(-told_llr)), abs=1e-12)
    assert shown[fixes.beacon == 1].max(initial=0.0) < 0.01
    assert len(np.unique(shown)) > 3


def test_stays_are_those_whose_times_stand_on_the_map(page_evidence: PageEvidence) -> None:
    assert page_evidence.drawing is not None
    assert page_evidence.stays
    zone = ZoneInfo("Asia/Almaty")
    written = " ".join(label.text for label in page_evidence.drawing.labels)
    for stay in (page_evidence.stays[0], page_evidence.stays[-1]):
        assert f"{stay.start.astimezone(zone):%H:%M}" in written
        assert f"{stay.end.astimezone(zone):%H:%M}" in written
        assert stay.start <= stay.end


def test_where_it_is_not_known_by_what_was_judged_no_chance_is_shown(night: Evening) -> None:
    rules = night.judged.rules
    zone, now = rules.versions[0].zone, night.judged.until
    evidence = evidence_view.of(
        night.incident, trail_of(night), rules.versions, zone, ENGLISH, now, None
    )
    assert evidence.strips is not None
    assert evidence.strips.dots == ""
    assert evidence.timeline is not None
    assert not any("chance" in one.words for one in evidence.timeline.fixes)
    unbound = replace(night.incident, start=night.incident.start - timedelta(days=3650))
    shown = evidence_view.p_wrong(rules, unbound, night.judged.gathered.fixes)
    assert np.isnan(shown).all()


def test_a_map_says_that_its_fixes_are_unsigned(
    page_evidence: PageEvidence, night: Evening
) -> None:
    assert not page_evidence.is_unsigned
    rules, trail = night.judged.rules, trail_of(night)
    bare = tuple(structs.replace(fix, signed=False) for fix in trail.fixes)
    zone, now = rules.versions[0].zone, night.judged.until
    evidence = evidence_view.of(
        night.incident,
        structs.replace(trail, fixes=bare),
        rules.versions,
        zone,
        ENGLISH,
        now,
        rules,
    )
    assert evidence.is_unsigned
    assert evidence.timeline is not None
    assert all("unsigned" in one.words for one in evidence.timeline.fixes)
