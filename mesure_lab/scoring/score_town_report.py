"""Results of scoring in a simulated town: a table, an object or a page."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from mesure.version import VERSION
from mesure_lab import plots
from mesure_lab.plots import Series
from mesure_lab.scoring import score_json, score_page
from mesure_lab.scoring.score_page import Panel, ScoreSection
from mesure_lab.scoring.score_town import TownScored
from mesure_lab.simulation.results import KindDelays, TownFigures
from mesure_lab.simulation.simulate_text import persons, rate, seconds
from mesure_lab.simulation.sweeps import BaselineSetting

HEAD: Final = """\
Rules in a simulated town: seed {seed}, a report every {every} s. Nobody in it exists.
Policy {policy}. The judge is held to all conditions; rules are compared on the curfew
alone, each at every setting. Visits next door within 1.5 radii are in no delay. Intervals are of
95 %, persons drawn again."""
HEADS: Final = ("rule", "false a day", "median, s", "90 %, s", "95 %, s", "missed")
WIDTH: Final = 38


def render(town: TownScored, form: str) -> str:
    """Return what was scored as "text", "json" or "html"."""
    if form == "json":
        return score_json.dump_json(_document(town))
    return _page(town) if form == "html" else "\n".join(_lines(town)) + "\n"


def _head(town: TownScored) -> str:
    return HEAD.format(seed=town.seed, every=town.report_every_s, policy=town.policy_version)


def _label(setting: BaselineSetting) -> str:
    changed = f", {setting.parameter} {setting.value:g}" if setting.parameter else ""
    return setting.rule + changed


def _cells(figures: TownFigures) -> tuple[str, ...]:
    delays = figures.all_but_near.delays
    times = (delays.median_s, delays.p90_s, delays.p95_s)
    missed = f"{delays.missed} of {delays.count}"
    return (rate(figures.false), *(seconds(value_s) for value_s in times), missed)


# --- Text ----------------------------------------------------------------------------------------


def _lines(town: TownScored) -> Iterator[str]:
    yield _head(town)
    for kind, every in town.classes.items():
        yield f"\n{kind}: {persons(every.persons)}, {every.days:.0f} person-days"
        yield _line("the judge, all conditions", _cells(every))
        for kind_delays in every.kinds:
            yield _line(f"  {kind_delays.kind}", ("", *_kind(kind_delays)))
        yield f"\n{kind}, curfew alone"
        yield _line(HEADS[0], HEADS[1:])
        for setting, figures in town.curfew[kind].items():
            yield _line(_label(setting), _cells(figures))


def _kind(kind_delays: KindDelays) -> tuple[str, ...]:
    times = (kind_delays.delays.median_s, kind_delays.delays.p90_s, kind_delays.delays.p95_s)
    missed = f"{kind_delays.delays.missed} of {kind_delays.delays.count}"
    return (*(seconds(value_s) for value_s in times), missed)


def _line(name: str, cells: tuple[str, ...]) -> str:
    false, median, p90, p95, missed = cells
    return f"{name:<{WIDTH}}{false:<25}{median:>9}{p90:>8}{p95:>8}{missed:>11}"


# --- JSON ----------------------------------------------------------------------------------------


def _document(town: TownScored) -> dict[str, Any]:
    return {
        "engine_version": VERSION,
        "policy_version": town.policy_version,
        "town": {"seed": town.seed, "report_every_s": town.report_every_s, "sha256": town.sha256},
        "classes": {
            kind: {
                "all_conditions": asdict(every),
                "curfew": [_setting(*pair) for pair in town.curfew[kind].items()],
            }
            for kind, every in town.classes.items()
        },
    }


def _setting(setting: BaselineSetting, figures: TownFigures) -> dict[str, Any]:
    return {
        "rule": setting.rule,
        "parameter": setting.parameter or None,
        "value": setting.value if setting.parameter else None,
        "figures": asdict(figures),
    }


# --- Page ----------------------------------------------------------------------------------------


def _page(town: TownScored) -> str:
    sections = [
        ScoreSection(
            kind,
            f"{kind}: {persons(every.persons)}, {every.days:.0f} person-days",
            "The curfew alone, rules as they come; then every setting.",
            [_as_they_come(kind, town.curfew[kind]), _curve(kind, town.curfew[kind])],
        )
        for kind, every in town.classes.items()
    ]
    hashes = {"all files, by person and name": town.sha256}
    return score_page.draw_page("Rules in a simulated town", _head(town), sections, (), hashes)


def _as_they_come(kind: str, every: Mapping[BaselineSetting, TownFigures]) -> Panel:
    usual = {one.rule: found for one, found in every.items() if not one.parameter}
    rows = [score_page.row(name, found.false) for name, found in usual.items()]
    table = [(name, *_cells(found)) for name, found in usual.items()]
    title = f"{kind}, false incidents a person-day"
    return Panel(title, score_page.dots(rows, title), (), HEADS, table)


def _curve(kind: str, every: Mapping[BaselineSetting, TownFigures]) -> Panel:
    names = score_page.pick_rules([one.rule for one in every if not one.parameter])
    series = []
    for name in names:
        points = [
            (figures.all_but_near.delays.median_s, figures.false.per_day)
            for setting, figures in every.items()
            if setting.rule == name and figures.all_but_near.delays.median_s < float("inf")
        ]
        series.append(Series(name, sorted(points)))
    most = max((y for one in series for _, y in one.points), default=0.0)
    table = [(_label(one), *_cells(found)) for one, found in every.items()]
    title = f"{kind}, false incidents against delay"
    up = plots.upwards("false incidents a day", most)
    plot = plots.lines(score_page.MEDIAN, up, series, title)
    return Panel(title, plot, score_page.legend(names), HEADS, table)
