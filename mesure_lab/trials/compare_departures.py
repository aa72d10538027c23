"""Real and simulated departures, by a plain circle: the delay is a matter of silence, not of rules.

Real ones left public buildings on scripted days; simulated ones leave home by day. Phones report
once a minute when they are awake.
"""

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from mesure.evaluation.policy import DeviceClass
from mesure_lab.ground import town
from mesure_lab.rules import baseline, readings, score
from mesure_lab.rules.readings import Readings
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town, TownPerson
from mesure_lab.traces import trace_files

RADII_M: Final = (50.0, 100.0, 200.0)
PLAN: Final = Town(seed=4711, persons=16, days=14, classes=(DeviceClass.PHONE,))
STAYED_S: Final = 3600  # A departure begins a way after at least this long at home.


def lines(folder: Path) -> Iterator[str]:
    """Yield the table: delays in seconds at each radius, real / simulated."""
    table = {
        row["radius_m"]: row
        for row in trace_files.rows_of_csv(folder / "tables" / "departure_delay.csv")
        if row["sampling"] == "1 min"
    }
    people = list(towns.people(PLAN))
    yield "\n**Delay of departures by a plain circle**, seconds, one-minute phones.\n"
    yield "| | departures | never seen | 50 % | 75 % | 90 % |"
    yield "|---|---|---|---|---|---|"
    for radius_m in RADII_M:
        real = table[f"{radius_m:.0f}"]
        delays_s = [delay_s for person in people for delay_s in _delays_s(person, radius_m)]
        missed = sum(math.isinf(delay_s) for delay_s in delays_s)
        cells = [
            f"{float(real[column]):.0f} / {score.quantile(delays_s, ratio):.0f}"
            for column, ratio in (("q50", 0.5), ("q75", 0.75), ("q90", 0.9))
        ]
        counts = f"{real['departures']} / {len(delays_s)}"
        missing = f"{real['never_seen_outside']} / {missed}"
        yield f"| {radius_m:.0f} m | {counts} | {missing} | {' | '.join(cells)} |"


def _delays_s(person: TownPerson, radius_m: float) -> list[float]:
    """Return the delay of each departure of one person; infinite where it was not seen."""
    around = _around_home(person, radius_m)
    openings = baseline.point_state(readings.with_ingest(around))
    delays_s = []
    for leave_s, back_s in _times_out(person):
        second_s = np.arange(leave_s, back_s, dtype=np.float64)
        moments = person.journey.at(second_s)
        away_m = person.ground.beyond_m(moments.east_m, moments.north_m) + person.ground.radius_m
        outside = np.flatnonzero(away_m > radius_m)
        if len(outside):
            crossing_s = float(second_s[outside[0]])
            delays_s.append(score.time_departure(openings, crossing_s, float(back_s)).delay_s)
    return delays_s


def _times_out(person: TownPerson) -> list[tuple[int, int]]:
    """Return from when until when the person was away, after a while at home."""
    journey = person.journey
    at_home = [stay for stay in journey.stays() if stay[2] == 0]
    return [
        (first[1], second[0])
        for first, second in itertools.pairwise(at_home)
        if first[1] - first[0] >= STAYED_S
    ]


def _around_home(person: TownPerson, radius_m: float) -> Readings:
    reports = person.received_reports.reports
    home = town.degrees(person.ground.home)
    return readings.around_circle(
        time_s=reports.taken_ms / 1000.0,
        received_s=person.received_reports.heard_ms / 1000.0,
        east_m=(reports.lon_deg - home.lon_deg) * town.METRES_PER_DEG_EAST,
        north_m=(reports.lat_deg - home.lat_deg) * town.METRES_PER_DEG_NORTH,
        accuracy_m=reports.accuracy_m,
        radius_m=radius_m,
    )
