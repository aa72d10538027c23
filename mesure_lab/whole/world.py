"""World: one installation in simulated time, its users, and what they learned.

The service is real; its clock, chance, disk, network, mail and receivers are not. Whatever a person
or a device was told is written down here, and compared with what the service has. The trace of all
of it has a digest: the same seed and the same code give the same bytes.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec

from mesure.actions.framework.action import ReadRequest
from mesure.actions.framework.context import Actor
from mesure.actions.records.record_types import RegisterReader
from mesure.live.load_person import EvaluationConfig
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import JudgingProgress, StoredIncident
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.drawn.random_persons import DrawnPerson
from mesure_lab.whole.drawn.swarm import Swarm
from mesure_lab.whole.lives.account_holder import AccountHolder, FailedTries
from mesure_lab.whole.lives.desk_memory import DeskMemory
from mesure_lab.whole.lives.directory import SimulatedDirectory
from mesure_lab.whole.lives.phones import SimulatedPhone
from mesure_lab.whole.lives.upheaval_record import UpheavalRecord
from mesure_lab.whole.office_people import OfficePeople
from mesure_lab.whole.simulated.clock_and_chance import ServiceLog, SimulatedTime
from mesure_lab.whole.simulated.disk_faults import SimulatedDisk
from mesure_lab.whole.simulated.elsewhere import SimulatedMail, SimulatedReceiver
from mesure_lab.whole.simulated.machine import OffError, SimulatedMachine
from mesure_lab.whole.simulated.simulated_devices import SimulatedDevice, SimulatedNetwork

T = TypeVar("T")


class BrokenInvariantError(Exception):
    """Something is not so that must be so: the name of the invariant, and what was seen."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant


@dataclass
class World:
    """One installation, everybody who has to do with it, and what they were told."""

    seed: int
    swarm: Swarm
    folder: Path
    machine: SimulatedMachine
    disk: SimulatedDisk
    time: SimulatedTime
    mail: SimulatedMail
    receiver: SimulatedReceiver
    log: ServiceLog
    persons: list[DrawnPerson]
    events: list[PlannedEvent]
    network: SimulatedNetwork
    people: OfficePeople
    devices: dict[str, SimulatedDevice | SimulatedPhone] = field(default_factory=dict)
    holders: list[AccountHolder] = field(default_factory=list)  # Who signs in.
    tried_from: dict[str, FailedTries] = field(default_factory=dict)  # By address.
    directory: SimulatedDirectory | None = None  # Where who works here is known, too.
    left_link: str = ""  # Which somebody let lie.
    desk: DeskMemory = field(default_factory=DeskMemory)
    absences: dict[tuple[int, int], str] = field(default_factory=dict)  # By who and which.
    ended: set[str] = field(default_factory=set)  # Of whom it was entered that nothing binds.
    erased: set[str] = field(default_factory=set)
    offline_until_us: dict[str, int] = field(default_factory=dict)
    backups: list[tuple[Path, frozenset[str]]] = field(default_factory=list)  # With whom it has.
    remembered: dict[str, list[bytes]] = field(default_factory=dict)  # Of whom was erased.
    left_on_pages: list[str] = field(default_factory=list)  # When a file was to be written anew.
    opened_us: dict[tuple[str, str], int] = field(default_factory=dict)  # As seen first, by policy.
    let_go: list[str] = field(default_factory=list)  # Pages that were free when it was erased.
    is_rewrite_owed: bool = False  # An erasure was cut short behind its last change.
    was_struck: bool = False  # Whether anything failed that can have a letter go out again.
    upheavals: UpheavalRecord = field(default_factory=UpheavalRecord)
    versions_met: int = 0  # How often another version of the service began beside this one.
    judged_sha256: str = ""  # Of all that is judged of everybody in the end.
    steps: int = 0
    trace: list[str] = field(default_factory=list)
    on_start: "Callable[[World], None]" = lambda _: None  # Called when a crash is over.

    # --- What is known of it ---------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """Return the persons who were entered, and not erased."""
        return [one.name for one in self.lives_of_the_kept()]

    @contextmanager
    def read_undisturbed(self) -> Iterator[ReadTransaction]:
        """Read what the service has, with nothing striking meanwhile."""
        with self.disk.watch(), self.machine.made.store.read() as reading:
            yield reading

    @contextmanager
    def read_register(self) -> Iterator[RegisterReader]:
        """Read what the service has in its register, with nothing striking meanwhile."""
        with self.read_undisturbed() as reading:
            yield RegisterReader(reading, self.machine.made.keyring)

    def lives_of_the_kept(self) -> list[DrawnPerson]:
        """Return the persons who were entered, and not erased."""
        return [one for one in self.persons if one.name in self.people.officer_of]

    def lives_judged(
        self, reading: ReadTransaction
    ) -> Iterator[tuple[DrawnPerson, EvaluationConfig, JudgingProgress]]:
        """Yield the persons who were judged, by what, and how far."""
        for person in self.lives_of_the_kept():
            judged = reading.progress_of(person.name)
            if judged is not None:
                yield person, self.machine.config_of(judged), judged

    def life_of(self, name: str) -> DrawnPerson:
        """Return a person by name."""
        return next(one for one in self.persons if one.name == name)

    @property
    def phone_carrier(self) -> DrawnPerson | None:
        """Return who carries a phone that nobody signs for, if anybody does."""
        return None if self.swarm.phone_way is None else self.persons[-1]

    @property
    def phones(self) -> Iterator[SimulatedPhone]:
        """Yield the phones that nobody signs for."""
        return (one for one in self.devices.values() if isinstance(one, SimulatedPhone))

    def is_varied(self, person: DrawnPerson) -> bool:
        """Tell whether what binds a person, or what they carry, is changed on the way."""
        is_turned = self.upheavals.is_judged_anew or self.upheavals.has_leapt
        is_changed = is_turned or person.name in self.desk.varied
        return person.is_varied or len(person.carried) > 1 or is_changed

    def carrier(self, device: str) -> str:
        """Return who carries a device."""
        return next(
            person.name
            for person in self.persons
            if device in {name for name, *_ in person.carried}
        )

    def address(self, person: str) -> str:
        """Return where a person's letters go."""
        return self.addresses(person)[-1]

    def addresses(self, person: str) -> list[str]:
        """Return where a person's letters have gone, the address of now last."""
        return self.desk.addresses.get(person, [f"{person.lower()}@example.org"])

    def log_size(self) -> int:
        """Return how many entries the audit log has."""
        with self.read_undisturbed() as reading:
            return reading.frontier().size

    def records(self, start: int = 0) -> dict[int, dict[str, Any]]:
        """Return what the audit log says that can still be read, by entry, from one of them on."""
        with self.read_undisturbed() as reading:
            entries = range(start, reading.frontier().size)
            openings = {entry: reading.record_opening(entry) for entry in entries}
        return {entry: msgspec.json.decode(row.record) for entry, row in openings.items() if row}

    def incidents_of(self, person: str, *, withdrawn_too: bool = False) -> list[StoredIncident]:
        """Return the incidents of a person that hold, or all of them, in order of their names."""
        with self.read_undisturbed() as reading:
            rows = sorted(reading.incidents_of(person), key=lambda incident: incident.id)
        return [row for row in rows if withdrawn_too or row.withdrawn_us is None]

    def expect_entry(
        self, size: int, action: str, actor: Actor, request: object, *, refused: bool
    ) -> dict[str, Any]:
        """Return the entry in the audit log of what was just done or refused: there is one."""
        number = request.case_number if isinstance(request, ReadRequest) else None
        purpose = request.purpose if isinstance(request, ReadRequest) else None
        mine = [
            record
            for record in self.records(size).values()
            if record.get("by") == actor.account
            and record.get("action") == action
            and ("refused" in record["facts"]) is refused
            and (number is None or record["facts"].get("case_number", "") == number)
            and (refused or purpose is None or record["purpose"] == purpose)
        ]
        if len(mine) != 1:
            self.broken("no_look_without_entry", f"{len(mine)} entries of {action}")
        return mine[0]

    def broken(self, invariant: str, what: str) -> None:
        """Say that an invariant does not hold."""
        raise BrokenInvariantError(invariant, what)

    def note(self, *words: object) -> None:
        """Write down what happened."""
        self.trace.append(f"{self.time.now_us} {' '.join(map(str, words))}")

    @property
    def digest(self) -> str:
        """Return the digest of everything that happened."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()

    # --- Time and faults ---

    def go_to(self, at_us: int) -> None:
        """Let it be at least this instant."""
        self.time.now_us = max(self.time.now_us, at_us)

    def wait(self, span_us: int) -> None:
        """Let a span of time pass."""
        self.time.now_us += span_us

    def plan_fault(self, dice: Random, writes: int) -> None:
        """Have one of the seed's faults strike within `writes` writes."""
        self.disk.plan(dice.choice(self.swarm.faults), dice.randrange(writes))

    def judge(self) -> int:
        """Judge everybody who is due or about whom something arrived."""
        judged = self.attempt(self.machine.judge) or 0
        self.steps += judged
        return judged

    def attempt(self, work: Callable[[], T]) -> T | None:
        """Have the service do something; None where the machine or its disk was away."""
        try:
            return work()
        except OffError as fault:
            self.note("away:", fault.__class__.__name__, self.disk.struck)
            self.was_struck = True
        self.recover()
        return None

    def recover(self) -> None:
        """Start the service again where the machine went off, and look at what is left."""
        if self.disk.is_off:
            self.was_struck = True
            self.note("off:", self.disk.struck)
            self.restart()
            self.on_start(self)

    def restart(self) -> None:
        """End the service and start it again."""
        self.machine.end()
        self.machine.start()

    def log_root(self) -> str:
        """Return the head of the audit log, by which all of it is known."""
        with self.read_undisturbed() as reading:
            edge = reading.frontier()
        return f"{edge.size} {edge.root().hex()}"
