"""What is kept of the ways and jumps comes back as it was."""

import json

import numpy as np

from mesure.evaluation.checkpoint import codec
from mesure.evaluation.evidence.path import NOWHERE, PathMemory


def test_a_memory_comes_back_as_it_was() -> None:
    """Each of its numbers another one, so that none is taken for its neighbour."""
    for right, near in ((3, 4), (NOWHERE, 4), (3, NOWHERE)):
        memory = PathMemory(
            right, near, 0.5, 10, 43.5, 76.5, 0.75, 11, -0.25, 12, np.array([13, 14])
        )
        packed = json.loads(json.dumps(codec._memory(memory, 9)))
        unpacked = codec._of_memory(packed, 9)
        assert unpacked[:-1] == memory[:-1]
        assert unpacked.jumps_us.tolist() == memory.jumps_us.tolist()
        # Numbers are counted back from the cut, wherever it then lies.
        moved = codec._of_memory(packed, 29)
        assert (moved.right, moved.near) == tuple(
            number if number == NOWHERE else number + 20 for number in (right, near)
        )
