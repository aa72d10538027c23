import gc

from mesure.runtime import memory


def test_what_is_there_is_searched_no_more() -> None:
    before = gc.get_freeze_count()
    kept = [[number] for number in range(1_000)]
    memory.settle()
    try:
        assert gc.get_freeze_count() > before + len(kept)
    finally:
        gc.unfreeze()
