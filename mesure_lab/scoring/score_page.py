"""Results of scoring, as one page of plots with a table under each.

It opens from disk, on a phone, without a network and without a script. The same figures give the
same bytes.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from mesure.record import rendering
from mesure_lab import plots
from mesure_lab.plots import Axis, PlotRow, Series
from mesure_lab.rules.score import FalseRate
from mesure_lab.scoring import score_figures, score_text
from mesure_lab.scoring.score_figures import Leaving, Resting
from mesure_lab.scoring.score_rules import OURS, RAW
from mesure_lab.scoring.score_run import CadenceScore, Scored
from mesure_lab.simulation.simulate_text import seconds

INTRODUCTION: Final = (
    "The judge, called mesure, and {baselines} baselines on the same reports of real devices: one"
    " report a minute, the same ingest, and all timed on the receipt. Policy {policy}. Intervals"
    " are of 95 %: sessions, scripted days or persons are drawn again. Where nothing was seen, the"
    " figure is a bound below which the rate lies, and its dot is hollow."
)
SHOWN: Final = (
    OURS,
    "point_state",
    "accuracy_once",
    "accuracy_twice",
    "two_accuracies_twice",
    "dwell_accuracy",
)
DAYS_MIN: Final = 0.5  # In a plot by set; the bound of a shorter one would hide all others.
SHOWN_MAX: Final = plots.STYLES
SECONDS: Final = Axis(
    "seconds after the true departure", 30.0, 3600.0, (30, 60, 120, 300, 600, 1800, 3600), True
)
MEDIAN: Final = Axis("median delay, s", 30.0, 1800.0, (30, 60, 120, 300, 600, 1800), True)
SHARE: Final = Axis("share not yet seen", 0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
INTERVALS: Final = Axis("seconds between reports", 10.0, 300.0, (10, 30, 60, 300), True)
CHANCE: Final = Axis("chance of being outside, as said", 0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
OUTSIDE: Final = Axis("share truly outside", 0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))


class Panel(NamedTuple):
    """A plot with its legend and the table under it."""

    title: str
    plot: Markup
    legend: Sequence[tuple[Markup, str]]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


class ScoreSection(NamedTuple):
    """Some panels about one question."""

    id: str
    title: str
    words: str
    panels: Sequence[Panel]


def page(scored: Scored) -> str:
    """Return the page of real traces."""
    baselines = sum(name != OURS and not name.endswith(RAW) for name in scored.names)
    words = INTRODUCTION.format(baselines=baselines, policy=scored.policy_version)
    sections = [section for section in _sections(scored) if section.panels]
    return draw_page(
        "Rules on real traces", words, sections, scored.inputs.notes, scored.inputs.sha256
    )


def draw_page(
    title: str,
    words: str,
    sections: Sequence[ScoreSection],
    notes: Sequence[str],
    hashes: Mapping[str, str],
) -> str:
    """Return a page with these sections and, at its end, what was read."""
    contents = {
        "title_words": title,
        "words": words,
        "ours": OURS,
        "sections": sections,
        "notes": notes,
        "sha256": list(hashes.items()),
    }
    return rendering.page("mesure_lab.scoring", "score", contents, {})


def _sections(scored: Scored) -> Iterator[ScoreSection]:
    has_curves = scored.leaving and any(sweep.false for sweep in scored.swept)
    yield ScoreSection(
        "false",
        "False incidents",
        "Devices that truly stayed, and nights at which the person is taken to be at home. Openings"
        " within 15 minutes are one incident. Raw: without our ingest.",
        [
            _resting(resting)
            for resting in scored.resting
            if resting.set in (score_figures.AT_REST, score_figures.NIGHTS)
        ],
    )
    yield ScoreSection(
        "sets",
        "False incidents by device",
        "The first rule, by kind of phone and accuracy mode.",
        list(_by_set(scored)),
    )
    yield ScoreSection(
        "delay",
        "How long departures stay unseen",
        "Labelled departures. A miss stays unseen for ever and counts in the median. Early: opened"
        " more than 30 s before the true crossing.",
        [_leaving(one) for one in scored.leaving],
    )
    yield ScoreSection(
        "curves",
        "False incidents against delay",
        "Each point is a rule at one setting; a line joins the settings of one rule. Left and low"
        " is better.",
        [_curve(scored, radius_m) for radius_m in scored.radii_m if has_curves],
    )
    yield ScoreSection(
        "cadence",
        "More and fewer reports",
        "The same devices, as if they reported more or less often.",
        list(_cadence(scored)),
    )
    yield ScoreSection(
        "chance",
        "Is the chance honest?",
        "Of the fixes for which the judge gave a chance of being outside, how many truly were. On"
        " the line from corner to corner what is said is so.",
        _honesty(scored),
    )


def pick_rules(names: Sequence[str]) -> list[str]:
    """Return the rules that are drawn: those that are best known, or all where there are few."""
    return [one for one in names if one in SHOWN or len(names) <= SHOWN_MAX][:SHOWN_MAX]


def legend(names: Sequence[str]) -> list[tuple[Markup, str]]:
    """Return a sample of each series beside its name."""
    return [(plots.key(number), name) for number, name in enumerate(names)]


# --- False incidents -----------------------------------------------------------------------------


def _resting(resting: Resting) -> Panel:
    title = f"{resting.set}, {resting.radius_m:g} m: {resting.days:.1f} days"
    rows = [row(name, each) for name, each in resting.rules.items() if not name.endswith(RAW)]
    table = [
        (name, str(each.count), score_text.a_day(each)) for name, each in resting.rules.items()
    ]
    return Panel(title, dots(rows, title), (), ("rule", "false", "a day"), table)


def row(name: str, rate: FalseRate) -> PlotRow:
    """Return a rate as a row of a plot."""
    return PlotRow(name, rate.per_day, rate.low, rate.high, not rate.count)


def dots(rows: Sequence[PlotRow], title: str) -> Markup:
    """Return a plot of false incidents a day."""
    axis = plots.upwards("false incidents a day", max(row.high for row in rows))
    return plots.dots(axis, rows, f"False incidents a day of each rule. {title}")


def _by_set(scored: Scored) -> Iterator[Panel]:
    rule = scored.names[0]
    for radius_m in scored.radii_m:
        mine = [one for one in scored.resting if one.radius_m == radius_m]
        if mine:
            drawn = [one for one in mine if one.days >= DAYS_MIN] or mine
            title = f"{rule}, {radius_m:g} m"
            rows = [row(one.set, one.rules[rule]) for one in drawn]
            table = [
                (
                    resting.set,
                    f"{resting.days:.2f}",
                    str(resting.rules[rule].count),
                    score_text.a_day(resting.rules[rule]),
                )
                for resting in mine
            ]
            yield Panel(title, dots(rows, title), (), ("set", "days", "false", "a day"), table)


# --- Departures ----------------------------------------------------------------------------------


def _leaving(leaving: Leaving) -> Panel:
    title = f"{leaving.departures} departures at {leaving.radius_m:g} m"
    names = pick_rules(list(leaving.rules))
    series = [Series(name, leaving.rules[name].survival, is_step=True) for name in names]
    heads = ("rule", "median, s", "90 %, s", "missed", "early")
    table = [
        (
            name,
            score_text.interval(left.median_s),
            score_text.interval(left.p90_s),
            str(left.missed),
            str(left.early),
        )
        for name, left in leaving.rules.items()
    ]
    label = f"Share of departures not yet seen after a time. {title}"
    return Panel(title, plots.lines(SECONDS, SHARE, series, label), legend(names), heads, table)


# --- Curves --------------------------------------------------------------------------------------


def _curve(scored: Scored, radius_m: float) -> Panel:
    names = pick_rules([name for name in scored.names if not name.endswith(RAW)])
    sweeps = [one for one in scored.swept if one.radius_m == radius_m and one.false]
    series, most = [], 0.0
    for name in names:
        points = sorted(
            (sweep.delays.median_s, sweep.false.per_day)
            for sweep in sweeps
            if sweep.setting.rule == name and sweep.false and math.isfinite(sweep.delays.median_s)
        )
        series.append(Series(name, points))
        most = max([most, *(y for _, y in points)])
    title = f"{radius_m:g} m"
    up = plots.upwards("false incidents a day", most)
    table = [
        (
            sweep.setting.rule,
            f"{sweep.setting.parameter} {sweep.setting.value:g}" if sweep.setting.parameter else "",
            score_text.a_day(sweep.false),
            seconds(sweep.delays.median_s),
            seconds(sweep.delays.p90_s),
            str(sweep.delays.missed),
            str(sweep.early),
        )
        for sweep in sweeps
        if sweep.false
    ]
    heads = ("rule", "setting", "false a day", "median, s", "90 %, s", "missed", "early")
    label = f"False incidents a day against the median delay. {title}"
    return Panel(title, plots.lines(MEDIAN, up, series, label), legend(names), heads, table)


# --- Cadence -------------------------------------------------------------------------------------


def _cadence(scored: Scored) -> Iterator[Panel]:
    names = pick_rules(sorted({one.rule for one in scored.cadence}, key=scored.names.index))
    rows = [one for name in scored.names for one in scored.cadence if one.rule == name]
    at = f"{scored.cadence_radius_m:g} m"
    if any(one.false for one in rows):
        false = {(one.rule, one.every_s): one.false.per_day for one in rows if one.false}
        up = plots.upwards("false incidents a day", max(false.values()))
        series = [
            Series(name, [(s, y) for (rule, s), y in false.items() if rule == name])
            for name in names
        ]
        title = f"False incidents a day, {at}"
        table = [
            (
                cadence.rule,
                f"{cadence.every_s:g} s",
                str(cadence.false.count),
                score_text.a_day(cadence.false),
            )
            for cadence in rows
            if cadence.false
        ]
        heads = ("rule", "a report every", "false", "a day")
        plot = plots.lines(INTERVALS, up, series, title)
        yield Panel(title, plot, legend(names), heads, table)
    if any(one.delays.count for one in rows):
        yield _cadence_of_delays(rows, names, at)


def _cadence_of_delays(rows: Sequence[CadenceScore], names: Sequence[str], at: str) -> Panel:
    title = f"Median delay, {at}"
    finite_rows = [one for one in rows if math.isfinite(one.delays.median_s)]
    most = max((one.delays.median_s for one in finite_rows if one.rule in names), default=1.0)
    series = [
        Series(
            name, [(one.every_s, one.delays.median_s) for one in finite_rows if one.rule == name]
        )
        for name in names
    ]
    table = [
        (
            cadence.rule,
            f"{cadence.every_s:g} s",
            seconds(cadence.delays.median_s),
            seconds(cadence.delays.p90_s),
            str(cadence.delays.missed),
            str(cadence.early),
        )
        for cadence in rows
    ]
    plot = plots.lines(INTERVALS, plots.upwards("median delay, s", most), series, title)
    heads = ("rule", "a report every", "median, s", "90 %, s", "missed", "early")
    return Panel(title, plot, legend(names), heads, table)


# --- Chances -------------------------------------------------------------------------------------


def _honesty(scored: Scored) -> list[Panel]:
    if not scored.honesty:
        return []
    series = [
        Series(name, [(each.p_mean, each.outside_ratio) for each in honesty.bins])
        for name, honesty in scored.honesty.items()
    ]
    series.append(Series("said is so", [(0.0, 0.0), (1.0, 1.0)]))
    table = [
        (
            name,
            f"{each.low:.2f} to {each.high:.2f}",
            str(each.count),
            f"{100 * each.p_mean:.1f} %",
            f"{100 * each.outside_ratio:.1f} %",
            f"{honesty.brier:.4f}",
        )
        for name, honesty in scored.honesty.items()
        for each in honesty.bins
    ]
    heads = ("provider", "chance", "fixes", "said", "outside", "Brier of all")
    title = "Chance of being outside, by provider"
    plot = plots.lines(CHANCE, OUTSIDE, series, title)
    return [Panel(title, plot, legend([one.name for one in series]), heads, table)]
