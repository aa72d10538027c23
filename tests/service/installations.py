"""Installations of tests: an embedded one in a folder, begun, with something in its log."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mesure.audit import commitments
from mesure.service.installation import installation, stores
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.serve.serve import BackgroundTask


def settings(folder: Path, **more: object) -> Settings:
    """Return settings for an embedded installation in a folder."""
    return Settings.model_validate({"data": folder / "data", "name": "log.example", **more})


@contextmanager
def begin(folder: Path, **more: object) -> Iterator[Installation]:
    """Begin an installation in a folder, and have it open."""
    chosen = settings(folder, **more)
    folder_ = installation.folder_of(chosen)
    folder_.make()
    stores.prepare(chosen, folder_)
    with installation.begin_installation(chosen) as instance:
        yield instance


def record(instance: Installation, count: int) -> None:
    """Enter so much in the audit log."""
    lines = [commitments.canonical({"n": n}) for n in range(count)]
    instance.store.write(lambda work: work.record(lines))


def end_after(wait_s: float) -> BackgroundTask:
    """Return what ends a service that serves against a test's will, so that the test can fail."""

    async def wait(_instance: Installation, _origin: str, told: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), wait_s)

    return wait
