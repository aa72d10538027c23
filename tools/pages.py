"""Write the pages that are made from other files.

    python tools/pages.py            bring them up to date
    python tools/pages.py --check    change nothing; fail when one is out of date

docs/decisions/README.md lists the decisions, docs/precedents.md lists the precedents for lawyers.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
DECISIONS: Final = ROOT / "docs" / "decisions"
PRECEDENTS: Final = ROOT / "tests" / "precedents"


def decisions_page() -> str:
    """Return the list of decisions under the words that a person wrote above it."""
    above, rule, _ = (DECISIONS / "README.md").read_text(encoding="utf-8").partition("|---|---|\n")
    return above + rule + "".join(_decision_rows())


def _decision_rows() -> Iterator[str]:
    for page in sorted(DECISIONS.glob("0*.md")):
        heading = page.read_text(encoding="utf-8").splitlines()[0]
        number, title = re.fullmatch(r"# (\d{4})\. (.+)", heading).groups()  # type: ignore[union-attr]
        yield f"| [{number}]({page.name}) | {title} |\n"


PRECEDENTS_HEAD: Final = """\
# Precedents

Worked cases whose outcome binds the code. Each is a file that a lawyer can read: what the order
says, what the device reported, what must be said of it. A change of an outcome is a change of the
rules that this program applies, and needs a changelog line. Made by `make docs`; do not edit.

| | Holding | What it teaches |
|---|---|---|
"""


def precedents_page() -> str:
    """Return the list of precedents: the holding, and what it teaches."""
    return PRECEDENTS_HEAD + "".join(_precedent_rows())


def _precedent_rows() -> Iterator[str]:
    for file in sorted(PRECEDENTS.rglob("*.yaml")):
        case = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
        number = re.match(r"\d*", file.name)[0] or "-"  # type: ignore[index]
        link = f"../{file.relative_to(ROOT).as_posix()}"
        cells = (" ".join(str(case[key]).split()) for key in ("precedent", "teaches"))
        yield f"| [{number}]({link}) | {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def pages() -> dict[Path, str]:
    """Return every page that is made, with what it should say."""
    made = {DECISIONS / "README.md": decisions_page()}
    if PRECEDENTS.is_dir():
        made[ROOT / "docs" / "precedents.md"] = precedents_page()
    return made


def main() -> int:
    """Write the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    check = parser.parse_args().check
    old = [
        path
        for path, text in pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in old:
        if check:
            print(f"{path.relative_to(ROOT)} is out of date: make docs", file=sys.stderr)
        else:
            path.write_text(pages()[path], encoding="utf-8")
    return 1 if check and old else 0


if __name__ == "__main__":
    sys.exit(main())
