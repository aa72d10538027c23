"""Results of scoring, as tables for a terminal."""

from collections.abc import Iterator, Sequence
from typing import Final

from mesure_lab.rules.score import FalseRate
from mesure_lab.scoring import score_figures, score_run
from mesure_lab.scoring.score_figures import DepartureFigures, Interval, Leaving, Resting
from mesure_lab.scoring.score_run import Scored
from mesure_lab.simulation import simulate_text
from mesure_lab.simulation.simulate_text import seconds

HEAD: Final = """\
Rules on real traces, a report every minute, all by the same ingest and timed on the receipt.
Policy {policy}. Intervals are of 95 %: sessions, scripted days or persons drawn again; of
nothing seen, the bound below which it lies."""
WIDTH: Final = 24


def text(scored: Scored) -> str:
    """Return the figures as a person reads them."""
    return "\n".join(_lines(scored)) + "\n"


def _lines(scored: Scored) -> Iterator[str]:
    yield HEAD.format(policy=scored.policy_version)
    for radius_m in scored.radii_m:
        yield from _resting([one for one in scored.resting if one.radius_m == radius_m])
    yield from _sets(scored)
    for leaving in scored.leaving:
        yield from _leaving(leaving)
    yield from _cadence(scored)
    yield from _unknown(scored)
    yield from _honesty(scored)
    yield from _mixed(scored)
    yield from _throughput(scored)
    if scored.inputs.notes:
        yield "\nNotes"
        yield from (f"  {note}" for note in scored.inputs.notes)


def _resting(every: Sequence[Resting]) -> Iterator[str]:
    """Yield one radius: what each rule made of all devices at rest, and of the nights."""
    both = [one for one in every if one.set in (score_figures.AT_REST, score_figures.NIGHTS)]
    if not both:
        return
    yield f"\nFalse incidents at {both[0].radius_m:g} m, how many and how many a day"
    for group in both:
        yield f"  {group.set}: {group.days:.1f} days, {group.cases} traces, {group.units} drawn"
    yield f"  {'':<{WIDTH}}" + "".join(f"{one.set:<34}" for one in both).rstrip()
    for name in both[0].rules:
        rates = (figures.rules[name] for figures in both)
        cells = "".join(f"{f'{rate.count:>3}  {a_day(rate)}':<34}" for rate in rates)
        yield f"  {name:<{WIDTH}}{cells.rstrip()}"


def _sets(scored: Scored) -> Iterator[str]:
    if not scored.resting:
        return
    rule = scored.names[0]
    yield f"\nFalse incidents of {rule} by set"
    for group in scored.resting:
        value = group.rules[rule]
        where = f"{group.set}, {group.radius_m:g} m"
        yield f"  {where:<36} {group.days:>6.2f} days {value.count:>3}  {a_day(value)}"


def _leaving(leaving: Leaving) -> Iterator[str]:
    yield (
        f"\n{leaving.departures} departures at {leaving.radius_m:g} m, delay in seconds"
        f" ({leaving.units} scripted days drawn)"
    )
    yield f"  {'':<{WIDTH}}{'median':<20}{'90 %':<22}{'missed':>7}{'early':>7}"
    for name, left in leaving.rules.items():
        yield f"  {name:<{WIDTH}}{_left(left)}"


def _left(left: DepartureFigures) -> str:
    median, p90 = interval(left.median_s), interval(left.p90_s)
    return f"{median:<20}{p90:<22}{left.missed:>7}{left.early:>7}"


def a_day(value: FalseRate) -> str:
    """Return a rate with its interval; of nothing seen, what it is below.

    >>> a_day(FalseRate(0, 100.0, 0.0, 0.0, 0.02996)), a_day(FalseRate(5, 10.0, 0.5, 0.1, 1.0))
    ('none, below 0.03', '0.50 [0.10, 1.00]')
    """
    return simulate_text.rate(value, 2)


def interval(value: Interval) -> str:
    """Return a delay with its interval.

    >>> interval(Interval(61.4, 50.0, float("inf")))
    '61 [50, never]'
    """
    return f"{seconds(value.value)} [{seconds(value.low)}, {seconds(value.high)}]"


def _cadence(scored: Scored) -> Iterator[str]:
    if not scored.cadence:
        return
    rule = scored.names[0]
    yield f"\n{rule} at other rates of reporting, {scored.cadence_radius_m:g} m"
    for cadence in scored.cadence:
        if cadence.rule == rule:
            false = "-" if cadence.false is None else a_day(cadence.false)
            yield (
                f"  every {cadence.every_s:>3g} s  false a day {false:<26} median"
                f" {seconds(cadence.delays.median_s)}, 90 % {seconds(cadence.delays.p90_s)},"
                f" missed {cadence.delays.missed}, early {cadence.early}"
            )


def _unknown(scored: Scored) -> Iterator[str]:
    if scored.unknown_h_per_day:
        yield f"\nHours a day unknown, {scored.cadence_radius_m:g} m"
    for (name, radius_m), hours in scored.unknown_h_per_day.items():
        if radius_m == scored.cadence_radius_m:
            yield f"  {name:<36} {hours:.2f}"


def _honesty(scored: Scored) -> Iterator[str]:
    if scored.honesty:
        yield "\nChance of being outside, as it was said and as it was"
    for name, honesty in scored.honesty.items():
        yield f"  {name}: {honesty.fixes} fixes, Brier {honesty.brier:.4f}"
        for each in honesty.bins:
            yield (
                f"    {each.low:.2f} to {each.high:.2f}  {each.count:>6} fixes, said"
                f" {100 * each.p_mean:5.1f} %, outside {100 * each.outside_ratio:5.1f} %"
            )


def _mixed(scored: Scored) -> Iterator[str]:
    if scored.mixed:
        mixed = scored.mixed
        yield (
            f"\nOf {mixed.cases} cases the same to the byte: {mixed.shuffled} shuffled,"
            f" {mixed.doubled} with every fix twice, {mixed.in_late_batches} in late batches"
        )


def _throughput(scored: Scored) -> Iterator[str]:
    if scored.throughput is not None:
        yield "\nFixes a second, times the plain circle"
        plain = scored.throughput[score_run.PLAIN]
        for name, value in scored.throughput.items():
            yield f"  {name:<{WIDTH}} {value:>12,.0f} {value / plain:>8.2f}"
