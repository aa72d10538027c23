"""What several tests of the service do without."""

import builtins
from typing import Any

import pytest

from tests.actions.hashing import quick_hashes

__all__ = ["quick_hashes"]


@pytest.fixture
def without_osmium(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the library that reads extracts not be installed."""
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("osmium"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
