import gc
import subprocess
import sys

from mesure.machine import garbage


def test_what_is_there_is_searched_no_more() -> None:
    before, usual = gc.get_freeze_count(), gc.get_threshold()
    lists = [[number] for number in range(1_000)]
    garbage.settle()
    try:
        assert gc.get_freeze_count() > before + len(lists)
        assert gc.get_threshold()[0] == garbage.YOUNG_MAX
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def test_while_a_command_works_it_is_searched_seldom_and_afterwards_as_before() -> None:
    usual = gc.get_threshold()
    with garbage.seldom_searched():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == garbage.BORN_MAX
        assert gc.isenabled()
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0


def test_a_process_ends_without_a_last_search() -> None:
    left = (
        "class Left:\n    def __del__(self):\n        print('found')\n"
        "left = Left(); left.itself = left; del left"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for code in (left, f"from mesure.machine import garbage; garbage.end_unsearched()\n{left}")
    ]
    assert [one.stdout.strip() for one in runs] == ["found", ""]
