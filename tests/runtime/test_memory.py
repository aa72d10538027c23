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


def test_while_a_command_works_it_is_searched_seldom_and_afterwards_as_before() -> None:
    usual = gc.get_threshold()
    with memory.seldom_searched():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == memory.BORN_MAX
        assert gc.isenabled()
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0
