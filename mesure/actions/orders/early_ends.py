"""Early ends: when an order ends, and all that was entered of an end before its time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from mesure.actions.orders.binding_order import ABSENCE, ASKED, END, EarlyEnd, OrderEndRecord
from mesure.actions.records.record_types import Register, RegisterReader
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.span import Span

ENTRIES_MAX: Final = 40  # Then it is changed no more; the longest of them fit into one row.


def ends_at(order_versions: Iterable[OrderVersion]) -> datetime | None:
    """Return when an order ends; None where nothing of it binds."""
    return max((version.in_force.end for version in order_versions), default=None)


def release_requests(rows: Register, order: str, person: str, ends_at: datetime) -> None:
    """Have no request wait that begins after the end; one that begins before it waits again."""
    for absence in rows.about(ABSENCE, person):
        record, is_needless = absence.value, absence.value.start_at >= ends_at
        if (record.order, record.stage) == (order, ASKED) and record.is_needless != is_needless:
            rows.change(absence, replace(record, is_needless=is_needless))


def refuse_end(spans: Sequence[Span], at: datetime, now: datetime) -> None:
    """Refuse an end at which nothing binds any more, or nothing has bound yet."""
    if all(at >= span.end for span in spans):
        raise ActionConflictError(ActionRefusal.ENDS_BEFORE)
    # Where nothing binds nobody judges, and what was raised already would last for ever.
    if at <= min(span.start for span in spans) <= now:
        raise ActionConflictError(ActionRefusal.ENDS_AFTER_BEGINNING)


def entries(rows: RegisterReader, order: str) -> tuple[EarlyEnd, ...]:
    """Return all that was entered of an early end; the last of it counts."""
    record = rows.get(END, order)
    if record is None:
        return ()
    end = record.value
    last = EarlyEnd(end.at, end.decision, end.reason, end.entered_at, end.entered_by)
    return (*end.former, last)


def enter(rows: Register, order: str, person: str, end: EarlyEnd) -> None:
    """Keep an early end, or that it was taken back, behind all that was entered before."""
    entered = end.at, end.decision, end.reason, end.entered_at, end.entered_by
    value = OrderEndRecord(*entered, former=entries(rows, order))
    record = rows.get(END, order)
    if record is None:
        rows.add(END, order, value, person)
    else:
        rows.change(record, value)
