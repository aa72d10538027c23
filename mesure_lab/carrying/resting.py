"""Phones that rest: while they lie still they send no fix, and perhaps signs of life that say so.

This is the default of apps that spare the battery: a motion sensor that needs nearly none decides,
and positions are taken only while something moves. Each constant says what is measured; the rest is
assumed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from mesure.geo.fixes import F64, I64
from mesure_lab.carrying import carried
from mesure_lab.carrying.sources import Stay, TickClock
from mesure_lab.columns import Stream
from mesure_lab.rules.readings import Flags

SETTLE_S: Final = 300.0  # Nothing must move for this long until it rests (the library's default).
SIGN_S: Final = 900.0  # Between two signs of life (the guide's setting).
# As it comes to rest, and at rest now and then, it says where it is, a few times in a row (the
# library does so at each change; how often is the guide's setting).
LOOKS_S: Final = (4 * 3_600.0, 180.0)
# Phones at rest felt movement in 0.14 blocks of five minutes an hour (1,066 h, `real_tags.md`).
STIRS_PER_H: Final = 0.14
STIR_S: Final = 300.0
# Of 147 departures the claim outlived 5 by over two minutes and 2 of them by over ten: between two
# minutes and half an hour, equally many in each octave. All others are felt within half a minute.
P_UNFELT: Final = 5 / 147
UNFELT_S: Final = (120.0, 1_800.0)
FELT_S: Final = 30.0
# The longest time without any record of the app lasts about an hour at the median (1.0 to 1.3 h in
# gaps of 2 to 16 h): signs are held back as often as phones doze, equally many in each octave.
HELD_BACK_S: Final = (900.0, 6_600.0)


class RestSettings(Enum):
    """What phones of a town do while they lie still."""

    REPORTS = "reports as ever"
    SILENT = "sends nothing"
    SIGNS = "sends signs of life"


@dataclass(frozen=True, slots=True)
class SignsOfRest:
    """When a phone sent a sign of life, and since when it said that it lay still."""

    sent_ms: I64
    since_ms: I64

    def __len__(self) -> int:
        return len(self.sent_ms)


NO_SIGNS: Final = SignsOfRest(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class _Rest:
    """A time in which a phone lies still and knows it."""

    still_s: float  # Since when nothing moves it.
    start_s: float  # From when on it sends no fix.
    felt_s: float  # When it feels that it moves.
    end_s: float  # When it sends a fix again.


def rest(stays: Sequence[Stay], clock: TickClock, seed: int) -> tuple[Flags, SignsOfRest]:
    """Return the ticks at which no fix is sent, and the signs of life that are sent meanwhile."""
    stream = Stream(seed, "rest")
    silent = np.zeros(clock.ticks, np.bool_)
    sent_s, since_s = [np.empty(0)], [np.empty(0)]
    for stay in stays:
        held_back = _held_back(stay, stream)
        for spell in _rests(stay, stream):
            # Also where it was carried off, and came to rest again before it woke.
            silent[clock.rows(spell.start_s - LOOKS_S[1], spell.start_s)] = False
            silent[clock.rows(spell.start_s, spell.end_s)] = True
            for look_s in np.arange(spell.start_s, spell.felt_s, LOOKS_S[0])[1:].tolist():
                silent[clock.rows(look_s, min(look_s + LOOKS_S[1], spell.felt_s))] = False
            signs_s = np.arange(spell.start_s, spell.felt_s, SIGN_S)[1:]
            for begin_s, end_s in held_back:
                signs_s = signs_s[(signs_s < begin_s) | (signs_s >= end_s)]
            # What it feels wakes it: it says until when it lay still, and then where it is.
            signs_s = np.append(signs_s, spell.felt_s)
            sent_s.append(signs_s)
            since_s.append(np.full(len(signs_s), spell.still_s))
    return silent, SignsOfRest(_ms(np.concatenate(sent_s)), _ms(np.concatenate(since_s)))


def _ms(instants_s: F64) -> I64:
    return (instants_s * 1000.0).astype(np.int64)


def _rests(stay: Stay, stream: Stream) -> Iterator[_Rest]:
    """Yield the rests of a stay: each ends when something stirs the phone, the last on leaving."""
    start_s, end_s, _ = stay
    stirs_s = start_s + stream.events(float(end_s - start_s), STIRS_PER_H / 3600.0)
    leaves_s, wakes_s = _leaving(float(end_s), stream)
    still_s = float(start_s)
    for stir_s in stirs_s.tolist():
        if stir_s > still_s + SETTLE_S:
            yield _Rest(still_s, still_s + SETTLE_S, stir_s, stir_s)
        still_s = stir_s + STIR_S
    if end_s > still_s + SETTLE_S:
        yield _Rest(still_s, still_s + SETTLE_S, leaves_s, wakes_s)


def _leaving(end_s: float, stream: Stream) -> tuple[float, float]:
    """Draw when a phone that is carried off feels it, and when it sends a fix."""
    felt_s = FELT_S * stream.share()
    if stream.share() < P_UNFELT:
        felt_s = float(carried.lengths_s(1, UNFELT_S, stream)[0])
    wake_s = carried.WAKE_S[0] * float(stream.around_one(1, carried.WAKE_S[1])[0])
    return end_s + felt_s, end_s + max(felt_s, wake_s)


def _held_back(stay: Stay, stream: Stream) -> list[tuple[float, float]]:
    """Draw the times in which the phone dozes so deeply that no sign leaves it."""
    start_s, end_s, _ = stay
    begin_s = start_s + stream.events(float(end_s - start_s), carried.DOZES_PER_DAY[0] / 86_400.0)
    length_s = carried.lengths_s(len(begin_s), HELD_BACK_S, stream)
    return list(zip(begin_s.tolist(), (begin_s + length_s).tolist(), strict=True))
