"""Work lines: what waits, as a desk shows it: one line for one thing, a person's lines together.

One silence of one person is one line, however many conditions it touches, and with it a long one
that comes again soon. Brief incidents are in a digest that is answered at once. This is about the
desk alone: each condition keeps its own incident, with its own history and its own finding. Nothing
is put in order but by deadline, contest and time, and no person is listed before another for what
they are like.
Decision: docs/decisions/0053-one-desk-line-for-one-event.md
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from mesure.actions.cases import worklist
from mesure.actions.cases.worklist import WorkItem, WorkItemType
from mesure.actions.records import brief_rule
from mesure.incidents.brief import BriefLengths
from mesure.incidents.incident import IncidentKind
from mesure.orders.values.span import Span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One thing that waits: its items, the most pressing first."""

    items: tuple[WorkItem, ...]

    @property
    def first(self) -> WorkItem:
        """Return the item by whose name the line is opened."""
        return self.items[0]

    @property
    def conditions(self) -> tuple[str, ...]:
        """Return the conditions that it touches, by their names."""
        return tuple(sorted({item.condition for item in self.items if item.condition}))

    @property
    def start_at(self) -> datetime | None:
        """Return when it began; None: it is of no time."""
        return min((item.start_at for item in self.items if item.start_at), default=None)

    @property
    def end_at(self) -> datetime | None:
        """Return when it ended; None: it lasts, or is of no time."""
        ends = [item.end_at for item in self.items]
        return None if None in ends else max(end for end in ends if end is not None)

    @property
    def times(self) -> tuple[Span, ...]:
        """Return its spans, without the gaps between them; none: it lasts, or is of no time."""
        if self.start_at is None or self.end_at is None:
            return ()
        groups = group_by_overlap(self.items, _span)
        whole = [WorkLine(tuple(group)) for group in groups]
        ends = [(line.start_at, line.end_at) for line in whole]
        return tuple(Span(start, end) for start, end in ends if start and end)

    @property
    def lasted(self) -> timedelta | None:
        """Return how long it was, in all; None: it lasts, or is of no time."""
        times = self.times
        return sum((time.end - time.start for time in times), timedelta()) if times else None

    @property
    def due_at(self) -> datetime | None:
        """Return by when the first of it is due."""
        return min((item.due_at for item in self.items if item.due_at), default=None)

    @property
    def incidents(self) -> tuple[str, ...]:
        """Return the incidents that one answer to this line is recorded for."""
        return tuple(item.id for item in self.items)


@dataclass(frozen=True, slots=True)
class PersonLines:
    """What waits about one person."""

    person: str
    name: str
    lines: tuple[WorkLine, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for somebody: by person, and what is answered at once."""

    people: tuple[PersonLines, ...]
    digest: tuple[WorkLine, ...]  # By person, then by time.

    @property
    def lines(self) -> tuple[WorkLine, ...]:
        """Return the lines that are opened one by one, in their order on the page."""
        return tuple(line for person in self.people for line in person.lines)

    @property
    def count(self) -> int:
        """Return how many lines the desk shows, of which the digest is one."""
        return len(self.lines) + bool(self.digest)


@dataclass(frozen=True, slots=True)
class Lengths:
    """By which lengths of a dated rule silences are put together."""

    brief: BriefLengths
    again_within: timedelta  # So soon after a long silence, the next one is the same thing.


def lengths_on(day: date) -> Lengths:
    """Return the lengths in force on a day."""
    return Lengths(brief_rule.lengths(day), brief_rule.again_within(day))


def arrange(items: Iterable[WorkItem], lengths: Lengths) -> Desk:
    """Return a desk; a combined silence is brief while the whole of it is."""
    lines = _lines(sorted(items, key=worklist.order_key), lengths)
    digest = [line for line in lines if _is_brief(line, lengths.brief)]
    by_person: dict[str, list[WorkLine]] = {}
    for line in lines:
        if not _is_brief(line, lengths.brief):
            by_person.setdefault(line.first.person, []).append(line)
    return Desk(
        tuple(
            PersonLines(person, person_lines[0].first.name, tuple(person_lines))
            for person, person_lines in by_person.items()
        ),
        tuple(sorted(digest, key=_by_person)),
    )


def _lines(items: Sequence[WorkItem], lengths: Lengths) -> list[WorkLine]:
    """Return one line for each thing, by the most pressing of its items."""
    silences = {id(item): line for line in _silences(items, lengths) for item in line.items}
    lines: dict[int, WorkLine] = {}
    for item in items:
        line = silences.get(id(item)) or WorkLine((item,))
        lines.setdefault(id(line), line)
    return list(lines.values())


def _silences(items: Sequence[WorkItem], lengths: Lengths) -> Iterator[WorkLine]:
    """Yield each silence of each person, with all the conditions that it touches."""
    by_person: dict[str, list[WorkItem]] = {}
    for item in items:
        if item.what is WorkItemType.INCIDENT and item.kind == IncidentKind.SILENT.value:
            by_person.setdefault(item.person, []).append(item)
    for silent in by_person.values():
        for group in group_silences(silent, _span, lengths):
            yield WorkLine(tuple(sorted(group, key=worklist.order_key)))


def group_silences(
    silent: Iterable[T], span: Callable[[T], tuple[datetime, datetime | None]], lengths: Lengths
) -> list[list[T]]:
    """Return the silences of one person as things, by when each began.

    Overlapping silences are one thing; so is a long one that comes again soon. A short one stays by
    itself, or it could no longer be answered with the other brief ones.
    """
    groups: list[list[T]] = []
    long_one: list[T] | None = None  # The last long thing,
    ended_at: datetime | None = None  # and when it ended.
    for group in group_by_overlap(silent, span):
        start_at = min(span(item)[0] for item in group)
        ends = [span(item)[1] for item in group]
        end_at = None if None in ends else max(end for end in ends if end is not None)
        if end_at is not None and end_at - start_at < lengths.brief.below:
            groups.append(group)
            continue
        is_again = ended_at is not None and start_at - ended_at <= lengths.again_within
        if long_one is not None and is_again:
            long_one += group
        else:
            long_one = group
            groups.append(group)
        ended_at = end_at
    return groups


def group_by_overlap(
    items: Iterable[T], span: Callable[[T], tuple[datetime, datetime | None]]
) -> list[list[T]]:
    """Return spans that touch each other as one, by when it began; no end: it lasts."""
    groups: list[list[T]] = []
    until_at: datetime | None = None
    for item in sorted(items, key=lambda item: span(item)[0]):
        start_at, end_at = span(item)
        if groups and (until_at is None or start_at <= until_at):
            groups[-1].append(item)
        else:
            groups.append([item])
            until_at = start_at
        if until_at is not None:
            until_at = None if end_at is None else max(until_at, end_at)
    return groups


def _span(item: WorkItem) -> tuple[datetime, datetime | None]:
    return item.start_at or item.since_at, item.end_at


def _is_brief(line: WorkLine, lengths: BriefLengths) -> bool:
    is_each = all(
        item.what is WorkItemType.INCIDENT and item.signals.is_brief for item in line.items
    )
    # Each of the moments of a day is brief, however far apart they are.
    return is_each and (len(line.items) == 1 or _is_whole_brief(line, lengths))


def _is_whole_brief(line: WorkLine, lengths: BriefLengths) -> bool:
    """Tell whether a silence is brief as a whole, by when the first of it was brought."""
    lasted, end_at = line.lasted, line.end_at
    if lasted is None or end_at is None:
        return False
    return lengths.hold(lasted, end_at - min(item.since_at for item in line.items))


def _by_person(line: WorkLine) -> tuple[str, str, datetime]:
    first = line.first
    return first.name.casefold(), first.person, line.start_at or first.since_at
