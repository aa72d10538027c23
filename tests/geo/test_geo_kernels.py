from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from mesure.geo.fixes import F64
from mesure.geo.numeric import geo_kernels


@pytest.fixture(autouse=True)
def as_installed() -> Iterator[None]:
    """Forget what a test found out about numba."""
    geo_kernels._numba.cache_clear()
    yield
    geo_kernels.use_compiler(True)
    geo_kernels._numba.cache_clear()


def double(numbers_m: F64) -> None:
    for i in range(len(numbers_m)):
        numbers_m[i] *= 2.0


def stand_in(refuses_to_keep: bool, is_off: bool = False) -> SimpleNamespace:
    """Return a numba that compiles nothing, and may have no folder to keep machine code in."""

    def njit(cache: bool = False, **_: object) -> object:
        if cache and refuses_to_keep:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda loop: lambda numbers: loop(numbers.view(np.ndarray))

    return SimpleNamespace(njit=njit, config=SimpleNamespace(DISABLE_JIT=is_off))


@pytest.mark.parametrize("refuses_to_keep", [False, True])
def test_a_loop_is_compiled_even_where_machine_code_cannot_be_kept(
    monkeypatch: pytest.MonkeyPatch, refuses_to_keep: bool
) -> None:
    monkeypatch.setattr(geo_kernels, "find_spec", lambda name: name)
    monkeypatch.setattr(geo_kernels, "import_module", lambda name: stand_in(refuses_to_keep))
    numbers = np.ones(3)
    assert geo_kernels.is_compiled()
    geo_kernels.jit(double)(numbers)
    assert numbers.tolist() == [2.0] * 3


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), EOFError()])
def test_a_full_disk_or_damaged_machine_code_does_not_stop_the_work(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Numba keeps what it made, or takes what was kept, when a loop is first called."""

    def njit(cache: bool, **_: object) -> object:
        def raise_error(*_: object) -> None:
            raise error

        return lambda loop: raise_error if cache else loop

    numba = SimpleNamespace(njit=njit, config=SimpleNamespace(DISABLE_JIT=False))
    monkeypatch.setattr(geo_kernels, "find_spec", lambda name: name)
    monkeypatch.setattr(geo_kernels, "import_module", lambda name: numba)
    numbers = np.ones(3)
    twice = geo_kernels.jit(double)
    twice(numbers)
    twice(numbers)
    assert numbers.tolist() == [4.0] * 3


def test_an_error_that_has_nothing_to_do_with_the_disk_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(geo_kernels, "find_spec", lambda name: name)
    monkeypatch.setattr(geo_kernels, "import_module", lambda name: stand_in(False))
    run = geo_kernels.jit(double)
    for _ in range(2):
        with pytest.raises(AttributeError):
            run("no numbers")  # type: ignore[arg-type]


def test_without_numba_loops_run_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geo_kernels, "find_spec", lambda name: None)
    numbers = np.ones(3)
    assert not geo_kernels.is_compiled()
    geo_kernels.jit(double)(numbers)
    assert numbers.tolist() == [2.0] * 3


@pytest.mark.parametrize("error", [ImportError("Numba needs another NumPy"), OSError()])
def test_a_numba_that_does_not_start_is_not_used(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(name: str) -> None:
        raise error

    monkeypatch.setattr(geo_kernels, "find_spec", lambda name: name)
    monkeypatch.setattr(geo_kernels, "import_module", broken)
    assert not geo_kernels.is_compiled()


def test_a_numba_that_is_told_not_to_compile_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geo_kernels, "find_spec", lambda name: name)
    monkeypatch.setattr(geo_kernels, "import_module", lambda name: stand_in(False, is_off=True))
    assert not geo_kernels.is_compiled()


def test_the_compiler_can_be_switched_off() -> None:
    geo_kernels.use_compiler(False)
    assert not geo_kernels.is_compiled()
