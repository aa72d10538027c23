"""Invariants: what must be true whatever happened, each written once, with its law or decision.

A check yields what it saw that must not be. What is cheap is checked after each step, what a crash
could break after each start, and all of it each day and at the end.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from mesure.actions.judging import judge_store
from mesure.devices import device_state
from mesure.formats.stored import reduced_messages
from mesure.incidents.incident import is_of_place
from mesure.instants import MAX_US, MIN_US
from mesure.machine.progress import ProgressStages
from mesure.service.verification import verify_store
from mesure.service.verification.verify_store import VerifyStoreRequest
from mesure.store.values.records import PUT_OFF
from mesure_lab.whole.checks import replay_differences, upheavals_hold
from mesure_lab.whole.checks.device_notices_replayed import (
    device_problems_by_replay,
    untold_notices,
)
from mesure_lab.whole.checks.devices_answered import no_evidence_refused
from mesure_lab.whole.checks.named_checks import hold, invariant
from mesure_lab.whole.checks.nodes_agree import one_leads, order_is_dense, versions_never_meet
from mesure_lab.whole.checks.office.absences_bind import granted_excuses
from mesure_lab.whole.checks.office.letters_in_time import letters_go_in_time
from mesure_lab.whole.checks.office.office_record import contests_are_answered, finding_by_a_person
from mesure_lab.whole.checks.received_kept import taken_kept_once
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.simulated import raw_rows
from mesure_lab.whole.world import World

HOME_DETAIL_DAYS: Final = 6  # After which "present" is left of what was inside the home.
SEALED_BYTES: Final = 28  # Of nothing, with what it is sealed by.
REFUSED_OF_CARRIED: Final = (
    "SELECT number FROM quarantine JOIN assignment ON device = claimed "
    "JOIN person ON person.id = assignment.person WHERE person.id = ? AND reason != ? "
    "AND start_us <= last_received_us AND received_us < coalesce(until_us, erased_us) "
    "AND received_us < erased_us"
)
OF_NO_ACCOUNT: Final = (
    "SELECT kind, count(*) FROM register_key WHERE kind IN ('session', 'known_browser', 'link') "
    "AND key = 'account' AND value NOT IN (SELECT id FROM register WHERE kind = 'account') "
    "GROUP BY kind"
)
MARKS: Final = 12
MARK_BYTES: Final = 48  # Of what was sealed: enough that it is nowhere by chance.


# --- Cheap ---------------------------------------------------------------------------------------


@invariant("nobody_left_unjudged", "decision 0029; changelog: nobody is kept from judgement")
def nobody_left_unjudged(world: World) -> Iterator[str]:
    """Yield who could not be judged."""
    for person, fault in world.machine.not_judged:
        if person in world.erased:  # Nothing of them opens; what is left goes within a day.
            continue
        yield f"{person} was not judged: {fault}"


@invariant("former_is_refused", "decision 0029")
def former_is_refused(world: World) -> Iterator[str]:
    """Yield that a worker from whom another one took over went on keeping what it judged."""
    if world.machine.kept_by_former:
        yield f"{world.machine.kept_by_former} were judged by who was taken over from"


@invariant("memory_is_bounded", "decision 0067")
def memory_is_bounded(world: World) -> Iterator[str]:
    """Yield that a worker holds more persons in memory than it may."""
    if world.machine.too_many_in_hand > 0:
        yield f"{world.machine.too_many_in_hand} persons too many are in hand"


@invariant("no_part_breaks", "decision 0034")
def no_part_breaks(world: World) -> Iterator[str]:
    """Yield what the service itself says is broken."""
    for event, facts in world.log.events:
        if event == "notice_broken" or "broken_" in str(facts.get("reason", "")):
            yield f"{event}: {facts}"


# --- Acknowledged --------------------------------------------------------------------------------


@invariant("acknowledged_kept_once", "decision 0030")
def acknowledged_kept_once(world: World) -> Iterator[str]:
    """Yield what a device was told is kept, and is not, or not as it was said."""
    rows = world.machine.rows("SELECT device, counter, digest, share FROM message")
    shares_by_message: dict[tuple[str, int], list[tuple[bytes, int]]] = {}
    for device, counter, digest, share in rows:
        shares_by_message.setdefault((device, counter), []).append((digest, share))
    for name, device in world.devices.items():
        if world.carrier(name) in world.erased:
            continue
        for key, digest in device.acknowledged.items():
            shares = shares_by_message.get(key, [])
            if not shares:
                yield f"{key} was acknowledged, and is not kept"
            elif {one for one, _ in shares} != {digest}:
                yield f"{key} is kept with other bytes"
            elif len({share for _, share in shares}) != len(shares):
                yield f"{key} is kept twice"


@invariant("kept_of_whom_it_is", "decision 0009")
def kept_of_whom_it_is(world: World) -> Iterator[str]:
    """Yield messages kept under nobody, or another, though the person carried the device."""
    carried = world.machine.rows("SELECT device, person, start_us, until_us FROM assignment")
    rows = world.machine.rows("SELECT device, counter, person, first_us, last_us FROM message")
    for device, counter, person, first_us, last_us in rows:
        carriers = {
            who
            for name, who, start_us, until_us in carried
            if name == device and start_us <= last_us and first_us < (until_us or MAX_US)
        }
        is_one = len(carriers) == 1 and first_us == last_us
        if person is None and is_one and carriers.isdisjoint(world.erased):
            yield f"{device} {counter} is nobody's, and {carriers} carried it"
        elif person is not None and person not in carriers:
            yield f"{device} {counter} is kept as of {person}, who did not carry it"


@invariant("acknowledged_opens", "decisions 0028 and 0035")
def acknowledged_opens(world: World) -> Iterator[str]:
    """Yield what is kept of a person and does not open to what was signed, or was reduced early."""
    due_us = world.time.now_us - HOME_DETAIL_DAYS * DAY
    with world.read_undisturbed() as reading:
        for person in world.names:
            key = world.machine.made.keyring.find_key(person)
            for log in reading.messages(person, MIN_US, MAX_US):
                body = judge_store.unseal_message(key, log)
                if log.form == reduced_messages.FORM:
                    if log.share.last_us >= due_us:
                        yield f"{person}: {log.device} {log.place} is reduced before its time"
                elif sha256(body).digest() not in world.devices[log.device].said:
                    yield f"{person}: {log.device} {log.place} opens to something else"


@invariant("acts_entered_once", "decision 0031; German Code of Criminal Procedure, section 488")
def acts_entered_once(world: World) -> Iterator[str]:
    """Yield what somebody was told was done, and has no entry, or has too many."""
    least, most = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for act in world.people.acts:
        if act.outcome == "refused":
            continue
        most[act.action, act.actor.account] += 1
        # A list names all whom it shows, and goes with any of them who is erased.
        is_kept = act.person not in world.erased if act.person else not world.erased
        if act.outcome == "done" and is_kept:
            least[act.action, act.actor.account] += 1
    entered = Counter[tuple[str, str]]()
    for record in world.records().values():
        if "by" in record and "refused" not in record.get("facts", {}):
            entered[record["action"], record["by"]] += 1
    for key, count in most.items():
        if not least[key] <= entered[key] <= count:
            yield f"{key}: {least[key]} to {count} were done, {entered[key]} are entered"


# --- Judged --------------------------------------------------------------------------------------


@invariant("as_by_a_replay", "decision 0048")
def as_by_a_replay(world: World) -> Iterator[str]:
    """Yield where what is kept of a person is not what one replay says."""
    with world.read_undisturbed() as reading:
        for person, config, judged in world.lives_judged(reading):
            is_varied = world.is_varied(person)
            for difference in replay_differences.differences(
                reading, config, judged, is_varied=is_varied
            ):
                yield str(difference)


@invariant("told_when_due", "decision 0029")
def told_when_due(world: World) -> Iterator[str]:
    """Yield what a replay says was to be seen by now, and nobody has seen."""
    with world.read_undisturbed() as reading:
        for person in world.lives_of_the_kept():
            judged = reading.progress_of(person.name)
            if judged is None:
                yield f"{person.name} was never judged"
                continue
            now_us = max(world.time.shown_us, judged.until_us)
            config = world.machine.config_of(judged)
            statement = replay_differences.replay(reading, config, judged, now_us)
            expected = replay_differences.standing(replay_differences.incidents_said(statement))
            actual = replay_differences.standing(
                replay_differences.incidents_of(reading, person.name)
            )
            if expected != actual:
                untold = [row for row in expected if row not in actual]
                wrong = [row for row in actual if row not in expected]
                yield f"{person.name}: untold {untold}, told wrongly {wrong}"
            if not world.is_varied(person):
                for notice in untold_notices(reading, config, judged, now_us):
                    yield f"{person.name}: what a device said of itself is not told: {notice}"
            if not world.is_varied(person):
                later = replay_differences.superseded(statement, now_us)
                if later != replay_differences.replaced(reading, person.name):
                    yield f"{person.name}: what was superseded is not told: {later}"


@invariant("opening_stays", "decision 0029; docs/specs/evidence_bundle.md")
def opening_stays(world: World) -> Iterator[str]:
    """Yield incidents of a place that are said to have been opened later than was said before.

    A silence is another one where a message comes late; a clock may be set by seconds meanwhile.
    Another policy may see an incident later.
    """
    if world.upheavals.has_leapt:
        return
    with world.read_undisturbed() as reading:
        for person, _, judged in world.lives_judged(reading):
            for incident in reading.incidents_of(person.name):
                key = incident.id, judged.policy_version
                first_us = world.opened_us.setdefault(key, incident.opened_us)
                if is_of_place(incident.kind) and incident.opened_us > first_us + M:
                    yield f"{incident.id} was opened at {incident.opened_us}, before at {first_us}"


# --- Kept and gone -------------------------------------------------------------------------------


@invariant("log_and_rows_hold", "decisions 0011 and 0039")
def log_and_rows_hold(world: World) -> Iterator[str]:
    """Yield where the store is not what the audit log says."""
    outcome = verify_store.verify(world.machine.made, VerifyStoreRequest(), ProgressStages())
    yield from map(str, outcome.found)


@invariant("erased_is_gone", "decision 0035; Directive (EU) 2016/680, Article 16")
def erased_is_gone(world: World) -> Iterator[str]:
    """Yield what is left of somebody who was erased: rows, keys, or bytes in any file."""
    yield from world.let_go
    for kind, count in world.machine.rows(OF_NO_ACCOUNT):
        yield f"{count} rows of {kind} are there of accounts that are gone"
    [(aside,)] = world.machine.rows(
        "SELECT count(*) FROM quarantine WHERE reason = 'erased' AND length(body) > ?", SEALED_BYTES
    )
    if aside:
        yield f"{aside} messages about somebody who was erased are set aside, and can be read"
    for person in world.erased:
        if not is_erased(world, person):
            yield f"there is a key of {person}"
        if world.machine.rows(REFUSED_OF_CARRIED, person, PUT_OFF):
            yield f"refused messages are there of devices that {person} carried"
        yield from raw_rows.rows_about(world.machine.rows, person)
        yield from _devices_remember(world, person)
        for path in sorted(world.machine.folder.path.rglob("*")):
            data = path.read_bytes() if path.is_file() else b""
            for mark in world.remembered.get(person, ()):
                if mark in data:
                    yield f"bytes of {person} stand in {path.name}"
                    break


def _devices_remember(world: World, person: str) -> Iterator[str]:
    """Yield devices whose state is kept from when somebody who is gone carried them."""
    statement = "SELECT device, start_us FROM assignment WHERE person = ? AND until_us IS NULL"
    since_us: dict[str, int] = dict(world.machine.rows(statement, person))
    with world.read_undisturbed() as reading:
        for device, packed in reading.standings(since_us).items():
            health = device_state.unpack(packed).health._replace(heard_us=None)  # By anything.
            parts = [part for part in health if part is not None]
            times_us = [part if isinstance(part, int) else part.observed_us for part in parts]
            if max(times_us, default=0) >= since_us[device]:
                yield f"how {device} was while {person} carried it is kept"


@invariant("deleted_is_overwritten", "decision 0035; docs/specs/store.md")
def deleted_is_overwritten(world: World) -> Iterator[str]:
    """Yield what was on free pages when a file was about to be written anew."""
    yield from world.left_on_pages


def is_erased(world: World, person: str) -> bool:
    """Tell whether the key of a person was forgotten."""
    with world.disk.watch():
        keyring = world.machine.made.keyring
        return keyring.is_erased(person) and keyring.find_key(person) is None


def remember_bytes(world: World, person: str) -> None:
    """Remember some bytes about a person as they are in the file, to look for them later."""
    rows = [
        *world.machine.rows("SELECT body FROM message WHERE person = ?", person),
        *world.machine.rows("SELECT body FROM incident WHERE person = ?", person),
    ]
    marks = [body[-MARK_BYTES:] for (body,) in rows]
    ids = world.machine.rows("SELECT id FROM incident WHERE person = ?", person)
    world.remembered[person] = [
        *marks[:: max(1, len(marks) // MARKS)],
        *(name.encode() for (name,) in ids[-MARKS:]),
    ]


# --- When they are checked -----------------------------------------------------------------------

CHEAP: Final = (
    nobody_left_unjudged,
    former_is_refused,
    one_leads,
    versions_never_meet,
    memory_is_bounded,
    no_part_breaks,
    no_evidence_refused,
    letters_go_in_time,
    *upheavals_hold.EACH_STEP,
)
DAILY: Final = (
    *CHEAP,
    acknowledged_kept_once,
    taken_kept_once,
    kept_of_whom_it_is,
    order_is_dense,
    opening_stays,
    as_by_a_replay,
    device_problems_by_replay,
    finding_by_a_person,
    contests_are_answered,
    granted_excuses,
    *upheavals_hold.EACH_DAY,
)


def after_each_step(world: World) -> None:
    """Check what is cheap."""
    hold(world, *CHEAP)


def after_each_start(world: World) -> None:
    """Check what a crash could break."""
    hold(world, acknowledged_kept_once, taken_kept_once)


def at_an_hour(world: World) -> None:
    """Check that whatever was to be seen by now is reported; everybody who is due was judged."""
    with world.disk.watch():
        world.machine.judge()
    hold(world, told_when_due, opening_stays)


def each_day(world: World) -> None:
    """Check what takes a moment."""
    hold(world, *DAILY)
