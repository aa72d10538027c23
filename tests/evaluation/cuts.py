"""A look at some fixes, and what is kept of it from a cut on."""

from mesure.evaluation.checkpoint import incremental, settle
from mesure.evaluation.checkpoint.incremental import IncrementalResult, IncrementalState
from mesure.evaluation.evaluate import memory_us
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from tests.evaluation.scenes import us


def looked(ready: Rules, told: Fixes, until: str) -> tuple[IncrementalState, IncrementalResult]:
    return incremental.advance(ready, IncrementalState(), told, us(until))


def at(
    ready: Rules, told: Fixes, until: str, since: str
) -> tuple[IncrementalState, IncrementalResult]:
    """Return what was said at a look, and what is kept of it from a cut on."""
    live, view = looked(ready, told, until)
    return settle.cut(ready, live, view, us(since), memory_us(ready.policy)), view
