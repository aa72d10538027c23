"""Compare the simulated errors with the measured ones, and write both side by side.

    python -m mesure_lab.trials.compare DATA [PAGE]

DATA is the folder with the tables measured on real traces. With a PAGE the tables between its two
marks are written anew; without, they are printed. Each simulated figure is the median over as long
a record as the real one, made many times over with other homes, and in brackets the middle eight
of ten: a real figure outside them is one that the simulation does not reproduce.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from mesure.geo.fixes import F64
from mesure.machine import file_writing
from mesure_lab.carrying import errors, homes, sources
from mesure_lab.carrying.homes import Building
from mesure_lab.carrying.sources import TickClock, TickPositions
from mesure_lab.columns import Stream
from mesure_lab.ground.journeys import JourneyMotion, Moments
from mesure_lab.rules import baseline, readings, score
from mesure_lab.traces import trace_files
from mesure_lab.trials import compare_departures

BEGIN: Final = "<!-- compared: begin -->"
END: Final = "<!-- compared: end -->"
TICK_S: Final = 30.0
DAY_S: Final = 86_400.0
TIMES: Final = 25
RADII_M: Final = (30, 50, 100, 200)
LAGS_S: Final = (60, 300, 600, 900, 1800, 3600)
QUANTILES: Final = ("q50", "q68", "q95", "q99", "q999")
RATIOS: Final = (0.5, 0.68, 0.95, 0.99, 0.999)


@dataclass(frozen=True, slots=True)
class MeasuredClass:
    """A measured class, and how it is simulated."""

    row: str  # Its name in the tables.
    name: str
    platform: str
    going: JourneyMotion
    days: float
    every_s: float
    has_claims: bool = True


RECORDS: Final = (
    MeasuredClass(
        "A1 phone indoors, high (android)",
        "Android at rest",
        "android",
        JourneyMotion.STILL,
        3.17,
        60.0,
    ),
    MeasuredClass(
        "A2 phone indoors, balanced (ios)", "iOS at rest", "ios", JourneyMotion.STILL, 4.73, 60.0
    ),
    MeasuredClass(
        "B1a i-gotU logger at a house, 5 min, 20 days",
        "logger in a house",
        "logger",
        JourneyMotion.STILL,
        20.5,
        300.0,
    ),
    MeasuredClass(
        "B1b GNSS collar at a house, one-shot 5-10 min",
        "collar at a house",
        "collar",
        JourneyMotion.STILL,
        8.19,
        300.0,
        has_claims=False,
    ),
    MeasuredClass(
        "D phone moving: walking", "phone, walking", "android", JourneyMotion.WALK, 0.5, 30.0
    ),
    MeasuredClass(
        "D phone moving: car", "phone, in a car", "android", JourneyMotion.DRIVE, 1.0, 30.0
    ),
)

Table = Mapping[str, Mapping[str, str]]


def main(arguments: Sequence[str]) -> None:
    """Write the tables into the page, or print them."""
    folder = Path(arguments[0])
    text = "\n".join(_page(folder))
    if len(arguments) == 1:
        print(text)
        return
    page = Path(arguments[1])
    old = page.read_text(encoding="utf-8")
    before, after = old[: old.index(BEGIN)], old[old.index(END) :]
    file_writing.write(page, f"{before}{BEGIN}\n{text}\n{after}".encode())


def _page(folder: Path) -> Iterator[str]:
    simulated = {record.name: [trial(record, seed) for seed in range(TIMES)] for record in RECORDS}
    yield from _errors(_by_class(folder, "error_quantiles"), simulated)
    yield from _claims(_by_class(folder, "error_over_accuracy"), simulated)
    yield from _correlation(_by_class(folder, "autocorrelation"), simulated)
    yield from _exits(folder, simulated)
    yield from _rules(folder)
    yield from compare_departures.lines(folder)


def _by_class(folder: Path, table: str) -> Table:
    rows = trace_files.rows_of_csv(folder / "tables" / f"{table}.csv")
    return {row["cls"]: row for row in rows}


# --- Simulated records ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ErrorTrial:
    """One simulated record of a device that lies still, or moves in one way all the time."""

    record: MeasuredClass
    view: TickPositions

    @property
    def _each(self) -> int:
        return round(self.record.every_s / TICK_S)

    def error_m(self) -> F64:
        """Return the errors of its reports."""
        east_m, north_m = self.view.east_m[:: self._each], self.view.north_m[:: self._each]
        error_m: F64 = np.sqrt(east_m * east_m + north_m * north_m)
        return error_m

    def claim_m(self) -> F64:
        """Return what its reports claim."""
        return self.view.claim_m[:: self._each]

    def correlation(self, lag_s: float) -> float:
        """Return how much of the error is left after a time: the mean over both axes."""
        step = round(lag_s / TICK_S)
        axes = [axis - axis.mean() for axis in (self.view.east_m, self.view.north_m)]
        parts = [float((axis[step:] * axis[:-step]).mean() / axis.var()) for axis in axes]
        return sum(parts) / len(parts)

    def around(self, radius_m: float) -> readings.Readings:
        """Return its reports around the true place."""
        time_s = TICK_S * np.arange(len(self.view.east_m), dtype=np.float64)[:: self._each]
        none = np.full(len(time_s), np.nan)
        return readings.around_circle(
            time_s=time_s,
            received_s=time_s,
            east_m=self.view.east_m[:: self._each],
            north_m=self.view.north_m[:: self._each],
            accuracy_m=self.claim_m() if self.record.has_claims else none,
            radius_m=radius_m,
        )

    def exits_per_day(self, radius_m: float) -> float:
        """Return how often a plain circle would have been left."""
        return len(baseline.point_state(self.around(radius_m))) / self.record.days


def trial(record: MeasuredClass, seed: int) -> ErrorTrial:
    """Simulate one record in a house, of which there are as many as there are seeds."""
    clock = TickClock(0.0, TICK_S, int(record.days * DAY_S / TICK_S))
    none = np.zeros(clock.ticks)
    going = np.full(clock.ticks, record.going, np.int8)
    moments = Moments(none, none, going, none.astype(np.int64), none)
    if record.going is not JourneyMotion.STILL:
        ones = np.ones(clock.ticks)
        clean = errors.good(moments, ones, ones, record.platform, TICK_S, seed)
        return ErrorTrial(record, sources.sense_positions(clean, [], {}, clock, seed))
    walls = homes.walls(Building.HOUSE, record.platform, Stream(seed, "walls"))
    ratios = np.full((2, clock.ticks), [[walls.error_ratio], [walls.memory_ratio]])
    clean = errors.good(moments, ratios[0], ratios[1], record.platform, TICK_S, seed)
    stay = (0, int(record.days * DAY_S), 0)
    return ErrorTrial(record, sources.sense_positions(clean, [stay], {0: walls}, clock, seed))


# --- Tables --------------------------------------------------------------------------------------

Simulated = Mapping[str, Sequence[ErrorTrial]]


def _errors(real: Table, simulated: Simulated) -> Iterator[str]:
    yield "\n**Errors in metres**: real / simulated.\n"
    yield "| | " + " | ".join(f"{100 * ratio:g} %" for ratio in RATIOS) + " |"
    yield "|---|" + "---|" * len(RATIOS)
    for record in RECORDS:
        quantiles = [np.quantile(one.error_m(), RATIOS) for one in simulated[record.name]]
        cells = [
            cell(real[record.row][column], [float(one[number]) for one in quantiles])
            for number, column in enumerate(QUANTILES)
        ]
        yield f"| {record.name} | {' | '.join(cells)} |"


def _claims(real: Table, simulated: Simulated) -> Iterator[str]:
    columns = ("acc_q50", "acc_q95", "r50", "r95", "p_within_1acc", "p_within_2acc")
    yield "\n**Claims**: claimed accuracy in metres; error over claim; share of fixes within it.\n"
    yield "| | claim 50 % | 95 % | ratio 50 % | 95 % | within once | within twice |"
    yield "|---|" + "---|" * len(columns)
    for record in RECORDS:
        if record.has_claims:
            figures = [_claimed(one) for one in simulated[record.name]]
            cells = [
                cell(real[record.row][column], [one[number] for one in figures])
                for number, column in enumerate(columns)
            ]
            yield f"| {record.name} | {' | '.join(cells)} |"


def _claimed(error_trial: ErrorTrial) -> list[float]:
    claim_m = error_trial.claim_m()
    ratio = error_trial.error_m() / claim_m
    quantiles = [*np.quantile(claim_m, (0.5, 0.95)), *np.quantile(ratio, (0.5, 0.95))]
    return [float(value) for value in (*quantiles, (ratio <= 1).mean(), (ratio <= 2).mean())]


def _correlation(real: Table, simulated: Simulated) -> Iterator[str]:
    yield "\n**Correlation of the error** after a time.\n"
    yield "| | " + " | ".join(f"{lag_s // 60} min" for lag_s in LAGS_S) + " |"
    yield "|---|" + "---|" * len(LAGS_S)
    for record in RECORDS:
        cells = [
            cell(
                real[record.row][f"acf_{lag_s}s"],
                [one.correlation(lag_s) for one in simulated[record.name]],
            )
            for lag_s in LAGS_S
        ]
        if any(not cell.startswith("-") for cell in cells):
            yield f"| {record.name} | {' | '.join(cells)} |"


def _exits(folder: Path, simulated: Simulated) -> Iterator[str]:
    rows_by_record = {
        (row["cls"], int(row["radius_m"])): row
        for row in trace_files.rows_of_csv(folder / "tables" / "false_exits.csv")
        if row["drop_acc_over"] == ""
        and row["sampling"] == ("5 min" if row["cls"].startswith("B") else "1 min")
    }
    yield "\n**False exits of a plain circle per 1,000 reports**, at 1 min (logger, collar: 5).\n"
    yield "| | " + " | ".join(f"{radius_m} m" for radius_m in RADII_M) + " |"
    yield "|---|" + "---|" * len(RADII_M)
    for record in RECORDS:
        if record.going is JourneyMotion.STILL:
            cells = []
            for radius_m in RADII_M:
                row = rows_by_record[(record.row, radius_m)]
                real = 1000.0 * int(row["false_exits"]) / int(row["reports"])
                thousands_per_day = DAY_S / record.every_s / 1000.0
                trials = simulated[record.name]
                values = [one.exits_per_day(radius_m) / thousands_per_day for one in trials]
                cells.append(cell(f"{real:.3g}", values))
            yield f"| {record.name} | {' | '.join(cells)} |"


RULES: Final[Mapping[str, tuple[float, float]]] = {  # Accuracies beyond the edge; times in a row.
    "plain: d > r": (0.0, 1.0),
    "d > r in 2 reports in a row": (0.0, 2.0),
    "d > r in 3 reports in a row": (0.0, 3.0),
    "d - accuracy > r": (1.0, 1.0),
    "d - accuracy > r in 2 in a row": (1.0, 2.0),
    "d - 2 accuracy > r in 2 in a row": (2.0, 2.0),
}


def _rules(folder: Path) -> Iterator[str]:
    table = {
        (row["rule"], row["radius_m"]): row
        for row in trace_files.rows_of_csv(folder / "tables" / "simple_rules.csv")
    }
    tags = [record for record in RECORDS if record.name.startswith(("logger", "collar"))]
    trials = [[trial(record, seed) for record in tags] for seed in range(TIMES)]
    yield "\n**False exits a day of simple rules** at 50 and 100 m, loggers and collars together.\n"
    yield "| rule | 50 m | 100 m |"
    yield "|---|---|---|"
    for rule, (accuracies, in_a_row) in RULES.items():
        cells = []
        for radius_m in (50, 100):
            row = table.get((rule, str(radius_m)))
            real = (
                next((row[name] for name in row if name.startswith("GNSS-only")), "") if row else ""
            )
            values = [_rate(pair, radius_m, accuracies, in_a_row) for pair in trials]
            cells.append(cell(real, values))
        yield f"| {rule} | {' | '.join(cells)} |"


def _rate(pair: Sequence[ErrorTrial], radius_m: float, accuracies: float, in_a_row: float) -> float:
    openings = [
        len(
            baseline.margin(
                error_trial.around(radius_m), accuracy_times=accuracies, in_a_row=in_a_row
            )
        )
        for error_trial in pair
    ]
    return sum(openings) / sum(one.record.days for one in pair)


def cell(real: str, simulated: Sequence[float]) -> str:
    """Return a real figure and the simulated ones: their median and the middle eight of ten."""
    low, middle, high = (score.quantile(simulated, ratio) for ratio in (0.1, 0.5, 0.9))
    shown = f"{float(real):.3g}" if real else "-"
    return f"{shown} / {middle:.3g} [{low:.3g}, {high:.3g}]"


if __name__ == "__main__":
    main(sys.argv[1:])
