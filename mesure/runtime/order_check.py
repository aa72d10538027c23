"""Read an order back, for the clerk who holds it beside the court's paper."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from mesure.orders import wording
from mesure.orders.catalogue import Catalogue
from mesure.reports import visible
from mesure.runtime import timezones
from mesure.runtime.replay import read_orders


def read_back(paths: Sequence[Path], catalogue: Catalogue, as_of: date | None) -> str:
    """Return the versions of an order as sentences below their headings, safe to show.

    Raises `OrderError` with every error of the files.
    """
    timezones.pin()
    versions, _ = read_orders(paths)
    lines: list[str] = []
    for version in versions:
        for passage in wording.sentences(version, catalogue, as_of):
            lines += [passage.heading, *(f"  {line}" for line in passage.lines), ""]
    return "".join(f"{visible.visible(line)}\n" for line in lines[:-1])
