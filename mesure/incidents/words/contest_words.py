"""Words of a contest: what the person's side said, and its answer."""

from mesure.incidents.contest import Contest
from mesure.incidents.words.reader import Reader
from mesure.orders.text.catalogue import Catalogue


def heading(contest: Contest, catalogue: Catalogue, reader: Reader) -> str:
    """Return what a contest is called."""
    if contest.about_finding:
        finding = catalogue.text("You contest the finding")
        return reader.choose(finding, catalogue.text("The person contests the finding"))
    early = catalogue.text("You contest it, before any finding")
    return reader.choose(early, catalogue.text("The person contests it, before any finding"))


def answer(contest: Contest, catalogue: Catalogue, reader: Reader) -> str:
    """Return what came of a contest; empty while it waits."""
    if contest.withdrawn_at is not None:
        back = catalogue.text("Taken back by the person.")
        return reader.choose(catalogue.text("You took it back."), back)
    return "" if contest.answer is None else contest.answer.in_words(catalogue)


def account(catalogue: Catalogue, reader: Reader) -> str:
    """Return what the person's own telling is called."""
    own = catalogue.text("Your account of what happened")
    return reader.choose(own, catalogue.text("The person’s account"))


def document(catalogue: Catalogue) -> str:
    """Return what it is called that they attached something."""
    return catalogue.text("A document was attached")
