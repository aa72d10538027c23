"""Weeks as they are hard to settle: lives that follow each other, looked at again and again.

The same stories as in `lives`, but for days on end, under a policy that forgets within hours, so
that a few hundred fixes cross many cuts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from hypothesis import strategies as st

from mesure.evaluation import pipeline
from mesure.evaluation.assessment import Assessment, SupersededAssessment
from mesure.evaluation.checkpoint import codec, recent, settle
from mesure.evaluation.checkpoint.recent import Checkpoints, EvaluationResult
from mesure.evaluation.judgement import memory_us
from mesure.evaluation.pipeline import Evaluation, EvaluationState, Statement
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from mesure.instants import to_datetime, to_us
from tests.evaluation import lives, scenes
from tests.evaluation.lives import EVERY, LATER, TWO_HOMES, Law
from tests.evaluation.scenes import Fix, H, M, absence, order

STALE_S: Final = 21 * 3_600
FIXES_MAX: Final = 260
LOOKS_MAX: Final = 40
LAWS: Final = {
    "plain": Law((order(*EVERY),), "2026-02-10T20:00"),
    "two homes": Law((order(TWO_HOMES, scenes.RESIDENCE),), "2026-02-10T20:00"),
    "varied": Law(
        (order(*EVERY), order(scenes.CURFEW.replace("home", "office"), scenes.EXCLUSION,
                              in_force=LATER)),
        "2026-02-10T20:00",
    ),
    "freed": Law(
        (order(*EVERY, absences=", ".join([
            absence("C1", "11T22:30", "12T02:00", "office", travel_min=30),
            absence("[C1, C2]", "13T05:00", "13T06:00"),
            absence("C4", "12T10:05", "12T10:12"),
        ])),),
        "2026-02-10T20:00",
    ),
}  # fmt: skip
FIRST_US: Final = lives.night_start_us("plain")


def forgetful() -> Policy:
    """Return the default policy with shorter memories."""
    return replace(
        scenes.default_policy(),
        stale_s=float(STALE_S),
        onset_s_max=6 * 3_600.0,
        jump_memory_s=3 * 3_600.0,
    )


@cache
def ready(law: str) -> Rules:
    """Return the rules of a law for a fortnight."""
    versions = scenes.rules(*LAWS[law].texts).versions
    return scenes.rules_of(versions, FIRST_US + 14 * 24 * H, forgetful())


@dataclass(frozen=True)
class Season:
    """Fixes of some days, as they were received, and when somebody looked."""

    law: str
    history: tuple[Fix, ...]
    looks_us: tuple[int, ...]

    @property
    def rules(self) -> Rules:
        """Return what to judge them by."""
        return ready(self.law)

    def in_order(self) -> "Season":
        """Return the same fixes, from a device that is always heard, and often looked at."""
        track = sorted({one.observed_us: one for one in self.history}.values())
        track = [one._replace(received_us=one.observed_us) for one in track]
        heard_us = [one.received_us + 1 for one in track[:: 1 + len(track) // LOOKS_MAX]]
        return replace(
            self, history=tuple(track), looks_us=tuple(sorted({*heard_us, *self.looks_us}))
        )

    def rules_later(self, look_us: int) -> Rules:
        """Return the rules as they are prepared after a look, for another horizon."""
        return scenes.rules_of(self.rules.versions, look_us + 9 * 24 * H, forgetful())

    def batches(self) -> Iterator[tuple[Fixes, int]]:
        """Yield what was received between one look and the next, with the look."""
        columns = scenes.fixes(self.history)
        heard_us = -1
        for look_us in self.looks_us:
            new = (columns.received_us >= heard_us) & (columns.received_us < look_us)
            yield columns.rows(np.flatnonzero(new)), look_us
            heard_us = look_us

    def at_once(self, look_us: int) -> Statement:
        """Return what is said at a look when everything is judged."""
        return scenes.look_us(self.rules, scenes.fixes(self.history), look_us)


@st.composite
def seasons(draw: st.DrawFn, laws: tuple[str, ...] = tuple(LAWS)) -> Season:
    """Draw a season."""
    at_us = FIRST_US + draw(st.sampled_from([0, 120, 770])) * M
    track: list[Fix] = []
    for _ in range(draw(st.sampled_from([22, 16, 9]))):
        piece, at_us = draw(lives.piece(at_us))
        track += [one for one in piece if one.received_us - one.observed_us <= STALE_S * scenes.S][
            : max(FIXES_MAX - len(track), 0)
        ]
        at_us += draw(st.sampled_from([5 * H, 0, M, 13 * H]))
    until_us = at_us + draw(st.sampled_from([1, M, 30 * M, 4 * H, 40 * H, 90 * H]))
    parts = draw(st.sets(st.sampled_from(range(LOOKS_MAX)), min_size=4)) | {LOOKS_MAX}
    looks_us = sorted({FIRST_US + part * (until_us - FIRST_US) // LOOKS_MAX for part in parts})
    return Season(draw(st.sampled_from(laws)), tuple(track), tuple(looks_us))


class Kept:
    """What a store keeps: assessments from a moment on are replaced, the rest stays."""

    def __init__(self) -> None:
        self.assessments: dict[tuple[str, int], Assessment] = {}
        self.superseded: set[SupersededAssessment] = set()

    def keep(self, view: Evaluation) -> None:
        """Keep what is said at a look."""
        for key, assessment in list(self.assessments.items()):
            if key[1] >= view.since_us:
                del self.assessments[key]
            elif to_us(assessment.span.end) > view.since_us:
                cut = to_datetime(view.since_us)
                self.assessments[key] = replace(assessment, span=replace(assessment.span, end=cut))
        for assessment in view.assessments:
            key = assessment.condition, to_us(assessment.span.start)
            assert key[1] >= view.since_us or key in self.assessments
            self.assessments[key] = assessment
        self.superseded |= set(view.superseded)

    def history(self) -> list[Assessment]:
        """Return the assessments by condition and time."""
        return [self.assessments[key] for key in sorted(self.assessments)]


def look(
    season: Season, *, packs: bool = False
) -> Iterator[tuple[EvaluationState, Evaluation, int]]:
    """Yield what is kept and said at each look; with a cut wherever one may be."""
    live = EvaluationState()
    rules = season.rules
    for batch, look_us in season.batches():
        view = pipeline.evaluate(rules, live, batch, look_us)
        yield view.state, view, look_us
        live = cut(rules, view, look_us)
        if packs:
            packed = codec.pack(rules, live)
            rules = season.rules_later(look_us)
            live = codec.unpack(rules, packed, live.fixes)


def cut(rules: Rules, view: Evaluation, look_us: int) -> EvaluationState:
    """Return what is kept after a look, cut as late as can be."""
    live = view.state
    since_us = settle.stable_until_us(rules, look_us)
    if live.begin_us is None or since_us <= live.begin_us:
        return live
    return settle.cut(rules, view, since_us, memory_us(rules.policy))


def looks_near(season: Season) -> Iterator[tuple[EvaluationResult, int, Statement]]:
    """Yield what is said at each look, by the fast path where it is taken, and by a replay."""
    pair = Checkpoints()
    for batch, look_us in season.batches():
        result = recent.evaluate_newest(season.rules, pair, batch, look_us)
        pair = result.checkpoints
        yield result, look_us, season.at_once(look_us)
