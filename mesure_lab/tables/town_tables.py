"""Write the figures of the judge and of the baselines in simulated towns into their page.

    python -m mesure_lab.tables.town_tables PAGE [SECTION ...]

Each section of the page is a few minutes' work on one core; without a name all are made. Every town
here is awake: devices lose a report now and then and are never silent, so that what is timed is the
judge. A row of its own shows what silence does.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages, patience
from mesure.record.policy_loading import read_policy
from mesure.version import VERSION
from mesure_lab.carrying.resting import RestSettings
from mesure_lab.ground.town_order import CURFEW
from mesure_lab.rules import score
from mesure_lab.rules.peers import BASELINES
from mesure_lab.simulation import results, simulate
from mesure_lab.simulation.results import PersonOutcome, Simulation, TownFigures, TownSweep
from mesure_lab.simulation.simulate_text import rate, seconds
from mesure_lab.simulation.towns import Town

SEED: Final = 20261125
PLAN: Final = Town(SEED, persons=360, awake=True)
INTERVALS_S: Final = (10, 30, 60, 300)
COMPARED_PERSONS: Final = 90
"""How many of the town's persons, its first, every setting of every baseline judges as well."""
SLOWER: Final[tuple[Mapping[str, float], ...]] = (
    {},
    {"way_clear_llr": 20.0},
    {"way_clear_llr": 20.0, "correlation_moving_s": 150.0},
    {"way_clear_llr": 20.0, "correlation_moving_s": 300.0},
)
"""Settings by which the judge waits: it believes no way, and moving errors last longer."""

SLOW: Final[Mapping[str, float]] = {"way_clear_llr": 20.0, "correlation_moving_s": 600.0}
"""What leaves the slow path alone: no way is believed, and movement makes no error new."""

SHOWN: Final = (
    "accuracy_once",
    "accuracy_twice",
    "two_accuracies_twice",
    "two_accuracies_three_times",
    "dwell_accuracy",
)


Section = Callable[[Town, ProgressStages], Iterator[str]]


def main(arguments: Sequence[str]) -> None:
    """Write the sections asked for between their marks on the page."""
    page = Path(arguments[0])
    stages = ProgressStages()
    with patience(stages):
        for name in arguments[1:] or list(_sections()):
            section, kind = _sections()[name]
            judged = f"Judged by policy {read_policy(None)[0].version}, engine {VERSION}"
            rows = section(replace(PLAN, classes=(kind,)), stages)
            text = "\n".join((f"{judged}, town {PLAN.seed}.", *rows))
            put(page, name, text)


def _sections() -> dict[str, tuple[Section, DeviceClass]]:
    """Return what each section shows, by its name."""
    of_each_class: dict[str, Section] = {"towns": _towns, "cadence": _cadence}
    sections = {
        f"{name} {kind.value}": (section, kind)
        for kind in DeviceClass
        for name, section in of_each_class.items()
    }
    return {**sections, "resting phone": (_resting, DeviceClass.PHONE)}


def put(page: Path, name: str, text: str) -> None:
    """Write a section between its marks on a page."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = page.read_text(encoding="utf-8")
    before, after = old[: old.index(begin)], old[old.index(end) :]
    file_writing.write(page, f"{before}{begin}\n{text}\n{after}".encode())


def _towns(plan: Town, stages: ProgressStages) -> Iterator[str]:
    """Yield what the judge makes of four towns, and the baselines of the first persons of three."""
    towns = {
        "fitted": plan,
        "errors doubled": replace(plan, is_doubled=True),
        "wander": replace(plan, wanders=True),
    }
    judged = {name: simulate.simulate(town, stages=stages) for name, town in towns.items()}
    silent = simulate.simulate(replace(plan, awake=False), stages=stages)
    fitted = judged["fitted"]
    stages.reach("drawing persons again")
    yield from _judge([*judged.items(), ("with silences", silent)])
    yield from _parts(fitted)
    yield from _kinds(fitted)
    yield from _honesty(fitted)
    few = min(COMPARED_PERSONS, plan.persons)
    for name, town in towns.items():
        compared = replace(town, persons=few)
        yield from _baselines(
            name, simulate.simulate(compared, baselines=tuple(BASELINES), stages=stages)
        )
    yield from _slower(replace(plan, persons=few), stages)


def _slower(plan: Town, stages: ProgressStages) -> Iterator[str]:
    """Yield what the judge makes of the fitted town when it is made as slow as a baseline is."""
    yield "\n| the judge, curfew alone, fitted | false a person-day | " + _RULE_HEADS
    yield "|---|---|---|---|---|"
    usual = read_policy(None)[0]
    for changes in SLOWER:
        town = simulate.simulate(plan, policy=_changed(usual, changes), stages=stages)
        figures = results.figures(_outcomes(town, CURFEW))
        names = ", ".join(f"{name} {value:g}" for name, value in changes.items())
        yield f"| {names or 'as it is'} | {rate(figures.false)} | {_rule_delays(figures)} |"


def _changed(policy: PolicyFile, changes: Mapping[str, float]) -> PolicyFile:
    """Return a policy with some thresholds changed, for every class of device and day."""
    every = {
        name: tuple((day, dict.fromkeys(of_class, changes[name])) for day, of_class in dated)
        for name, dated in policy.values.items()
        if name in changes
    }
    return PolicyFile(policy.version, {**policy.values, **every})


def _s(value_s: float) -> str:
    shown = seconds(value_s)
    return f"{shown} s" if shown.isdigit() else shown


def _outcomes(town: Simulation, condition: str | None = None) -> list[PersonOutcome]:
    return [results.outcome(one, condition) for one in town.persons]


# --- The judge -----------------------------------------------------------------------------------


def _judge(towns: Sequence[tuple[str, Simulation]]) -> Iterator[str]:
    yield "\n| town | false a person-day | curfew alone | worst tenth | " + _DELAY_HEADS
    yield "|---|---|---|---|" + _DELAY_LINE
    for name, town in towns:
        every = results.figures(_outcomes(town))
        curfew = results.figures(_outcomes(town, CURFEW))
        worst = f"{100 * every.worst_tenth:.0f} %"
        cells = f"{rate(every.false)} | {rate(curfew.false)} | {worst} | {_delays(every)}"
        yield f"| {name} | {cells} |"


_DELAY_HEADS: Final = "delay 50 % | 95 % | missed | of those over 15 min | unknown, h a day |"
_DELAY_LINE: Final = "---|---|---|---|---|"


def _delays(figures: TownFigures) -> str:
    kind_delays, delays = figures.all_but_near, figures.all_but_near.delays
    unknown = dict(figures.unknown_h_per_day).get(CURFEW, 0.0)
    return (
        f"{_s(delays.median_s)} | {_s(delays.p95_s)} | {delays.missed} of"
        f" {delays.count} | {_missed(kind_delays.long_missed, kind_delays.long)} | {unknown:.3f}"
    )


def _missed(count: int, of: int) -> str:
    """Return a count of misses as a share, with the interval of a Poisson count."""
    if not of:
        return "-"
    sure = 1.0 - (1.0 - score.CONFIDENCE) / 2.0
    ends = score.poisson_lower(count, of, sure), score.poisson_upper(count, of, sure)
    low, high = (f"{100.0 * share:.2f}" for share in ends)
    return f"{count} of {of}, {100.0 * count / of:.2f} % [{low}, {high}]"


def _parts(town: Simulation) -> Iterator[str]:
    yield "\n| of the fitted town | false a person-day | " + _DELAY_HEADS
    yield "|---|---|" + _DELAY_LINE
    for name in ("kit", "building", "platform", "radius_m"):
        for value in sorted({getattr(one, name) for one in town.persons}):
            mine = [one for one in _outcomes(town) if getattr(one.person, name) == value]
            figures = results.figures(mine)
            shown = f"{value:.0f} m radius" if isinstance(value, float) else value
            yield f"| {shown} ({len(mine)}) | {rate(figures.false)} | {_delays(figures)} |"


def _kinds(town: Simulation) -> Iterator[str]:
    yield "\n| breach | all | missed | delay 50 % | 90 % | 95 % |"
    yield "|---|---|---|---|---|---|"
    for kind_delays in results.figures(_outcomes(town)).kinds:
        delays = kind_delays.delays
        times = (delays.median_s, delays.p90_s, delays.p95_s)
        cells = " | ".join(_s(value_s) for value_s in times)
        yield f"| {kind_delays.kind} | {delays.count} | {delays.missed} | {cells} |"


def _honesty(town: Simulation) -> Iterator[str]:
    yield "\n| said to be away from home with | " + " | ".join(_PROVIDERS) + " |"
    yield "|---|" + "---|" * len(_PROVIDERS)
    bins_by_provider = results.reliability(town.persons)
    for low in (0.5, 0.7, 0.9, 0.95):
        cells = []
        for provider in _PROVIDERS:
            bins = [one for one in bins_by_provider.get(provider, []) if one.low == low]
            cells += [f"{100 * one.outside_ratio:.0f} % of {one.count}" for one in bins] or ["-"]
        yield f"| {low:.2f} or more, truly away | {' | '.join(cells)} |"


_PROVIDERS: Final = ("gnss", "wifi", "cell")


# --- Baselines -----------------------------------------------------------------------------------


def _baselines(name: str, town: Simulation) -> Iterator[str]:
    """Yield those that none beats in both false incidents and median delay, and some by name."""
    ours = _outcomes(town, CURFEW)
    every = [(one, results.figures(one.outcomes)) for one in town.swept]
    front = [one for one in every if not any(_beats(other[1], one[1]) for other in every)]
    by_name = [row for row in every if row[0].rule in SHOWN and not row[0].parameter]
    shown = [row for row in every if row in front or row in by_name]
    yield f"\n| rule, curfew alone, {name} | false a person-day | times ours | {_RULE_HEADS}"
    yield "|---|---|---|---|---|---|"
    figures = results.figures(ours)
    yield f"| **the judge** | {rate(figures.false)} | 1 | {_rule_delays(figures)} |"
    for swept, baseline in sorted(shown, key=lambda row: (-row[1].false.per_day, _label(row[0]))):
        times = _times(ours, swept)
        yield f"| {_label(swept)} | {rate(baseline.false)} | {times} | {_rule_delays(baseline)} |"


_RULE_HEADS: Final = "delay 50 % | 95 % | missed |"


def _rule_delays(figures: TownFigures) -> str:
    delays = figures.all_but_near.delays
    missed = f"{delays.missed} of {delays.count}"
    return f"{_s(delays.median_s)} | {_s(delays.p95_s)} | {missed}"


def _beats(figures: TownFigures, other: TownFigures) -> bool:
    false = (figures.false.per_day, other.false.per_day)
    median_s = (figures.all_but_near.delays.median_s, other.all_but_near.delays.median_s)
    no_worse = false[0] <= false[1] and median_s[0] <= median_s[1]
    return no_worse and (false[0] < false[1] or median_s[0] < median_s[1])


def _label(swept: TownSweep) -> str:
    source = BASELINES[swept.rule].id
    changed = f", {swept.parameter} {swept.value:g}" if swept.parameter else ""
    return f"{source} {swept.rule}{changed}"


def _times(ours: Sequence[PersonOutcome], swept: TownSweep) -> str:
    ratio, low, high = results.rate_ratio(
        results.exposures(ours), results.exposures(swept.outcomes)
    )
    return f"{ratio:.1f} [{low:.1f}, {high:.1f}]"


# --- Cadence -------------------------------------------------------------------------------------


def _cadence(plan: Town, stages: ProgressStages) -> Iterator[str]:
    """Yield what becomes of the same days when the device reports more or less often."""
    towns = _by_interval(plan, read_policy(None)[0], stages)
    yield "\n| a report every | false a person-day | times that of a minute | " + _DELAY_HEADS
    yield "|---|---|---|" + _DELAY_LINE
    for every_s, outcomes in towns.items():
        yield f"| {every_s} s | {_against(towns, every_s)} | {_delays(results.figures(outcomes))} |"
    slow = _changed(read_policy(None)[0], SLOW)
    towns = _by_interval(replace(plan, is_doubled=True), slow, stages)
    yield "\n| the slow path alone, errors doubled | false a person-day | times that of a minute |"
    yield "|---|---|---|"
    for every_s in towns:
        yield f"| {every_s} s | {_against(towns, every_s)} |"


def _by_interval(
    plan: Town, policy: PolicyFile, stages: ProgressStages
) -> dict[int, list[PersonOutcome]]:
    """Return what became of everybody, by how often their devices report."""
    return {
        every_s: _outcomes(
            simulate.simulate(replace(plan, interval_s=every_s), policy=policy, stages=stages)
        )
        for every_s in INTERVALS_S
    }


def _against(towns: Mapping[int, Sequence[PersonOutcome]], every_s: int) -> str:
    """Return the rate of false incidents, and how many times it is that of a minute."""
    mine, usual = (results.exposures(towns[one]) for one in (every_s, PLAN.interval_s))
    ratio, low, high = results.rate_ratio(usual, mine)
    return f"{rate(score.false_rate(mine))} | {ratio:.2f} [{low:.2f}, {high:.2f}]"


# --- Phones that rest ----------------------------------------------------------------------------


def _resting(plan: Town, stages: ProgressStages) -> Iterator[str]:
    """Yield what is known of the nights of phones that send no fixes while they lie still."""
    yield (
        "\n| while it lies still, a phone | unknown, h a night | silences reported a day | "
        + _REST_HEADS
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for settings in RestSettings:
        town = simulate.simulate(replace(plan, at_rest=settings), stages=stages)
        outcomes = _outcomes(town, CURFEW)
        figures = results.figures(outcomes)
        unknown_h = dict(figures.unknown_h_per_day).get(CURFEW, 0.0)
        met_s = sum(end_s - start_s for one in town.persons for start_s, end_s in one.met_away)
        again = sum(one.count_met_again() for one in town.persons)
        absences = [breach for outcome in outcomes for breach in outcome.breaches]
        away_s = sum(breach.end_s - breach.start_s for breach in absences)
        yield (
            f"| {settings.value} | {unknown_h:.2f} | {figures.silences_per_day:.2f} |"
            f" {rate(figures.false)} | {met_s / figures.days:.0f} s, {100.0 * met_s / away_s:.1f} %"
            f" | {again} of {len(absences)} | {_rule_delays(figures)} |"
        )


_REST_HEADS: Final = (
    f"false a person-day | met while truly away | said anew in an absence | {_RULE_HEADS}"
)


if __name__ == "__main__":
    main(sys.argv[1:])
