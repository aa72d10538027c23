"""Write into a page how the closed forms of zones compare with simulated towns.

    python -m mesure_lab.tables.zone_tables docs/zone_check.md

A quarter of an hour's work on one core. Towns are awake and report once a minute, as the closed
forms assume. In one town homes are as they are in all simulated towns; in the other every kind of
building has as many persons as figures of it need.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from mesure.evaluation.feasibility.errors_at_rest import BuildingKind
from mesure.evaluation.feasibility.zone_check import ZoneCheck
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.machine import file_writing
from mesure.machine.progress import ProgressStages, patience
from mesure.record.policy_loading import read_policy
from mesure_lab.carrying.homes import Building
from mesure_lab.rules import score
from mesure_lab.rules.score import Exposure, FalseRate
from mesure_lab.simulation.simulate_text import rate, seconds
from mesure_lab.simulation.towns import Town
from mesure_lab.trials import zone_trials
from mesure_lab.trials.zone_trials import ZoneTrial

# Not the ones that were looked at when the closed forms were given their shape.
PLAN: Final = Town(20261127, persons=300, awake=True)
BY_BUILDING: Final = Town(20261128, persons=720, buildings=tuple(Building), awake=True)
FACTORS: Final = {DeviceClass.PHONE: 2.0, DeviceClass.GNSS_TAG: 3.5}
"""Within which closed forms and towns agree on false incidents.

The closed forms count what adds up fix upon fix; of tags most is believed by a step or after a
silence. By building, in circles of 30 to 100 m and at edges 20 to 80 m off, without a beacon.
"""

BY_BUILDING_HEAD: Final = "zone, without a beacon"
CLEAR_M: Final = 100.0  # A departure that leads farther beyond the boundary is seen to leave.
STAY_S: Final = 1800.0  # A visit that lasts this long could have been reported within half an hour.
BANDS: Final = ((0.0, 0.5), (0.5, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, math.inf))

BEGIN: Final = "<!-- zones: begin -->"
END: Final = "<!-- zones: end -->"


def main(arguments: Sequence[str]) -> None:
    """Write the tables between their marks on the page."""
    page = Path(arguments[0])
    stages = ProgressStages()
    with patience(stages):
        text = "\n".join(_tables(stages))
    old = page.read_text(encoding="utf-8")
    before, after = old[: old.index(BEGIN)], old[old.index(END) :]
    file_writing.write(page, f"{before}{BEGIN}\n{text}\n{after}".encode())


def _tables(stages: ProgressStages) -> Iterator[str]:
    policy, _ = read_policy(None)
    yield (
        f"Policy {policy.version}, town {PLAN.seed}, {PLAN.persons} persons of each class; "
        f"by building: town {BY_BUILDING.seed}, {BY_BUILDING.persons} persons."
    )
    for device in DeviceClass:
        plan = replace(PLAN, classes=(device,))
        plain = zone_trials.predict_checks(plan, policy, has_beacon=False)
        beacon_checks = zone_trials.predict_checks(plan, policy, has_beacon=True)
        trials = _run(plan, policy, stages)
        yield f"\n**{device.value}**"
        yield from _rates(trials, plain, beacon_checks)
        yield from visits(trials, plain)
        trials = _run(replace(BY_BUILDING, classes=(device,)), policy, stages)
        yield from by_building(trials, plain, has_beacon=False)
        yield from by_building(trials, beacon_checks, has_beacon=True)
        yield from delays(trials, plain)


def _run(plan: Town, policy: PolicyFile, stages: ProgressStages) -> list[ZoneTrial]:
    trials: list[ZoneTrial] = []
    for number, person_trials in enumerate(zone_trials.run(plan, policy), 1):
        stages.reach(f"judging person {number} of {plan.persons} with a {plan.classes[0].value}")
        trials += person_trials
    return trials


def _exposures(trials: Sequence[ZoneTrial], *, has_beacon: bool) -> list[Exposure]:
    return [Exposure(one.false, one.days) for one in trials if one.has_beacon is has_beacon]


def _rates(
    trials: Sequence[ZoneTrial], plain: dict[str, ZoneCheck], beacon_checks: dict[str, ZoneCheck]
) -> Iterator[str]:
    """Yield the false incidents a night, as expected and as simulated."""
    yield "\n| zone | expected | simulated | times | with a beacon | simulated | times |"
    yield "|---|---|---|---|---|---|---|"
    for zone, mine in zone_trials.by_zone(trials).items():
        cells = [name(zone)]
        cells += _averaged(plain[zone], score.false_rate(_exposures(mine, has_beacon=False)))
        beacon = score.false_rate(_exposures(mine, has_beacon=True))
        cells += (
            _averaged(beacon_checks[zone], beacon)
            if beacon_checks[zone].has_beacon
            else ["-", "-", "-"]
        )
        yield f"| {' | '.join(cells)} |"


def _averaged(check: ZoneCheck, false_rate: FalseRate) -> list[str]:
    assert check.false_per_day is not None, "every zone lies round the home or beside it"
    return _compared(check.false_per_day, false_rate)


def by_building(
    trials: Sequence[ZoneTrial], checks: dict[str, ZoneCheck], *, has_beacon: bool
) -> Iterator[str]:
    """Yield the same of each kind of building; with a beacon, of circles alone."""
    heads = (f"{kind.value}: expected | simulated | times" for kind in BuildingKind)
    what = "zone, with a beacon at home" if has_beacon else BY_BUILDING_HEAD
    yield f"\n| {what} | {' | '.join(heads)} |"
    yield "|---|" + "---|---|---|" * len(BuildingKind)
    for zone, mine in zone_trials.by_zone(trials).items():
        if zone.startswith("K") or (has_beacon and not checks[zone].has_beacon):
            continue  # Keeping out of what lies behind an edge is the same as staying before it.
        cells = [name(zone)]
        for kind, alike in _by_kind(mine).items():
            false_rate = score.false_rate(_exposures(alike, has_beacon=has_beacon))
            cells += _compared(checks[zone].by_building[kind], false_rate)
        yield f"| {' | '.join(cells)} |"


def _by_kind(trials: Sequence[ZoneTrial]) -> dict[BuildingKind, list[ZoneTrial]]:
    return {
        kind: [one for one in trials if zone_trials.KINDS[one.building] is kind]
        for kind in BuildingKind
    }


def _compared(expected_per_day: float, false_rate: FalseRate) -> list[str]:
    times = f"{expected_per_day / false_rate.per_day:.1f}" if false_rate.count else "-"
    return [f"{expected_per_day:.4f}", rate(false_rate), times]


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


def delays(trials: Sequence[ZoneTrial], plain: dict[str, ZoneCheck]) -> Iterator[str]:
    """Yield how soon a departure that leads far enough away is reported, by kind of building."""
    heads = (f"{kind.value}: departures | 50 % | 90 % | never" for kind in BuildingKind)
    yield f"\n| zone | expected | {' | '.join(heads)} |"
    yield "|---|---|" + "---|---|---|---|" * len(BuildingKind)
    for zone, mine in zone_trials.by_zone(trials).items():
        if not zone.startswith("C"):
            continue
        cells = [name(zone), f"{plain[zone].delay_s:.0f} s"]
        for alike in _by_kind(mine).values():
            departure_delays = score.delays(
                [
                    departure.delay_s
                    for trial in alike
                    for departure in trial.departures
                    if departure.beyond_m > CLEAR_M and departure.lasted_s > STAY_S
                ]
            )
            cells += [f"{departure_delays.count}", f"{seconds(departure_delays.median_s)} s"]
            cells += [f"{seconds(departure_delays.p90_s)} s", f"{departure_delays.missed}"]
        yield f"| {' | '.join(cells)} |"


def visits(trials: Sequence[ZoneTrial], plain: dict[str, ZoneCheck]) -> Iterator[str]:
    """Yield what becomes of visits near the boundary, by what is said to be too near."""
    told_m = next(iter(plain.values())).told_m
    visits = [
        departure
        for trial in trials
        for departure in trial.departures
        if trial.zone.startswith("C") and departure.lasted_s > STAY_S
    ]
    yield f"\n| stays beyond a circle (seen from {told_m:.0f} m on) | all | seen in half an hour |"
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
