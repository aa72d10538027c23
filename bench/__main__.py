"""Measure Mesure beside its peers: `python -m bench`, or `make bench`.

Prints one table and writes build/bench.json. A target that is missed is a figure like others; only
a bench that breaks ends with another status than 0.
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Final

from bench import figures_table
from bench.bench_rows import Row
from bench.evaluation import command, growth, rules_of_others, whole_replay
from bench.measuring import say, spend
from bench.office import first_paint, mornings, page_timing
from bench.under_load import peer_service, service_load

JSON: Final = figures_table.ROOT / "build" / "bench.json"


def main() -> None:
    """Run every part."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument(
        "--write-docs", action="store_true", help="put the figures into docs/performance.md"
    )
    parser.add_argument(
        "--only",
        metavar="TITLE",
        help="measure the parts whose title has this in it, and no others",
    )
    options = parser.parse_args()
    if options.quick and options.write_docs:
        parser.error("figures of a tenth do not belong into the documentation; leave out one")
    chosen = {title: rows for title, rows in PARTS.items() if (options.only or "") in title}
    if not chosen:
        parser.error(f"no part has “{options.only}” in its title; there are: {'; '.join(PARTS)}")
    parts: dict[str, list[Row]] = {}
    for title, rows in chosen.items():
        if table_rows := rows(options.quick):
            parts[title] = table_rows
        figures_table.write_json(parts, JSON)
    figures_table.show(parts)
    if options.write_docs:
        figures_table.write_page(parts)


def _geometry(_quick: bool) -> list[Row]:
    """Run in a process of its own: what starts others must stay small, or it counts as theirs."""
    say("distances and chances beside shapely, geopandas and a loop")
    command = [sys.executable, "-m", "bench.evaluation.zone_distance"]
    return [Row(**row) for row in json.loads(spend(command).output)]


PARTS: Final[dict[str, Callable[[bool], list[Row]]]] = {
    "Whole replay through the library": whole_replay.rows,
    "The judge beside the rules of others": rules_of_others.rows,
    "Whole replay through the command": command.rows,
    "Cost as a record grows": growth.rows,
    "Geometry": _geometry,
    "The service, end to end": service_load.rows,
    "The service beside Home Assistant": peer_service.rows,
    "A quiet morning, one officer and 30 people": mornings.rows,
    "First paint on a slow phone": first_paint.rows,
    "Pages and lists, 5,000 persons and 200,000 incidents": page_timing.rows,
}


if __name__ == "__main__":
    main()
