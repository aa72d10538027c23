"""Charts of the statistics, ready to be laid out: rows with a bar or an interval, and a table.

A bar is drawn on a scale from 0 to 100, so a chart fits any width. Every chart says the same as a
table; what is hidden has neither bar nor number, and says so in both.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from mesure.reports.statistics.incident_counting import Breakdown
from mesure.reports.statistics.programme_statistics import (
    DurationSummary,
    GroupFigures,
    ShareEstimate,
)
from mesure.web.inspector import group_words
from mesure.web.shared.words.page_texts import PageTexts

FULL: Final = 100


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A group: what it is called, what is drawn, and what the table says."""

    name: str
    said: str
    cells: tuple[str, ...]
    end: str = ""  # Where the bar ends, or the share lies; empty: nothing is drawn.
    low: str = ""
    width: str = ""  # Of the interval.


@dataclass(frozen=True, slots=True)
class StatisticsChart:
    """A chart with its table."""

    id: str
    title: str
    about: str
    kind: str  # "bars", "shares" or "columns".
    heads: tuple[str, ...]  # Of the table.
    rows: tuple[ChartRow, ...]


def counts(
    id: str,  # noqa: A002
    title: str,
    about: str,
    breakdown: Breakdown,
    figures: Iterable[GroupFigures],
    texts: PageTexts,
    kind: str = "bars",
) -> StatisticsChart:
    """Return a chart of how many there were."""
    catalogue, all_figures = texts, tuple(figures)
    highest = max((one.incidents or 0 for one in all_figures), default=0)
    rows = tuple(
        _count(group_words.group_name(breakdown, entry.group, texts), entry, highest, texts)
        for entry in all_figures
    )
    heads = (
        catalogue.text("How many"),
        catalogue.text("Raised outside office hours"),
        catalogue.text("Half were raised"),
        catalogue.text("Half were answered"),
    )
    return StatisticsChart(id, title, about, kind, heads, rows)


def _count(name: str, figures: GroupFigures, highest: int, texts: PageTexts) -> ChartRow:
    if figures.incidents is None:
        return ChartRow(name, hidden(texts), (hidden(texts), *(group_words.NONE,) * 3))
    text = texts.number(figures.incidents)
    cells = (
        text,
        group_words.share(figures.after_hours, texts),
        group_words.half(figures.delay, texts),
        group_words.half(figures.answer, texts),
    )
    return ChartRow(
        name, text, cells, end=_at(figures.incidents / highest) if figures.incidents else ""
    )


def shares(
    id: str,  # noqa: A002
    title: str,
    about: str,
    breakdown: Breakdown,
    figures: Iterable[GroupFigures],
    which: Callable[[GroupFigures], ShareEstimate | None],
    texts: PageTexts,
    of: str = "",
) -> StatisticsChart:
    """Return a chart of a share of each group, with how sure it is; `of`: of what, if not cases."""
    rows = tuple(
        _share(group_words.group_name(breakdown, entry.group, texts), entry, which(entry), texts)
        for entry in figures
    )
    heads = (texts.text("Share"), of or texts.text("Of how many"))
    return StatisticsChart(id, title, about, "shares", heads, rows)


def _share(
    name: str, figures: GroupFigures, share: ShareEstimate | None, catalogue: PageTexts
) -> ChartRow:
    if figures.is_hidden:
        return ChartRow(name, hidden(catalogue), (hidden(catalogue), group_words.NONE))
    if share is None:
        few = catalogue.text("too few to say")
        return ChartRow(name, few, (few, group_words.NONE))
    text = group_words.share(share, catalogue)
    cells, low, high = (text, catalogue.number(share.of)), share.low_ratio, share.high_ratio
    return ChartRow(name, text, cells, _at(share.share_ratio), _at(low), _at(high - low))


def lengths(
    id: str,  # noqa: A002
    title: str,
    about: str,
    length: DurationSummary | None,
    texts: PageTexts,
) -> StatisticsChart:
    """Return a chart of how long something took, by steps of time."""
    catalogue, steps = texts, () if length is None else length.steps
    highest = max((step.count for step in steps), default=0)
    rows = tuple(
        ChartRow(
            group_words.length_class(step.from_s, step.until_s, texts), texts.number(step.count),
            (texts.number(step.count),), _at(step.count / highest),
        )
        for step in steps
    )  # fmt: skip
    return StatisticsChart(id, title, about, "bars", (catalogue.text("How many"),), rows)


def hidden(catalogue: PageTexts) -> str:
    """Return what is shown in the place of a number that could tell of somebody."""
    return catalogue.text("not shown")


def _at(share_ratio: float) -> str:
    return f"{FULL * share_ratio:.1f}"
