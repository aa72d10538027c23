"""A look at some fixes, and what is kept of it from a cut on."""

from mesure.evaluation.checkpoint import incremental as live_
from mesure.evaluation.checkpoint import settle
from mesure.evaluation.checkpoint.incremental import Live, View
from mesure.evaluation.evaluate import remembered_us
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from tests.evaluation.scenes import us


def looked(ready: Rules, told: Fixes, until: str) -> tuple[Live, View]:
    return live_.advance(ready, Live(), told, us(until))


def at(ready: Rules, told: Fixes, until: str, since: str) -> tuple[Live, View]:
    """Return what was said at a look, and what is kept of it from a cut on."""
    live, view = looked(ready, told, until)
    return settle.cut(ready, live, view, us(since), remembered_us(ready.policy)), view
