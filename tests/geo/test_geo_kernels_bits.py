import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.geo import same_bits
from tests.house import ROOT

SCRIPT = Path(same_bits.__file__)
DISPATCHED = list(import_module("numpy._core._multiarray_umath").__cpu_dispatch__)


def digest_of(*options: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), *options],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("count", range(len(DISPATCHED) + 1))
def test_the_bits_are_the_same_with_fewer_vector_instructions(count: int) -> None:
    left_out = " ".join(DISPATCHED[count:])
    assert digest_of("--plain", NPY_DISABLE_CPU_FEATURES=left_out) == same_bits.digest()


def test_the_bits_are_the_same_compiled_for_a_plain_processor() -> None:
    pytest.importorskip("numba")
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": os.devnull}
    assert digest_of(**plain) == same_bits.digest()


def test_the_bits_are_the_same_where_numba_is_told_not_to_compile() -> None:
    assert digest_of(NUMBA_DISABLE_JIT="1") == same_bits.digest()
