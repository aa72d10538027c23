"""Top evidence: what counted most when a condition was found not met, in plain words.

Each makes it some times likelier that the device was on one side. What speaks for the person is
said in the same way as what speaks against them. The figures are the terms of the decision, and
nothing else.
Law: Directive (EU) 2016/680, article 11: anyone judged by a machine may ask what weighed how much.
"""

from collections.abc import Iterator
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from mesure.evaluation.breakdown.evidence_breakdown import EvidenceBreakdown, Term, TermSource
from mesure.incidents.incident import Incident, IncidentKind
from mesure.incidents.words import odds
from mesure.incidents.words.reader import Reader
from mesure.instants import to_datetime
from mesure.orders.text.catalogue import Catalogue

TOLD_MAX: Final = 3  # More are in the table; a page of weights explains nothing.
TOLD_LLR_MIN: Final = 0.7  # Twice as likely; what weighs less hardly says anything.

WAYS: Final = (TermSource.WAY_PATH, TermSource.WAY_SPEED)


def strongest(account: EvidenceBreakdown) -> tuple[Term, ...]:
    """Return the terms that weigh most, on either side, the strongest first."""
    worth_telling = (term for term in account.terms if abs(term.llr) >= TOLD_LLR_MIN)
    return tuple(sorted(worth_telling, key=lambda term: -abs(term.llr))[:TOLD_MAX])


def sentences(
    incident: Incident, zone: ZoneInfo, catalogue: Catalogue, reader: Reader
) -> Iterator[str]:
    """Yield a sentence for each of the strongest terms, and when it was if that was long before."""
    terms = strongest(incident.account)
    decided_at = to_datetime(incident.account.taken_us[1])
    if terms and decided_at < incident.start:
        yield catalogue.text("What counted was seen earlier, on {moment}.").format(
            moment=catalogue.moment(decided_at, zone)
        )
    if terms:
        yield reader.choose(
            catalogue.text("A weight of 20 to 1 makes something 20 times likelier."),
            catalogue.text("“20 times likelier” multiplies the odds by 20."),
        )
    for term in terms:
        sentence = _sentence(term, incident, catalogue, reader)
        yield sentence.format(weight=odds.of_term(term, incident.kind, catalogue, reader))
    if terms and reader is not Reader.PERSON:
        # Of all terms, also those that are not shown.
        whole = odds.odds(incident.account.whole_llr, incident.kind, catalogue)
        yield catalogue.text("When this was decided, the odds were {odds}.").format(odds=whole)


def _sentence(term: Term, incident: Incident, catalogue: Catalogue, reader: Reader) -> str:
    match term.source:
        case TermSource.START:
            return reader.choose(
                catalogue.text("What was known before weighs {weight}."),
                catalogue.text("What was known before: {weight}."),
            )
        case TermSource.DRIFT:
            return reader.choose(
                catalogue.text("The time in which you could come or go weighs {weight}."),
                catalogue.text("The time in which the person could come or go: {weight}."),
            )
        case TermSource.ARRIVAL:
            return catalogue.text("The device had just come to the edge of the place: {weight}.")
        case TermSource.RETURN:
            return catalogue.text("The device had just come back to the place: {weight}.")
        case TermSource.POSITIONS if term.llr < 0.0:
            return reader.choose(
                catalogue.text("All readings together weigh {weight}."),
                catalogue.text("All readings together: {weight}."),
            )
        case TermSource.POSITIONS:
            return _positions(incident, catalogue)
        case TermSource.WAY_PATH:
            return catalogue.text("The way out was seen, from reading to reading: {weight}.")
        case TermSource.WAY_SPEED:
            return catalogue.text("Its speed shows the device on its way: {weight}.")
        case TermSource.BEACON_HEARD:
            return catalogue.text("The beacon at home was heard: {weight}.")
        case TermSource.BEACON_MISSED:
            return catalogue.text("The beacon at home was not heard: {weight}.")
        case TermSource.LIMITS:
            return catalogue.text(
                "Nobody can be that sure, so part of this is not counted: {weight}."
            )
        case _:
            assert_never(term.source)


def _positions(incident: Incident, catalogue: Catalogue) -> str:
    """Return the sentence on the positions, with how many they count as together."""
    account = incident.account
    if incident.kind is IncidentKind.ENTERED:
        sentence = catalogue.plural(
            "{count} reading inside counts like {pieces}: {weight}.",
            "{count} readings inside together count like {pieces}: {weight}.",
            account.wrong_side,
        )
    else:
        sentence = catalogue.plural(
            "{count} reading outside counts like {pieces}: {weight}.",
            "{count} readings outside together count like {pieces}: {weight}.",
            account.wrong_side,
        )
    pieces = _pieces(account.pieces_ratio, catalogue)
    return sentence.format(count=account.wrong_side, pieces=pieces, weight="{weight}")


def _pieces(pieces_ratio: float, catalogue: Catalogue) -> str:
    """Return how many independent readings some count as, rounded down."""
    count = int(pieces_ratio)
    if count == 0:
        return catalogue.text("less than one independent reading")
    return catalogue.plural(
        "{count} independent reading", "{count} independent readings", count
    ).format(count=count)
