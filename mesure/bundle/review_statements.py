"""What a bundle holds of the review, read back: findings, and what the person's side said."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from mesure.actions.records.incident_records import ContestKept, StatementKept
from mesure.bundle.evaluate_again import REVIEW
from mesure.incidents.finding import Finding, Review, Stage
from mesure.incidents.words import contest_words
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.bundle.bundle_paper import Saying


class _Document(msgspec.Struct, frozen=True):
    """A document that the person attached, as far as a paper names it."""

    name: str
    attached_at: datetime


def finding(content: Mapping[str, bytes]) -> Finding | None:
    """Return the finding; None where nobody made one, or it still waits for a second officer."""
    found = _review(content)
    return found.finding if found.stage is Stage.FOUND else None


def former(content: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return the findings that hold no longer, the latest first."""
    return tuple(reversed(_review(content).former))


def sayings(content: Mapping[str, bytes], catalogue: Catalogue) -> list[Saying]:
    """Return all that the person's side said, the oldest first."""
    held = _held(content)
    found = [
        Saying(contest_words.account(catalogue), one.made_at, one.text)
        for one in msgspec.convert(held["statements"], list[StatementKept])
    ]
    for kept in msgspec.convert(held["contests"], list[ContestKept]):
        contest = kept.contest
        heading = contest_words.heading(contest, catalogue)
        answer = contest_words.answer(contest, catalogue)
        found.append(Saying(heading, contest.made_at, kept.text, answer))
    for document in msgspec.convert(held["documents"], list[_Document]):
        heading = contest_words.document(catalogue)
        found.append(Saying(heading, document.attached_at, document.name))
    return sorted(found, key=lambda one: one.at)


def _held(content: Mapping[str, bytes]) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(content[REVIEW])
    return held


def _review(content: Mapping[str, bytes]) -> Review:
    return msgspec.convert(_held(content)["review"], Review)
