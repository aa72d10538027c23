"""Sentences on the verification of an audit log, for readers who need not know how it is built."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from mesure.audit.entries import EntryRange
from mesure.audit.log_verification import (
    BrokenLogError,
    LogCheck,
    LogFault,
    LogVerification,
    WitnessSighting,
)
from mesure.instants import US_PER_S, to_datetime
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.replay import report_words

SECONDS_MAX: Final = 253_402_300_799  # The last second of the year 9999.


def holds(
    outcome: LogVerification,
    catalogue: Catalogue,
    *,
    kept_size: int | None,
    has_records: bool,
    is_selection: bool,
) -> Iterator[str]:
    """Yield sentences on a log that holds; `kept_size` is the longest checkpoint kept before."""
    head = outcome.checkpoint.head
    yield catalogue.plural(
        "The log {origin} is whole: its {count} entry was not changed, moved or removed, and none "
        "was added, since it was signed.",
        "The log {origin} is whole: none of its {count} entries was changed, moved, removed or "
        "added since it was signed.",
        head.size,
    ).format(origin=outcome.checkpoint.origin, count=report_words.count(head.size))
    yield catalogue.plural(
        "{count} checkpoint carries a signature that holds.",
        "{count} checkpoints carry a signature that holds.",
        outcome.checkpoints,
    ).format(count=report_words.count(outcome.checkpoints))
    yield catalogue.plural(
        "{count} record was erased as the law asks, and the log says so.",
        "{count} records were erased as the law asks, and the log says so.",
        outcome.erased,
    ).format(count=report_words.count(outcome.erased))
    if has_records:
        yield _opened(outcome, catalogue, is_selection=is_selection)
    yield from _seen(outcome, catalogue, kept_size)


def _opened(outcome: LogVerification, catalogue: Catalogue, *, is_selection: bool) -> str:
    count = report_words.count(outcome.opened)
    if is_selection:
        return catalogue.text(
            "Records at hand that are those of the log: {count}. Whether others are missing was "
            "not asked."
        ).format(count=count)
    return catalogue.text(
        "Records at hand that are those of the log: {count}. None is missing."
    ).format(count=count)


def _seen(outcome: LogVerification, catalogue: Catalogue, kept_size: int | None) -> Iterator[str]:
    """Yield who else could know of another log, or that nobody could."""
    if kept_size is not None:
        yield catalogue.plural(
            "It goes on from the checkpoint that you kept, of {count} entry.",
            "It goes on from the checkpoint that you kept, of {count} entries.",
            kept_size,
        ).format(count=report_words.count(kept_size))
    for name, sighting in outcome.witnesses:
        yield _sighting(name, sighting, catalogue)
    if kept_size is None and not outcome.witnesses:
        yield catalogue.text(
            "Who holds the key could have written another log. Only a witness, or a checkpoint "
            "that you kept from before, would show it."
        )


def _sighting(name: str, sighting: WitnessSighting, catalogue: Catalogue) -> str:
    count, size = report_words.count(sighting.size), sighting.size
    if sighting.at > SECONDS_MAX:
        return catalogue.plural(
            "The witness {name} saw it when it had {count} entry.",
            "The witness {name} saw its first {count} entries.",
            size,
        ).format(name=name, count=count)
    moment = catalogue.moment(to_datetime(sighting.at * US_PER_S), ZoneInfo("UTC"))
    return catalogue.plural(
        "The witness {name} saw it when it had {count} entry: {moment} (UTC).",
        "The witness {name} saw its first {count} entries: {moment} (UTC).",
        size,
    ).format(name=name, count=count, moment=moment)


def broken(error: BrokenLogError, origin: str, catalogue: Catalogue) -> Iterator[str]:
    """Yield sentences on what does not hold, and where."""
    yield catalogue.text("The log {origin} does not hold.").format(origin=origin)
    yield catalogue.text("The check that failed: {step}. Where: {place}.").format(
        step=_step(error.step, catalogue), place=_place(error, catalogue)
    )
    yield _what(error, catalogue)


def _step(step: LogCheck, catalogue: Catalogue) -> str:
    match step:
        case LogCheck.READING:
            return catalogue.text("reading the lines")
        case LogCheck.SIGNATURE:
            return catalogue.text("the signature of the log")
        case LogCheck.TREE:
            return catalogue.text("the hashes of the entries")
        case LogCheck.ERASURE:
            return catalogue.text("what an erasure names")
        case LogCheck.END:
            return catalogue.text("the end of the log")
        case LogCheck.EARLIER:
            return catalogue.text("the checkpoint kept from before")
        case LogCheck.WITNESS:
            return catalogue.text("the signature of a witness")
        case LogCheck.RECORDS:
            return catalogue.text("the records at hand")


def _place(error: BrokenLogError, catalogue: Catalogue) -> str:
    parts = [] if error.entries is None else [_entries(error.entries, catalogue)]
    if error.line is not None:
        parts.append(catalogue.text("line {line}").format(line=error.line))
    return ", ".join(parts) or catalogue.text("the log as a whole")


def _entries(blamed: EntryRange, catalogue: Catalogue) -> str:
    if blamed.first == blamed.last:
        return catalogue.text("entry {first} (counted from 0)").format(first=blamed.first)
    return catalogue.text("entries {first} to {last} (counted from 0)").format(
        first=blamed.first, last=blamed.last
    )


def _what(error: BrokenLogError, catalogue: Catalogue) -> str:
    sentence = _of_the_log(error.broken, catalogue) or _of_what_is_beside(error.broken, catalogue)
    return sentence.format(name=error.name)


def _of_the_log(broken: LogFault, catalogue: Catalogue) -> str | None:
    """Return what is wrong inside the log itself."""
    match broken:
        case LogFault.LINE:
            return catalogue.text("This line is not written as the specification asks.")
        case LogFault.ORIGIN:
            return catalogue.text("The checkpoint is one of another log: {name}.")
        case LogFault.UNSIGNED:
            return catalogue.text(
                "No key that you named signed the checkpoint on this line in the name of its log."
            )
        case LogFault.SIGNATURE:
            return catalogue.text(
                "The checkpoint says that {name} signed it. The signature is not one of that key "
                "for this text."
            )
        case LogFault.COUNT:
            return catalogue.text(
                "The checkpoint was signed for this number of entries: {name}. Another stands "
                "before it."
            )
        case LogFault.ROOT:
            return catalogue.text(
                "The checkpoint was signed for other entries. One of these was changed, moved, "
                "removed or added."
            )
        case LogFault.ERASES_NO_RECORD:
            return catalogue.text("It erases {name}, and not all of that is an earlier record.")
        case LogFault.ERASES_TWICE:
            return catalogue.text("It erases {name}, and some of that was erased before.")
        case LogFault.NO_CHECKPOINT:
            return catalogue.text("There is no checkpoint: nobody signed for any entry.")
        case LogFault.UNCOVERED:
            return catalogue.text(
                "No checkpoint comes after these entries: nobody signed for them."
            )
        case _:
            return None


def _of_what_is_beside(broken: LogFault, catalogue: Catalogue) -> str:
    """Return what does not fit between the log and what its reader holds."""
    match broken:
        case LogFault.OTHER_LOG:
            return catalogue.text("The checkpoint that you kept is one of another log: {name}.")
        case LogFault.TAKEN_BACK:
            return catalogue.text(
                "The checkpoint that you kept was signed for these entries. The log ends before "
                "them."
            )
        case LogFault.REWRITTEN:
            return catalogue.text(
                "The checkpoint that you kept was signed for other entries. Keep both: together "
                "they prove that the log was rewritten."
            )
        case LogFault.COSIGNATURE:
            return catalogue.text(
                "The checkpoint says that {name} saw it. The signature is not one of that witness "
                "for this text."
            )
        case LogFault.NOT_SEEN:
            return catalogue.text("The witness {name} signed no checkpoint of this log.")
        case LogFault.OTHER_RECORD:
            return catalogue.text("The record at hand is not the one that the log has.")
        case LogFault.RECORD_OF_NONE:
            return catalogue.text("A record is at hand where the log has none.")
        case LogFault.MISSING:
            return catalogue.text(
                "The record is missing, and no erasure names it. It was not erased as the law asks."
            )
        case _:
            return catalogue.text("An erasure names this record, and it is still at hand.")
