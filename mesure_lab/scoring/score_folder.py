"""Contents of a folder of real traces: its cases, the hashes of its files, what is missing.

Raises `FixesError` for what cannot be scored; a file that is missing or of no use is said in a
sentence, and the rest is scored.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from mesure.formats import fixes_files
from mesure.formats.columns.file_faults import FixesError, join_names
from mesure.formats.columns.file_rows import FileRows
from mesure.machine.progress import ProgressStages
from mesure.reports.text import visible_text
from mesure_lab.scoring import score_cases
from mesure_lab.scoring.score_cases import ScoreCase
from mesure_lab.traces import real_traces, trace_files
from mesure_lab.traces.real_traces import NIGHT_SOURCES, STATIONARY, TRIPS, Trips
from mesure_lab.traces.trace_files import Trace

EVENTS: Final = "mobilitynet_events.csv"
REFERENCE: Final = "mobilitynet_reference"
PLACES: Final = "mobilitynet_places.geojson"
SMALL_M: Final = (
    100.0  # Below it many references start outside: only those that start inside count.
)
_COLUMNS: Final = ("trace_id", "time", "lat", "lon")
_BROKEN: Final = (
    pa.ArrowException,
    csv.Error,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
)
_CAUSE_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class ScoreFolder:
    """All that is scored, by what truly happened, and what is to be said of the folder."""

    cases: tuple[ScoreCase, ...]
    sha256: Mapping[str, str]  # Of each file that was read.
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of traces: what the ingest makes of it, and the truth in it."""

    source: str
    record: FileRows
    traces: list[Trace]


def find(folder: Path, radii_m: Sequence[float], stages: ProgressStages) -> ScoreFolder:
    """Return the cases of a folder for circles of these radii."""
    home = _home(folder)
    known = _guarded(home / "traces.csv", lambda: trace_files.about(home))
    hashes: dict[str, str] = {}
    notes: list[str] = [] if known else ["There is no traces.csv: devices and modes are unknown."]
    cases: list[ScoreCase] = []
    for path in sorted(home.glob("*.parquet")):
        if path.stem == REFERENCE:
            continue
        stages.reach(f"reading {path.name}")
        file = _read(path, known, hashes)
        if file is None:
            notes.append(f"{visible_text.visible(path.name)} was ignored: it has no traces.")
            continue
        mine = list(_cases(home, file, radii_m, hashes, notes))
        if not mine:
            name = visible_text.visible(path.name)
            notes.append(f"{name} was ignored: it has no truth that a rule could be held to.")
        cases += mine
    _hash(trace_files.beside(home, "traces.csv"), hashes)
    if not cases:
        raise FixesError(
            str(folder),
            "no trace in it has a truth that a rule could be held to",
            "there is nothing to score",
            "name a folder laid out as docs/specs/score_output.md says",
        )
    return ScoreFolder(tuple(cases), dict(sorted(hashes.items())), tuple(notes))


def _home(folder: Path) -> Path:
    """Return where the traces are: in the folder itself, in `dev/`, or in its only other folder."""
    why = "there is nothing to score"
    if not _is_folder(folder):
        raise FixesError(str(folder), "it is no folder", why, "check the path")
    within = sorted(path for path in folder.iterdir() if path.is_dir())
    homes = [one for one in (folder, folder / "dev") if any(one.glob("*.parquet"))]
    homes = homes or [one for one in within if any(one.glob("*.parquet"))]
    if not homes:
        raise FixesError(
            str(folder), "it has no *.parquet, nor has a folder in it", why, "check the path"
        )
    if len(homes) > 1 and homes[0] != folder and homes[0].name != "dev":
        names = join_names(path.name for path in homes)
        raise FixesError(
            str(folder), f"traces stand in {names}", "it is not clear which", "name one"
        )
    return homes[0]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # Too long to be the name of anything.
        return False


def _read(path: Path, known: dict[str, dict[str, str]], hashes: dict[str, str]) -> _File | None:
    columns = _guarded(path, lambda: trace_files.columns_of(path))
    if any(name not in columns for name in _COLUMNS):
        return None
    _hash(path, hashes)
    record = fixes_files.read(path.name, path.read_bytes())
    return _File(path.stem, record, _guarded(path, lambda: trace_files.traces_of(columns, known)))


def _guarded(path: Path, read: Any) -> Any:  # noqa: ANN401  # Whatever it reads.
    """Return what is read, or say which file cannot be read."""
    try:
        return read()
    except _BROKEN as broken:
        cause = visible_text.shorten(f"{type(broken).__name__}: {broken}", _CAUSE_MAX)
        raise FixesError(
            path.name,
            f"it is not as it should be ({cause})",
            "its traces cannot be scored",
            "copy it again, or take it out of the folder",
        ) from broken


def _hash(path: Path, hashes: dict[str, str]) -> None:
    if path.exists():
        hashes[visible_text.visible(path.name)] = hashlib.sha256(path.read_bytes()).hexdigest()


# --- Cases ---------------------------------------------------------------------------------------


def _cases(
    home: Path, file: _File, radii_m: Sequence[float], hashes: dict[str, str], notes: list[str]
) -> Iterator[ScoreCase]:
    if file.source == TRIPS:
        days = _trips(home, file, hashes, notes)
        for radius_m in radii_m:
            for departure in real_traces.departures_of(days, radius_m):
                if radius_m >= SMALL_M or departure.starts_inside:
                    yield score_cases.of_departure(departure, file.record)
    elif file.source in NIGHT_SOURCES:
        nights = _guarded(
            home / f"{file.source}.parquet or traces.csv",
            lambda: real_traces.nights_of(file.traces),
        )
        yield from (score_cases.of_night(night, file.record) for night in nights)
    else:
        source = "" if file.source == STATIONARY else file.source
        still = [trace for trace in file.traces if not source or _has_point(trace)]
        for phone in real_traces.at_rest_of(still):
            yield score_cases.of_rest(phone, file.record, source)


def _has_point(trace: Trace) -> bool:
    """Say whether a trace lay at one known point all the time, or nearly: old fixes have none."""
    kinds = {truth.partition(":")[0] for truth in trace.truth if truth}
    return kinds == {"point"}


def _trips(home: Path, file: _File, hashes: dict[str, str], notes: list[str]) -> Trips:
    needed = (
        trace_files.among(home, EVENTS),
        trace_files.among(home, f"{REFERENCE}.parquet"),
        trace_files.beside(home, "places") / PLACES,
    )
    for path in needed:
        if path.exists():
            _hash(path, hashes)
        else:
            notes.append(f"There is no {path.name}: departures were left out.")
    which = home / f"{EVENTS}, {REFERENCE}.parquet or {PLACES}"
    return _guarded(which, lambda: real_traces.trips_of(home, file.traces))  # type: ignore[no-any-return]
