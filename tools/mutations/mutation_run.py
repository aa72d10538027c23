"""Running: spoil a copy of the project, run the test that has to notice, and put it right again."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final

from tests.house import ROOT
from tools.mutations.mutation_list import Mutation

TEST_S_MAX: Final = 600
_LEFT_OUT: Final = shutil.ignore_patterns(
    ".git", ".venv*", "build", "dist", "demo", "node_modules", "vendor", ".mypy_cache",
    ".ruff_cache", ".pytest_cache", ".hypothesis", "*.egg-info", "screens",
)  # fmt: skip
_TESTS_FAILED: Final = 1  # The exit code of pytest when tests ran and some failed.
_NOT_ENDED: Final = -1


class Outcome(Enum):
    """What the named test did with a spoilt product."""

    NOTICED = "noticed"
    MISSED = "MISSED"
    BROKEN = "the test did not run"


class Copy:
    """A copy of the project in a folder of its own, in which one file at a time is spoilt."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "mesure"
        shutil.copytree(ROOT, self.root, ignore=_LEFT_OUT, symlinks=True)
        self._turn = 0

    def passes(self, tests: Iterable[str]) -> tuple[bool, str]:
        """Tell whether tests pass on the copy as it is, and what pytest printed."""
        ended = self._run([*tests])
        return ended.returncode == 0, ended.stdout

    def try_out(self, mutation: Mutation) -> tuple[Outcome, str]:
        """Return whether the named test notices the mutation, and what pytest printed."""
        with self.spoilt(mutation):
            ended = self._run([mutation.test])
        if ended.returncode == _TESTS_FAILED:
            return Outcome.NOTICED, ended.stdout
        return (Outcome.MISSED if ended.returncode == 0 else Outcome.BROKEN), ended.stdout

    @contextmanager
    def spoilt(self, mutation: Mutation) -> Iterator[None]:
        """Have one place of the copy spoilt while this lasts."""
        path = self.root / mutation.file
        text = path.read_text("utf-8") if path.exists() else None
        self._write(path, mutation.spoil(self.root))
        try:
            yield
        finally:
            if text is None:
                path.unlink()
            else:
                self._write(path, text)

    def _write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        # Python tells by size and whole seconds whether its compiled file is still good.
        self._turn += 1
        changed = path.stat().st_mtime + self._turn
        os.utime(path, (changed, changed))

    def _run(self, tests: list[str]) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return self.run([*command, "--hypothesis-profile=noticed", *tests])

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command on the copy."""
        try:
            return subprocess.run(
                command,
                cwd=self.root,
                env={**os.environ, "PYTHONPATH": str(self.root)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=TEST_S_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            printed = f"It did not end within {TEST_S_MAX} s.\n"
            return subprocess.CompletedProcess(command, _NOT_ENDED, printed)
