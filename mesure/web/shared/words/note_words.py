"""Notes, calls and visits as pages list them, with what a corrected one said before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mesure.actions.cases.case_notes import NotesPage, NoteVersion, NoteView
from mesure.reports.text import visible_text
from mesure.web.shared.words.page_texts import PageTexts

SKIP_CHARS_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class NoteVersionRow:
    """A note as it reads, or read before."""

    kind: str
    happened_at: datetime
    paragraphs: tuple[str, ...]
    written_at: datetime
    by: str  # Empty: the reader is not told by whom.


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note, as a page lists it."""

    note: str
    latest: NoteVersionRow | None  # None: it was taken back.
    former: tuple[NoteVersionRow, ...]
    taken_back_at: datetime | None
    may_take_back: bool


def rows(page: NotesPage, texts: PageTexts, names: Mapping[str, str]) -> list[NoteRow]:
    """Return notes as rows; `names` are those of officers by account, where readers see them."""
    return [_row(note, texts, names) for note in page.notes]


def _row(note: NoteView, texts: PageTexts, names: Mapping[str, str]) -> NoteRow:
    versions = tuple(_versions(note, texts, names))
    return NoteRow(
        note.note,
        versions[-1] if versions else None,
        versions[:-1],
        note.record.taken_back_at,
        note.may_take_back,
    )


def _versions(
    note: NoteView, texts: PageTexts, names: Mapping[str, str]
) -> Iterator[NoteVersionRow]:
    for version in note.record.versions:
        yield _version(version, texts, names)


def _version(version: NoteVersion, texts: PageTexts, names: Mapping[str, str]) -> NoteVersionRow:
    return NoteVersionRow(
        version.kind.in_words(texts.catalogue),
        version.happened_at,
        visible_text.paragraphs(version.text),
        version.written_at,
        names.get(version.written_by, ""),
    )


def count_to_skip(written: str) -> int:
    """Return how many of the latest notes an address leaves out; what is no number is none.

    >>> count_to_skip("30"), count_to_skip(""), count_to_skip("-1")
    (30, 0, 0)
    """
    digits = written[:SKIP_CHARS_MAX]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def earlier_page(page: NotesPage, address: str) -> str:
    """Return where the notes before are; empty: there are none."""
    return "" if page.earlier is None else f"{address}?skip={page.earlier}"
