import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mesure.instants import to_us
from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import BundleHead
from mesure.reports.downloads import bundle_page
from mesure.reports.downloads.first_page import FirstPage
from tests.house import ROOT
from tests.reports.factory import English

ENGLISH = English()
ALMATY = ZoneInfo("Asia/Almaty")
FROM = datetime(2026, 2, 6, 17, tzinfo=UTC)
UNTIL = datetime(2026, 2, 11, 20, tzinfo=UTC)
JUDGED = datetime(2026, 2, 10, 15, tzinfo=UTC)
HEAD = BundleHead(
    "P-1", "A-1", "I-7", to_us(FROM), to_us(UNTIL), to_us(UNTIL), "0.2.0", "ab" * 32, "2026a"
)
FILES = {
    "readable/evidence_kk.pdf": b"%PDF-",
    "content/messages.jsonl": b"{}\n",
    "content/judgement.json": b"{}",
    "manifest.json": b"{}",
}
PROOFS = ("proofs/bundle.record.txt", "proofs/bundle.proof.txt")


def page() -> FirstPage:
    return bundle_page.page(HEAD, FILES, PROOFS, JUDGED, ALMATY, ENGLISH, has_pdf=False)


def test_files_stand_in_the_order_of_the_bundle_behind_the_page() -> None:
    assert [row.path for row in page().files] == [
        "README.html", "manifest.json", "content/judgement.json", "content/messages.jsonl",
        "proofs/bundle.proof.txt", "proofs/bundle.record.txt", "readable/evidence_kk.pdf",
    ]  # fmt: skip


def test_it_says_of_which_time_a_file_tells_on_the_clock_of_the_order() -> None:
    when = {row.path: row.when for row in page().files if row.when}
    assert set(when) == {"content/judgement.json", "content/messages.jsonl"}
    assert when["content/judgement.json"] != when["content/messages.jsonl"]
    for time_text in when.values():
        assert time_text.endswith("2026-02-12 at 01:00")
    assert when["content/messages.jsonl"].startswith("2026-02-06 at 22:00")


def test_it_says_how_far_its_clock_is_from_utc() -> None:
    assert "All times are in the time zone Asia/Almaty (UTC+05:00)." in page().lead


def test_it_names_the_hash_of_the_bundle_and_the_command_that_checks_it() -> None:
    known_as = bundle_manifest.hash_of(FILES["manifest.json"])
    [checking, asking] = page().sections
    assert sum(known_as in one for one in checking.sentences) == 2
    assert any("mesure verify-bundle" in one for one in checking.sentences)
    assert len(asking.sentences) == 3
    assert any("I-7" in one and "A-1" in one for one in page().lead)


@pytest.mark.parametrize(
    ("path", "phrase"),
    [
        ("content/order/3.yaml", "The order as it was entered, version 3."),
        ("content/order/2-map-1", "A map of the order, version 2."),
        ("content/log/proofs/000000000017.txt", "has its entry 17."),
        ("readable/evidence_kk.pdf", "(Қазақша)"),
        ("readable/evidence_xx.pdf", "(xx)"),
        ("content/papers/Q-1.png", "A paper of the court"),
        ("content/else.txt", "does not know"),
    ],
)
def test_a_file_is_told_by_its_place(path: str, phrase: str) -> None:
    assert phrase in bundle_page.in_words(path, ENGLISH)


def test_every_file_of_the_specification_has_words() -> None:
    text = Path(ROOT, "docs/specs/evidence_bundle.md").read_text("utf-8")
    content = text.partition("\n## Content\n")[2].partition("\n### ")[0]
    named = [
        path
        for row in re.findall(r"^\| (`[^|]+) \|", content, re.MULTILINE)
        for path in re.findall(r"`([^`]+)`", row)
        if "/" in path or "." in path.strip(".")
    ]
    paths = [re.sub(r"<number>|<n>|<entry>|<id>", "7", path) for path in named]
    paths = [path for path in paths if not path.startswith(".")]
    assert len(paths) > 14
    unknown = bundle_page.in_words("content/else.txt", ENGLISH)
    assert [
        path for path in paths if bundle_page.in_words(f"content/{path}", ENGLISH) == unknown
    ] == []
