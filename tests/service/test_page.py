"""The page of a replay: one file that opens from disk, for everybody, and fetches nothing."""

import itertools
import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from importlib import resources

import numpy as np
import pytest

from mesure.evaluation.assessment import Assessment, Status, SupersededAssessment
from mesure.incidents.incident import IncidentKind
from mesure.machine import texts
from mesure.orders.values.places import Circle, Place
from mesure.orders.values.span import Span
from mesure.orders.wording.order_sentences import OrderSection
from mesure.record import page as pages
from mesure.reports.replay.replay_report import ReplayReport, ReportedCondition, ReportedZone
from tests.reports import factory
from tests.reports.factory import FOR_EVER, HOME, English, at

VOID = {"meta", "input"}
HOSTILE = "<script>alert('x')</script>\"' onload=x \u202etxet\x1b[2J\ud800 👩‍👧 مكان " + "a" * 300
SIZE_MAX = 5_000_000


class Marked(English):
    """A catalogue that writes its language before every text."""

    def text(self, source: str) -> str:
        return f"{self.language}: {source}"


class ParsedPage(HTMLParser):
    """A page as its elements, with a complaint where one is left open or closed twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def attributes(self, name: str) -> list[str]:
        return [value for _, attrs in self.elements if (value := attrs.get(name)) is not None]


def render_page(report: ReplayReport) -> str:
    return pages.page(report, {"en": English()})


@cache
def fortnight() -> str:
    return render_page(factory.report())


def many_languages(report: ReplayReport) -> str:
    return pages.page(report, {tag: Marked(tag) for tag in texts.LANGUAGES})


def test_the_limits_come_before_anything_that_was_found() -> None:
    words = ParsedPage(fortnight()).text
    assert words.index("A possible breach is not a finding.") < words.index("Silences")
    assert words.index("Unsigned.") < words.index("Silences")


def test_sections_stand_in_the_sequence_a_reader_needs() -> None:
    names = ["limits", "summary", "incidents", "overview", "days", "unused", "order", "superseded"]
    names += ["sources", "contest"]
    headings = re.findall(r'<h2 id="(\w+)"', fortnight())
    assert headings == names


def test_the_page_says_what_was_found() -> None:
    words = ParsedPage(fortnight()).text
    for phrase in (
        "Possible breach: absent from home",
        "Silence: the device reported nothing",
        "2026-02-13 at 22:00 – 2026-02-14 at 01:18 (3 h 18 min)",
        "97 of them lie beyond the boundary",
        "C1 Be at home from 22:00 to 06:00 every day.",
        "not met 3 h 18 min",
        "Asia/Almaty (UTC+05:00)",
        "received too long after it was taken",
        "Clock set right 1 040: the clock was 1024 weeks behind, as the receipt shows",
        "C1: be at home from 22:00 to 06:00 every day.",
        "Stood until",
        "b" * 64,
        "2026b",
        "The person can contest it.",
    ):
        assert phrase in words, phrase


def test_nothing_is_fetched_and_nothing_runs() -> None:
    html = many_languages(factory.report())
    page = ParsedPage(html)
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & {
        tag for tag, _ in page.elements
    }
    assert "http" not in re.sub(r'http-equiv="', "", html)
    for name in ("src", "style", "onload", "onclick", "action", "srcset"):
        assert page.attributes(name) == []
    assert all(target.startswith("#") for target in page.attributes("href"))
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {"#hatch", "#dots", "#forbidden"}
    assert "@import" not in html


def test_the_policy_of_the_page_allows_its_own_style_alone() -> None:
    html = fortnight()
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_the_page_is_well_formed_and_what_it_points_to_is_there() -> None:
    page = ParsedPage(many_languages(factory.report()))
    ids = Counter(page.attributes("id"))
    assert set(ids.values()) == {1}
    pointers = page.attributes("aria-labelledby") + page.attributes("for")
    pointers += [target.removeprefix("#") for target in page.attributes("href")]
    assert set(pointers) <= set(ids)


def test_headings_go_down_one_step_at_a_time() -> None:
    levels = [
        int(tag[1]) for tag, _ in ParsedPage(fortnight()).elements if re.fullmatch(r"h[1-6]", tag)
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_table_has_a_caption_and_every_picture_a_name() -> None:
    html = fortnight()
    assert html.count("<table") == html.count("<caption>")
    for tag, attrs in ParsedPage(html).elements:
        if tag == "svg":
            assert attrs.get("aria-hidden") == "true" or attrs.get("aria-labelledby")


def test_every_text_stands_in_every_language() -> None:
    html = many_languages(factory.report())
    counts = {tag: html.count(f'<span lang="{tag}">') for tag in texts.LANGUAGES}
    assert len(set(counts.values())) == 1
    assert counts["en"] > 100
    for tag in texts.LANGUAGES:
        assert html.count(f'<div class="explanation" lang="{tag}">') == 2
        assert f"[{tag}] The order asked" in html
        assert f'id="say-{tag}"' in html
        assert f"{tag}: If something here seems wrong" in html


def test_the_style_hides_every_language_but_the_one_chosen() -> None:
    files = resources.files("mesure.record")
    style = files.joinpath("templates", "replay.css").read_text("utf-8")
    for tag in texts.LANGUAGES:
        assert f'#say-{tag}:checked ~ .page [lang]:not([lang="{tag}"])' in style


def test_the_real_texts_make_a_page() -> None:
    html = pages.page(factory.report(), {tag: texts.catalogue(tag) for tag in texts.LANGUAGES})
    assert '<html lang="en">' in html
    assert "13 February 2026 at 22:00" in html
    assert "13 февраля 2026 года" in html
    # What one language says is no value of a text in all of them: its marks would be read aloud.
    assert "&lt;span" not in html


def test_a_language_that_is_missing_is_shown_in_another() -> None:
    report = factory.report()
    only_english = tuple(replace(each, explanation={"en": "Only."}) for each in report.incidents)
    html = many_languages(replace(report, incidents=only_english, read_back={}))
    for tag in texts.LANGUAGES:
        assert f'<div class="explanation" lang="{tag}">\n<p>Only.</p>' in html
    nothing = tuple(replace(each, explanation={}) for each in report.incidents)
    assert "Possible breach" in render_page(replace(report, incidents=nothing))


def hostile_report() -> ReplayReport:
    report = factory.report()
    home = ReportedZone(
        Place(HOSTILE, (Circle(*HOME, 60.0),)), False, frozenset({HOSTILE, "C1"}), FOR_EVER
    )
    incident = factory.incident(id=HOSTILE, condition=HOSTILE, facts=factory.facts(place=HOSTILE))
    return replace(
        report,
        order=HOSTILE,
        person=HOSTILE,
        court=HOSTILE,
        sources=replace(report.sources, engine_version=HOSTILE, policy_version=HOSTILE),
        zones=(home,),
        unused={HOSTILE: factory.leftover_fixes()["stale"]},
        conditions=(
            ReportedCondition(HOSTILE, HOSTILE, {"en": HOSTILE}, report.conditions[0].binding),
        ),
        assessments=tuple(replace(each, condition=HOSTILE) for each in report.assessments[:20]),
        superseded=tuple(
            replace(each, assessment=replace(each.assessment, condition=HOSTILE))
            for each in report.superseded
        ),
        incidents=(factory.as_reported(incident, HOSTILE),),
        read_back={"en": (OrderSection(HOSTILE, (HOSTILE,)),)},
    )


def test_names_from_outside_stay_text() -> None:
    html = render_page(hostile_report())
    page = ParsedPage(html)
    tags = {tag for tag, _ in page.elements}
    assert "script" not in tags
    assert page.attributes("onload") == []
    for hidden in ("\u202e", "\x1b", "\ud800"):
        assert hidden not in html
    assert "👩‍👧 مكان" in page.text
    html.encode()


def test_names_from_outside_are_kept_apart_from_the_text_around_them() -> None:
    assert "<bdi>ALM-2026-0042</bdi>" in fortnight()


def test_what_counted_is_a_table_of_each_incident_but_not_of_a_silence() -> None:
    html = pages.page(factory.report(), {"en": English()})
    assert html.count("What counted, and how much") == 1
    [table] = re.findall(r'<table class="weights">.*?</table>', html, re.DOTALL)
    cells = re.findall(r"<td>(.*?)</td>", table)
    assert cells[:4] == [
        "What was known before",
        "",
        "990 to 1 that the device was inside",
        "\u22126.90",
    ]
    assert cells[-4:] == ["Together", "", "22 to 1 that the device was outside", "+3.10"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert many_languages(factory.report()) == many_languages(factory.report())


def test_an_empty_report_is_a_page() -> None:
    words = ParsedPage(render_page(factory.empty_report())).text
    assert "The order has no condition." in words
    assert "None. Nothing in these fixes had to be brought to an officer." in words
    assert "Every fix that was read was used." in words
    assert "Where the fixes lie" not in words
    assert "Clock set right" not in words


def test_without_incidents_there_is_no_map_to_explain() -> None:
    words = ParsedPage(render_page(factory.report(incidents=()))).text
    assert "None. Nothing in these fixes" in words
    assert "exclusion zone" not in words


def test_signed_evidence_is_not_called_unsigned() -> None:
    assert "Unsigned." not in ParsedPage(render_page(factory.report(unsigned=False))).text


def test_wherever_a_line_is_drawn_the_caption_says_what_it_is_not() -> None:
    html = fortnight()
    for figure in re.findall(r"<figure>.*?</figure>", html, re.DOTALL):
        assert ('class="sequence"' in figure) == ("not the way taken" in figure)
    assert 'class="sequence"' in html


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"end": None}, "still open at the moment of looking"),
        ({"withdrawn_at": at(13, 0)}, "Late evidence refuted it. It stays on the record."),
        ({"end": None, "withdrawn_at": at(13, 0)}, "– withdrawn"),
        ({"condition": "C77"}, "Possible breach: absent from home"),
    ],
)
def test_an_incident_says_how_it_stands(changes: dict[str, object], phrase: str) -> None:
    odd = factory.as_reported(factory.incident(**changes))
    assert phrase in ParsedPage(render_page(factory.report(incidents=(odd,)))).text


def test_an_incident_without_fixes_says_that_there_is_nothing_to_draw() -> None:
    missed = factory.as_reported(factory.incident(kind=IncidentKind.MISSED, evidence=()))
    words = ParsedPage(
        render_page(factory.report(used=factory.no_fixes(), incidents=(missed,)))
    ).text
    assert "No map: there is no fix to draw." in words


def test_a_condition_that_did_not_bind_says_so() -> None:
    never = replace(factory.report().conditions[0], id="C8", binding=())
    words = ParsedPage(render_page(factory.report(conditions=(never,), incidents=()))).text
    assert "This condition did not bind in the time looked at." in words


def flicker(days: int) -> tuple[Assessment, ...]:
    """Return assessments that change every quarter of an hour."""
    statuses = (Status.MET, Status.NOT_MET, Status.UNKNOWN)
    step = timedelta(minutes=15)
    return tuple(
        Assessment("C2", statuses[n % 3], Span(at(0, 0) + n * step, at(0, 0) + (n + 1) * step))
        for n in range(96 * days)
    )


def huge_report() -> ReplayReport:
    """Return a year of fixes, assessments that flicker, and hundreds of incidents."""
    count = 300_000
    dice = np.random.default_rng(7)
    instants = [at(0, 0) + timedelta(seconds=100 * n) for n in range(count)]
    used = factory.columns(
        instants, dice.normal(0, 3000, count), dice.normal(0, 3000, count), np.full(count, 25.0)
    )
    incidents = tuple(
        factory.as_reported(
            factory.incident(
                id=f"incident {n}",
                kind=IncidentKind.SILENT if n % 5 == 0 else IncidentKind.ABSENT,
                start=at(n % 340, 1),
                end=at(n % 340, 20),
                evidence=tuple(range(n * 700, n * 700 + 600, 2)),
            )
        )
        for n in range(400)
    )
    superseded = tuple(SupersededAssessment(each, at(0, 1), at(0, 2)) for each in flicker(60))
    assessments = (*flicker(340), *factory.report().assessments[:12])
    return factory.report(
        used=used,
        unused={"stale": used, "duplicate": used},
        incidents=incidents,
        assessments=assessments,
        superseded=superseded,
        sources=replace(factory.report().sources, fixes_sha256=("e" * 64,) * 900),
        until=at(350, 0),
    )


def test_a_page_of_very_much_stays_small_and_says_what_it_leaves_out() -> None:
    html = many_languages(huge_report())
    assert len(html.encode()) < SIZE_MAX
    words = ParsedPage(html).text
    assert "en: Further incidents" in words
    for left_out in (
        "Days left out here: ",
        f"en: Left out here to keep the page small: {900 - pages.HASHES_MAX}.",
        "en: Left out here to keep the page small: 5\u00a0560.",
        "en: Map of incident",
        "* Changed so often that each quarter hour shows what held longest in it.",
    ):
        assert left_out in words or left_out.replace("\u00a0", " ") in words, left_out
