"""The statistics of a year or a quarter on one page: figures, charts, and a table under each."""

from collections.abc import Iterable
from typing import Final

from starlette.responses import Response

from mesure.actions.incidents import statistics
from mesure.actions.incidents.statistics import StatisticsRequest
from mesure.reports.statistics.incident_counting import Breakdown
from mesure.reports.statistics.programme_statistics import GroupFigures, Statistics
from mesure.web.inspector import charts, group_words
from mesure.web.inspector.charts import StatisticsChart
from mesure.web.shared.visits import PageVisit
from mesure.web.shared.words.page_texts import PageTexts

ADDRESS: Final = "/inspector"


def show(visit: PageVisit) -> Response:
    """Show the statistics."""
    statistics_view = visit.perform(
        statistics.show, StatisticsRequest(period=visit.query_value("period"))
    )
    period_statistics, texts = statistics_view.found, visit.texts
    contents: dict[str, object] = {
        "counted_at": statistics_view.counted_at,
        "periods": [(one, group_words.period(one, texts)) for one in statistics_view.periods],
        "period": "" if period_statistics is None else period_statistics.period,
        "figures": []
        if period_statistics is None
        else list(_figures(period_statistics.whole, statistics_view.unreadable, texts)),
        "unreadable": _unreadable(statistics_view.unreadable, texts),
        "is_hidden": period_statistics is not None and period_statistics.whole.is_hidden,
        "charts": [] if period_statistics is None else list(_charts(period_statistics, texts)),
    }
    return visit.page("statistics.html", **contents)


def show_help(visit: PageVisit) -> Response:
    """Show help with these pages."""
    return visit.page("inspector_help.html")


def _unreadable(persons: int, catalogue: PageTexts) -> str:
    """Return how many persons the figures do not cover; nothing where they cover all."""
    if not persons:
        return ""
    return catalogue.plural(
        "These figures are not of all: {count} person cannot be read, or not whole.",
        "These figures are not of all: {count} people cannot be read, or not whole.",
        persons,
    )


def _figures(
    whole: GroupFigures, unreadable: int, catalogue: PageTexts
) -> Iterable[tuple[str, str, str]]:
    """Yield what is said first: a figure, what it is of, and how sure it is."""
    number = (
        charts.hidden(catalogue) if whole.incidents is None else catalogue.number(whole.incidents)
    )
    only = catalogue.text("only of those who can be read") if unreadable else ""
    yield number, catalogue.text("possible breaches and silences"), only
    yield (
        group_words.half(whole.delay, catalogue),
        catalogue.text("half of them were raised"),
        _most(group_words.most(whole.delay, catalogue), catalogue),
    )
    yield (
        group_words.half(whole.answer, catalogue),
        catalogue.text("half of them were answered"),
        _most(group_words.most(whole.answer, catalogue), catalogue),
    )
    named = (
        (
            whole.false,
            catalogue.text("of the findings on possible breaches say that there was none"),
        ),
        (whole.after_hours, catalogue.text("were raised outside office hours")),
        (whole.unknown, catalogue.text("of the judged time is unknown")),
    )
    for share, words in named:
        if share is not None:
            percent = f"{100 * share.share_ratio:.0f}\u00a0%"
            yield percent, words, group_words.between(share, catalogue)


def _most(words: str, catalogue: PageTexts) -> str:
    return catalogue.text("nine in ten: {when}", when=words)


def _charts(period_statistics: Statistics, catalogue: PageTexts) -> Iterable[StatisticsChart]:
    groups = {one.breakdown: one.figures for one in period_statistics.groups}
    yield _quarters(period_statistics, catalogue)
    yield charts.counts(
        "kinds", catalogue.text("What seems to have happened"), "",
        Breakdown.KIND, groups[Breakdown.KIND], catalogue,
    )  # fmt: skip
    yield charts.counts(
        "outcomes", catalogue.text("What became of them"),
        catalogue.text("A finding is made by a person. This software suggests none."),
        Breakdown.OUTCOME, groups[Breakdown.OUTCOME], catalogue,
    )  # fmt: skip
    yield from _times(period_statistics.whole, catalogue)
    yield from _bias(groups, catalogue)
    yield from _by_group(groups, catalogue)


def _quarters(period_statistics: Statistics, catalogue: PageTexts) -> StatisticsChart:
    title = catalogue.text("Quarter by quarter")
    return charts.counts(
        "quarters", title, "", Breakdown.ALL, period_statistics.quarters, catalogue, "columns"
    )


def _times(whole: GroupFigures, catalogue: PageTexts) -> Iterable[StatisticsChart]:
    yield charts.lengths(
        "delay", catalogue.text("How long until it was raised"),
        catalogue.text("From when it began until an officer could see it."), whole.delay, catalogue,
    )  # fmt: skip
    yield charts.lengths(
        "answer", catalogue.text("How long until it was answered"),
        catalogue.text("From when an officer could see it until there was a finding."),
        whole.answer, catalogue,
    )  # fmt: skip


def _bias(
    groups: dict[Breakdown, tuple[GroupFigures, ...]], catalogue: PageTexts
) -> Iterable[StatisticsChart]:
    """Yield whether findings differ with the evidence, and with the time that it was looked at."""
    about = catalogue.text(
        "Findings should differ with the evidence. If they do not, ask how decisions are made."
    )
    yield charts.shares(
        "chance", catalogue.text("Findings of a breach, by how sure the evidence was"), about,
        Breakdown.CHANCE, _named(groups[Breakdown.CHANCE]), lambda group: group.breach, catalogue,
    )  # fmt: skip
    quick = catalogue.text("Nobody can read the evidence properly within a minute.")
    yield charts.shares(
        "look", catalogue.text("Findings of a breach, by how long the evidence was open"), quick,
        Breakdown.LOOK, _named(groups[Breakdown.LOOK]), lambda group: group.breach, catalogue,
    )  # fmt: skip
    yield charts.counts(
        "looks", catalogue.text("How long the evidence was open before the decision"), "",
        Breakdown.LOOK, groups[Breakdown.LOOK], catalogue,
    )  # fmt: skip


def _named(figures: tuple[GroupFigures, ...]) -> tuple[GroupFigures, ...]:
    return tuple(one for one in figures if one.group)


def _by_group(
    groups: dict[Breakdown, tuple[GroupFigures, ...]], catalogue: PageTexts
) -> Iterable[StatisticsChart]:
    titles = (
        (Breakdown.DEVICE, catalogue.text("Findings of no breach, by device"),
         catalogue.text("Unknown time, by device")),
        (Breakdown.COURT, catalogue.text("Findings of no breach, by court"),
         catalogue.text("Unknown time, by court")),
    )  # fmt: skip
    for breakdown, of_findings, of_time in titles:
        figures, name = groups[breakdown], breakdown.value
        if _named(figures):
            yield charts.shares(
                f"false-{name}", of_findings, "", breakdown, figures, lambda group: group.false,
                catalogue,
            )  # fmt: skip
            yield charts.shares(
                f"unknown-{name}", of_time, "", breakdown, figures, lambda group: group.unknown,
                catalogue, catalogue.text("Of how many hours"),
            )  # fmt: skip
