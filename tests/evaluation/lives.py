"""Days as they are hard to judge: what Hypothesis draws for the properties of the judge.

Stays, ways and silences follow each other; their edges fall on, or a moment beside, the edges of
windows and the limits of silence; positions flap about boundaries; fixes share an instant, come
late, in batches, twice, from clocks that are ahead, and in any order. The order is one of a few
that were chosen for what is hard about them: nights when clocks change, absences that touch
windows, a variation in the night.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from hypothesis import strategies as st

from mesure.evaluation.rules import Rules
from mesure.geo.fixes import MOVES, NOT_KNOWN, POSITION, SINCE_FIX, Fixes, Provider
from mesure.instants import to_us
from mesure.orders.model.schedule import bounds
from tests.evaluation import scenes
from tests.evaluation.scenes import CURFEW, EXCLUSION, RESIDENCE, SLOT, Fix, H, M, S, absence, order

DAYS: Final = 3
EVERY: Final = (CURFEW, RESIDENCE, EXCLUSION, SLOT)
LATER: Final = "from: 2026-02-11T01:30, until: 2026-03-01"
YEARS: Final = "from: 2024-01-01, until: 2027-01-01"
TWO_HOMES: Final = (
    "C1: {curfew: {at: home, times: [{from: 22:00, until: 02:00, every: day}, "
    "{from: 02:00, until: 06:00, every: day, at: office}]}}"
)


class Law(NamedTuple):
    """An order with the instant, in UTC, at which a hard night of it begins."""

    texts: tuple[str, ...]
    evening: str
    without_absences: tuple[str, ...] = ()  # The same order before leave was given.


LAWS: Final = {
    "plain": Law((order(*EVERY),), "2026-02-10T20:00"),
    "two homes": Law((order(TWO_HOMES, RESIDENCE),), "2026-02-10T20:00"),
    "varied in the night": Law(
        (order(*EVERY), order(CURFEW.replace("home", "office"), EXCLUSION, in_force=LATER)),
        "2026-02-10T20:00",
    ),
    "in force from the night on": Law(
        (order(*EVERY, in_force="from: 2026-02-10T23:00, until: 2026-02-11T05:00"),),
        "2026-02-10T20:00",
    ),
    "Paris, an hour is skipped": Law(
        (order(*EVERY, zone="Europe/Paris", in_force=YEARS),), "2026-03-28T19:00"
    ),
    "Paris, an hour comes twice": Law(
        (order(*EVERY, zone="Europe/Paris", in_force=YEARS),), "2026-10-24T19:00"
    ),
    "Almaty, a night of nine hours": Law(
        (order(*EVERY, zone="Asia/Almaty", in_force=YEARS),), "2024-02-29T14:00"
    ),
}
ABSENCES: Final = {
    "before and into the night": absence("C1", "10T20:00", "10T22:00"),
    "up to its end": absence("[C1, C2]", "11T05:00", "11T06:00"),
    "in its middle": absence("C1", "10T23:00", "11T01:00"),
    "all of it": absence("[C1, C2, C3, C4]", "10T22:00", "11T06:00"),
    "at another place": absence("C1", "10T22:30", "11T02:00", "office", travel_min=30),
    "at another place without a way": absence("[C1, C3]", "10T23:00", "11T01:00", "stadium"),
    "in a slot": absence("C4", "11T10:05", "11T10:12"),
    "over a slot's end": absence("C4", "11T10:20", "11T11:00", "home"),
}
FREED: Final = {
    name: Law((order(*EVERY, absences=text),), "2026-02-10T20:00", (order(*EVERY),))
    for name, text in ABSENCES.items()
}


@cache
def ready(name: str, *, freed: bool = True) -> Rules:
    """Return the rules of a law; without its absences when it is not `freed`."""
    law = (LAWS | FREED)[name]
    texts = law.texts if freed else law.without_absences
    return scenes.rules_of(scenes.rules(*texts).versions, night_start_us(name) + DAYS * 24 * H)


def night_start_us(name: str) -> int:
    """Return when the evening of a law's hard night begins."""
    return to_us(datetime.fromisoformat((LAWS | FREED)[name].evening + "+00:00"))


# --- What happens ----------------------------------------------------------------------------

EAST_M: Final = st.sampled_from([0.0, 0.0, 55.0, 65.0, 100.0, 900.0, 2_000.0, 5_000.0, 9_000.0])
MINUTES: Final = st.sampled_from([1.0, 10.0, 29.0, 30.0, 31.0, 60.0, 120.0, 239.0, 240.0, 241.0])
NUDGE: Final = st.sampled_from([0, 0, 0, -1, 1])  # In microseconds, about a limit or an edge.
EVERY_S: Final = st.sampled_from([60, 300, 600, 1_200])
AHEAD_US: Final = 90 * S
DELAY: Final = st.sampled_from([0, 0, 0, -AHEAD_US, M, 40 * M, 5 * H, 20 * H])
"""From a device's clock that is ahead, as far as policy believes, to a night without a network."""

FLAG: Final = st.sampled_from([NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, 0, 1])
RADIUS_M: Final = st.sampled_from([5.0, 15.0, 15.0, 60.0, 400.0, float("nan")])
PROVIDER: Final = st.sampled_from([Provider.GNSS] * 4 + [Provider.WIFI, Provider.CELL])
SPEED_MPS: Final = st.sampled_from([float("nan")] * 3 + [0.0, 1.2, 4.0])
"""Where the fixes of a piece lie on the spot, it is said in vain."""
FIXES_MAX: Final = 120


class Masts(NamedTuple):
    """What a phone tells by masts, so long after each fix: where, and how sure."""

    after_us: int
    off_m: float
    radius95_m: float

    def beside(self, fix: Fix) -> Fix:
        """Return the fix by masts beside one."""
        return fix._replace(
            observed_us=fix.observed_us + self.after_us,
            east_m=fix.east_m + self.off_m,
            radius95_m=self.radius95_m,
            provider=Provider.CELL,
        )


MASTS: Final = st.none() | st.builds(
    Masts,
    st.sampled_from([0, 5 * S, 30 * S, 601 * S]),
    st.sampled_from([10.0, 300.0, 630.0, 3_000.0]),
    st.sampled_from([400.0, 1_000.0, float("nan")]),
)
"""None, or close to the truth, beside it, or plainly elsewhere."""


@dataclass(frozen=True)
class ReceivedHours:
    """Fixes of some hours, as they were received, and the moment of looking."""

    law: str
    told: tuple[Fix, ...]
    until_us: int

    @property
    def rules(self) -> Rules:
        """Return what to judge them by."""
        return ready(self.law)

    @property
    def fixes(self) -> Fixes:
        """Return the columns of what was received before the moment of looking."""
        return scenes.fixes([one for one in self.told if one.received_us < self.until_us])


def _received(fix: Fix, batch_us: int | None, delay_us: int) -> Fix:
    """Return a fix as it was received, alone or in a batch; what is delayed, at a whole minute.

    Why: what comes within half a minute is one delivery to the judge, by policy (`late_s`). It
    dates by the last of it what a look in between would have shown before; masts are no exception.
    """
    received_us = (fix.observed_us if batch_us is None else batch_us) + delay_us
    if delay_us > 0 or batch_us is not None:
        received_us = -(-received_us // M) * M
    return fix._replace(received_us=received_us)


@st.composite
def signs(draw: st.DrawFn, start_us: int, end_us: int) -> list[Fix]:
    """Draw what a device says of itself that sends no fixes; often nothing.

    It lies still since its last fix, since a little after it, or only since a while; or it moves.
    """
    rest_us = draw(st.sampled_from([0, start_us - H, start_us + 20 * S, start_us + 45 * S, MOVES]))
    every_us = draw(st.sampled_from([0, 0, 10 * M, 30 * M, 30 * M + 1, 90 * M, 120 * M + 1]))
    if not every_us:
        return []
    delay_us, skipped = draw(DELAY), draw(st.integers(0, 5))
    times_us = range(start_us, end_us, every_us)
    return [
        scenes.claim(at_us, rest_us)._replace(received_us=at_us + delay_us)
        for number, at_us in enumerate(times_us)
        if number != skipped
    ]


@st.composite
def piece(draw: st.DrawFn, start_us: int) -> tuple[list[Fix], int]:
    """Draw fixes of one stay, or a silence; return them with its end."""
    minutes, nudge = draw(MINUTES), draw(NUDGE)
    end_us = start_us + round(minutes * M) + nudge
    if draw(st.integers(0, 3)) == 0:
        return draw(signs(start_us, end_us)), end_us
    every_us = max(draw(EVERY_S) * S, (end_us - start_us) // 20)
    east_m, flaps = draw(EAST_M), draw(st.booleans())
    template = Fix(0, 0, 0.0, radius95_m=draw(RADIUS_M), motion=draw(FLAG), beacon=draw(FLAG))
    template = template._replace(provider=draw(PROVIDER), speed_mps=draw(SPEED_MPS))
    masts = draw(MASTS)
    batch, delay_us = draw(st.booleans()), draw(DELAY)
    track = [
        template._replace(
            observed_us=at_us, east_m=65.0 - east_m if flaps and number % 2 else east_m
        )
        for number, at_us in enumerate(range(start_us, end_us, every_us))
    ]
    if masts is not None:
        track = [
            part for fix in track for part in (fix, masts.beside(fix)) if part.observed_us < end_us
        ]
    return [_received(fix, end_us if batch else None, delay_us) for fix in track], end_us


@st.composite
def lives(draw: st.DrawFn, laws: tuple[str, ...] = tuple(LAWS)) -> ReceivedHours:
    """Draw a life under one of some laws."""
    law = draw(st.sampled_from(laws))
    at_us = night_start_us(law) + draw(st.sampled_from([0, 60, 119, 120, 121, 770])) * M
    track: list[Fix] = []
    for _ in range(draw(st.integers(0, 9))):
        part, at_us = draw(piece(at_us))
        track += part[: FIXES_MAX - len(track)]
    placed = [one for one in track if one.rest_us == POSITION]
    twins = draw(st.lists(st.sampled_from(placed), max_size=2)) if placed else []
    track += [one._replace(east_m=one.east_m + 300.0) for one in twins]  # At the same instant.
    until_us = at_us + draw(st.sampled_from([0, 1, M, 30 * M, 4 * H, 21 * H]))
    return ReceivedHours(law, tuple(track), until_us)


@st.composite
def arrivals(draw: st.DrawFn, life: ReceivedHours) -> ReceivedHours:
    """Draw another way in which the same fixes may come: delayed, repeated, in any order."""
    track = list(life.told)
    if track:
        track += draw(st.lists(st.sampled_from(track), max_size=4))
    track = [one._replace(received_us=one.observed_us + draw(DELAY)) for one in track]
    return ReceivedHours(life.law, tuple(draw(st.permutations(track))), life.until_us)


# --- What an order asks ----------------------------------------------------------------------


def spans_in_force(rules: Rules, until_us: int) -> Iterator[tuple[str, int, int]]:
    """Yield when each condition binds, by the order's own schedule: (condition, start, end)."""
    for version in rules.versions:
        for condition in version.conditions:
            for bound in bounds(condition, version, version.in_force.start, version.in_force.end):
                start_us, end_us = to_us(bound.span.start), min(to_us(bound.span.end), until_us)
                if start_us < end_us:
                    yield condition.id, start_us, end_us


def merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of spans, sorted."""
    union: list[tuple[int, int]] = []
    for start_us, end_us in sorted(spans):
        if union and start_us <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end_us))
        else:
            union.append((start_us, end_us))
    return union


def silences(fixes: Fixes, until_us: int, limit_us: int) -> list[tuple[int, int]]:
    """Return the stretches, up to the moment of looking, longer after a fix than a limit.

    A device that says in time, one sign after the other, that it lies where it was is not silent.
    """
    policy = scenes.default_policy()
    silence_us, slack_us = round(policy.silence_s * S), round(policy.rest_slack_s * S)
    gap_us = round(policy.rest_gap_s_max * S)
    spans: list[tuple[int, int]] = []  # Of each fix: its time, and until when it holds.
    last_motion, unbroken = NOT_KNOWN, False
    for at_us, rest_us, motion in zip(
        fixes.observed_us.tolist(), fixes.rest_us.tolist(), fixes.motion.tolist(), strict=True
    ):
        if rest_us == POSITION:
            spans.append((at_us, at_us))
            last_motion, unbroken, sign_us = motion, True, at_us
        elif spans:
            fix_us, _ = spans[-1]
            lies = last_motion == 0 if rest_us == SINCE_FIX else rest_us <= fix_us + slack_us
            holds = at_us - fix_us <= policy.rest_hold_s_max * S
            is_near = at_us - sign_us <= (silence_us if rest_us == SINCE_FIX else gap_us)
            unbroken = unbroken and lies and holds and is_near
            sign_us = at_us
            if unbroken:
                spans[-1] = (fix_us, at_us)
    if not spans:
        return []
    starts = [at_us for at_us, _ in spans[1:]] + [until_us]
    return [
        (before + limit_us, after)
        for (_, before), after in zip(spans, starts, strict=True)
        if before + limit_us < after
    ]
