"""Review statements of a bundle, read back: findings, and what the person's side said."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from mesure.actions.records.incident_records import ContestRecord, StatementRecord
from mesure.bundle.evaluate_again import REVIEW
from mesure.incidents.finding import Finding, Review, ReviewStage
from mesure.incidents.words import contest_words
from mesure.incidents.words.reader import Reader
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.bundle.bundle_paper import BundleStatement


class _Document(msgspec.Struct, frozen=True):
    """A document that the person attached, as far as a paper names it."""

    name: str
    attached_at: datetime


def review_finding(content: Mapping[str, bytes]) -> Finding | None:
    """Return the finding; None where nobody made one, or it still waits for a second officer."""
    review = _review(content)
    return review.finding if review.stage is ReviewStage.FOUND else None


def former(content: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return the findings that hold no longer, the latest first."""
    return tuple(reversed(_review(content).former))


def sayings(content: Mapping[str, bytes], catalogue: Catalogue) -> list[BundleStatement]:
    """Return all that the person's side said, the oldest first."""
    review_document = _held(content)
    account = contest_words.account(catalogue, Reader.OFFICE)
    all_sayings = [
        BundleStatement(account, statement.made_at, statement.text)
        for statement in msgspec.convert(review_document["statements"], list[StatementRecord])
    ]
    for stored_contest in msgspec.convert(review_document["contests"], list[ContestRecord]):
        contest = stored_contest.contest
        heading = contest_words.heading(contest, catalogue, Reader.OFFICE)
        answer = contest_words.answer(contest, catalogue, Reader.OFFICE)
        all_sayings.append(BundleStatement(heading, contest.made_at, stored_contest.text, answer))
    for document in msgspec.convert(review_document["documents"], list[_Document]):
        heading = contest_words.document(catalogue)
        all_sayings.append(BundleStatement(heading, document.attached_at, document.name))
    return sorted(all_sayings, key=lambda saying: saying.at)


def _held(content: Mapping[str, bytes]) -> dict[str, Any]:
    review_document: dict[str, Any] = json.loads(content[REVIEW])
    return review_document


def _review(content: Mapping[str, bytes]) -> Review:
    return msgspec.convert(_held(content)["review"], Review)
