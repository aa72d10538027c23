"""A small country of tests: a night of a town, archived, in a folder that a process can open."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from mesure.machine.progress import ProgressStages
from mesure.service.archive import trail_archive
from mesure.service.country import country_results, process_pool, rejudge_plan, rejudge_run
from mesure.service.country.country_results import PersonResult
from mesure.service.country.rejudge_plan import RejudgePlan, WorkerSetup
from mesure.service.country.rejudge_run import Workforce
from mesure.service.installation import installation
from mesure.service.installation.installation import Installation
from tests.service import installations
from tests.service.nights import Night

SPAN = datetime(2026, 9, 7, tzinfo=UTC), datetime(2026, 9, 9, tzinfo=UTC)
NOW = datetime(2026, 9, 8, 2, tzinfo=UTC)
VARIED = 1  # Whose order is varied in the middle of the night.

POLICY = """\
version: shorter silence
thresholds:
  silence_s:
    unit: seconds
    reason: What would a shorter silence change?
    reference: a trial
    values: [{from: 2000-01-01, phone: 600, gnss_tag: 120}]
"""


def live(folder: Path, persons: int = 5, turns: int = 40) -> None:
    """Have a night lived in a folder, and judged again; in its middle an order is varied."""
    with installations.begin(folder) as instance:
        night = Night(instance, persons=persons)

        def vary() -> None:
            night.vary(
                VARIED,
                ("in_force: {from: 2026-09-07,", "in_force: {from: 2026-09-08,"),
                ("from: 22:00, until: 06:00", "from: 23:30, until: 04:00"),
            )

        asyncio.run(night.pass_by(turns, {turns // 2: vary}))
        night.close()
    with _open(folder) as country:
        out = country.plan()
        rejudge_run.run(country.made, country.setup, out, Workforce(1), ProgressStages())
    process_pool.open_once.cache_clear()


class Country:
    """A country whose installation is open, with the settings by which processes open it, too."""

    def __init__(self, folder: Path, instance: Installation, setup: WorkerSetup) -> None:
        self.folder, self.made, self.setup = folder, instance, setup
        self.out = folder / "out"  # A run that is done.

    def plan(self, out: str = "out", policy: str = POLICY) -> Path:
        """Write down the plan of a run, and return its folder."""
        file = self.folder / "new.yaml"
        file.write_text(policy)
        rejudge_plan.begin(self.made, file, SPAN, self.folder / out, NOW)
        return self.folder / out

    def results(self, out: Path) -> list[PersonResult | None]:
        """Return what came of everybody, row by row."""
        return [
            result
            for partition in country_results.numbers(out)
            for result in country_results.read(self.made.keyring, out, partition)
        ]

    @property
    def archive(self) -> Path:
        """Return the folder of the archive."""
        folder = trail_archive.folder_of(self.made)
        assert folder is not None
        return folder


@contextmanager
def open_country(lived: Path, folder: Path) -> Iterator[Country]:
    """Copy a country that was lived, with a run that is done, and have it open."""
    for name in ("data", "archive", "out"):
        shutil.copytree(lived / name, folder / name)
    with _open(folder) as country:
        yield country
    process_pool.open_once.cache_clear()


@contextmanager
def _open(folder: Path) -> Iterator[Country]:
    settings = folder / "mesure.toml"
    settings.write_text(f'name = "log.example"\narchive = "{folder}/archive"\n')
    setup = WorkerSetup(folder / "data", settings)
    with installation.open_installation(setup.load()) as instance:
        yield Country(folder, instance, setup)


def plan_of(out: Path) -> RejudgePlan:
    """Return the plan of a folder, in which trails are whole."""
    return msgspec.structs.replace(rejudge_plan.read(out), whole_us=0)
