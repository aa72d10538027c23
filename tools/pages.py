"""Write the pages that are made from other files.

    python tools/pages.py            bring them up to date
    python tools/pages.py --check    change nothing; fail when one is out of date

docs/decisions/README.md lists the decisions. docs/how_we_measure_false_alerts.md takes tables over
from docs/simulated_towns.md; `make measure` writes those of real traces. docs/zone_check.md has the
table of what to expect by radius, building and device. The list of precedents is made by
tools/precedents.py. docs/settings.md has the table of mesure/service/installation/settings.py,
docs/specs/openapi.json the description of the API, docs/who_may_do_what.md the list of actions.
docs/for_supervised_persons.md is the help of the portal, in each language.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mesure.machine import texts
from mesure.record.policy_loading import read_policy
from mesure.service.installation import settings_reading
from mesure.service.installation.settings import Settings
from mesure.web.api import document
from mesure_lab.tables import score_tables, zone_page
from tools import help_pages, who_may

ROOT: Final = Path(__file__).resolve().parent.parent
DECISIONS: Final = ROOT / "docs" / "decisions"
SETTINGS: Final = ROOT / "docs" / "settings.md"
MEASURED: Final = ROOT / "docs" / "how_we_measure_false_alerts.md"
OPENAPI: Final = ROOT / "docs" / "specs" / "openapi.json"
WHO_MAY: Final = ROOT / "docs" / "who_may_do_what.md"
ZONES: Final = ROOT / "docs" / zone_page.PAGE
TOWNS: Final = ROOT / "docs" / score_tables.TOWNS_PAGE


def decisions_page() -> str:
    """Return the list of decisions under the words that a person wrote above it."""
    above, rule, _ = (DECISIONS / "README.md").read_text(encoding="utf-8").partition("|---|---|\n")
    return above + rule + "".join(_decision_rows())


def _decision_rows() -> Iterator[str]:
    for page in sorted(DECISIONS.glob("0*.md")):
        heading = page.read_text(encoding="utf-8").splitlines()[0]
        number, title = re.fullmatch(r"# (\d{4})\. (.+)", heading).groups()  # type: ignore[union-attr]
        yield f"| [{number}]({page.name}) | {title} |\n"


def settings_page() -> str:
    """Return the page of settings: each with its name, what it is without one, what it is for."""
    above, rule, _ = SETTINGS.read_text(encoding="utf-8").partition("|---|---|---|\n")
    return above + rule + "".join(_setting_rows())


def _setting_rows() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        variable = settings_reading.environment_name(name)
        without = _without(name, field.default)
        yield f"| `{name}`<br>`{variable}` | {without} | {field.description} |\n"


def _without(name: str, default: object) -> str:
    if name == "workers":  # It depends on the machine on which the page is made.
        return "by the machine"
    if default is None or default == ():
        return ""
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return f"`{text}`"


def pages() -> dict[Path, str]:
    """Return every page that is made, with what it should say."""
    measured, towns = MEASURED.read_text(encoding="utf-8"), TOWNS.read_text(encoding="utf-8")
    return {
        DECISIONS / "README.md": decisions_page(),
        SETTINGS: settings_page(),
        OPENAPI: document.render(),
        WHO_MAY: who_may.page(WHO_MAY.read_text(encoding="utf-8")),
        ZONES: zone_page.with_radii(ZONES.read_text(encoding="utf-8"), read_policy(None)[0]),
        MEASURED: score_tables.with_towns(measured, towns),
        **{
            ROOT / "docs" / help_pages.file_name(tag): help_pages.page(texts.catalogue(tag))
            for tag in texts.LANGUAGES
        },
    }


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
