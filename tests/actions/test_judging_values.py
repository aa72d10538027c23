"""By what somebody is judged has one digest, in whichever process it is made."""

import os
import subprocess
import sys

from tests.house import ROOT

PROGRAM = """
from mesure.actions.judging import judging_values
from mesure.orders.reading import read_order
from tests.evaluation import scenes

text = scenes.order(
    scenes.CURFEW,
    scenes.RESIDENCE,
    scenes.SLOT,
    absences=scenes.absence("[C1, C2, C4]", "03T08:00", "03T18:00"),
)
print(judging_values._digest((read_order.read("order.yaml", text.encode(), {}),), ()))
"""


def digest(hash_seed: int) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout


def test_a_restart_changes_nothing_of_what_binds() -> None:
    """Names in a set stand in another order in each process."""
    assert len({digest(hash_seed) for hash_seed in (1, 2, 3)}) == 1
