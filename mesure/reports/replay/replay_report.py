"""Replay report: what a replay found, as one value; the table and the page show this alone.

Texts that depend on the language are mappings from a language tag (en, fr, ru, kk) to the text.
Everything a device or an order said is kept as it came; what is drawn from it makes it safe to
show (`visible_text.visible`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from mesure.evaluation.assessment import Assessment, SupersededAssessment
from mesure.evaluation.filter.allowed_area import Boundary
from mesure.evaluation.policy import Policy
from mesure.geo.fixes import Fixes
from mesure.incidents.incident import Incident
from mesure.orders.values.places import Place
from mesure.orders.values.span import Span
from mesure.orders.wording.order_sentences import OrderSection

Texts = Mapping[str, str]  # Language tag -> text.


@dataclass(frozen=True, slots=True)
class ReportSources:
    """What was read and by which versions, so that anyone can do it again."""

    engine_version: str
    policy_version: str
    tzdata_version: str
    order_sha256: tuple[str, ...]
    fixes_sha256: tuple[str, ...]
    policy_sha256: str


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What is to be said of a file of fixes beside its rows."""

    file: str
    unread: tuple[str, ...]  # Columns that nothing was read from, by their own names.
    has_accuracy: bool  # Whether any row says how wrong it may be.
    told: tuple[tuple[str, int], ...] = ()  # What devices said beside fixes, and how often.


@dataclass(frozen=True, slots=True)
class ReportedCondition:
    """One condition of the order, with the spans in which it binds up to the moment of looking."""

    id: str
    kind: str  # The kind of duty: "curfew", "residence", ...
    words: Texts  # One line: what the condition asks.
    binding: tuple[Span, ...]  # Sorted, disjoint, absences taken out.


@dataclass(frozen=True, slots=True)
class ReportedZone:
    """A place as the order draws it, with the conditions that name it while it is in force."""

    place: Place
    keep_out: bool  # True: the person must not be inside; False: must be, or may be.
    conditions: frozenset[str]
    in_force: Span
    grow_m: float = 0.0  # How far the conditions reach beyond the place, on every side.


@dataclass(frozen=True, slots=True)
class ReportedIncident:
    """A possible breach with the sentences that explain it; a line feed parts paragraphs."""

    incident: Incident
    explanation: Texts
    # By what the judge measured it: every place of the condition then, that of an absence too.
    # None: it is not known here.
    boundary: Boundary | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """An order, the fixes of one person, and what the judge said, condition by condition.

    Invariant: the assessments of a condition are sorted and disjoint, and every condition they
    name is listed.
    """

    order: str
    person: str
    court: str
    zone: ZoneInfo
    sources: ReportSources
    unsigned: bool  # The evidence was not signed by the device.
    until: datetime  # The moment of looking.
    used: Fixes
    unused: Mapping[str, Fixes]  # Reason -> rows kept, not used. An unread time is before year 1.
    clock_corrected: int  # Rows, used or not, whose clock was 1,024 weeks behind and was set right.
    asks: int  # How often a live device would have been asked for more fixes.
    conditions: tuple[ReportedCondition, ...]
    zones: tuple[ReportedZone, ...]
    assessments: tuple[Assessment, ...]
    superseded: tuple[SupersededAssessment, ...]
    incidents: tuple[ReportedIncident, ...]
    read_back: Mapping[str, tuple[OrderSection, ...]]  # Language tag -> the order as sentences.
    files: tuple[FileSummary, ...] = ()
    policy: Policy | None = None  # By which it was judged; None where nothing was.
    still_s: float = 0.0  # For how long the device says that it lay still.

    @property
    def fixes_read(self) -> int:
        """Return how many rows were read: all that were used and all that were kept."""
        return len(self.used) + sum(len(rows) for rows in self.unused.values())

    @property
    def looked_at(self) -> Span | None:
        """Return the span that was judged; None when nothing was."""
        starts = [assessment.span.start for assessment in self.assessments]
        return Span(min(starts), self.until) if starts else None
