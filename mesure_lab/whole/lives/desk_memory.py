"""Desk memory: what the staff of the office know that they did, and what was confirmed to them.

Where nobody was answered it is not known whether something was done: what was about to change is
forgotten then, and never held against the service.
"""

from dataclasses import dataclass, field

from mesure.actions.framework.context import Actor


@dataclass
class KnownDraft:
    """A draft of an order as it was kept last; `texts` with those before, the latest last."""

    person: str
    revision: int
    texts: list[bytes]
    papers: set[str] = field(default_factory=set)  # Hashes.


@dataclass
class EnteredVersion:
    """A version that was entered from a draft."""

    person: str
    entered_by: str
    must_wait: bool  # For a second officer.
    answered_by: str | None = None  # Who confirmed it.
    is_turned_down: bool = False
    is_unsure: bool = False  # Somebody was not answered who was about to answer it.
    papers: frozenset[str] = frozenset()


@dataclass
class KnownNote:
    """A note or a hand-over: what its versions say, and who wrote each."""

    person: str
    texts: list[str]
    authors: list[str]
    written_us: int
    receipts: set[tuple[str, int]] = field(default_factory=set)  # Who read how many versions.


@dataclass
class KnownCounsel:
    """Somebody who was invited to read the record of one person."""

    person: str
    actor: Actor
    card: str
    pin: str
    until_us: int
    is_ended: bool | None = False  # None: nobody knows.
    sessions: list[str] = field(default_factory=list)


@dataclass
class KnownVenues:
    """A list of venues: what each is, and whether it binds; None: nobody has decided."""

    category: str
    outlines: dict[str, str]
    binds: dict[str, bool | None]
    is_approved: bool = False


@dataclass
class FormerAddress:
    """Where somebody was written to, until a number of letters had been sent."""

    address: str
    letters: int


@dataclass
class DeskMemory:
    """What is known of the work of the office."""

    drafts: dict[str, KnownDraft] = field(default_factory=dict)
    ended_drafts: dict[str, str] = field(default_factory=dict)  # Whom each was about.
    versions: dict[tuple[str, int], EnteredVersion] = field(default_factory=dict)
    varied: set[str] = field(default_factory=set)  # Whose order or absences were changed here.
    notes: dict[str, KnownNote] = field(default_factory=dict)
    handovers: dict[str, KnownNote] = field(default_factory=dict)
    taken_back: dict[str, str] = field(default_factory=dict)  # Notes, and whom they were about.
    counsel: list[KnownCounsel] = field(default_factory=list)
    outside: dict[str, tuple[str, str]] = field(default_factory=dict)  # Person, and who wrote it.
    waiting_absences: set[str] = field(default_factory=set)  # Asked for, until the officer knew.
    letters_seen: set[str] = field(default_factory=set)  # Held against the time they have.
    venues: dict[str, KnownVenues] = field(default_factory=dict)
    addresses: dict[str, list[str]] = field(default_factory=dict)  # Of a person, the latest last.
    former: list[FormerAddress] = field(default_factory=list)
    departures: dict[str, tuple[str, str]] = field(default_factory=dict)  # Person and stage.
    programs: list[tuple[Actor, str, int]] = field(default_factory=list)  # Token, until when.
    ended_tokens: list[str] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)
    removed_hooks: dict[str, int] = field(default_factory=dict)  # How many events each got.
    codes: dict[str, tuple[str, int]] = field(default_factory=dict)  # By device; until when.
    spare: list[str] = field(default_factory=list)  # Devices that nobody carries.
    retired: list[str] = field(default_factory=list)
    grounds: dict[str, tuple[str, Actor, bool | None]] = field(default_factory=dict)
    decide_minutes: dict[str, int] = field(default_factory=dict)  # By the day from which on.
    deputy: Actor | None = None  # A second supervisor.
