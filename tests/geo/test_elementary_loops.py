"""One number at a time or many at once: the bits are the same."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from mesure.geo.fixes import F64
from mesure.geo.numeric import elementary, elementary_loops, geo_kernels


@pytest.fixture(autouse=True)
def _in_columns() -> Iterator[None]:
    """Let `elementary` work on columns, to compare with."""
    geo_kernels.use_compiler(False)
    yield
    geo_kernels.use_compiler(True)


def numbers(edges: list[float], spread: float) -> F64:
    return np.concatenate([np.random.default_rng(7).normal(0.0, spread, 2_000), np.array(edges)])


def test_exp() -> None:
    x = numbers([0.0, -0.0, -708.0, -708.1, 709.0, 709.1, 1e-300, np.inf, -np.inf], 300.0)
    expected = elementary.exp(x)
    out = np.empty(len(x))
    elementary_loops.exp(x, out)
    assert out.tobytes() == expected.tobytes()


def test_sine_and_cosine() -> None:
    angle_deg = numbers([*np.arange(-720.0, 721.0, 45.0).tolist(), -0.0, 1e-300], 400.0)
    expected = elementary.sin_cos_deg(angle_deg)
    actual = np.empty((2, len(angle_deg)))
    elementary_loops.sin_cos_deg(angle_deg, actual[0], actual[1])
    assert actual[0].tobytes() == expected[0].tobytes()
    assert actual[1].tobytes() == expected[1].tobytes()


def test_shapes_are_kept_where_there_is_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elementary, "geo_kernels", SimpleNamespace(is_compiled=lambda: True))
    assert elementary.exp(np.zeros((2, 3))).shape == (2, 3)
    assert elementary.exp(np.float64(0.0)).shape == ()  # type: ignore[arg-type]
    assert [part.shape for part in elementary.sin_cos_deg(np.zeros((2, 3)))] == [(2, 3)] * 2
