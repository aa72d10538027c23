"""Write into its page what calibrating a home gains.

    python -m mesure_lab.tables.calibration_tables PAGE [DATA]

DATA is a folder of real traces; without it only the towns are done anew. Ten minutes on one core.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from mesure.evaluation.assessment import Status
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.machine.progress import ProgressStages, patience
from mesure.record.policy_loading import read_policy
from mesure_lab.ground.days import DAY_S
from mesure_lab.rules import score
from mesure_lab.rules.score import Exposure, FalseRate
from mesure_lab.simulation import results
from mesure_lab.simulation.results import PersonOutcome, TownFigures
from mesure_lab.simulation.simulate_text import rate, seconds
from mesure_lab.simulation.towns import Town
from mesure_lab.tables import town_tables
from mesure_lab.trials import calibration_trials
from mesure_lab.trials.calibration_trials import MEASURED, CalibratedCurfew, Rested

PLAN: Final = Town(20261125, persons=200, awake=True)
RADII_M: Final = (30.0, 50.0)
OFF_M: Final = (0.0, 20.0)
TOWN_OFF_M: Final = (0.0, 20.0, 31.0)
NARROW_M: Final = 60.0
SETS: Final = ("ios low", "ios high", "ios balanced", "android high", "android balanced")


def main(arguments: Sequence[str]) -> None:
    """Write the tables between their marks on the page."""
    page = Path(arguments[0])
    stages, policy = ProgressStages(), read_policy(None)[0]
    with patience(stages):
        if arguments[1:]:
            text = "\n".join(phones(Path(arguments[1]), policy, stages))
            town_tables.put(page, "phones", text)
        for kind in DeviceClass:
            stages.reach(f"living in a town with {kind.value}")
            text = "\n".join(homes_of(replace(PLAN, classes=(kind,)), policy))
            town_tables.put(page, f"homes {kind.value}", text)


# --- Phones at rest ------------------------------------------------------------------------------


def phones(folder: Path, policy: PolicyFile, stages: ProgressStages) -> Iterator[str]:
    """Yield false exits a day of phones at rest, with and without a second circle."""
    every = calibration_trials.sessions(folder, policy)
    yield f"Judged by policy {policy.version}; {len(every)} sessions."
    for radius_m in RADII_M:
        for off_m in OFF_M:
            stages.reach(f"judging phones at rest, {radius_m:.0f} m, {off_m:.0f} m off")
            rests = list(calibration_trials.rest_trials(every, radius_m, off_m, policy))
            yield from _phones(rests, radius_m, off_m)


def _phones(rests: Sequence[Rested], radius_m: float, off_m: float) -> Iterator[str]:
    address = f"address {off_m:.0f} m off" if off_m else "address true"
    yield f"\n| {radius_m:.0f} m, {address} | home measured by | points | {_PHONE_HEADS}"
    yield "|---|---|---|---|---|---|---|---|"
    for name in SETS:
        for measured in MEASURED:
            mine = [one for one in rests if (one.set, one.measured) == (name, measured)]
            copies = len(calibration_trials.AROUND) if off_m else 1
            exits, incidents = (
                rate(_rate(calibration_trials.by_unit(mine, count), copies))
                for count in (lambda rest: rest.exits, lambda rest: rest.incidents)
            )
            out = 100.0 * sum(one.outside_s for one in mine) / (DAY_S * sum(o.days for o in mine))
            points = f"{sum(one.has_point for one in mine)} of {len(mine)}"
            shares = (_share(mine, status) for status in (Status.MET, Status.UNKNOWN))
            cells = (name, measured, points, exits, f"{out:.1f} %", incidents, *shares)
            yield f"| {' | '.join(cells)} |"


_PHONE_HEADS: Final = "exits of a plain circle | outside it | of the judge | met | unknown |"


def _rate(exposures: Sequence[Exposure], copies: int) -> FalseRate:
    """Return a rate of sessions counted several times, once for each direction of the address.

    The same hours are no more evidence four times over: their interval is that of one copy, with
    the count rounded away from the middle.
    """
    false_rate = score.false_rate(exposures)
    if copies == 1 or (false_rate.count and len(exposures) >= score.PERSONS_MIN):
        return false_rate
    days, sure = false_rate.days / copies, (1.0 + score.CONFIDENCE) / 2.0
    most = -(-false_rate.count // copies)
    high = score.poisson_upper(most, days, sure if most else score.CONFIDENCE)
    return replace(
        false_rate,
        days=days,
        low=score.poisson_lower(false_rate.count // copies, days, sure),
        high=high,
    )


def _share(rests: Sequence[Rested], status: Status) -> str:
    total_s = sum(sum(one.status_s.values()) for one in rests)
    return f"{100.0 * sum(one.status_s[status] for one in rests) / total_s:.1f} %"


# --- Towns ---------------------------------------------------------------------------------------


def homes_of(plan: Town, policy: PolicyFile) -> Iterator[str]:
    """Yield what becomes of the curfews of a town, with and without a second circle."""
    homes = list(calibration_trials.home_trials(plan, TOWN_OFF_M, policy))
    days = plan.days - calibration_trials.FIRST_DAYS
    whom = f"{plan.persons} persons, {days} days"
    yield f"Judged by policy {policy.version}, town {plan.seed}, {whom}."
    yield f"\n| address | judged by | false a person-day | homes of 60 m alone | {_TOWN_HEADS}"
    yield "|---|---|---|---|---|---|---|---|---|"
    for off_m in TOWN_OFF_M:
        mine = [one for one in homes if one.off_m == off_m]
        points = sum(one.proposal.point is not None for one in mine)
        name = f"{off_m:.0f} m farther off" if off_m else "as in every town"
        yield _row(f"{name}", "address alone", mine, lambda home: home.alone)
        both = f"both circles ({points} of {len(mine)} measured)"
        yield _row(f"{name}", both, mine, lambda home: home.calibrated)


_TOWN_HEADS: Final = "delay 50 % | 95 % | missed | next door within 1.5 radii: found | times |"


def _row(
    name: str,
    judged: str,
    homes: Sequence[CalibratedCurfew],
    which: Callable[[CalibratedCurfew], PersonOutcome],
) -> str:
    outcomes = [which(one) for one in homes]
    figures = results.figures(outcomes)
    narrow = [one for one in outcomes if one.person.radius_m == NARROW_M]
    of_narrow = rate(results.figures(narrow).false) if narrow else "-"
    ratio, low, high = results.rate_ratio(
        results.exposures([one.alone for one in homes]), results.exposures(outcomes)
    )
    cells = (
        name,
        judged,
        rate(figures.false),
        of_narrow,
        *_delays(figures),
        f"{ratio:.2f} [{low:.2f}, {high:.2f}]",
    )
    return f"| {' | '.join(cells)} |"


def _delays(figures: TownFigures) -> Iterator[str]:
    delays = figures.all_but_near.delays
    yield f"{seconds(delays.median_s)} s"
    yield f"{seconds(delays.p95_s)} s"
    yield f"{delays.missed} of {delays.count}"
    near = [one.delays for one in figures.kinds if one.kind == results.NEAR]
    yield f"{near[0].count - near[0].missed} of {near[0].count}" if near else "-"


if __name__ == "__main__":
    main(sys.argv[1:])
