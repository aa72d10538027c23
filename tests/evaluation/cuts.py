"""A look at some fixes, and what is kept of it from a cut on."""

from mesure.evaluation import pipeline
from mesure.evaluation.checkpoint import settle
from mesure.evaluation.judgement import memory_us
from mesure.evaluation.pipeline import Evaluation, EvaluationState
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from tests.evaluation.scenes import us


def evaluate_until(ready: Rules, fixes: Fixes, until: str) -> tuple[EvaluationState, Evaluation]:
    view = pipeline.evaluate(ready, EvaluationState(), fixes, us(until))
    return view.state, view


def at(ready: Rules, fixes: Fixes, until: str, since: str) -> tuple[EvaluationState, Evaluation]:
    """Return what was said at a look, and what is kept of it from a cut on."""
    _, view = evaluate_until(ready, fixes, until)
    return settle.cut(ready, view, us(since), memory_us(ready.policy)), view
