"""Write into a page how the closed forms of zones compare with simulated towns.

    python -m mesure.simulator.zone_tables docs/zone_check.md

A few minutes' work on one core. Towns are awake and report once a minute, as the closed forms
assume.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from mesure.compliance.policy import DeviceClass
from mesure.compliance.zone_check import ZoneCheck
from mesure.runtime import writing
from mesure.runtime.patience import Stages, patience
from mesure.runtime.replay import read_policy
from mesure.simulator import score, zone_trials
from mesure.simulator.homes import Building
from mesure.simulator.score import Exposure, Rate
from mesure.simulator.simulate_text import rate, seconds
from mesure.simulator.towns import Town
from mesure.simulator.zone_trials import Trial

PLAN: Final = Town(20261126, persons=300, awake=True)  # Not the one that was looked at before.
CLEAR_M: Final = 100.0  # A departure that leads farther beyond the boundary is seen to leave.
STAY_S: Final = 1800.0  # A visit that lasts this long could have been told within half an hour.
BANDS: Final = ((0.0, 0.5), (0.5, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, math.inf))

BEGIN: Final = "<!-- zones: begin -->"
END: Final = "<!-- zones: end -->"


def main(arguments: Sequence[str]) -> None:
    """Write the tables between their marks on the page."""
    page = Path(arguments[0])
    stages = Stages()
    with patience(stages):
        text = "\n".join(_tables(stages))
    old = page.read_text(encoding="utf-8")
    before, after = old[: old.index(BEGIN)], old[old.index(END) :]
    writing.write(page, f"{before}{BEGIN}\n{text}\n{after}".encode())


def _tables(stages: Stages) -> Iterator[str]:
    policy, _ = read_policy(None)
    yield f"Policy {policy.version}, town {PLAN.seed}, {PLAN.persons} persons of each class."
    for kind in DeviceClass:
        plan = replace(PLAN, classes=(kind,))
        trials: list[Trial] = []
        for number, found in enumerate(zone_trials.run(plan, policy), 1):
            stages.reach(f"judging person {number} of {plan.persons} with a {kind.value}")
            trials += found
        plain = zone_trials.expected(plan, policy, has_beacon=False)
        heard = zone_trials.expected(plan, policy, has_beacon=True)
        yield f"\n**{kind.value}**"
        yield from _rates(trials, plain, heard)
        yield from by_building(trials, plain)
        yield from _delays(trials, plain)
        yield from visits(trials, plain)


def _exposures(trials: Sequence[Trial], *, has_beacon: bool) -> list[Exposure]:
    return [Exposure(one.false, one.days) for one in trials if one.has_beacon is has_beacon]


def _rates(
    trials: Sequence[Trial], plain: dict[str, ZoneCheck], heard: dict[str, ZoneCheck]
) -> Iterator[str]:
    """Yield the false incidents a night, as expected and as simulated."""
    yield "\n| zone | expected | simulated | times | with a beacon | simulated | times |"
    yield "|---|---|---|---|---|---|---|"
    for zone, mine in zone_trials.by_zone(trials).items():
        cells = [name(zone)]
        cells += _compared(plain[zone], score.false_rate(_exposures(mine, has_beacon=False)))
        beacon = score.false_rate(_exposures(mine, has_beacon=True))
        cells += _compared(heard[zone], beacon) if heard[zone].has_beacon else ["-", "-", "-"]
        yield f"| {' | '.join(cells)} |"


def by_building(trials: Sequence[Trial], plain: dict[str, ZoneCheck]) -> Iterator[str]:
    """Yield the same of circles without a beacon, by what the walls are."""
    circles = [zone for zone in plain if zone.startswith("C")]
    buildings = [one for one in Building if any(trial.building is one for trial in trials)]
    heads = (f"{one.value}: simulated | times" for one in buildings)
    yield f"\n| zone, by the building that the home is in | expected | {' | '.join(heads)} |"
    yield "|---|---|" + "---|---|" * len(buildings)
    for zone in circles:
        cells = [name(zone), f"{plain[zone].false_per_day:.4f}"]
        for building in buildings:
            mine = [one for one in trials if one.zone == zone and one.building is building]
            found = _exposures(mine, has_beacon=False)
            cells += _compared(plain[zone], score.false_rate(found))[1:] if found else ["-", "-"]
        yield f"| {' | '.join(cells)} |"


def _compared(check: ZoneCheck, found: Rate) -> list[str]:
    assert check.false_per_day is not None, "every zone lies round the home or beside it"
    times = f"{check.false_per_day / found.per_day:.1f}" if found.count else "-"
    return [f"{check.false_per_day:.4f}", rate(found), times]


def name(zone: str) -> str:
    """Return what a zone is called in a table.

    >>> name("C60"), name("S20")
    ('circle of 60 m', 'edge of the district 20 m off')
    """
    kind, metres = zone[0], zone[1:]
    words = {
        "S": "edge of the district",
        "K": "place to keep out of",
        "V": f"venue of {2 * zone_trials.VENUE_RADIUS_M} m across",
    }
    return f"{words[kind]} {metres} m off" if kind in words else f"circle of {metres} m"


def _delays(trials: Sequence[Trial], plain: dict[str, ZoneCheck]) -> Iterator[str]:
    """Yield how soon a departure is told that leads far enough away."""
    yield "\n| zone | expected | departures | simulated 50 % | 90 % | never |"
    yield "|---|---|---|---|---|---|"
    for zone, mine in zone_trials.by_zone(trials).items():
        if not zone.startswith("C"):
            continue
        found = score.delays(
            [
                departure.delay_s
                for one in mine
                for departure in one.departures
                if departure.beyond_m > CLEAR_M and departure.lasted_s > STAY_S
            ]
        )
        shown = f"{seconds(found.median_s)} s | {seconds(found.p90_s)} s | {found.missed}"
        yield f"| {name(zone)} | {plain[zone].delay_s:.0f} s | {found.count} | {shown} |"


def visits(trials: Sequence[Trial], plain: dict[str, ZoneCheck]) -> Iterator[str]:
    """Yield what becomes of visits near the boundary, by what is said to be too near."""
    told_m = next(iter(plain.values())).told_m
    visits = [
        departure
        for one in trials
        for departure in one.departures
        if one.zone.startswith("C") and departure.lasted_s > STAY_S
    ]
    yield f"\n| stays beyond a circle (told from {told_m:.0f} m on) | all | told in half an hour |"
    yield "|---|---|---|"
    for low, high in BANDS:
        mine = [one for one in visits if low * told_m <= one.beyond_m < high * told_m]
        if mine:
            share = sum(one.delay_s <= STAY_S for one in mine) / len(mine)
            yield f"| {_band(low, high, told_m)} | {len(mine)} | {100.0 * share:.0f} % |"


def _band(low: float, high: float, told_m: float) -> str:
    upper = f" to {high * told_m:.0f} m" if math.isfinite(high) else " m and more"
    return f"{low * told_m:.0f}{upper}"


if __name__ == "__main__":
    main(sys.argv[1:])
