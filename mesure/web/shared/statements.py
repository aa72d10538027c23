"""What the person's side said about an incident: their account, contests, and documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mesure.actions.incidents.contests import ContestShown, Said
from mesure.incidents.words import contest_words
from mesure.reports.text import visible_text
from mesure.web.shared.words.page_texts import PageTexts


@dataclass(frozen=True, slots=True)
class Saying:
    """One of them, oldest first."""

    heading: str
    at: datetime
    paragraphs: tuple[str, ...]
    answer: str = ""
    document: str = ""  # Its id, where it is one.
    by: str = ""  # The account that attached it.


def of(said: Said, texts: PageTexts, names: Mapping[str, str]) -> list[Saying]:
    """Return all that was said, oldest first; an officer who wrote it down is named."""
    catalogue = texts
    found: list[Saying] = []
    for one in said.statements:
        heading = contest_words.account(texts.catalogue)
        if one.made_by in names:
            name = names[one.made_by]
            heading = catalogue.text("The person’s account, written down by {name}", name=name)
        found.append(Saying(heading, one.made_at, visible_text.paragraphs(one.text)))
    found += [_contest(contest, texts) for contest in said.contests]
    for attached in said.attachments:
        kept = attached.kept
        heading = contest_words.document(texts.catalogue)
        if kept.taken_back_at is not None:
            back = catalogue.text("Taken back by the person before anybody decided with it.")
            found.append(Saying(heading, kept.attached_at, (back,)))
            continue
        name = visible_text.visible(kept.name)
        of_it = {"document": attached.attachment, "by": kept.attached_by}
        found.append(Saying(heading, kept.attached_at, (name,), **of_it))
    return sorted(found, key=lambda one: one.at)


def _contest(one: ContestShown, texts: PageTexts) -> Saying:
    contest, catalogue = one.kept.contest, texts.catalogue
    heading = contest_words.heading(contest, catalogue)
    answer = contest_words.answer(contest, catalogue)
    return Saying(heading, contest.made_at, visible_text.paragraphs(one.kept.text), answer)
