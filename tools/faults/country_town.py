"""A town under fault that two nodes receive and a Spark judges, with PostgreSQL below them all."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from mesure.service.installation import installation, stores
from mesure.store.interface.store import Store
from mesure.store.values.partitions import PARTITIONS
from tools.faults import restarted_service
from tools.faults.charged_processes import RECEIVING
from tools.faults.fault_town import FaultTown
from tools.faults.judging_jobs import EXECUTOR, WORKER, JudgingJobs
from tools.faults.pauses import PauseWatch

JUDGED_S_MAX: Final = 300.0
STOPPED_S: Final = (2.0, 40.0)  # A job loses its lease after twenty seconds of silence.


class CountryTown(FaultTown):
    """The same town, judged by jobs of which one judges and the other waits."""

    def __init__(self, folder: Path, stack: ExitStack, kind: str, dice: random.Random) -> None:
        super().__init__(folder, stack, kind, dice)
        os.environ["NUMBA_DISABLE_JIT"] = "1"  # Compiling takes executors longer than judging.
        self.jobs = JudgingJobs(folder / "data", self._write_settings(), self.shown)
        stack.callback(self.jobs.kill_all)
        self.jobs.come_back()
        self.pauses_s: dict[str, tuple[float, float]] = {}
        store = stores.open_store(self.settings, installation.folder_of(self.settings))
        stack.callback(store.close)
        self._judged = stack.enter_context(
            PauseWatch("judged", lambda: _judged_until(store)).watch()
        )
        self._kept = stack.enter_context(
            PauseWatch("acknowledged", lambda: len(self.memory.acknowledged)).watch()
        )

    def more_settings(self) -> dict[str, object]:
        """Have the nodes leave judging to the jobs."""
        return {"judge": "country", "cluster": True, "keys": self.folder / "data" / "keys"}

    def _write_settings(self) -> Path:
        """Write what the jobs must know into a file, as an operator does."""
        file = self.folder / "mesure.toml"
        assert self.settings.database_url is not None
        lines = [
            f'name = "{self.settings.name}"',
            f'database_url = "{self.settings.database_url.get_secret_value()}"',
            'judge = "country"',
            f'keys = "{self.folder}/data/keys"',
        ]
        file.write_text("\n".join(lines) + "\n")
        return file

    # --- Faults ---

    def kinds(self, has_small_disk: bool) -> Iterator[str]:  # noqa: ARG002  It has a database.
        """Yield the kinds of fault that can happen here."""
        yield from ("a worker is killed", "an executor is killed", "the driver is killed")
        yield "the driver is killed before another is ready"
        yield from ("the receiver is killed", "all nodes are killed", "a node stands still")
        yield from ("the driver stands still", "the database is restarted")
        yield from (f"at {point}" for point in RECEIVING)

    def actions(self) -> dict[str, Callable[[], object]]:
        """Return what to do for each kind of fault that does not wait for a named point."""
        return super().actions() | {
            "a worker is killed": lambda: self._kill_below(WORKER),
            "an executor is killed": lambda: self._kill_below(EXECUTOR),
            "the driver is killed": self.kill_driver,
            "the driver is killed before another is ready": self.kill_driver_early,
            "the driver stands still": self.stop_driver,
        }

    def strike(self, fault: str) -> bool:
        """Let one fault happen, and wait until people are judged again; note the longest pauses."""
        begun_s = time.monotonic()
        happened = super().strike(fault)
        try:
            for watch in (self._judged, self._kept):
                watch.wait_for_change(JUDGED_S_MAX)
        except TimeoutError as error:
            raise TimeoutError(f"{error} after {fault}; {self.jobs.last_words()}") from None
        if happened:
            pauses_s = self._judged.longest_s(begun_s), self._kept.longest_s(begun_s)
            former_s = self.pauses_s.get(fault, (0.0, 0.0))
            self.pauses_s[fault] = max(pauses_s[0], former_s[0]), max(pauses_s[1], former_s[1])
        return happened

    def come_back(self) -> None:
        """Start again whatever is gone."""
        super().come_back()
        self.jobs.come_back()

    def _kill_below(self, words: str) -> None:
        self.pause()
        restarted_service.until(lambda: self.jobs.kill_below(words), JUDGED_S_MAX)

    def kill_driver(self) -> None:
        """Kill the job that judges, while another waits with its executors ready."""
        self.pause()
        if not restarted_service.until(self.jobs.has_successor, JUDGED_S_MAX):
            raise TimeoutError(f"no job got ready; {self.jobs.last_words()}")
        restarted_service.until(self.jobs.kill_leader, JUDGED_S_MAX)

    def kill_driver_early(self) -> None:
        """Kill the job that judges, when another has only just begun to wait."""
        self.pause()
        restarted_service.until(self.jobs.kill_waiting, JUDGED_S_MAX)
        restarted_service.until(self.jobs.kill_leader, JUDGED_S_MAX)

    def stop_driver(self) -> None:
        """Have the job that judges stand still, perhaps for longer than it has the lease."""
        self.pause()
        stopped_s = self.dice.uniform(*STOPPED_S)
        restarted_service.until(lambda: self.jobs.stop_leader(stopped_s), JUDGED_S_MAX)

    # --- The end ---

    def figures(self) -> Iterator[str]:
        """Yield how long nobody was judged, and no message acknowledged, about each fault."""
        for fault, (judged_s, kept_s) in sorted(self.pauses_s.items()):
            yield f"{fault}: nobody judged for {judged_s:.1f} s, nothing kept for {kept_s:.1f} s"
        yield f"jobs started: {self.jobs.starts}"

    def end_services(self) -> None:
        """End everything as an operator does."""
        self.jobs.end()
        super().end_services()


def _judged_until(store: Store) -> int:
    with store.read() as reading:
        return sum(progress.until_us for progress in reading.progress_in(range(PARTITIONS)))
