"""Differences between what is kept and what another policy says: new, gone or moved, and why.

Where the new policy says anything else than what is kept, the person was judged under the policy of
the service as well. What differs between the two is the policy's doing. What differs between that
and what is kept is not, and has a cause of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from mesure.instants import MAX_US
from mesure.service.archive import trail_archive
from mesure.service.archive.trail_archive import ShutRows
from mesure.service.country import country_results
from mesure.service.country.country_results import PersonResult
from mesure.service.country.rejudge_plan import RejudgePlan
from mesure.service.maintenance import comparison
from mesure.service.maintenance.comparison import ComparisonRow

SHOWN_MAX: Final = 20


class DifferenceKind(StrEnum):
    """What becomes of an assessment or an incident."""

    NEW = "new"
    GONE = "gone"
    MOVED = "moved"  # It is said of another time, which touches the one before.


class DifferenceCause(StrEnum):
    """Why it differs."""

    POLICY = "policy"
    VERSION = "version"  # What is kept was judged by another version or policy than the present.
    EVIDENCE = "evidence"  # It is older than the trails that are there.
    UNEXPLAINED = "unexplained"

    @property
    def in_words(self) -> str:
        """Return the cause in words."""
        return {
            DifferenceCause.POLICY: "the new policy",
            DifferenceCause.VERSION: "kept by another version or policy",
            DifferenceCause.EVIDENCE: "trails that are not kept any more",
            DifferenceCause.UNEXPLAINED: "nothing that is known",
        }[self]


class Difference(NamedTuple):
    """One thing that is said differently."""

    cause: DifferenceCause
    kind: DifferenceKind
    before: ComparisonRow | None  # None: it is new.
    after: ComparisonRow | None  # None: it is gone.

    @property
    def row(self) -> ComparisonRow:
        """Return what it is about."""
        row = self.after if self.before is None else self.before
        assert row is not None, "a difference is about something"
        return row

    @property
    def is_incident(self) -> bool:
        """Tell whether it is about a possible breach; an assessment was opened at no time."""
        return bool(self.row.others_us)


@dataclass(slots=True)
class CountryDifferences:
    """What a run comes to: counts over everybody, and whose record would read otherwise."""

    plan: RejudgePlan
    persons: int = 0
    fixes: int = 0
    erased: int = 0  # Were erased since they were judged again.
    unreadable: dict[str, str] = field(default_factory=dict)  # Why somebody could not be judged.
    shut: ShutRows = field(default_factory=dict)  # What does not open in the archive.
    counts: "Counter[tuple[DifferenceCause, DifferenceKind, bool]]" = field(default_factory=Counter)
    different: dict[str, tuple[Difference, ...]] = field(default_factory=dict)
    """Of each person for whom anything differs."""

    def add(self, result: PersonResult | None) -> None:
        """Count what came of a person; None: who was erased since."""
        if result is None:
            self.erased += 1
            return
        if result.shut:
            self.shut.setdefault(result.person, set()).update(result.shut)
        if result.unreadable:
            self.unreadable[result.person] = result.unreadable
            return
        self.persons += 1
        self.fixes += result.fixes
        of_person = tuple(differences(self.plan, result))
        self.counts.update((one.cause, one.kind, one.is_incident) for one in of_person)
        if of_person:
            self.different[result.person] = of_person


def differences(plan: RejudgePlan, result: PersonResult) -> Iterator[Difference]:
    """Yield what differs for a person."""
    if result.present is None:
        return
    is_foreign = set(result.versions) - {(plan.present, plan.engine)}
    other = DifferenceCause.VERSION if is_foreign else DifferenceCause.UNEXPLAINED
    for rows, cause in (
        ((result.stored, result.present), other),
        ((result.present, result.new), DifferenceCause.POLICY),
    ):
        for kind, before, after in _pairs(*rows):
            difference = Difference(cause, kind, before, after)
            is_old = difference.row.start_us < plan.whole_us
            yield difference._replace(cause=DifferenceCause.EVIDENCE) if is_old else difference


def _pairs(
    before: Iterable[ComparisonRow], after: Iterable[ComparisonRow]
) -> Iterator[tuple[DifferenceKind, ComparisonRow | None, ComparisonRow | None]]:
    """Yield what only one side says; of the same thing at times that touch, as one that moved."""
    gone = sorted(set(before) - set(after), key=country_results.row_order)
    for row in sorted(set(after) - set(before), key=country_results.row_order):
        match = next((old for old in gone if _touches(old, row)), None)
        if match is None:
            yield DifferenceKind.NEW, None, row
        else:
            gone.remove(match)
            yield DifferenceKind.MOVED, match, row
    for row in gone:
        yield DifferenceKind.GONE, row, None


def _touches(old: ComparisonRow, new: ComparisonRow) -> bool:
    is_same = (old.order, old.condition, old.said) == (new.order, new.condition, new.said)
    return is_same and old.start_us <= _end_us(new) and new.start_us <= _end_us(old)


def _end_us(row: ComparisonRow) -> int:
    return MAX_US if row.end_us is None else row.end_us


# --- Telling -------------------------------------------------------------------------------------


def totals(outcome: CountryDifferences) -> dict[str, Any]:
    """Return the counts, which are about nobody, for other programs."""
    plan = outcome.plan
    return {
        "policy": {"version": plan.policy, "sha256": plan.policy_sha256},
        "present_policy": {"version": plan.present, "sha256": plan.present_sha256},
        "engine": plan.engine,
        "from": comparison.instant_text(plan.start_us),
        "until": comparison.instant_text(plan.until_us),
        "persons": outcome.persons,
        "fixes": outcome.fixes,
        "erased_since": outcome.erased,
        "unreadable": len(outcome.unreadable),
        "unreadable_rows": sum(len(days) for days in outcome.shut.values()),
        "persons_that_differ": len(outcome.different),
        "differences": [
            {
                "cause": cause.value,
                "of": "incident" if is_incident else "assessment",
                **{kind.value: outcome.counts[cause, kind, is_incident] for kind in DifferenceKind},
            }
            for cause in DifferenceCause
            for is_incident in (False, True)
        ],
    }


def report_text(outcome: CountryDifferences, persons_max: int = SHOWN_MAX) -> str:
    """Return what came of it, in sentences; what differs, of the first persons only."""
    plan = outcome.plan
    span = tuple(map(comparison.instant_text, (plan.start_us, plan.until_us)))
    who = f"{outcome.persons:,} persons were judged again under the policy {plan.policy}"
    what = f"by {outcome.fixes:,} fixes, for what is said from {span[0]} until {span[1]}"
    lines = [f"{who}, beside {plan.present}, {what}."]
    if outcome.erased:
        lines.append(f"{outcome.erased:,} of the folder were erased since, and count nowhere.")
    lines += _unreadable(outcome.unreadable)
    if outcome.shut:
        lines.append(trail_archive.shut_text(outcome.shut))
        lines.append("`mesure country archive` writes anew what opens in the store.")
    if plan.start_us < plan.whole_us:
        lines.append(
            f"Before {comparison.instant_text(plan.whole_us)} trails may not be whole any more; "
            "what differs there may come of that alone."
        )
    if not outcome.different:
        lines.append("Nothing would be said otherwise.")
        return "\n".join(lines) + "\n"
    lines += [f"Of {len(outcome.different):,} persons something would be said otherwise.", ""]
    lines += [*_table(outcome), ""]
    for person in sorted(outcome.different)[:persons_max]:
        lines += [f"{person} {line}" for line in _lines(outcome.different[person])]
    if len(outcome.different) > persons_max:
        lines.append(f"... and {len(outcome.different) - persons_max:,} more: --show says how many")
    return "\n".join(lines) + "\n"


def _unreadable(reasons: Mapping[str, str]) -> Iterator[str]:
    """Yield who could not be judged, and of the first of them why."""
    if not reasons:
        return
    first = sorted(reasons)[:SHOWN_MAX]
    what = "cannot be judged again (`mesure verify-store` names the rows)"
    yield f"{len(reasons):,} {what}: {', '.join(first)}."
    yield from (f"{person}: {reasons[person]}" for person in first)


def _table(outcome: CountryDifferences) -> Iterator[str]:
    yield f"{'because of':36}{'what':18}{'new':>8}{'gone':>8}{'moved':>8}"
    for cause in DifferenceCause:
        for is_incident in (False, True):
            counts = [outcome.counts[cause, kind, is_incident] for kind in DifferenceKind]
            if any(counts):
                what = "possible breaches" if is_incident else "assessments"
                numbers = "".join(f"{count:8,}" for count in counts)
                yield f"{cause.in_words:36}{what:18}{numbers}"


def _lines(of_person: Iterable[Difference]) -> Iterator[str]:
    """Yield a line for each, in the words of the service's own check."""
    for difference in of_person:
        before = [] if difference.before is None else [difference.before]
        after = [] if difference.after is None else [difference.after]
        if difference.kind is DifferenceKind.MOVED:
            [was], [now] = (
                list(comparison.lines_of_rows(sign, set(rows)))
                for sign, rows in (("moved", before), ("to", after))
            )
            yield f"{was} {now}"
        else:
            yield from comparison.lines_of_rows(f"{difference.kind:5}", {*before, *after})
