"""Odds, and what multiplied them, in words for each kind of reader.

The logarithm of the odds is a sum, and each of its terms multiplied the odds. The person is told
whether a term spoke for or against them. Everybody else is told two things that a court must not
take for one another: the odds themselves ("240 to 1 that the device was outside"), and by how much
one piece of evidence multiplied them ("20 times likelier outside").

Every figure is rounded down to two digits: nobody knows a third.
Decision: docs/decisions/0060-you-means-the-reader.md
"""

from functools import lru_cache
from typing import Final

import numpy as np

from mesure.evaluation.breakdown.evidence_breakdown import Term, TermSource
from mesure.geo.numeric import elementary
from mesure.incidents.incident import IncidentKind
from mesure.incidents.words.reader import Reader
from mesure.orders.text.catalogue import Catalogue

WEIGHT_TIMES_MIN: Final = 2.0  # Below it evidence hardly says anything.
TIMES_NAMED_MAX: Final = 10_000  # This many times likelier; above it no figure means more.


def of_term(term: Term, kind: IncidentKind, catalogue: Catalogue, reader: Reader) -> str:
    """Return what a term of the odds comes to; the first of them is what the odds were before."""
    if reader is Reader.PERSON:
        return against(term.llr, catalogue)
    if term.source is TermSource.START:
        return odds(term.llr, kind, catalogue)
    return likelier(term.llr, kind, catalogue)


def of_all(llr: float, kind: IncidentKind, catalogue: Catalogue, reader: Reader) -> str:
    """Return what all terms together come to."""
    if reader is Reader.PERSON:
        return against(llr, catalogue)
    return odds(llr, kind, catalogue)


def against(llr: float, catalogue: Catalogue) -> str:
    """Return whom a weight speaks for, as the person reads it: "20 to 1 against you"."""
    ratio = _ratio(llr, catalogue)
    if ratio is None:
        return catalogue.text("less than 2 to 1")
    if llr > 0.0:
        return catalogue.text("{ratio} against you").format(ratio=ratio)
    return catalogue.text("{ratio} for you").format(ratio=ratio)


def odds(llr: float, kind: IncidentKind, catalogue: Catalogue) -> str:
    """Return odds as a court reads them: "240 to 1 that the device was outside"."""
    ratio = _ratio(llr, catalogue)
    if ratio is None:
        return catalogue.text("less than 2 to 1, either way")
    if _is_outside(llr, kind):
        return catalogue.text("{ratio} that the device was outside").format(ratio=ratio)
    return catalogue.text("{ratio} that the device was inside").format(ratio=ratio)


def likelier(llr: float, kind: IncidentKind, catalogue: Catalogue) -> str:
    """Return by how much something multiplied the odds: "20 times likelier outside"."""
    times = _times(abs(llr))
    if times < WEIGHT_TIMES_MIN:
        return catalogue.text("less than 2 times likelier, either way")
    is_counted = times <= TIMES_NAMED_MAX
    count = _two_digits(times) if is_counted else TIMES_NAMED_MAX
    if _is_outside(llr, kind):
        named = catalogue.plural(
            "{count} time likelier outside", "{count} times likelier outside", count
        )
        more = catalogue.text("more than 10,000 times likelier outside")
    else:
        named = catalogue.plural(
            "{count} time likelier inside", "{count} times likelier inside", count
        )
        more = catalogue.text("more than 10,000 times likelier inside")
    return named.format(count=count) if is_counted else more


def _is_outside(llr: float, kind: IncidentKind) -> bool:
    """Tell whether something speaks for outside; the wrong side of an exclusion zone is inside."""
    return (llr > 0.0) != (kind is IncidentKind.ENTERED)


def _ratio(llr: float, catalogue: Catalogue) -> str | None:
    """Return a ratio in words; None where it is so small that it says nothing."""
    times = _times(abs(llr))
    if times < WEIGHT_TIMES_MIN:
        return None
    if times > TIMES_NAMED_MAX:
        return catalogue.text("more than 10,000 to 1")
    return catalogue.text("{count} to 1").format(count=_two_digits(times))


def _two_digits(times_ratio: float) -> int:
    step: int = 10 ** max(0, len(str(int(times_ratio))) - 2)
    return int(times_ratio) // step * step


@lru_cache(maxsize=1_024)  # The same is said in several languages, one after the other.
def _times(llr: float) -> float:
    return float(elementary.exp(np.array([llr]))[0])
