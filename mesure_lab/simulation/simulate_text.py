"""Results of a simulated town, for a terminal and as JSON."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from mesure_lab.rules.score import FalseRate
from mesure_lab.simulation import results
from mesure_lab.simulation.results import AskCounts, KindDelays, Simulation, TownFigures

HEAD = """\
A simulated town: seed {seed}, {persons} for {days} days, a report every {interval_s} s.
Nobody in it exists. Policy {policy}. Intervals are of 95 %, persons drawn again."""
CONDITIONS = {"C1": "curfew", "C2": "residence", "C3": "exclusion"}


def text(simulation: Simulation) -> str:
    """Return the figures as a person reads them, in lines of at most 100 characters."""
    return "\n".join(_lines(simulation)) + "\n"


def _lines(simulation: Simulation) -> Iterator[str]:
    plan = simulation.plan
    yield HEAD.format(
        seed=plan.seed,
        persons=persons(plan.persons),
        days=plan.days,
        interval_s=plan.interval_s,
        policy=simulation.policy_version,
    )
    if simulation.ask_counts:
        asks, extra = asks_per_day(simulation, simulation.ask_counts)
        yield f"Devices were asked {asks:.2f} times a person-day: {extra:.1f} fixes more."
    for name, figures in simulation.figures():
        yield f"\n{name}: {persons(figures.persons)}, {figures.days:.0f} person-days"
        yield from _figures(figures)
    yield "\nOf fixes of which the judge says 90 to 95 % away from home, so many truly were:"
    yield from _honesty(simulation)


def persons(count: int) -> str:
    """Return how many persons in words.

    >>> persons(1), persons(2)
    ('1 person', '2 persons')
    """
    return "1 person" if count == 1 else f"{count} persons"


def asks_per_day(simulation: Simulation, ask_counts: AskCounts) -> tuple[float, float]:
    """Return how often a day a device was asked, and how many fixes that brought."""
    days = sum(one.days for one in simulation.persons)
    return ask_counts.asks / days, ask_counts.extra / days


def _figures(figures: TownFigures) -> Iterator[str]:
    worst = "" if not figures.false.count else f"; worst tenth {100 * figures.worst_tenth:.0f} %"
    yield f"  false incidents of place a person-day   {rate(figures.false)}{worst}"
    yield (
        f"    of {figures.false.count}: {figures.late} about a true breach but late,"
        f" {figures.early} in the five minutes before one"
    )
    yield f"  told twice {figures.duplicates}; of times away within the grace {figures.slips}"
    yield f"  silences told a person-day   {figures.silences_per_day:.3f}"
    unknown = (f"{CONDITIONS[name]} {hours:.3f}" for name, hours in figures.unknown_h_per_day)
    yield f"  hours unknown a person-day   {', '.join(unknown)}"
    heads = f"{'all':>5}{'missed':>8}{'median':>8}{'95 %':>8}{'over 15 min':>13}{'missed':>8}"
    yield f"  {'breaches, delay in seconds':<42}{heads}"
    for kind_delays in (*figures.kinds, figures.all_but_near):
        yield _kind(kind_delays)


def _kind(kind_delays: KindDelays) -> str:
    median, p95 = seconds(kind_delays.delays.median_s), seconds(kind_delays.delays.p95_s)
    counts = f"{kind_delays.delays.count:>5}{kind_delays.delays.missed:>8}{median:>8}{p95:>8}"
    return f"    {kind_delays.kind:<40}{counts}{kind_delays.long:>13}{kind_delays.long_missed:>8}"


def rate(value: FalseRate, digits: int = 4) -> str:
    """Return a rate with its interval; of nothing seen, what it is below.

    >>> rate(FalseRate(0, 100.0, 0.0, 0.0, 0.02996)), rate(FalseRate(5, 100.0, 0.05, 0.01, 0.1))
    ('none, below 0.0300', '0.0500 [0.0100, 0.1000]')
    """
    if not value.count:
        return f"none, below {value.high:.{digits}f}"
    return f"{value.per_day:.{digits}f} [{value.low:.{digits}f}, {value.high:.{digits}f}]"


def seconds(value_s: float) -> str:
    """Return a delay; a dash for one that never came, or of nothing.

    >>> seconds(61.4), seconds(float("inf")), seconds(float("nan"))
    ('61', 'never', '-')
    """
    return "-" if math.isnan(value_s) else "never" if math.isinf(value_s) else f"{value_s:.0f}"


def _honesty(simulation: Simulation) -> Iterator[str]:
    bins_by_provider = results.reliability(simulation.persons)
    for provider, bins in bins_by_provider.items():
        for p_bin in bins:
            if p_bin.low == 0.9:
                yield f"  {provider:<8} {100 * p_bin.outside_ratio:.1f} % of {p_bin.count}"


# --- JSON ----------------------------------------------------------------------------------------


def to_json(simulation: Simulation) -> str:
    """Return the figures as one object with sorted keys; null: it never came, or is not known."""
    plan = simulation.plan
    document = {
        "seed": plan.seed,
        "persons": plan.persons,
        "days": plan.days,
        "report_every_s": plan.interval_s,
        "policy_version": simulation.policy_version,
        **_asked(simulation),
        "classes": {name: asdict(figures) for name, figures in simulation.figures()},
        "reliability": {
            provider: [asdict(one) for one in bins]
            for provider, bins in results.reliability(simulation.persons).items()
        },
    }
    return json.dumps(_plain(document), indent=1, sort_keys=True, allow_nan=False) + "\n"


def _asked(simulation: Simulation) -> dict[str, float]:
    if simulation.ask_counts is None:
        return {}
    names = ("asks_per_day", "extra_fixes_per_day")
    return dict(zip(names, asks_per_day(simulation, simulation.ask_counts), strict=True))


def _plain(value: Any) -> Any:  # noqa: ANN401  # Whatever JSON can hold.
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
