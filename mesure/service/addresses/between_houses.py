"""Between houses: numbers that a map has only as a line from one numbered house to another.

`addr:interpolation` says which numbers lie between, as
https://wiki.openstreetmap.org/wiki/Addresses#Using_interpolation defines it: every number, every
second one from an odd or an even end on, every nth, or letters behind one number. A line may run
through several numbered houses; each part of it is by itself. Nobody has measured where such a
house is, so it is put on the line in proportion and marked. Where the ends do not fit what the line
says, nobody knows what was meant, and nothing is put there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from mesure.geo.fixes import F64
from mesure.service.addresses.address_extracts import ExtractedAddress, NumberedLine, NumberedNode

EVERY: Final = "all"
LETTERS: Final = "alphabetic"
PARITY: Final = {"even": 0, "odd": 1}
BETWEEN_MAX: Final = 500  # Of two houses; a line with more has a slip of the pen at one end.
DIGITS_MAX: Final = 6
_NUMBER: Final = re.compile(rf"\d{{1,{DIGITS_MAX}}}", re.ASCII)
_LETTERED: Final = re.compile(rf"(\d{{0,{DIGITS_MAX}}} ?)([^\W\d_])")


def place_numbers(
    line: NumberedLine, houses: Mapping[int, NumberedNode]
) -> Iterator[ExtractedAddress]:
    """Yield the numbers between the houses on a line, each at its place; none of the houses."""
    on_line = [at for at, node in enumerate(line.nodes) if node in houses]
    for first, last in pairwise(on_line):
        start, end = houses[line.nodes[first]], houses[line.nodes[last]]
        street = start.street or end.street or line.street
        if {start.street, end.street} - {street, ""} or not street:
            continue  # Round a corner nobody knows where one street ends.
        part = slice(first, last + 1)
        numbers = dict(between(line.which, start.number, end.number))
        lat_deg, lon_deg = _along(line.lat_deg[part], line.lon_deg[part], list(numbers.values()))
        postcode = start.postcode if start.postcode == end.postcode else ""
        town = start.town if start.town == end.town else ""
        for number, lat, lon in zip(numbers, lat_deg.tolist(), lon_deg.tolist(), strict=True):
            yield ExtractedAddress(street, number, postcode, town, lat, lon)


def place_houses(
    line: NumberedLine, houses: Mapping[int, NumberedNode]
) -> Iterator[ExtractedAddress]:
    """Yield the houses on a line of which only the line says the street, each in its place."""
    for node, lat_deg, lon_deg in zip(line.nodes, line.lat_deg, line.lon_deg, strict=True):
        house = houses.get(node)
        if house is not None and line.street and not house.street:
            yield ExtractedAddress(
                line.street, house.number, house.postcode, house.town, lat_deg, lon_deg
            )


def between(which: str, first: str, last: str) -> Iterator[tuple[str, float]]:
    """Yield the numbers between two, each with the share of the way from the first on.

    >>> list(between("even", "8", "2"))
    [('6', 0.3333333333333333), ('4', 0.6666666666666666)]
    >>> list(between("alphabetic", "12A", "12C")), list(between("odd", "1", "4"))
    ([('12B', 0.5)], [])
    """
    if which == LETTERS:
        before, start, end = _letters(first, last)
        step = 1
    else:
        before, start, end = "", *_numbers(first, last)
        step = _step(which, start)
    length = end - start
    if not step or length % step or not step < abs(length) <= step * (BETWEEN_MAX + 1):
        return
    toward = step if length > 0 else -step
    for number in range(start + toward, end, toward):
        text = before + chr(number) if which == LETTERS else str(number)
        yield text, (number - start) / length


def _numbers(first: str, last: str) -> tuple[int, int]:
    """Return two whole numbers; the same one twice where one of them is none."""
    if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(last):
        return int(first), int(last)
    return 0, 0


def _letters(first: str, last: str) -> tuple[str, int, int]:
    """Return what comes before two letters, and the letters; the same where they do not fit."""
    start, end = _LETTERED.fullmatch(first), _LETTERED.fullmatch(last)
    if start is None or end is None or start[1] != end[1] or start[2].isupper() != end[2].isupper():
        return "", 0, 0
    return start[1], ord(start[2]), ord(end[2])


def _step(which: str, start: int) -> int:
    """Return by how much one number differs from the next; 0 where that does not fit the first."""
    if which in PARITY:
        return 2 if start % 2 == PARITY[which] else 0
    if _NUMBER.fullmatch(which):
        return int(which)
    return int(which == EVERY)


def _along(
    lat_deg: Sequence[float], lon_deg: Sequence[float], shares: Sequence[float]
) -> tuple[F64, F64]:
    """Return the points at some shares of the length of a line."""
    lat, lon = np.array(lat_deg), np.array(lon_deg)
    east = np.cos(np.radians(lat[0]))  # One scale for a line of some streets.
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(lat), np.diff(lon) * east))])
    at = np.array(shares, np.float64) * length[-1]
    return np.interp(at, length, lat), np.interp(at, length, lon)
