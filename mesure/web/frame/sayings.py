"""What the person's side said about an incident: their account, contests, and documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mesure.actions.contests import ContestShown, Said
from mesure.incidents.contest import Answer
from mesure.reports import visible
from mesure.web.frame.texts import PageTexts


@dataclass(frozen=True, slots=True)
class Saying:
    """One of them, oldest first."""

    heading: str
    at: datetime
    paragraphs: tuple[str, ...]
    answer: str = ""
    document: str = ""  # Its id, where it is one.


def of(said: Said, texts: PageTexts, names: Mapping[str, str]) -> list[Saying]:
    """Return all that was said, oldest first; an officer who wrote it down is named."""
    catalogue = texts
    found: list[Saying] = []
    for one in said.statements:
        heading = catalogue.text("The person’s account")
        if one.made_by in names:
            name = names[one.made_by]
            heading = catalogue.text("The person’s account, written down by {name}", name=name)
        found.append(Saying(heading, one.made_at, visible.paragraphs(one.text)))
    found += [_contest(contest, texts) for contest in said.contests]
    for attached in said.attachments:
        kept = attached.kept
        heading = catalogue.text("A document was attached")
        name = visible.visible(kept.name)
        found.append(Saying(heading, kept.attached_at, (name,), document=attached.attachment))
    return sorted(found, key=lambda one: one.at)


def _contest(one: ContestShown, texts: PageTexts) -> Saying:
    catalogue, contest = texts, one.kept.contest
    heading = catalogue.text("The person contests the possible breach")
    if contest.about_finding:
        heading = catalogue.text("The person contests the finding")
    answers = {
        Answer.DECIDED: catalogue.text("Answered by the finding."),
        Answer.STANDS: catalogue.text("Answered: the finding stands."),
        Answer.CHANGED: catalogue.text("Answered: there is another finding."),
    }
    answer = "" if contest.answer is None else answers[contest.answer]
    if contest.withdrawn_at is not None:
        answer = catalogue.text("Taken back by the person.")
    return Saying(heading, contest.made_at, visible.paragraphs(one.kept.text), str(answer))
