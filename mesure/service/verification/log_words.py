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
    return {
        LogCheck.READING: catalogue.text("reading the lines"),
        LogCheck.SIGNATURE: catalogue.text("the signature of the log"),
        LogCheck.TREE: catalogue.text("the hashes of the entries"),
        LogCheck.ERASURE: catalogue.text("what an erasure names"),
        LogCheck.END: catalogue.text("the end of the log"),
        LogCheck.EARLIER: catalogue.text("the checkpoint kept from before"),
        LogCheck.WITNESS: catalogue.text("the signature of a witness"),
        LogCheck.RECORDS: catalogue.text("the records at hand"),
    }[step]


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
    sentences = _of_the_log(catalogue) | _of_what_is_beside(catalogue)
    return sentences[error.broken].format(name=error.name)


def _of_the_log(catalogue: Catalogue) -> dict[LogFault, str]:
    """Return what can be wrong inside the log itself."""
    return {
        LogFault.LINE: catalogue.text("This line is not written as the specification asks."),
        LogFault.ORIGIN: catalogue.text("The checkpoint is one of another log: {name}."),
        LogFault.UNSIGNED: catalogue.text(
            "No key that you named signed the checkpoint on this line in the name of its log."
        ),
        LogFault.SIGNATURE: catalogue.text(
            "The checkpoint says that {name} signed it. The signature is not one of that key "
            "for this text."
        ),
        LogFault.COUNT: catalogue.text(
            "The checkpoint was signed for this number of entries: {name}. Another stands "
            "before it."
        ),
        LogFault.ROOT: catalogue.text(
            "The checkpoint was signed for other entries. One of these was changed, moved, "
            "removed or added."
        ),
        LogFault.ERASES_NO_RECORD: catalogue.text(
            "It erases {name}, and not all of that is an earlier record."
        ),
        LogFault.ERASES_TWICE: catalogue.text(
            "It erases {name}, and some of that was erased before."
        ),
        LogFault.NO_CHECKPOINT: catalogue.text(
            "There is no checkpoint: nobody signed for any entry."
        ),
        LogFault.UNCOVERED: catalogue.text(
            "No checkpoint comes after these entries: nobody signed for them."
        ),
    }


def _of_what_is_beside(catalogue: Catalogue) -> dict[LogFault, str]:
    """Return what may not fit between the log and what its reader holds."""
    return {
        LogFault.OTHER_LOG: catalogue.text(
            "The checkpoint that you kept is one of another log: {name}."
        ),
        LogFault.TAKEN_BACK: catalogue.text(
            "The checkpoint that you kept was signed for these entries. The log ends before them."
        ),
        LogFault.REWRITTEN: catalogue.text(
            "The checkpoint that you kept was signed for other entries. Keep both: together "
            "they prove that the log was rewritten."
        ),
        LogFault.COSIGNATURE: catalogue.text(
            "The checkpoint says that {name} saw it. The signature is not one of that witness "
            "for this text."
        ),
        LogFault.NOT_SEEN: catalogue.text("The witness {name} signed no checkpoint of this log."),
        LogFault.OTHER_RECORD: catalogue.text(
            "The record at hand is not the one that the log has."
        ),
        LogFault.RECORD_OF_NONE: catalogue.text("A record is at hand where the log has none."),
        LogFault.MISSING: catalogue.text(
            "The record is missing, and no erasure names it. It was not erased as the law asks."
        ),
        LogFault.STILL_THERE: catalogue.text(
            "An erasure names this record, and it is still at hand."
        ),
    }
