"""Weights: what counted in a possible breach, and how much: the rows of a small table."""

from dataclasses import dataclass
from datetime import datetime

from mesure.evaluation.breakdown.evidence_breakdown import TermSource
from mesure.incidents.incident import Incident
from mesure.incidents.words import odds
from mesure.incidents.words.reader import Reader
from mesure.instants import to_datetime
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.replay import report_words


@dataclass(frozen=True, slots=True)
class WeightRow:
    """What counted, by how many fixes, and its weight in words and as a logarithm."""

    name: str
    fixes: str
    weight: str
    llr: str


def lines(incident: Incident, catalogue: Catalogue, reader: Reader) -> tuple[WeightRow, ...]:
    """Return a line for each term, and the last for all of them together; none without terms.

    How many there are does not depend on the language.
    """
    terms = incident.account.terms
    if not terms:
        return ()
    term_lines = [
        WeightRow(
            _name(term.source, catalogue),
            report_words.count(term.fixes) if term.fixes else "",
            odds.of_term(term, incident.kind, catalogue, reader),
            _logarithm(term.llr, catalogue),
        )
        for term in terms
    ]
    whole_llr = incident.account.whole_llr
    together = catalogue.text("Together")
    weight = odds.of_all(whole_llr, incident.kind, catalogue, reader)
    return (*term_lines, WeightRow(together, "", weight, _logarithm(whole_llr, catalogue)))


def evidence_times(incident: Incident) -> tuple[datetime, datetime]:
    """Return when the first fix was taken that counted, and when the one that decided."""
    first_us, last_us = incident.account.taken_us
    return to_datetime(first_us), to_datetime(last_us)


def _name(source: TermSource, catalogue: Catalogue) -> str:
    names = {
        TermSource.START: catalogue.text("What was known before"),
        TermSource.DRIFT: catalogue.text("The time that passed"),
        TermSource.ARRIVAL: catalogue.text("It had just come to the edge of the place"),
        TermSource.RETURN: catalogue.text("It had just come back to the place"),
        TermSource.POSITIONS: catalogue.text("Where the fixes lie"),
        TermSource.WAY_PATH: catalogue.text("The way, seen from fix to fix"),
        TermSource.WAY_SPEED: catalogue.text("Speed of a device on its way"),
        TermSource.BEACON_HEARD: catalogue.text("Home beacon heard"),
        TermSource.BEACON_MISSED: catalogue.text("Home beacon not heard"),
        TermSource.LIMITS: catalogue.text("Not counted: nobody can be that sure"),
    }
    return names[source]


def _logarithm(llr: float, catalogue: Catalogue) -> str:
    """Return a logarithm with its sign, which is no hyphen, and the mark of the language."""
    mark = catalogue.text("0.00")[1]
    return f"{llr:+.2f}".replace("-", "\u2212").replace(".", mark)
