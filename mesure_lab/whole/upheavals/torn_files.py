"""Torn files: the machine loses power between two writes of plain files.

Checkpoints of the log, backups, exports and the master key are files beside the databases. A kill
leaves what was written; a loss of power leaves of what was not waited for an empty file, or none.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest import mock

from mesure.instants import to_datetime
from mesure.machine.service_error import ServiceError
from mesure.service.export import export_import
from mesure.service.installation import log_signing, stores
from mesure.service.maintenance import database_backup, key_maintenance
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.world import World

STEPS_MAX: Final = 14
_ROTATION: Final = "rotate"
DATABASES: Final = (".db", "-wal", "-shm", "-journal")  # Those wait for the disk by themselves.


class MachineOffError(BaseException):
    """The machine lost power; nothing that runs on it learns of that."""


class _TornDisk:
    """Counts what is done to plain files, and goes off before the nth of it."""

    def __init__(self, roots: tuple[Path, ...], steps: int) -> None:
        self._roots, self._left = roots, steps
        self._waited_for: set[str] = set()
        self._before = {path: path.read_bytes() for path in self._files()}

    def _files(self) -> Iterator[Path]:
        for root in self._roots:
            for path in sorted(root.rglob("*")) if root.exists() else ():
                if path.is_file() and not path.name.endswith(DATABASES):
                    yield path

    def _step(self) -> None:
        if not self._left:
            raise MachineOffError
        self._left -= 1

    @contextmanager
    def watch(self) -> Iterator[None]:
        """See everything that is done to plain files while this lasts."""
        fsync, replace, opened = os.fsync, os.replace, os.open

        def wait(handle: int) -> None:
            self._step()
            fsync(handle)
            self._waited_for.add(os.readlink(f"/proc/self/fd/{handle}"))

        def put(source: Any, target: Any, **how: Any) -> None:  # noqa: ANN401
            self._step()
            replace(source, target, **how)
            if str(source) in self._waited_for:
                self._waited_for.add(str(target))

        def begin(path: Any, flags: int, *mode: Any, **how: Any) -> int:  # noqa: ANN401
            if flags & os.O_CREAT:
                self._step()
            return opened(path, flags, *mode, **how)

        with (
            mock.patch.object(os, "fsync", wait),
            mock.patch.object(os, "replace", put),
            mock.patch.object(os, "open", begin),
        ):
            yield

    def lose_power(self) -> None:
        """Leave of what nobody waited for an empty file."""
        for path in self._files():
            is_new = self._before.get(path) != path.read_bytes()
            if is_new and str(path) not in self._waited_for:
                path.write_bytes(b"")


def tear(world: World, event: PlannedEvent) -> str:
    """Have the machine go off while plain files are written; then start, and do it again."""
    machine = world.machine
    if not machine.is_embedded:
        return "by the server's own programs"
    dice = Random(f"{world.seed} torn {event.number}")
    name = dice.choice(sorted(_WORKS))
    out = world.folder / f"torn-{event.number}"
    torn = _TornDisk((machine.folder.keys, out), dice.randrange(STEPS_MAX))
    is_power = dice.random() < 0.5
    world.disk.spare()
    keys = machine.made.keyring.check()
    try:
        with torn.watch():
            _WORKS[name](world, out)
        word = "done"
    except MachineOffError:
        word = "power" if is_power else "killed"
        if is_power:
            torn.lose_power()
    world.restart()
    world.upheavals.torn += (f"{name} {word}: {one}" for one in _left_behind(world, out, keys))
    again = out.with_name(f"{out.name}-again")
    _WORKS[name](world, again)
    if name == _ROTATION and not machine.cluster.is_alone:
        world.restart()  # The other nodes have the old key in memory.
    if name in _LISTED:
        database_backup.check(again, _LISTED[name])
    return f"{name} {word}"


def _left_behind(world: World, out: Path, keys: int) -> Iterator[str]:
    """Yield what is wrong with the keys after a start, or with a backup that was broken off."""
    opened = key_maintenance.check(world.machine.made)
    if opened.keys != keys or set(opened.without_key) - world.erased:
        yield f"{opened.keys} keys open of {keys}, none of {opened.without_key}"
    for kind in ("data", "keys"):
        with suppress(ServiceError):  # It is not one, and says so.
            listed = database_backup.check(out, kind)["sha256"]
            if not {_DATABASE[kind], database_backup.ERASURES} <= set(listed):
                yield f"a backup with {sorted(listed)} is taken for a whole one"
            if kind == "keys":
                drilled = key_maintenance.drill(world.machine.made, out, None)
                if drilled.keys != keys or drilled.without_data:
                    yield f"a backup opens {drilled.keys} of {keys} keys"


def _now(world: World) -> datetime:
    return to_datetime(world.time.now_us)


_WORKS: Final[dict[str, Callable[[World, Path], object]]] = {
    "sign": lambda world, _: log_signing.checkpoint(world.machine.made),
    "keys": lambda world, out: database_backup.keys(world.machine.made, out, _now(world)),
    "data": lambda world, out: database_backup.data(world.machine.made, out, _now(world)),
    _ROTATION: lambda world, _: key_maintenance.rotate(world.machine.made),
    "export": lambda world, out: export_import.export(world.machine.made, out),
}
_LISTED: Final = {"keys": "keys", "data": "data"}
_DATABASE: Final = {"keys": database_backup.KEYRING, "data": stores.EMBEDDED}
