"""What several tests of the service do without."""

import builtins
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.actions import house
from tests.actions.hashing import quick_hashes
from tests.actions.house import Office
from tests.service.sinks import HookSink, MailSink, hook_sink, mail_sink

__all__ = ["quick_hashes"]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with house.office(tmp_path) as office:
        yield office


@pytest.fixture
def mail() -> Iterator[MailSink]:
    with mail_sink() as sink:
        yield sink


@pytest.fixture
def hooks() -> Iterator[HookSink]:
    with hook_sink() as sink:
        yield sink


@pytest.fixture
def without_osmium(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the library that reads extracts not be installed."""
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("osmium"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
