"""Statements of the person's side on an incident: their account, contests, and documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mesure.actions.incidents.contests import ContestView, PersonSubmissions
from mesure.incidents.words import contest_words
from mesure.incidents.words.reader import Reader
from mesure.reports.text import visible_text
from mesure.web.shared.words.page_texts import PageTexts


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One of them, oldest first."""

    heading: str
    at: datetime
    paragraphs: tuple[str, ...]
    answer: str = ""
    document: str = ""  # Its id, where it is one.
    by: str = ""  # The account that attached it.


def of(
    submissions: PersonSubmissions, catalogue: PageTexts, names: Mapping[str, str],
    reader: Reader = Reader.OFFICE,
) -> list[StatementRow]:  # fmt: skip
    """Return all that was said, oldest first; an officer who wrote it down is named."""
    sayings: list[StatementRow] = []
    for statement in submissions.statements:
        heading = contest_words.account(catalogue.catalogue, reader)
        if statement.made_by in names:
            name = names[statement.made_by]
            heading = catalogue.text("The person’s account, written down by {name}", name=name)
        sayings.append(
            StatementRow(heading, statement.made_at, visible_text.paragraphs(statement.text))
        )
    sayings += [_contest(contest, catalogue, reader) for contest in submissions.contests]
    for attached in submissions.attachments:
        attachment = attached.kept
        heading = contest_words.document(catalogue.catalogue)
        if attachment.taken_back_at is not None:
            own = catalogue.text("You took it back before anybody decided with it.")
            back = catalogue.text("Taken back by the person before anybody decided with it.")
            words = (reader.choose(own, back),)
            sayings.append(StatementRow(heading, attachment.attached_at, words))
            continue
        name = visible_text.visible(attachment.name)
        of_it = {"document": attached.attachment, "by": attachment.attached_by}
        sayings.append(StatementRow(heading, attachment.attached_at, (name,), **of_it))
    return sorted(sayings, key=lambda saying: saying.at)


def _contest(contest_view: ContestView, texts: PageTexts, reader: Reader) -> StatementRow:
    contest, catalogue = contest_view.kept.contest, texts.catalogue
    heading = contest_words.heading(contest, catalogue, reader)
    answer = contest_words.answer(contest, catalogue, reader)
    return StatementRow(
        heading, contest.made_at, visible_text.paragraphs(contest_view.kept.text), answer
    )
