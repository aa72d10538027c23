"""Engine version: which program judges, with a hash of the source of everything judging runs."""

from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from mesure.version import VERSION

ROOMS: Final = ("orders", "devices", "geo", "formats", "evaluation", "incidents")
TIME: Final = "instants.py"
KINDS: Final = (".py", ".yaml")

__all__ = ["VERSION", "digest"]


@cache
def digest() -> str:
    """Return SHA-256 over the source files of the rooms that judge, each with its path."""
    source_by_path: dict[str, bytes] = {}
    product = resources.files("mesure")
    for room in ROOMS:
        _gather(product.joinpath(room), room, source_by_path)
    source_by_path[TIME] = _plain(product.joinpath(TIME))
    whole = sha256()
    for path, data in sorted(source_by_path.items()):
        whole.update(f"{path}\n{len(data)}\n".encode() + data)
    return whole.hexdigest()


def _gather(folder: Traversable, path: str, source_by_path: dict[str, bytes]) -> None:
    for item in folder.iterdir():
        name = f"{path}/{item.name}"
        if item.is_dir():
            _gather(item, name, source_by_path)
        elif item.name.endswith(KINDS):
            source_by_path[name] = _plain(item)


def _plain(file: Traversable) -> bytes:
    """Return what a file says; a checkout may end its lines in another way."""
    return file.read_bytes().replace(b"\r\n", b"\n")
