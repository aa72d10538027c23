"""The bundle of an incident holds what judging says of it, and of no other one of its kind."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mesure.reports import bundle
from mesure.reports.bundle import CONTENT, MANIFEST, BundleError, Step
from mesure.runtime import bundle_zip, verify_bundle
from mesure.runtime.verify_bundle import Report
from mesure.store.effects import KeptIncident
from tests.runtime import bundled
from tests.runtime.bundled import Bundled


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundled]:
    """Give nights of silence, of which every second was refuted by what came later."""
    with bundled.opened(tmp_path_factory.mktemp("silent"), bundled.silences()) as made:
        yield made


def judged(data: bytes) -> list[dict[str, Any]]:
    files = bundle_zip.read(data)
    found: list[dict[str, Any]] = json.loads(files[f"{CONTENT}judgement.json"])["incidents"]
    return found


@pytest.mark.xfail(strict=True, reason="an earlier silence without an end is taken for it")
def test_the_bundle_of_every_silence_holds_its_own_judgement(silent: Bundled) -> None:
    kept = silent.incidents()
    assert {one.kind for one in kept} == {"silent"}
    assert sum(one.withdrawn_us is not None for one in kept) == 6
    assert len(kept) == 14
    for one in kept:
        made = silent.make(about=one)
        assert [of["id"] for of in judged(made.data)] == [one.id]
        assert verify_bundle.verify(made.data).differs == ()
