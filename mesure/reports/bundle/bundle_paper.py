"""Bundle paper: first what the method cannot show, then what it says.

It is written in the language of Typst, which a program turns into a page. Whatever an order, a
device or a person wrote is in it as a text that is shown and never as something to be run.
Specification: docs/specs/evidence_bundle.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from mesure.evaluation.assessment import Assessment, Status
from mesure.incidents.finding import Finding
from mesure.orders.clock import wall_clock
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.reports.drawing import picture, strips
from mesure.reports.drawing.strips import TimeScale
from mesure.reports.replay import report_words
from mesure.reports.replay.facts import FactRow
from mesure.reports.replay.weights import WeightRow as Weight
from mesure.reports.text import clock_text, visible_text

MAP: Final = "map.svg"
STRIP: Final = "strip.svg"
_COLOURS: Final = {Status.MET: "#17603c", Status.NOT_MET: picture.WRONG, Status.UNKNOWN: "#9a9a9a"}
_STRIP_HEIGHT: Final = 70
_LINE_HEIGHT: Final = 18


@dataclass(frozen=True, slots=True)
class BundleStatement:
    """Something that the person's side said: their account, a contest, or a document."""

    heading: str
    at: datetime
    text: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class BundlePaper:
    """What the paper tells."""

    known_as: str  # The hash of the bundle.
    order: str
    person: str
    zone: ZoneInfo
    title: str
    told: Sequence[str]  # The paragraphs of the explanation, in the language of the paper.
    condition: str  # Empty where it is about a device.
    asked: str  # What the condition asks, in words.
    figures: Sequence[FactRow]
    weighed: Sequence[Weight]
    assessments: Sequence[Assessment]  # Of the condition, about the time of the incident.
    around: Span
    looked_at: datetime  # The moment of looking, which is the date of the paper.
    finding: Finding | None
    former: Sequence[Finding]  # Those that hold no longer, the latest first.
    said: Sequence[BundleStatement]  # By the person, the oldest first.
    unsigned: bool
    sources: Sequence[tuple[str, str]]  # Of what, and its hash or version.
    has_map: bool
    credit: str = ""  # Whose work the streets on the map are; empty: it has none.


def source(paper: BundlePaper, catalogue: Catalogue) -> str:
    """Return the paper as Typst."""
    return "\n".join(_parts(paper, catalogue)) + "\n"


def _parts(paper: BundlePaper, catalogue: Catalogue) -> Iterator[str]:
    title = paper.title
    hash_ = catalogue.text("Hash of the bundle")
    at = paper.looked_at
    yield (
        f"#set document(title: {text(title)}, date: datetime(year: {at.year}, "
        f"month: {at.month}, day: {at.day}, hour: {at.hour}, minute: {at.minute}, second: 0))"
    )
    yield (
        '#set page(paper: "a4", margin: 2cm, footer: context [#set text(size: 7.5pt)\n'
        f"#{text(f'{hash_}: {paper.known_as}')} #h(1fr) "
        "#counter(page).display()/#counter(page).final().first()])"
    )
    yield (
        f'#set text(font: "{picture.FONT}", size: 10.5pt, lang: {text(catalogue.language)}, '
        "hyphenate: false)"
    )
    yield "#set par(justify: false, leading: 0.6em)\n#set heading(numbering: none)"
    yield "#show heading: set block(above: 1.2em, below: 0.6em)"
    yield from _limits(paper, catalogue)
    yield _heading(title)
    yield _named(paper, catalogue)
    yield from (f"#par[#{text(line)}]" for line in paper.told)
    yield from _pictures(paper, catalogue)
    yield from _figures(paper, catalogue)
    yield from _said(paper, catalogue)
    yield from _decided(paper, catalogue)
    yield from _former(paper, catalogue)
    yield _heading(catalogue.text("What this was made from"))
    yield _table([(name, of) for name, of in paper.sources], "(auto, 1fr)", is_small=True)


def text(content: str) -> str:
    r"""Return a text as Typst writes one; nothing in it is run.

    >>> text('a "b" \\ #c')
    '"a \\"b\\" \\\\ #c"'
    """
    shown = visible_text.visible(content)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _heading(title: str) -> str:
    return f"#heading(level: 1)[#{text(title)}]"


def _table(rows: Sequence[Sequence[str]], columns: str, *, is_small: bool = False) -> str:
    cells = ", ".join(f"[#{text(cell)}]" for row in rows for cell in row)
    size = "8pt" if is_small else "9.5pt"
    return (
        f"#block[#set text(size: {size})\n#table(columns: {columns}, stroke: 0.4pt + luma(70%), "
        f"inset: 4pt, {cells})]"
    )


# --- The parts -----------------------------------------------------------------------------------


def _limits(paper: BundlePaper, catalogue: Catalogue) -> Iterator[str]:
    """Yield what the method cannot show: a reader of one page only reads this one."""
    yield _heading(catalogue.text("What this is, and what it is not"))
    sentences = [
        catalogue.text(
            "Software compared what a device reported with what the court ordered, and says of "
            "each condition: met, not met or unknown."
        ),
        catalogue.text(
            "A possible breach is not a finding. Only a person makes a finding, after hearing the "
            "person under the order."
        ),
        catalogue.text(
            "Unknown is not a breach. Where the device was silent, or its fixes were too "
            "uncertain, nothing is held against anybody."
        ),
        catalogue.text("A device says where the device was, not where the person was."),
        catalogue.text(
            "This paper only shows. What can be checked is the bundle, with: mesure verify-bundle"
        ),
    ]
    if paper.unsigned:
        sentences.append(
            catalogue.text(
                "The device did not sign these fixes. Nothing here proves that they come from it, "
                "or that nobody changed them."
            )
        )
    yield "\n".join(f"- #{text(one)}" for one in sentences)


def _named(paper: BundlePaper, catalogue: Catalogue) -> str:
    rows = [(catalogue.text("Order"), paper.order), (catalogue.text("Person"), paper.person)]
    if paper.condition:
        named = catalogue.text("Condition {condition}").format(condition=paper.condition)
        rows.append((named, paper.asked))
    times = Span(paper.around.start, paper.looked_at)
    by_clock = clock_text.zone_in_words(paper.zone, times, catalogue)
    rows.append((catalogue.text("All times are in the time zone"), by_clock))
    return _table(rows, "(auto, 1fr)")


def _pictures(paper: BundlePaper, catalogue: Catalogue) -> Iterator[str]:
    if not paper.condition:
        return  # What a device said of itself is of no condition, and of no place.
    alt = catalogue.text("met, not met and unknown over time")
    yield f'#image("{STRIP}", width: 100%, alt: {text(alt)})'
    rows = [
        (
            report_words.status(catalogue, assessment.status),
            _moments(paper, assessment.span, catalogue),
        )
        for assessment in paper.assessments
    ]
    yield _table(rows, "(auto, 1fr)")
    if paper.has_map:
        shown = catalogue.text("the map of the possible breach")
        yield f'#align(center, image("{MAP}", width: 13cm, alt: {text(shown)}))'
        yield (
            "#block[#set text(size: 8.5pt)\n"
            + "\n".join(
                f"- #{text(caption)}"
                for caption in (
                    catalogue.text("fix on the right side"),
                    catalogue.text("fix on the wrong side"),
                    catalogue.text("full: it decided"),
                    catalogue.text(
                        "pale: used, but did not decide; agrees on the wrong side, speaks against "
                        "on the right"
                    ),
                    catalogue.text(
                        "hollow: not used for this; taken before or after, or nothing new beside a "
                        "better one"
                    ),
                    catalogue.text(
                        "The dotted line only shows the order of the fixes, not the way taken."
                    ),
                    *_streets(paper, catalogue),
                )
            )
            + "]"
        )


def _streets(paper: BundlePaper, catalogue: Catalogue) -> Iterator[str]:
    if paper.credit:
        yield catalogue.text("gray lines: streets ({credit})").format(credit=paper.credit)


def _moments(paper: BundlePaper, span: Span, catalogue: Catalogue) -> str:
    start, end = (catalogue.moment(one, paper.zone) for one in (span.start, span.end))
    return f"{start} – {end}"


def _figures(paper: BundlePaper, catalogue: Catalogue) -> Iterator[str]:
    yield _table([(line.name, line.value) for line in paper.figures], "(auto, 1fr)")
    if paper.weighed:
        yield _heading(catalogue.text("What counted, and how much"))
        yield _table(
            [(line.name, line.fixes, line.weight, line.llr) for line in paper.weighed],
            "(1fr, auto, auto, auto)",
        )


def _decided(paper: BundlePaper, catalogue: Catalogue) -> Iterator[str]:
    """Yield the finding, if a person made one; the software has none."""
    yield _heading(catalogue.text("What a person decided"))
    finding = paper.finding
    if finding is None:
        yield f"#par[#{text(catalogue.text('Nobody has made a finding yet.'))}]"
        return
    yield _table(_rows(finding, paper, catalogue), "(auto, 1fr)")


def _former(paper: BundlePaper, catalogue: Catalogue) -> Iterator[str]:
    """Yield the findings that hold no longer: taken back, turned down, or decided again."""
    if paper.former:
        yield _heading(catalogue.text("No longer valid"))
    for finding in paper.former:
        yield _table(_rows(finding, paper, catalogue), "(auto, 1fr)")


def _rows(finding: Finding, paper: BundlePaper, catalogue: Catalogue) -> list[tuple[str, str]]:
    rows = [(catalogue.text("Finding"), finding.outcome.in_words(catalogue))]
    if finding.cause is not None:
        rows.append((catalogue.text("Because of"), finding.cause.in_words(catalogue)))
    at = catalogue.moment(finding.decided_at, paper.zone)
    rows.append((catalogue.text("By"), f"{finding.decided_by}, {at}"))
    if finding.confirmed_by is not None and finding.confirmed_at is not None:
        at = catalogue.moment(finding.confirmed_at, paper.zone)
        second = catalogue.text("Confirmed by a second officer")
        rows.append((second, f"{finding.confirmed_by}, {at}"))
    rows.append((catalogue.text("In their words"), finding.reason))
    if finding.end is not None:
        at = catalogue.moment(finding.end.at, paper.zone)
        rows.append((finding.end.how.in_words(catalogue), f"{finding.end.by}, {at}"))
        rows.append((catalogue.text("In their words"), finding.end.reason))
    return rows


def _said(paper: BundlePaper, catalogue: Catalogue) -> Iterator[str]:
    """Yield what the person said: it comes before what was decided about it."""
    yield _heading(catalogue.text("What the person says"))
    for saying in paper.said:
        at = catalogue.moment(saying.at, paper.zone)
        rows = [(saying.heading, at), (catalogue.text("In their words"), saying.text)]
        if saying.answer:
            rows.append((catalogue.text("Answer"), saying.answer))
        yield _table(rows, "(auto, 1fr)")
    if not paper.said:
        yield f"#par[#{text(catalogue.text('Nothing yet.'))}]"


# --- The strip -----------------------------------------------------------------------------------


def strip(paper: BundlePaper) -> str:
    """Return the time of the incident as a strip of met, not met and unknown."""
    scale = strips.scale(paper.around, paper.zone)
    parts = "".join(_bars(paper, scale)) + "".join(_marks(paper, scale))
    is_twice = any(wall_clock.which_of_two(mark, paper.zone) for mark in scale.marks)
    box = f"-30 0 {strips.WIDTH + 60} {_STRIP_HEIGHT + is_twice * _LINE_HEIGHT}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{parts}</svg>\n'


def _bars(paper: BundlePaper, scale: TimeScale) -> Iterator[str]:
    for status, colour in _COLOURS.items():
        spans = [(one.span, "") for one in paper.assessments if one.status is status]
        # Not met is higher than the others, so that it is seen without colours as well.
        top, height = (4, 36) if status is Status.NOT_MET else (14, 26)
        for bar in strips.bars(scale, spans):
            yield (
                f'<rect x="{bar.x}" y="{top}" width="{bar.width}" height="{height}" '
                f'fill="{colour}" stroke="#ffffff" stroke-width="0.5"/>'
            )


def _marks(paper: BundlePaper, scale: TimeScale) -> Iterator[str]:
    for mark in scale.marks:
        x = f"{scale.x_px(mark):.0f}"
        yield f'<path d="M{x} 40v6" stroke="#333333" stroke-width="1"/>'
        for line, words in enumerate(clock_text.short_clock(mark, paper.zone)):
            yield (
                f'<text x="{x}" y="{62 + line * _LINE_HEIGHT}" font-family="{picture.FONT}" '
                f'font-size="16" text-anchor="middle">{words}</text>'
            )
