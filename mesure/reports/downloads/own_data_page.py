"""First page of everything that is kept about a person: each part of the file in words."""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.reports.downloads import first_page
from mesure.reports.downloads.first_page import FileRow, FirstPage, Section
from mesure.reports.replay import report_words
from mesure.reports.text import clock_text

Tables: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]

FILE: Final = "everything.json"
ORDER: Final = "order.yaml"
OBSERVED: Final = "observed_at"


def page(
    person: str,
    data: bytes,
    tables: Tables,
    now: datetime,
    zone: ZoneInfo,
    catalogue: Catalogue,
    *,
    has_pdf: bool,
) -> FirstPage:
    """Return the page; `tables` is what the file has, as it is read back."""
    times = _times(tables)
    when = _when(times, zone, catalogue)
    by_clock = clock_text.zone_in_words(zone, Span(min([*times, now]), now), catalogue)
    all_files = {**order_files(tables), FILE: data}
    rows = [
        FileRow(
            path, _file(path, catalogue), when * (path == FILE), len(file),
            sha256(file).hexdigest(),
        )
        for path, file in all_files.items()
    ]  # fmt: skip
    at = catalogue.moment(now, zone)
    return FirstPage(
        catalogue.text("Everything that is kept about you"),
        [
            catalogue.text("This is what is kept under the name {person}, on {moment}.").format(
                person=person, moment=at
            ),
            catalogue.text("Keep it safe: it says where you were."),
            catalogue.text("All times are in the time zone {zone}.").format(zone=by_clock),
        ],
        [*first_page.own_rows(catalogue, has_pdf=has_pdf), *rows],
        [_parts(tables, catalogue), _checking(tables, catalogue), _asking(catalogue)],
    )


def order_files(tables: Tables) -> dict[str, bytes]:
    """Return each version of an order that was confirmed, with its maps, by their paths."""
    all_files: dict[str, bytes] = {}
    for folder, row in _orders(tables):
        all_files[folder + ORDER] = row["body"]["text"].encode()
        maps = row["body"]["maps"].items()
        all_files |= {_joined(folder, path): b64decode(map_text) for path, map_text in maps}
    return all_files


def _joined(folder: str, path: str) -> str:
    """Return the path of a map that is named from its order's folder, which may lie beside it."""
    parts = folder.rstrip("/").split("/")
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _orders(tables: Tables) -> Iterator[tuple[str, Mapping[str, Any]]]:
    confirmed = (row for row in tables.get("order_version", ()) if row["confirmed_by"] is not None)
    # A map may lie beside the folder of its order, so that each has one of its own around it.
    return ((f"orders/{number}/order/", row) for number, row in enumerate(confirmed, start=1))


def _file(path: str, catalogue: Catalogue) -> str:
    if path == FILE:
        return catalogue.text("Everything, in one file that programs and people can read.")
    if path.endswith("/" + ORDER):
        return catalogue.text("An order, as it was entered and confirmed.")
    return catalogue.text("A map of this order.")


def _times(tables: Tables) -> list[datetime]:
    """Return the times of all positions and words of devices, the earliest first."""
    return sorted(
        datetime.fromisoformat(str(row[OBSERVED]))
        for rows in tables.values()
        for row in rows
        if row.get(OBSERVED)
    )


def _when(times: Sequence[datetime], zone: ZoneInfo, catalogue: Catalogue) -> str:
    """Return from the first position or word of a device to the last; empty where none is kept."""
    if not times:
        return ""
    first, last = (catalogue.moment(one, zone) for one in (times[0], times[-1]))
    return f"{first} – {last}"


def _parts(tables: Tables, catalogue: Catalogue) -> Section:
    words = part_words(catalogue)
    other = catalogue.text("a part that this program has no word for")
    lines = [
        catalogue.text("{name}: {what} ({count}).").format(
            name=name, what=words.get(name, other), count=report_words.count(len(rows))
        )
        for name, rows in tables.items()
    ]
    return Section(catalogue.text("The parts of the file, and how many lines each has"), lines)


def part_words(catalogue: Catalogue) -> dict[str, str]:
    """Return what each part of the file is, by its name in the file."""
    return {
        "person": catalogue.text("that there is a record of you"),
        "court_order": catalogue.text("your orders"),
        "order_version": catalogue.text("the orders as they were entered"),
        "assignment": catalogue.text("which device you carried, and when"),
        "message": catalogue.text("what your devices sent, as it came"),
        "register": catalogue.text(
            "what was entered about you: account, notes, requests, decisions"
        ),
        "register_key": catalogue.text("by which words these entries are found"),
        "audit_record": catalogue.text("who looked at your data or changed it"),
        "assessment": catalogue.text("what the software says of each condition"),
        "superseded": catalogue.text("what it had said before late data came"),
        "incident": catalogue.text("possible breaches, and what you were told of them"),
        "judged": catalogue.text("up to when the software has judged"),
        "outgoing": catalogue.text("what was sent to you, and about you"),
        "bound": catalogue.text("which of these lines the audit log vouches for"),
        "device": catalogue.text("your devices, and what they last said of themselves"),
        "fixes": catalogue.text("where your device was"),
        "rest_claims": catalogue.text("when your device said that it lay still"),
        "told": catalogue.text("what your device said about its own state"),
    }


def _checking(tables: Tables, catalogue: Catalogue) -> Section:
    versions: dict[str, list[str]] = {}
    for folder, row in _orders(tables):
        versions.setdefault(row["court_order"], []).append(f"--order {folder}{ORDER}")
    return Section(
        catalogue.text("How to check it"),
        [
            catalogue.text(
                "Any program that works out SHA-256 gives the hash beside the file, as long as "
                "nobody has changed it."
            ),
            *(
                catalogue.text(
                    "The lines of “fixes” can be judged again on your own machine: {command}"
                ).format(command=f"mesure replay {' '.join(named)} --fixes {FILE}")
                for named in versions.values()
            ),
        ],
    )


def _asking(catalogue: Catalogue) -> Section:
    return Section(
        catalogue.text("Whom to ask"),
        [
            catalogue.text("If something is wrong: your officer. You can ask for it to be mended."),
            catalogue.text("If you do not understand something: your officer, or a lawyer."),
            catalogue.text(
                "How long each part is kept stands under “What is kept, and until when”."
            ),
        ],
    )
