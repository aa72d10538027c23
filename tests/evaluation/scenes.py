"""Scenes for the judge: an order in a few lines of YAML, and fixes told as a short story.

Instants are written as a day and a time of February 2026, by a clock in UTC: "10T22:00". Places
lie on a line that leads east from home, in metres: home reaches 60 m, the office is at 2,000 m, the
stadium at 5,000 m.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import numpy as np

from mesure.evaluation import judgement, pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.assessment import Assessment
from mesure.evaluation.episodes import Episode
from mesure.evaluation.filter.status_intervals import FilterOutput
from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.fix_requests import FixRequest
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes, Provider
from mesure.instants import to_datetime, to_us
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure_lab.whole.drawn.scenery import (
    FEBRUARY,
    HOME_LAT_DEG,
    HOME_LON_DEG,
    LAT_M,
    LON_M,
    Fix,
    H,
    M,
    S,
    default_policy,
    fix_columns,
    fixes,
    order,
)

__all__ = [  # Told here, and used by those who tell scenes.
    "FEBRUARY",
    "HOME_LAT_DEG",
    "HOME_LON_DEG",
    "LAT_M",
    "LON_M",
    "Fix",
    "H",
    "M",
    "S",
    "default_policy",
    "fix_columns",
    "fixes",
    "order",
]

SILENCE_M: Final = 30
"""Minutes after which a phone is silent, by the default policy."""

SILENCE_INCIDENT_M: Final = 240
"""Minutes after which an officer is notified of it."""

CURFEW: Final = "C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}"
RESIDENCE: Final = "C2: {residence: {stay_in: district}}"
EXCLUSION: Final = "C3: {exclusion: {keep_out_of: stadium}}"
SLOT: Final = (
    "C4: {appointment: {at: office, every: day, from: 10:00, until: 10:30, present_min: 10}}"
)

Place = Sequence[float]


def absence(allows: str, start: str, end: str, at: str = "", travel_min: int = 0) -> str:
    """Return an authorised absence of an order."""
    day = "2026-02-"
    place = f"at: {at}, " if at else ""
    travel = f"travel_min: {travel_min}, " if travel_min else ""
    name = f"A{start}".replace(":", "-")
    span = f"from: {day}{start}, until: {day}{end}"
    return f"{name}: {{allows: {allows}, {span}, {place}{travel}reason: notified, by: O-7}}"


def rules(*texts: str, until: str = "28T00:00", policy: Policy | None = None) -> Rules:
    """Return the rules of an order's versions."""
    versions = read_order.versions(
        read_order.read(f"order_{n}.yaml", text.encode(), {}) for n, text in enumerate(texts)
    )
    return rules_of(versions, us(until), policy)


def rules_of(
    versions: Sequence[OrderVersion], until_us: int, policy: Policy | None = None
) -> Rules:
    """Return the rules of versions that were read, to look at until an instant."""
    return rules_.prepare(versions, policy or default_policy(), to_datetime(until_us))


# --- Time ------------------------------------------------------------------------------------


def us(instant: str) -> int:
    """Return an instant of February 2026 in microseconds."""
    return to_us(datetime.fromisoformat(f"2026-02-{instant}+00:00"))


def format_instant(instant_us: int | None) -> str:
    """Return an instant as scenes write it; "open" for what has not ended."""
    if instant_us is None:
        return "open"
    text = to_datetime(instant_us).isoformat()[:-6].removeprefix("2026-02-")
    return text.removesuffix(":00")


# --- Fixes -----------------------------------------------------------------------------------


def fix(instant: str, east_m: float, **fields: Any) -> Fix:
    """Return one fix, received when it was taken."""
    return Fix(us(instant), us(instant), east_m)._replace(**fields)


def stay(
    start: str, end: str, east_m: float = 0.0, every_s: float = 60, **fields: Any
) -> list[Fix]:
    """Return fixes at one spot, from `start` up to, not including, `end`."""
    times = range(us(start), us(end), round(every_s * S))
    return [Fix(at, at, east_m)._replace(**fields) for at in times]


def claim(observed_us: int, rest_us: int) -> Fix:
    """Return a sign of life by which the device says that it has lain still since then."""
    nan, provider = np.nan, Provider.UNKNOWN
    return Fix(
        observed_us, observed_us, nan, nan, radius95_m=nan, provider=provider, rest_us=rest_us
    )


def way(*east_m: float, every_s: float = 60, **fields: float) -> list[Fix]:
    """Return fixes at these places, one after the other."""
    start = us("10T12:00")
    at = [start + round(n * every_s * S) for n in range(len(east_m))]
    track = [Fix(instant, instant, m) for instant, m in zip(at, east_m, strict=True)]
    return [one._replace(**fields) for one in track]  # type: ignore[arg-type]


def walk(
    start: str, from_m: float, to_m: float, mps: float = 1.5, every_s: float = 60, **fields: Any
) -> list[Fix]:
    """Return fixes on the way from one spot to another, the first of them not including."""
    steps = int(abs(to_m - from_m) / (mps * every_s))
    stride_m = (to_m - from_m) / max(steps, 1)
    since = us(start)
    return [
        Fix(at, at, from_m + stride_m * step)._replace(**fields)
        for step in range(1, steps + 1)
        for at in [since + step * round(every_s * S)]
    ]


def deliver_at(part: Iterable[Fix], instant: str) -> list[Fix]:
    """Return fixes that arrive together at an instant."""
    return [one._replace(received_us=us(instant)) for one in part]


# --- What is said ----------------------------------------------------------------------------


def look(ready: Rules, columns: Fixes, until: str) -> Statement:
    """Return what is said of the fixes received before an instant, at that instant."""
    return look_us(ready, columns, us(until))


def look_us(ready: Rules, columns: Fixes, until_us: int) -> Statement:
    """Return the same, at an instant in microseconds."""
    known_fixes = columns.rows(np.flatnonzero(columns.received_us < until_us))
    return pipeline.replay(ready, known_fixes, until_us)


def filter_outputs(
    ready: Rules, columns: Fixes, in_time: Flags | None = None
) -> tuple[FilterOutput, ...]:
    """Return what each lane says after each of some fixes."""
    return judgement.judge(ready, columns, ready.start_us, in_time=in_time).said


def asks_now(statement: Statement) -> tuple[FixRequest, ...]:
    """Return what to ask the device at the moment of looking; nothing when all is sure."""
    now = to_datetime(statement.judgement.until_us)
    return tuple(one for one in statement.ask_for_fixes if one.asked_at <= now < one.span.end)


Line = tuple[str, str, str, str]


def lines(assessments: Iterable[Assessment]) -> list[Line]:
    """Return assessments as (condition, status, start, end)."""
    return [
        (
            assessment.condition,
            assessment.status.value,
            format_instant(to_us(assessment.span.start)),
            format_instant(to_us(assessment.span.end)),
        )
        for assessment in assessments
    ]


def spans(statement: Statement, condition: str = "C1") -> list[tuple[str, str, str]]:
    """Return what is said of one condition as (status, start, end)."""
    return [line[1:] for line in lines(statement.assessments) if line[0] == condition]


def list_episodes(statement: Statement) -> list[tuple[str, str, str, str]]:
    """Return the episodes as (breach, start, end, opened)."""
    return [
        (
            episode.breach,
            format_instant(episode.start_us),
            format_instant(episode.end_us),
            format_instant(episode.opened_us),
        )
        for episode in statement.episodes
    ]


def of_place(episodes: Iterable[Episode]) -> list[Episode]:
    """Return the episodes that are about where the person was."""
    return [one for one in episodes if one.breach != "silent"]


def change_policy(policy: Policy, change: Callable[[Policy], dict[str, float]]) -> Policy:
    """Return a policy with some thresholds changed."""
    return replace(policy, **change(policy))  # type: ignore[arg-type]
