"""Sentences on the verification of a store, for readers who need not know how it is built."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from mesure.orders.text.catalogue import Catalogue
from mesure.reports.replay import report_words
from mesure.reports.text import visible_text
from mesure.store.values.mismatches import (
    AcceptedRollback,
    MismatchKind,
    RowMismatch,
    StoreVerification,
)


def lines(outcome: StoreVerification, catalogue: Catalogue, shown_max: int) -> Iterator[str]:
    """Yield sentences on a store, and on each row that is not as the program left it."""
    if not outcome.found:
        yield catalogue.plural(
            "The store of {log} holds: its {count} row was not altered or removed past the "
            "program, and none was added.",
            "The store of {log} holds: none of its {count} rows was altered, added or removed past "
            "the program.",
            outcome.rows,
        ).format(log=outcome.log, count=report_words.count(outcome.rows))
    else:
        yield catalogue.text("The store of {log} does not hold.").format(log=outcome.log)
        for difference in outcome.found[:shown_max]:
            yield row(difference, catalogue)
        left = len(outcome.found) - shown_max
        if left > 0:
            yield catalogue.text("And further rows: {count}.").format(
                count=report_words.count(left)
            )
    if outcome.ahead is not None:
        yield from _older(outcome.ahead, outcome, catalogue)
    yield from _known(outcome, catalogue)


def row(difference: RowMismatch, catalogue: Catalogue) -> str:
    """Return a sentence on one row: its table, what tells it from the others, what was done."""
    key = ", ".join(str(part) for part in difference.key) or "-"
    return _said(difference, catalogue).format(
        table=difference.table, key=key, column=difference.column
    )


def _said(difference: RowMismatch, catalogue: Catalogue) -> str:
    match difference.wrong:
        case MismatchKind.ADDED:
            return catalogue.text("{table}, row {key}: it was added past the program.")
        case MismatchKind.MISSING:
            return catalogue.text("{table}, row {key}: it is missing, and nothing erased it.")
        case MismatchKind.BACK:
            return catalogue.text(
                "{table}, row {key}: it stands as it was before, or after it was erased."
            )
        case MismatchKind.ANEW:
            return catalogue.text(
                "{table}, row {key}: rows were bound again here, after the checkpoint that you "
                "named. No check can show what was altered before that."
            )
        case MismatchKind.ALTERED if difference.column is None:
            return catalogue.text(
                "{table}, row {key}: it was altered; in which column cannot be told."
            )
        case _:
            return catalogue.text("{table}, row {key}: {column} was altered.")


def _known(outcome: StoreVerification, catalogue: Catalogue) -> Iterator[str]:
    """Yield with what the rows were compared."""
    yield catalogue.text(
        "They were compared with its audit log: entries {entries}, "
        "signed checkpoints {checkpoints}."
    ).format(
        entries=report_words.count(outcome.entries),
        checkpoints=report_words.count(outcome.checkpoints),
    )
    if outcome.begun:
        begun = outcome.begun[-1]
        moment = _moment(begun.at, catalogue)
        yield catalogue.text(
            "The log has rows since {moment} (UTC). What was altered before that, it cannot show."
        ).format(moment=moment)
    if len(outcome.begun) > 1:
        yield catalogue.text(
            "Beware: rows were bound again, last by entry {entry} of the log (times: {count}). "
            "They may have been altered just before. Ask why."
        ).format(entry=begun.entry, count=report_words.count(len(outcome.begun) - 1))
    if outcome.accepted:
        yield _accepted(outcome.accepted, catalogue)
    if outcome.open_changes:
        yield catalogue.text(
            "Changes that the log does not have yet: {count}. They were compared with the "
            "database alone."
        ).format(count=report_words.count(outcome.open_changes))


def _older(signed: int, outcome: StoreVerification, catalogue: Catalogue) -> Iterator[str]:
    """Yield that a log does not go on from what was signed, and what is to be done about it."""
    yield catalogue.text(
        "This log does not go on from a checkpoint that was signed: the checkpoint has {signed} "
        "entries, and the log {entries}. An older database may have been put in its place."
    ).format(signed=report_words.count(signed), entries=report_words.count(outcome.entries))
    if all(one.signed_up_to is not None and one.signed_up_to < signed for one in outcome.accepted):
        yield catalogue.text(
            "Put the newest database back. If it is lost, go on with this one: mesure "
            "accept-older. The log will say so."
        )


def _accepted(accepted: tuple[AcceptedRollback, ...], catalogue: Catalogue) -> str:
    """Return a sentence on the last time that somebody went on with older data."""
    last = accepted[-1]
    at, entry, times = _moment(last.at, catalogue), last.entry, report_words.count(len(accepted))
    if last.signed_up_to is None:
        return catalogue.text(
            "Beware: older data was accepted, last on {moment} (UTC) by entry {entry} of the log "
            "(times: {count}). How many entries had been signed by then nobody could tell. Ask why."
        ).format(moment=at, entry=entry, count=times)
    return catalogue.text(
        "Beware: older data was accepted, last on {moment} (UTC) by entry {entry} of the log "
        "(times: {count}). {signed} entries had been signed by then, and the later ones are not "
        "here. Ask why."
    ).format(moment=at, entry=entry, count=times, signed=report_words.count(last.signed_up_to))


def _moment(written: str, catalogue: Catalogue) -> str:
    """Return a moment as it is read; what somebody else wrote in its place, as written."""
    try:
        return catalogue.moment(datetime.fromisoformat(written), ZoneInfo("UTC"))
    except ValueError:
        return visible_text.visible(written[:40])
