"""Narrow limits: what a large office does by the thousand, a life of a few persons does by ones."""

import importlib

import pytest

from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.drawn.narrow_limits import FROM_SEED, LIMITS
from mesure_lab.whole.search import seed_search

EVENTS: frozenset[int] = frozenset(range(60))


def test_earlier_seeds_live_what_they_lived() -> None:
    assert narrow_limits.draw(FROM_SEED - 1) == {}


def test_every_limit_is_narrow_in_some_seed_and_wide_in_others() -> None:
    drawn = [narrow_limits.draw(seed) for seed in range(FROM_SEED, FROM_SEED + 100)]
    for name, sizes in LIMITS.items():
        assert {limits.get(name) for limits in drawn} == {None, *sizes}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_holds_while_it_lasts(name: str) -> None:
    """It is looked up by its name when it is used, and in service it is wider."""
    module, _, limit = name.rpartition(".")
    where = importlib.import_module(module)
    wide = getattr(where, limit)
    with narrow_limits.hold({name: 1}):
        assert getattr(where, limit) == 1
    assert getattr(where, limit) == wide > max(LIMITS[name])


def test_what_is_no_count_is_not_held() -> None:
    with pytest.raises(TypeError), narrow_limits.hold({"mesure.live.worker.FailureCallback": 1}):
        pass


def test_a_life_is_judged_alike_by_pages_of_one() -> None:
    narrow = dict.fromkeys((name for name in LIMITS if name.startswith("mesure.live.worker.")), 1)
    seed = FROM_SEED + 1
    drawn = narrow_limits.draw(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrow_limits, "draw", lambda _: drawn | narrow)
        by_ones = seed_search.try_seed(seed, EVENTS)
        patch.setattr(narrow_limits, "draw", lambda _: {"mesure.audit.entries.SPANS_MAX": 1})
        wide = seed_search.try_seed(seed, EVENTS)
    assert by_ones.holds, (by_ones.what, by_ones.trace)
    assert wide.holds, (wide.what, wide.trace)
    assert by_ones.judged_sha256 == wide.judged_sha256
    assert by_ones.judged > wide.judged > 0
