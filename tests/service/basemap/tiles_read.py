"""Tiles and maps, read back for tests by the specification and by nothing that writes them."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmtiles import reader

Ring = list[tuple[int, int]]


@dataclass
class Feature:
    """A feature of a tile: its type, what is said of it, and its lines, rings or points."""

    type: int
    words: dict[str, Any]
    parts: list[Ring]


def tile(data: bytes) -> dict[str, list[Feature]]:
    """Return the features of a tile, by layer."""
    return dict(_layer(body) for number, body in _fields(data) if number == 3)


def _layer(data: bytes) -> tuple[str, list[Feature]]:
    fields = list(_fields(data))
    assert dict(fields)[15] == 2, "the version"
    assert dict(fields)[5] == 4096, "the extent"
    keys = [body.decode() for number, body in fields if number == 3]
    values = [_value(body) for number, body in fields if number == 4]
    name = next(body.decode() for number, body in fields if number == 1)
    features = [
        _feature(dict(_fields(body)), keys, values) for number, body in fields if number == 2
    ]
    return name, features


def _value(data: bytes) -> str | int:
    [(number, body)] = _fields(data)
    return str(body.decode()) if number == 1 else int(body)


def _feature(fields: dict[int, Any], keys: list[str], values: list[Any]) -> Feature:
    tags = list(_varints(fields.get(2, b"")))
    words = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(fields[3], words, list(_parts(_varints(fields[4]))))


def _parts(commands: Iterator[int]) -> Iterator[Ring]:
    x = y = 0
    part: Ring = []
    for command in commands:
        what, count = command & 7, command >> 3
        if what == 7:
            continue
        for _ in range(count):
            across, down = next(commands), next(commands)
            x, y = x + (across >> 1 ^ -(across & 1)), y + (down >> 1 ^ -(down & 1))
            if what == 1 and part:
                yield part
                part = []
            part.append((x, y))
    yield part


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == 2:
            yield key >> 3, data[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


class Map:
    """A map that was made."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            untyped: Any = reader
            self._reader = untyped.Reader(untyped.MmapSource(file))
            self.header = self._reader.header()
            self.about = json.loads(json.dumps(self._reader.metadata()))

    def tile(self, zoom: int, x: int, y: int) -> dict[str, list[Feature]]:
        """Return the features of a tile; none where there is no tile."""
        content = self._reader.get(zoom, x, y)
        return {} if content is None else tile(gzip.decompress(content))
