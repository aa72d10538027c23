"""The list of precedents for lawyers, and what the program says of a precedent.

    python -m tools.precedents                 bring docs/precedents.md up to date
    python -m tools.precedents --check         change nothing; fail when it is out of date
    python -m tools.precedents --show FILE...  print what is said now, as `expect` writes it

What is printed is for the author of a precedent, to compare with what ought to be said. Nothing
puts it into the file: an expectation is written by hand, and changed with a line in the changelog.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from mesure.record import as_json
from tests.precedents import case, running
from tests.precedents.case import Case, Head
from tests.precedents.rules import RULES

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "precedents.md"

# What the precedents up to this number are about.
TOPICS: Final = {
    9: "The clock on the wall",
    29: "Doubt",
    49: "When a condition binds",
    59: "Leaving and coming back",
    69: "Silence",
    79: "Absences",
    89: "Appointments",
    109: "Places",
    129: "What devices send",
    149: "Ways and jumps",
    299: "What is refused",
}

INTRODUCTION: Final = """\
# Precedents

Worked cases whose outcome binds the code. Each is a file that a lawyer can read: what the order
says, what truly happened (the program is never shown it), what the device reported, and what must
be said of it. Each protects a rule, and a test shows that the case comes out differently when that
rule is taken out of the program. A change of an outcome is a change of the rules that are applied
to people, and needs a line in the changelog. How to read and write one:
[tests/precedents/README.md](../tests/precedents/README.md).

This page is made by `make docs`; do not edit it.

"""

TABLE: Final = "| | Holding | What it teaches | Rule it protects |\n|---|---|---|---|\n"


def page(heads: Sequence[Head]) -> str:
    """Return the list of precedents, topic by topic."""
    return "".join([INTRODUCTION, *_agreement(heads), *_limits(heads), *_topics(heads)])


def _agreement(heads: Sequence[Head]) -> Iterator[str]:
    waiting = sum("lawyer" not in head.agreed_by for head in heads)
    yield f"There are {len(heads)} precedents for {len(RULES)} rules. No lawyer has agreed to "
    yield f"{waiting} of them yet: they say what engineers think is right, and wait to be read.\n"


def _limits(heads: Sequence[Head]) -> Iterator[str]:
    yield "\n## Where the outcome is not what justice would have\n\n"
    for head in heads:
        if head.known_limit:
            yield f"- {_link(head)} {head.holding}. *{head.known_limit}*\n"


def _topics(heads: Sequence[Head]) -> Iterator[str]:
    first = 0
    for last, topic in TOPICS.items():
        yield f"\n## {topic}\n\n{TABLE}"
        for head in heads:
            if first <= int(head.name[:4]) <= last:
                rules = " ".join(RULES[name].says for name in head.protects)
                cells = [_link(head), head.holding, head.teaches, rules]
                yield "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |\n"
        first = last + 1


def _link(head: Head) -> str:
    return f"[{head.name[:4]}](../{head.path.relative_to(ROOT).as_posix()})"


# --- What is said now ------------------------------------------------------------------------


def describe_case(story: Case) -> Iterator[str]:
    """Yield what is said of a precedent, in the form of its `expect`."""
    for format_name in story.formats:
        with tempfile.TemporaryDirectory() as folder:
            statement = as_json.to_object(running.run(story, format_name, Path(folder)))
        yield f"# {story.head.name}, as {format_name}"
        for part in ("assessments", "superseded", "incidents"):
            yield f"  {part}:"
            yield from (f"    - {_line(story, one)}" for one in statement[part])
        yield f"  kept_unused: {statement['fixes']['kept_unused']}"


NAMES: Final = {
    "assessments": {"condition": "condition", "start": "from", "end": "until", "status": "status"},
    "incidents": {"condition": "condition", "kind": "kind", "start": "start", "end": "end"},
}
ALSO: Final = {
    "opened_at": "opened",
    "withdrawn_at": "withdrawn",
    "stood_from": "stood_from",
    "stood_until": "stood_until",
}


def _line(story: Case, entry: dict[str, Any]) -> str:
    names = NAMES["incidents" if "kind" in entry else "assessments"] | ALSO
    pairs = (f"{new}: {_value(story, entry[old])}" for old, new in names.items() if old in entry)
    return "{" + ", ".join(pairs) + "}"


def _value(story: Case, value: str | None) -> str:
    """Return a value as a precedent writes it: an instant on the clock on the wall."""
    if value is None:
        return "open"
    return story.clock.local_time(datetime.fromisoformat(value)) if value.endswith("Z") else value


def main() -> int:
    """Write the page, say that it is out of date, or show what is said."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    parser.add_argument("--show", nargs="+", type=Path, metavar="FILE", help="print what is said")
    chosen = parser.parse_args()
    if chosen.show:
        print(*(line for path in chosen.show for line in describe_case(case.read(path))), sep="\n")
        return 0
    wanted = page([case.head(path) for path in (*case.paths(), *case.refusal_paths())])
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    if chosen.check:
        print(f"{PAGE.relative_to(ROOT)} is out of date: make docs", file=sys.stderr)
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
