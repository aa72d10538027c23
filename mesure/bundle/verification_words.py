"""Sentences on the result of checking an evidence bundle, for its holder."""

from collections.abc import Iterator

from mesure.bundle.verify import BundleReport
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.bundle.bundle_manifest import BundleError
from mesure.reports.text import visible_text
from mesure.version import VERSION


def holds(report: BundleReport, catalogue: Catalogue) -> Iterator[str]:
    """Yield what a bundle that holds shows, and what it does not."""
    yield catalogue.text("This bundle holds. Its hash is {hash}.").format(hash=report.sha256)
    yield catalogue.text("It is about incident {incident} under order {order}.").format(
        incident=visible_text.visible(report.incident), order=visible_text.visible(report.order)
    )
    yield from _checked(report, catalogue)
    yield catalogue.text("Judging it again gave the same bytes.")
    yield from (difference.in_words(catalogue) for difference in report.differs)
    if report.is_own_key:
        yield catalogue.text(
            "The key of the audit log is the one in the bundle. "
            "Name the key that the programme published with --key."
        )
    if report.other_engine:
        yield catalogue.text(
            "It was made by version {other} of Mesure, or by a changed one; "
            "this is version {own}, and says the same."
        ).format(other=visible_text.visible(report.other_engine), own=VERSION)


def _checked(report: BundleReport, catalogue: Catalogue) -> Iterator[str]:
    yield catalogue.plural(
        "{count} message was signed by its device.",
        "{count} messages were signed by their devices.",
        report.signed,
    ).format(count=report.signed)
    if report.reduced:
        yield catalogue.plural(
            "Of {count} message only presence at home is left; its signature cannot be checked.",
            "Of {count} messages only presence at home is left; their signatures "
            "cannot be checked.",
            report.reduced,
        ).format(count=report.reduced)
    if report.unsigned:
        yield catalogue.plural(
            "{count} message was signed by no device.",
            "{count} messages were signed by no device.",
            report.unsigned,
        ).format(count=report.unsigned)
    yield catalogue.plural(
        "{count} record of the audit log was proved.",
        "{count} records of the audit log were proved.",
        report.records,
    ).format(count=report.records)
    if report.documents:
        yield catalogue.plural(
            "{count} document is in it as it was attached.",
            "{count} documents are in it as they were attached.",
            report.documents,
        ).format(count=report.documents)
    if report.court_papers:
        yield catalogue.plural(
            "{count} paper of the court is in it as it was attached.",
            "{count} papers of the court are in it as they were attached.",
            report.court_papers,
        ).format(count=report.court_papers)
    if report.left_out:
        yield catalogue.plural(
            "{count} document is named with its hash, and is not in it.",
            "{count} documents are named with their hashes, and are not in it.",
            report.left_out,
        ).format(count=report.left_out)


def broken(error: BundleError, catalogue: Catalogue) -> Iterator[str]:
    """Yield what does not hold: the step, the file, what is wrong, and who made it otherwise."""
    yield catalogue.text("This bundle does not hold. What failed: {step}.").format(
        step=error.step.in_words(catalogue)
    )
    yield catalogue.text("Where: {path}. What is wrong: {what}.").format(
        path=visible_text.visible(error.path), what=visible_text.visible(error.what)
    )
    if error.other_engine:
        yield catalogue.text(
            "It was made by version {other} of Mesure, or by a changed one; this is version {own}, "
            "which may judge otherwise. Check it with the version that made it."
        ).format(other=visible_text.visible(error.other_engine), own=VERSION)
