"""Options that several commands have, and how what is written in them is read."""

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mesure.machine import file_writing
from mesure.orders.text.order_faults import quote


class OutputFormat(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


class FiguresFormat(StrEnum):
    """How figures are written."""

    TEXT = "text"
    JSON = "json"


class Language(StrEnum):
    """A language of the sentences."""

    EN = "en"
    FR = "fr"
    RU = "ru"
    KK = "kk"


Orders = Annotated[
    list[Path], typer.Option("--order", help="An order file; again for each later version.")
]
FixesFiles = Annotated[
    list[Path], typer.Option("--fixes", help="A file of fixes; again for each further one.")
]
ResultFormat = Annotated[
    OutputFormat, typer.Option("--format", help="How to write it; html needs --out.")
]
ResultFile = Annotated[Path | None, typer.Option("--out", help="Write the result to this file.")]
OneLanguage = Annotated[Language, typer.Option("--language", help="Language of the sentences.")]


def instant(text: str, option: str) -> datetime:
    """Return an instant in RFC 3339; without an offset it could mean any clock.

    What is wrong names the option: a command has several dates.
    """
    from mesure.record.replay import YEARS

    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{option}: {quote(text)} is no instant; write it like 2026-02-12T22:00:00+05:00."
        ) from None
    if moment.tzinfo is None:
        raise typer.BadParameter(
            f"{option}: {quote(text)} has no offset, so it could mean any clock; "
            "end it with Z or +05:00."
        )
    if in_utc.year not in YEARS:
        raise typer.BadParameter(
            f"{option}: {quote(text)} lies outside the years {YEARS[0]} to {YEARS[-1]}; "
            "name another moment."
        )
    return in_utc


def day(text: str | None, option: str) -> date | None:
    """Return a date as it is written in an option."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{option}: {quote(text)} is no date; write it like 2026-07-01."
        ) from None


def refuse_page_without_file(form: OutputFormat, out: Path | None) -> None:
    """Refuse where a result could not go, so that nobody waits for it in vain."""
    if form is OutputFormat.HTML and out is None:
        raise typer.BadParameter("a page needs a file to go to; add --out report.html.")
    if out is not None:
        file_writing.refuse_impossible(out)
