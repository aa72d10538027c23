"""The looks at late deliveries in one life of the whole: each once, live and replay apart."""

import pytest

from mesure.evaluation import judgement, late_evidence, pipeline
from mesure.evaluation.pipeline import EvaluationState
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from mesure_lab.whole.simulated import looked_at_once
from tests.evaluation.scenes import CURFEW, deliver_at, fixes, order, rules, stay, us

READY = rules(order(CURFEW))
TOLD = fixes(stay("10T21:00", "10T22:10"), deliver_at(stay("10T22:10", "10T23:00"), "11T00:10"))
OTHER = fixes(stay("10T21:00", "10T22:10"), deliver_at(stay("10T22:10", "10T22:59"), "11T00:10"))


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the rows of each look that was worked out."""
    worked_out: list[int] = []

    def judge(rules: Rules, rows: Fixes, until_us: int, *, since_us: int | None = None) -> object:
        worked_out.append(len(rows))
        return real(rules, rows, until_us, since_us=since_us)

    real = looked_at_once._JUDGE
    monkeypatch.setattr(looked_at_once, "_JUDGE", judge)
    return worked_out


def live(ready: Rules, track: Fixes) -> pipeline.Evaluation:
    return pipeline.evaluate(ready, EvaluationState(), track, us("11T01:00"))


def test_the_same_look_is_worked_out_once_and_says_the_same(looks: list[int]) -> None:
    # Both read now: a zone of before another test let time zones be read anew is another.
    ready, again = (rules(order(CURFEW)) for _ in range(2))
    alone = live(ready, TOLD)
    with looked_at_once.cache_looks():
        evaluations = [live(ready, TOLD), live(again, TOLD)]
    assert looks == [70, 120]
    assert alone.superseded
    assert [one.superseded for one in evaluations] == [alone.superseded] * 2
    assert vars(late_evidence)["judge"] is judgement.judge  # Only while it lasts.


def test_other_rows_other_rules_and_a_replay_are_looked_at_for_themselves(looks: list[int]) -> None:
    other = rules(order(CURFEW.replace("22:00", "21:30")))
    with looked_at_once.cache_looks():
        live(READY, TOLD)
        live(READY, OTHER)
        assert looks == [70, 120, 119]  # What stood before is the same rows.
        live(other, TOLD)
        assert looks[3:] == [70, 120]
        pipeline.replay(READY, TOLD, us("11T01:00"))
        pipeline.replay(READY, TOLD, us("11T02:00"))
        assert looks[5:] == [70, 120]
