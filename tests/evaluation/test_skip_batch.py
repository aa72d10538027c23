"""Of several who are asked about together the same is said as of each alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.evaluation.checkpoint import recent, skip_batch, skip_check
from mesure.evaluation.checkpoint.recent import Checkpoints
from mesure.evaluation.checkpoint.skip_batch import SkipRequest
from mesure.evaluation.checkpoint.skip_check import SkipBounds
from mesure.geo.fixes import Fixes, Provider
from mesure.geo.numeric import geo_kernels
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    S,
    deliver_at,
    fixes,
    order,
    rules,
    stay,
    us,
)

READY = rules(order(CURFEW, RESIDENCE, EXCLUSION))
OTHER = replace(READY, policy=replace(READY.policy, silence_s=120.0))
AT = us("10T23:00")


def calm_of(east_m: float) -> SkipBounds | None:
    track = fixes(stay("10T20:00", "10T23:00", east_m))
    return skip_check.begin(READY, recent.evaluate_newest(READY, Checkpoints(), track, AT))


CALMS = [one for one in map(calm_of, (0.0, 30.0, -50.0)) if one is not None]


@st.composite
def batches(draw: st.DrawFn) -> Fixes:
    """Return some minutes of fixes, or none: near, far, weak, late, twice, out of order."""
    count = draw(st.integers(0, 5))
    points = stay("10T23:00", f"10T23:{count:02d}" if count else "10T23:00")
    if not points:
        return fixes()
    points = [
        point._replace(
            east_m=draw(st.sampled_from([0.0, 20.0, 60.0, 95.0, 4_000.0, 30_000.0, np.nan])),
            radius95_m=draw(st.sampled_from([5.0, 20.0, 110.0, np.nan])),
            provider=draw(st.sampled_from(Provider)),
            beacon=draw(st.sampled_from([-1, 0, 1])),
            observed_us=point.observed_us + S * draw(st.sampled_from([0, 0, 0, -60, 90, 7_200])),
        )
        for point in points
    ]
    if draw(st.booleans()):
        points = deliver_at(points, draw(st.sampled_from(["10T22:59", "10T23:06", "10T23:40"])))
    batch = fixes(points)
    twice = draw(st.booleans())
    return batch.rows(np.repeat(np.arange(len(batch)), 2)) if twice else batch


@st.composite
def goings(draw: st.DrawFn) -> SkipRequest:
    """Return somebody who is asked about, at one of some moments, under one of two policies."""
    until_us = AT + S * draw(st.sampled_from([30, 200, 600, 1_700, 30_000]))
    calm = draw(st.sampled_from(CALMS))
    calm = calm._replace(received_us=calm.received_us + S * draw(st.sampled_from([0, 45])))
    return SkipRequest(draw(st.sampled_from([READY, OTHER])), calm, draw(batches()), until_us)


def plain(calm: SkipBounds | None) -> object:
    return calm and calm._replace(wrong_m=tuple(calm.wrong_m))  # type: ignore[arg-type]


@pytest.mark.parametrize("is_compiled", [True, False])
@given(going=st.lists(goings(), max_size=8))
def test_together_as_alone(going: list[SkipRequest], is_compiled: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geo_kernels, "is_compiled", lambda: is_compiled)
        alone = [skip_batch.go_on_together([one])[0] for one in going]
        together = skip_batch.go_on_together(going)
    assert [*map(plain, together)] == [*map(plain, alone)]


def test_there_is_something_to_ask_about() -> None:
    assert len(CALMS) == 3
    still = fixes(stay("10T23:00", "10T23:03"))
    requests = [SkipRequest(READY, one, still, AT + 181 * S) for one in CALMS]
    assert all(one is not None for one in skip_batch.go_on_together(requests))
    assert skip_batch.go_on_together([]) == []
