"""Conditions as an order writes them: one duty each, with its time in force and its review date."""

from typing import Final, NamedTuple

from mesure.orders.clock.wall_clock import WallClockSpan
from mesure.orders.fields import read_places, read_times, read_values
from mesure.orders.fields.duty_keys import DutyKeys
from mesure.orders.fields.order_context import OrderContext
from mesure.orders.model.conditions import KINDS, Condition, Duty
from mesure.orders.text.file_entries import EntryGroup
from mesure.orders.text.order_faults import join_names
from mesure.orders.text.sayings import translatable
from mesure.orders.values.span import Span

CONDITIONS_MAX: Final = 1_000
EVERYTHING: Final = "everything"  # What a suspension allows; no condition may be called so.


class TimeInForce(NamedTuple):
    """A time in force twice: by the clock on the wall, and as instants."""

    walls: WallClockSpan
    span: Span


def read(group: EntryGroup, book: OrderContext, order: TimeInForce) -> tuple[Condition, ...]:
    """Return the conditions of an order that is in force for that time."""
    if not 0 < group.count <= CONDITIONS_MAX:
        what = translatable("the order has {count} conditions", count=group.count)
        remedy = translatable(
            "write at least one, as {example}",
            example="C1: {curfew: {at: home, from: 22:00, until: 06:00}}",
        )
        group.refuse(what, translatable("1 to {most} are expected", most=CONDITIONS_MAX), remedy)
        return ()
    conditions = []
    for name, entry in group:
        read_places.refuse_bad_name(name, entry)
        if name == EVERYTHING:
            what = translatable("a condition is called “{all}”", all=EVERYTHING)
            why = translatable("an absence from it and a suspension of all would look the same")
            entry.refuse(what, why, translatable("write another name"))
        keys = entry.group()
        duty = _duty(keys, book, name)
        if duty is not None:
            conditions.append(_condition(name, duty, keys, book, order))
    return tuple(conditions)


def _condition(
    name: str, duty: Duty, keys: EntryGroup, book: OrderContext, order: TimeInForce
) -> Condition:
    review = keys.find("review_by")
    review_by = read_values.wall_time(review).date() if review else None
    in_force = _in_force(keys, book, order)
    keys.refuse_rest()
    return Condition(name, duty, in_force, review_by)


def _duty(keys: EntryGroup, book: OrderContext, name: str) -> Duty | None:
    kinds = [kind for kind in KINDS if kind in keys]
    if len(kinds) == 1:
        entry = keys.find(kinds[0])
        group = entry.group() if entry else None
        if group is None:
            return None
        duty = KINDS[kinds[0]].read(DutyKeys(group, book, name))
        group.refuse_rest()
        return duty
    noted = len(keys.faults)
    if not kinds and "in_force" not in keys and "review_by" not in keys:
        keys.refuse_rest()  # A misspelt kind is better said as such.
    if len(keys.faults) == noted:
        what = (
            translatable("the condition has the duties {names}", names=join_names(kinds))
            if kinds
            else translatable("no duty stands here")
        )
        remedy = translatable(
            "write one of {names}, and every further duty as a condition of its own",
            names=join_names(KINDS),
        )
        keys.refuse(what, translatable("a condition is one duty"), remedy)
    return None


def _in_force(keys: EntryGroup, book: OrderContext, order: TimeInForce) -> Span:
    entry = keys.find("in_force")
    if entry is None:
        return order.span
    group = entry.group()
    read = read_times.walls(group, otherwise=order.walls)
    group.refuse_rest()
    if read is None:
        return order.span
    if read.start < order.walls.start or order.walls.end < read.end:
        start, end = (wall.isoformat() for wall in order.walls)
        what = translatable(
            "the condition is in force outside the order's own time ({start} until {end})",
            start=start,
            end=end,
        )
        why = translatable("a condition without an order in force cannot bind anybody")
        entry.refuse(
            what, why, translatable("write a time within the order's, or correct the order's")
        )
    return read_times.in_force(group, book.zone, read) or order.span
