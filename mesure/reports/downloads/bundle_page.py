"""First page of an evidence bundle: each of its files in words, by its place in the bundle.

Specification: docs/specs/evidence_bundle.md
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from mesure.instants import to_datetime
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import CONTENT, MANIFEST, READABLE, BundleHead
from mesure.reports.downloads import first_page
from mesure.reports.downloads.first_page import FileRow, FirstPage, Section
from mesure.reports.text import clock_text

OWN_NAMES: Final = {"en": "English", "fr": "Français", "ru": "Русский", "kk": "Қазақша"}
OF_ALL: Final = ("content/messages.jsonl", "content/fixes.csv", "content/devices.json")
OF_INCIDENT: Final = ("content/judgement.json", "content/assessments.jsonl")


def page(
    head: BundleHead,
    files: Mapping[str, bytes],
    proofs: Iterable[str],
    judged_from: datetime,
    zone: ZoneInfo,
    catalogue: Catalogue,
    *,
    has_pdf: bool,
) -> FirstPage:
    """Return the page of a bundle.

    `files` are those that are there when it is written, by their paths in the bundle; `proofs` are
    the paths of those that are made after it, since they prove it.
    """
    known_as = bundle_manifest.hash_of(files[MANIFEST])
    until = to_datetime(head.until_us)
    whole = _span(to_datetime(head.from_us), until, zone, catalogue)
    part = _span(judged_from, until, zone, catalogue)
    rows = {
        path: FileRow(
            path,
            in_words(path, catalogue),
            whole if path in OF_ALL else part if path in OF_INCIDENT else "",
            len(data),
            sha256(data).hexdigest(),
        )
        for path, data in files.items()
    } | {path: FileRow(path, in_words(path, catalogue)) for path in proofs}
    return FirstPage(
        catalogue.text("Evidence bundle"),
        _lead(head, zone, catalogue),
        [
            *first_page.own_rows(catalogue, has_pdf=has_pdf),
            *(rows[path] for path in bundle_manifest.sort_paths(rows)),
        ],
        [_checking(known_as, catalogue), _asking(catalogue)],
    )


def _span(start: datetime, end: datetime, zone: ZoneInfo, catalogue: Catalogue) -> str:
    first, last = (catalogue.moment(one, zone) for one in (start, end))
    return f"{first} – {last}"


def _lead(head: BundleHead, zone: ZoneInfo, catalogue: Catalogue) -> list[str]:
    whole = Span(to_datetime(head.from_us), to_datetime(head.until_us))
    until = catalogue.moment(whole.end, zone)
    by_clock = clock_text.zone_in_words(zone, whole, catalogue)
    about = catalogue.text(
        "This is everything that possible breach {incident} of order {order} rests on."
    )
    return [
        about.format(incident=head.incident, order=head.order),
        catalogue.text("It shows what was known on {moment}.").format(moment=until),
        catalogue.text("Officer, person and counsel get the same content."),
        catalogue.text("All times are in the time zone {zone}.").format(zone=by_clock),
        catalogue.text("Begin with the papers below “readable”, where there are any."),
    ]


def _checking(known_as: str, catalogue: Catalogue) -> Section:
    return Section(
        catalogue.text("How to check it"),
        [
            catalogue.text("The hash of this bundle is {hash}.").format(hash=known_as),
            catalogue.text(
                "Anyone who has another copy can compare this hash, and needs nothing else."
            ),
            catalogue.text(
                "Mesure checks everything on your own machine, without a network: {command}"
            ).format(command=f"mesure verify-bundle evidence.zip --hash {known_as}"),
            catalogue.text(
                "Any other program that works out SHA-256 gives the hash beside each file."
            ),
        ],
    )


def _asking(catalogue: Catalogue) -> Section:
    return Section(
        catalogue.text("Whom to ask"),
        [
            catalogue.text("What was decided, and why: the officer in charge of the case."),
            catalogue.text("What can be done against it: a lawyer."),
            catalogue.text(
                "What a file means to the letter: the page “Evidence bundle” among the "
                "specifications of Mesure."
            ),
        ],
    )


def in_words(path: str, catalogue: Catalogue) -> str:
    """Return what a file of a bundle is, or that it is not a known one."""
    for pattern, words in _words(catalogue).items():
        match = re.fullmatch(pattern, path)
        if match:
            named = match.groupdict()
            if "tag" in named:
                named["tag"] = OWN_NAMES.get(named["tag"], named["tag"])
            return words.format(**named)
    return catalogue.text("A file that this program does not know.")


def _words(catalogue: Catalogue) -> dict[str, str]:
    """Return the words of each file, by the pattern of its path."""
    return {
        MANIFEST: catalogue.text(
            "Names each file of the content with its hash. Its own hash is that of the bundle."
        ),
        f"{CONTENT}order/binding.json": catalogue.text(
            "Which versions of the order hold, and which absences were authorised."
        ),
        rf"{CONTENT}order/(?P<number>\d+)\.yaml": catalogue.text(
            "The order as it was entered, version {number}."
        ),
        rf"{CONTENT}order/(?P<number>\d+)-map-.+": catalogue.text(
            "A map of the order, version {number}."
        ),
        f"{CONTENT}policy.yaml": catalogue.text("The thresholds by which it was judged."),
        f"{CONTENT}programme_policy.yaml": catalogue.text(
            "The thresholds in which the programme differs."
        ),
        f"{CONTENT}devices.json": catalogue.text(
            "Which devices the person carried, when, and with which keys they sign."
        ),
        f"{CONTENT}messages.jsonl": catalogue.text("What the devices sent, as it came."),
        f"{CONTENT}judgement.json": catalogue.text(
            "What the software says of each condition: met, not met or unknown."
        ),
        f"{CONTENT}fixes.csv": catalogue.text("A table of every fix: used, or why not."),
        f"{CONTENT}incident.json": catalogue.text("What the person was told, with its facts."),
        f"{CONTENT}assessments.jsonl": catalogue.text("What the service had said of that time."),
        f"{CONTENT}review.json": catalogue.text(
            "What was decided, by whom and why, and what the person said."
        ),
        f"{CONTENT}documents/.+": catalogue.text("A document that was attached, as it came."),
        f"{CONTENT}papers/.+": catalogue.text("A paper of the court, as it was attached."),
        f"{CONTENT}log/key.txt": catalogue.text("The public key of the audit log."),
        f"{CONTENT}log/records.txt": catalogue.text("What the audit log has about the person."),
        rf"{CONTENT}log/proofs/0*(?P<entry>\d+)\.txt": catalogue.text(
            "The proof that the audit log has its entry {entry}."
        ),
        "proofs/bundle.record.txt": catalogue.text("The record that this bundle was made."),
        "proofs/bundle.proof.txt": catalogue.text("The proof that the audit log has this record."),
        rf"{READABLE}evidence_(?P<tag>\w+)\.pdf": catalogue.text(
            "The evidence as a paper, to read and to print ({tag})."
        ),
    }
