"""Write what was measured into the page that says how we measure.

    python -m mesure_lab.tables.score_tables PAGE [TRACES]

TRACES is a folder of real traces: with it the tables of real traces are written anew, in half a
minute; without it they stay. Those of simulated towns are taken over from the page on towns, which
is beside it.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages, patience
from mesure.record.policy_loading import read_policy
from mesure_lab.rules.peers import BASELINES
from mesure_lab.scoring import score_figures, score_report
from mesure_lab.scoring.score_figures import Resting, SweepFigures
from mesure_lab.scoring.score_report import ScoreRequest
from mesure_lab.scoring.score_rules import OURS, RAW
from mesure_lab.scoring.score_run import Scored
from mesure_lab.scoring.score_text import a_day, interval
from mesure_lab.simulation.simulate_text import seconds
from mesure_lab.simulation.sweeps import BaselineSetting
from mesure_lab.trials import score_asked
from mesure_lab.trials.score_asked import Radius

TOWNS_PAGE: Final = "simulated_towns.md"
KINDS: Final = {"phone": "Phones", "gnss_tag": "GNSS tags"}
TAKEN_OVER: Final = ("town", "rule, curfew alone, fitted", "a report every")
SHOWN: Final = (OURS, "point_state", "accuracy_once", "accuracy_twice", "two_accuracies_twice")
CADENCE: Final = SHOWN[:4]
ASKED: Final = frozenset(way.name for way in score_asked.WAYS)
DAYS_MIN: Final = 0.5  # A bound on a rate a day from less than that says nothing.


def main(arguments: Sequence[str]) -> None:
    """Bring the page up to date, with real traces if there are any."""
    page = Path(arguments[0])
    text = page.read_text(encoding="utf-8")
    if len(arguments) > 1:
        stages = ProgressStages()
        with patience(stages):
            scored = score_report.score_traces(ScoreRequest(Path(arguments[1]), raw=True), stages)
        radii = score_asked.run(scored.inputs.cases, scored.radii_m, read_policy(None)[0], stages)
        for name, lines in {**sections(scored), "asked": list(_asked(radii))}.items():
            text = put(text, name, lines)
    towns = page.parent / TOWNS_PAGE
    file_writing.write(page, with_towns(text, towns.read_text(encoding="utf-8")).encode())


def put(page: str, name: str, lines: Sequence[str]) -> str:
    """Return a page with other lines between the marks of a section."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, after = page[: page.index(begin)], page[page.index(end) :]
    return f"{before}{begin}\n" + "".join(f"{line}\n" for line in lines) + after


# --- Simulated towns -----------------------------------------------------------------------------


def with_towns(page: str, towns: str) -> str:
    """Return the page with the tables of simulated towns from their own page."""
    return put(page, "towns", list(_towns(towns)))


def _towns(towns: str) -> Iterator[str]:
    for kind, title in KINDS.items():
        yield f"\n### {title}"
        for section in (f"towns {kind}", f"cadence {kind}"):
            begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
            for table in towns[towns.index(begin) : towns.index(end)].split("\n\n"):
                lines = [line for line in table.splitlines() if line.startswith("|")]
                if lines and lines[0].removeprefix("| ").startswith(TAKEN_OVER):
                    yield ""
                    yield from lines


# --- Real traces ---------------------------------------------------------------------------------


def sections(scored: Scored) -> dict[str, list[str]]:
    """Return the tables of real traces by the section they belong to."""
    tables: dict[str, list[str]] = {}
    for radius_m in scored.radii_m:
        tables.setdefault("rules", []).extend(_rules(scored, radius_m))
    tables["sets"] = list(_sets(scored))
    tables["raw"] = list(_raw(scored))
    tables["settings"] = [line for r in scored.radii_m for line in _settings(scored, r)]
    tables["cadence"] = list(_cadence(scored))
    tables["chances"] = list(_chances(scored))
    return tables


def _rules(scored: Scored, radius_m: float) -> Iterator[str]:
    [still] = [one for one in scored.resting if _is(one, score_figures.AT_REST, radius_m)]
    [left] = [one for one in scored.leaving if one.radius_m == radius_m]
    yield (
        f"\n**{radius_m:g} m.** {still.days:.1f} days at rest, {still.cases} traces in"
        f" {still.units} sessions; {left.departures} departures on {left.units} scripted days."
        f" Policy {scored.policy_version}.\n"
    )
    yield "| rule | false | a day | delay 50 %, s | 90 %, s | missed | early |"
    yield "|---|---:|---|---|---|---:|---:|"
    for name, rate in still.rules.items():
        if not name.endswith(RAW):
            of = left.rules[name]
            delays = f"{interval(of.median_s)} | {interval(of.p90_s)} | {of.missed} | {of.early}"
            yield f"| {_label(name)} | {rate.count} | {a_day(rate)} | {delays} |"


def _is(resting: Resting, name: str, radius_m: float) -> bool:
    return (resting.set, resting.radius_m) == (name, radius_m)


def _label(name: str) -> str:
    return "**the judge**" if name == OURS else f"{BASELINES[name].id} {name}"


def _sets(scored: Scored) -> Iterator[str]:
    """Yield false incidents by set: at each radius, of the best known rules."""
    radii = ", ".join(f"{radius_m:g}" for radius_m in scored.radii_m)
    hours = scored.unknown_h_per_day
    yield (
        f"\n| set (false incidents at {radii} m) | days | "
        + " | ".join(_label(name) for name in SHOWN)
        + " | the judge: at most a day | unknown, h a day |"
    )
    yield "|---|---:|" + "---|" * (len(SHOWN) + 2)
    for name in dict.fromkeys(one.set for one in scored.resting):
        mine = [one for one in scored.resting if one.set == name]
        cells = [" / ".join(str(one.rules[rule].count) for one in mine) for rule in SHOWN]
        most = f"{max(one.rules[OURS].high for one in mine):.2f}"
        most = most if mine[0].days >= DAYS_MIN else "too short"
        unknown = hours.get((name, scored.cadence_radius_m))
        shown = "" if unknown is None else f"{unknown:.1f}"
        yield f"| {name} | {mine[0].days:.2f} | {' | '.join(cells)} | {most} | {shown} |"


def _raw(scored: Scored) -> Iterator[str]:
    """Yield the baselines for which our ingest makes a difference, at the middle radius."""
    radius_m = scored.cadence_radius_m
    [still] = [one for one in scored.resting if _is(one, score_figures.AT_REST, radius_m)]
    [left] = [one for one in scored.leaving if one.radius_m == radius_m]

    def cells(name: str) -> str:
        of, delay = still.rules[name].count, left.rules[name]
        return f"{of} | {seconds(delay.median_s.value)} | {delay.missed} | {delay.early}"

    heads = "false | delay 50 %, s | missed | early"
    yield f"\n| {radius_m:g} m | {heads} | raw: {heads} |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name in scored.names:
        raw = name + RAW
        if raw in scored.names and cells(name) != cells(raw):
            yield f"| {_label(name)} | {cells(name)} | {cells(raw)} |"


def _settings(scored: Scored, radius_m: float) -> Iterator[str]:
    """Yield the settings that none beats in false incidents, median delay and misses; and ours."""
    every = [
        sweep
        for sweep in scored.swept
        if sweep.radius_m == radius_m and not sweep.setting.rule.endswith(RAW)
    ]
    front = [one for one in every if not any(_beats(other, one) for other in every)]
    shown = [one for one in every if one in front or one.setting.rule == OURS]
    yield f"\n**{radius_m:g} m**\n"
    yield "| rule, setting | false a day, nights too | delay 50 % | 90 % | missed | early |"
    yield "|---|---|---:|---:|---:|---:|"
    for sweep in shown:
        false = "-" if sweep.false is None else a_day(sweep.false)
        times = f"{_s(sweep.delays.median_s)} | {_s(sweep.delays.p90_s)}"
        counts = f"{sweep.delays.missed} | {sweep.early}"
        yield f"| {_set_to(sweep.setting)} | {false} | {times} | {counts} |"


def _s(value_s: float) -> str:
    shown = seconds(value_s)
    return f"{shown} s" if shown.isdigit() else shown


def _beats(sweep: SweepFigures, other: SweepFigures) -> bool:
    mine, theirs = _figures(sweep), _figures(other)
    return mine != theirs and all(a <= b for a, b in zip(mine, theirs, strict=True))


def _figures(sweep: SweepFigures) -> tuple[float, ...]:
    false = 0 if sweep.false is None else sweep.false.count
    return (false, sweep.early, sweep.delays.median_s, sweep.delays.missed)


def _set_to(setting: BaselineSetting) -> str:
    changed = f", {setting.parameter} {setting.value:g}" if setting.parameter else ""
    return _label(setting.rule) + changed


def _cadence(scored: Scored) -> Iterator[str]:
    heads = "rule | false a day | delay 50 % | 90 % | missed | early"
    yield f"\n| {scored.cadence_radius_m:g} m, a report every | {heads} |"
    yield "|---|---|---|---:|---:|---:|---:|"
    for score in scored.cadence:
        if score.rule in CADENCE:
            false = "-" if score.false is None else a_day(score.false)
            times = f"{_s(score.delays.median_s)} | {_s(score.delays.p90_s)}"
            counts = f"{score.delays.missed} | {score.early}"
            yield f"| {score.every_s:g} s | {_label(score.rule)} | {false} | {times} | {counts} |"


def _asked(every: Sequence[Radius]) -> Iterator[str]:
    """Yield what asking comes to at each radius, beside the same judge that asks nobody."""
    for at in every:
        first, of_all = interval(at.first_s), interval(at.first_of_all_s)
        yield (
            f"\n**{at.radius_m:g} m.** {at.days:.1f} days at rest, {at.departures} departures."
            f" After the crossing the first report, of one a minute, comes at the median after"
            f" {first} s, and the first fix of the whole trace after {of_all} s.\n"
        )
        yield f"| one report a minute, and | {_ASKED_HEADS} |"
        yield "|---|---:|---|---|---:|---:|---|---|---:|---:|"
        for row in at.rows:
            of = row.left
            cells = [f"{row.false}", interval(of.median_s), interval(of.p90_s)]
            cells += [f"{of.missed}", f"{of.early}"]
            more = ["", "", "", ""]
            if row.differs_s is not None:
                more = [interval(row.differs_s), f"{row.sooner} / {row.later}"]
                more += [f"{row.asks_per_day:.1f}", f"{row.extra_per_day:.2f}"]
            yield f"| {_regime(row.name)} | {' | '.join(cells + more)} |"


_ASKED_HEADS: Final = (
    "false | delay 50 %, s | 90 %, s | missed | early | median less that of nobody asked, s |"
    " sooner / later | asks a day at rest | extra fixes a day at rest"
)


def _regime(name: str) -> str:
    return f"the judge, {name}" if name in ASKED else f"{_label(name)}, nobody asked"


def _chances(scored: Scored) -> Iterator[str]:
    yield "\n| provider | said | fixes | mean of what was said | truly outside |"
    yield "|---|---|---:|---:|---:|"
    for name, honesty in scored.honesty.items():
        for each in honesty.bins:
            chance, was = 100 * each.p_mean, 100 * each.outside_ratio
            bounds = f"{each.low:.2f} to {each.high:.2f}"
            yield f"| {name} | {bounds} | {each.count} | {chance:.1f} % | {was:.1f} % |"
        yield f"| {name} | all | {honesty.fixes} | Brier {honesty.brier:.4f} | |"
    if scored.mixed:
        mixed = scored.mixed
        yield (
            f"\nOf {mixed.cases} cases at {scored.cadence_radius_m:g} m the judge said the same to"
            f" the byte: {mixed.shuffled} when the fixes were shuffled, {mixed.doubled} when each"
            f" came twice, {mixed.in_late_batches} when the hours came last hour first."
        )


if __name__ == "__main__":
    main(sys.argv[1:])
