"""Procedure of the programme: clocks and second pairs of eyes, as values an operator may set.

None of it touches how a possible breach is found; that is evaluation/policy.yaml.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mesure.incidents.finding import FindingOutcome
from mesure.privacy import distinct_people as eyes
from mesure.privacy.distinct_people import DistinctPeopleFile
from mesure.privacy.retention import retention_policy
from mesure.privacy.retention.retention_policy import RetentionFile

if TYPE_CHECKING:  # What judges never looks at a deadline.
    from mesure.incidents.deadlines import DeadlineFile


@cache
def default_retention() -> RetentionFile:
    """Return how long things are kept in the default programme."""
    data = resources.files("mesure.privacy").joinpath("retention.yaml").read_bytes()
    return retention_policy.read("retention.yaml", data)


@cache
def default_eyes() -> DistinctPeopleFile:
    """Return when two accounts are two people in the default programme."""
    return eyes.read(
        "eyes.yaml", resources.files("mesure.privacy").joinpath("eyes.yaml").read_bytes()
    )


@dataclass(frozen=True, slots=True)
class Procedure:
    """Clocks and second pairs of eyes."""

    # A slip is seen at once or not at all; after that, taking back is a decision of its own.
    undo_within: timedelta = timedelta(minutes=10)
    # What can cost liberty is seen by two people.
    second_eyes: frozenset[FindingOutcome] = frozenset(
        {FindingOutcome.BREACH, FindingOutcome.TAMPERING_REFERRED}
    )
    # For how long an account, and the one who let it in, are one pair of eyes.
    eyes: DistinctPeopleFile = field(default_factory=default_eyes, repr=False)
    # How long a person has to contest before an incident is closed, and an officer to answer.
    contest_within: timedelta = timedelta(days=14)
    answer_contest_within: timedelta = timedelta(days=14)
    answer_absence_within: timedelta = timedelta(days=3)
    # Until when incidents are looked at and decided, and the clock of the office that does it.
    # None: those of the default programme. See actions/records/case_deadlines.py.
    deadlines: "DeadlineFile | None" = field(default=None, repr=False)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    # How notices leave; where neither is set, the program does not say that one is sent.
    has_mail: bool = False
    has_gateway: bool = False  # To telephones.
    # Documents are somebody's medical papers and take room that backups take again.
    documents_bytes_max: int = 200 << 20  # Of one person.
    # Sessions: without a sign, and in all.
    session_idle: timedelta = timedelta(minutes=30)
    session_whole: timedelta = timedelta(hours=12)
    # How long each kind of thing is kept; its values have reasons of their own.
    retention: RetentionFile = field(default_factory=default_retention, repr=False)


STANDARD = Procedure()
