"""The paper of a bundle: limits first, nothing in it is run, not met is seen without colours."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.assessment import Assessment, Status
from mesure.incidents.finding import (
    Finding,
    FindingCause,
    FindingEnd,
    FindingEndKind,
    FindingOutcome,
)
from mesure.incidents.words.reader import Reader
from mesure.machine import texts
from mesure.orders.values.span import Span
from mesure.reports.bundle import bundle_paper
from mesure.reports.bundle.bundle_paper import BundlePaper, BundleStatement
from mesure.reports.drawing import picture, svg_paths
from mesure.reports.drawing.svg_paths import Area, Drawing
from mesure.reports.maps import incident_map, scene
from mesure.reports.replay import facts, report_words, weights
from tests.reports import factory
from tests.reports.factory import ALMATY, English, at

ENGLISH = English()
INCIDENT = factory.incident()
AROUND = Span(INCIDENT.start - timedelta(hours=2), INCIDENT.start + timedelta(hours=6))


def paper(**more: object) -> BundlePaper:
    cut = INCIDENT.start + timedelta(hours=1)
    sample = BundlePaper(
        known_as="ab" * 32,
        order="A-1",
        person="P-1",
        zone=ALMATY,
        title=report_words.title(ENGLISH, INCIDENT),
        told=("It was so.", "It may have been otherwise."),
        condition="C1",
        asked="Be at home.",
        figures=facts.lines(INCIDENT, ALMATY, ENGLISH),
        weighed=weights.lines(INCIDENT, ENGLISH, Reader.OFFICE),
        assessments=[
            Assessment("C1", Status.MET, Span(AROUND.start, INCIDENT.start)),
            Assessment("C1", Status.NOT_MET, Span(INCIDENT.start, cut)),
            Assessment("C1", Status.UNKNOWN, Span(cut, AROUND.end)),
        ],
        around=AROUND,
        looked_at=at(9, 0),
        finding=None,
        former=(),
        said=(),
        unsigned=False,
        sources=[("Mesure", "0.1")],
        has_map=True,
    )
    return replace(sample, **more)  # type: ignore[arg-type]


def test_it_says_how_far_its_clock_is_from_utc() -> None:
    assert "Asia/Almaty (UTC+05:00)" in bundle_paper.source(paper(), ENGLISH)


def test_what_the_method_cannot_show_stands_before_what_it_says() -> None:
    source = bundle_paper.source(paper(), ENGLISH)
    places = [
        source.index(phrase)
        for phrase in (
            "What this is, and what it is not",
            "A device says where the device was",
            '#heading(level: 1)[#"Possible breach: absent from',
            "It may have been otherwise.",
            bundle_paper.STRIP,
            bundle_paper.MAP,
            "Nobody has made a finding yet.",
            "What this was made from",
        )
    ]
    assert places == sorted(places)
    assert "did not sign" not in source
    assert "did not sign" in bundle_paper.source(paper(unsigned=True), ENGLISH)


def test_a_finding_is_told_with_whose_it_is() -> None:
    finding = Finding(
        FindingOutcome.EXCUSED, FindingCause.REASONABLE_EXCUSE, "The bus broke.", at(9, 0), "A-1"
    )
    source = bundle_paper.source(paper(finding=finding), ENGLISH)
    assert '"excused"' in source
    assert '"reasonable excuse"' in source
    assert '"The bus broke."' in source
    ended = replace(
        finding, end=FindingEnd(FindingEndKind.TAKEN_BACK, "A-1", at(9, 30), "The wrong line.")
    )
    text = bundle_paper.source(paper(finding=ended), ENGLISH)
    assert FindingEndKind.TAKEN_BACK.in_words(ENGLISH) in text
    assert "The wrong line." in text
    bare = replace(finding, outcome=FindingOutcome.CANNOT_TELL, cause=None)
    alone = bundle_paper.source(paper(finding=bare), ENGLISH)
    assert "Because of" not in alone
    assert "Confirmed by a second officer" not in alone
    assert "No longer valid" not in alone


def test_a_second_officer_is_named_and_what_holds_no_longer_is_told() -> None:
    first = Finding(FindingOutcome.BREACH, None, "Seen.", at(9, 0), "A-1", "A-2", at(9, 1))
    second = Finding(FindingOutcome.CANNOT_TELL, None, "Heard.", at(9, 2), "A-3", on_contest=True)
    source = bundle_paper.source(paper(finding=second, former=(first,)), ENGLISH)
    assert source.index('"Heard."') < source.index("No longer valid") < source.index('"Seen."')
    assert re.search(r'"Confirmed by a second officer"\], \[#"A-2, ', source)


def test_what_the_person_says_stands_before_what_was_decided() -> None:
    statements = (
        BundleStatement("The person’s account", at(9, 0), "The bus broke."),
        BundleStatement("The person contests the finding", at(9, 1), "I was home.", "It stands."),
    )
    source = bundle_paper.source(paper(said=statements), ENGLISH)
    places = [
        source.index(phrase)
        for phrase in ('"The bus broke."', '"I was home."', '"It stands."', "What a person decided")
    ]
    assert places == sorted(places)
    assert source.count('"Answer"') == 1
    assert "Nothing yet." in bundle_paper.source(paper(), ENGLISH)


def test_what_is_about_a_device_is_of_no_condition_and_of_no_place() -> None:
    source = bundle_paper.source(paper(condition="", weighed=(), has_map=False), ENGLISH)
    assert "Be at home." not in source
    assert bundle_paper.STRIP not in source


def test_a_silence_has_no_map_and_no_weights() -> None:
    silent = factory.silence()
    figures = facts.lines(silent, ALMATY, ENGLISH)
    bare = paper(
        figures=figures, weighed=weights.lines(silent, ENGLISH, Reader.OFFICE), has_map=False
    )
    source = bundle_paper.source(bare, ENGLISH)
    assert bundle_paper.MAP not in source
    assert "What counted" not in source


@given(st.text(max_size=60))
def test_nothing_that_anybody_wrote_is_run(text: str) -> None:
    """A text stands between quotes, and no quote ends it but its own."""
    written = bundle_paper.text(text)
    assert re.fullmatch(r'"(?:[^"\\]|\\\\|\\")*"', written)
    assert "\n" not in written


def test_not_met_stands_higher_than_the_rest_and_hours_are_written_below() -> None:
    strip = bundle_paper.strip(paper())
    heights = dict(re.findall(r'height="(\d+)" fill="(#[0-9a-f]+)"', strip))
    assert heights == {"26": "#9a9a9a", "36": picture.WRONG} or "36" in heights
    assert strip.count("<rect") == 3
    assert strip.count("<text") >= 3


def test_hours_that_happen_twice_have_their_offsets_in_a_line_of_their_own() -> None:
    plain = bundle_paper.strip(paper())
    start = datetime(2024, 2, 29, 16, tzinfo=UTC)
    night = bundle_paper.strip(paper(around=Span(start, start + timedelta(hours=6))))
    words = re.findall(r'y="(\d+)"[^>]*>([^<]*)</text>', night)
    assert [text for y, text in words if y == "62"][:4] == ["22:00", "23:00", "23:00", "00:00"]
    assert [text for y, text in words if y != "62"] == ["UTC+6", "UTC+5"]
    heights = [float(re.findall(r'viewBox="\S+ \S+ \S+ (\S+)"', one)[0]) for one in (plain, night)]
    assert heights[0] < max(float(y) for y, _ in words) < heights[1]


# --- The picture ---------------------------------------------------------------------------------


def draw_map() -> Drawing:
    report = factory.report()
    drawing = incident_map.incident_map(scene.scene_of(report), INCIDENT)
    assert drawing is not None
    return drawing


def test_streets_lie_below_zones_and_the_paper_says_whose_they_are() -> None:
    shown = picture.svg(replace(draw_map(), streets="M0 0L9 9"), ENGLISH)
    street = f'<path d="M0 0L9 9" fill="none" stroke="{picture.STREET}"'
    assert shown.index(street) < shown.index(picture.ZONE_FILL)
    assert picture.STREET not in picture.svg(draw_map(), ENGLISH)


def test_a_word_apart_from_its_point_has_a_line_to_it() -> None:
    word = svg_paths.Label("10", "20", "home", "M240 180L10 20")
    assert '<path d="M240 180L10 20"' in picture.svg(replace(draw_map(), labels=(word,)), ENGLISH)
    beside = replace(word, lead="")
    assert "M240 180" not in picture.svg(replace(draw_map(), labels=(beside,)), ENGLISH)
    source = bundle_paper.source(paper(credit='© "Others"'), ENGLISH)
    assert '- #"gray lines: streets (© \\"Others\\")"' in source
    assert "gray lines" not in bundle_paper.source(paper(), ENGLISH)


def test_a_picture_stands_alone() -> None:
    shown = picture.svg(draw_map(), ENGLISH)
    assert shown.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 360">')
    assert "class=" not in shown
    assert "href" not in shown
    assert shown.count("<circle") == len(draw_map().discs)


@pytest.mark.parametrize("keep_out", [True, False])
@pytest.mark.parametrize("stroke", ["", "4"])
def test_places_to_keep_out_of_are_drawn_otherwise(keep_out: bool, stroke: str) -> None:
    area = Area("M0 0h5v5z", keep_out, concerned=True, stroke=stroke)
    bare = replace(draw_map(), areas=(area,), line="", discs=(), scale_m=2_000)
    shown = picture.svg(bare, ENGLISH)
    assert (picture.KEEP_OUT in shown) is keep_out
    assert "2 km" in shown
    assert "2 км" in picture.svg(bare, texts.catalogue("ru"))


def test_a_name_of_a_place_is_no_markup() -> None:
    [label, *_] = draw_map().labels
    odd = replace(draw_map(), labels=(replace(label, text="<b>&"),))
    assert "&lt;b&gt;&amp;" in picture.svg(odd, ENGLISH)
