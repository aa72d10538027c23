"""Fault sentences: what is wrong with a file, in the language of the reader who mends it.

In English every sentence is the same, letter for letter, as the `str` of the fault.
"""

from mesure.orders.text.catalogue import Catalogue
from mesure.orders.text.order_faults import FileFault, OrderError
from mesure.orders.text.sayings import translate


def sentence(what: str, why: str, remedy: str, catalogue: Catalogue) -> str:
    """Return what is wrong, why it matters and what to do, without its place."""
    words = catalogue.text("{what}; {why}; {remedy}").format(
        what=translate(what, catalogue),
        why=translate(why, catalogue),
        remedy=translate(remedy, catalogue),
    )
    return words if words.endswith("?") else f"{words}."


def line(fault: FileFault, catalogue: Catalogue) -> str:
    """Return a fault with its file, line and key."""
    where = fault.file
    if fault.line is not None:
        where = catalogue.text("{file}, line {line}").format(file=fault.file, line=fault.line)
    where = f"{where}, {fault.key}" if fault.key else where
    words = sentence(fault.what, fault.why, fault.remedy, catalogue)
    return catalogue.text("{where}: {fault}").format(where=where, fault=words)


def lines(error: OrderError, catalogue: Catalogue) -> str:
    """Return all faults of a file, one a line, and how many more there are."""
    sentences = [line(fault, catalogue) for fault in error.faults]
    if error.more:
        more = catalogue.text("{file}: further faults not listed: {count}.")
        sentences.append(more.format(file=error.faults[0].file, count=error.more))
    return "\n".join(sentences)
