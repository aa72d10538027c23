"""Happenings: what each planned event does to the world."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from mesure.actions.cases import persons, worklist
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.devices import app_enrolment, assignments, enrolment_codes
from mesure.actions.devices.app_enrolment import EnrolUnsignedApp
from mesure.actions.devices.assignments import AssignDevice, ReturnDevice
from mesure.actions.devices.enrolment_codes import DeviceRef, IssueCode
from mesure.actions.framework.action import Action, EmptyRequest
from mesure.actions.framework.context import Actor
from mesure.actions.orders import absences, court_orders
from mesure.actions.orders.absences import (
    AbsenceRef,
    AnswerAbsence,
    RequestAbsence,
    RevokeAbsence,
    SuspendOrder,
)
from mesure.actions.orders.court_orders import EndOrder, EnterVersion, VersionRef
from mesure.actions.records.app_records import AppFamily
from mesure.devices.message.uplink import Heartbeat, UplinkEvent, UplinkEventKind, UplinkEvents
from mesure.instants import to_datetime
from mesure.machine import clock
from mesure.machine.signatures import SEED_BYTES
from mesure.service.maintenance import database_backup
from mesure.store.values.partitions import PARTITIONS
from mesure_lab.whole import acts, key_sign_ins, nodes_apart, office_people, sign_in_steps
from mesure_lab.whole.checks import invariants, named_checks, raw_files
from mesure_lab.whole.checks.office import desk_kept, entered_kept
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.drawn.planned_events import EventKind, PlannedEvent
from mesure_lab.whole.drawn.random_persons import AbsenceWay, DrawnPerson, Text
from mesure_lab.whole.drawn.rare_days import is_rare
from mesure_lab.whole.drawn.scenery import H, S
from mesure_lab.whole.drawn.swarm import PhoneWay
from mesure_lab.whole.drawn.upheaval_plan import UpheavalKind
from mesure_lab.whole.lives.phones import SimulatedPhone
from mesure_lab.whole.office import desk_lives
from mesure_lab.whole.simulated.machine import OffError
from mesure_lab.whole.simulated.simulated_devices import NotCarriedError, SimulatedDevice
from mesure_lab.whole.upheavals import (
    clock_leaps,
    device_losses,
    full_disk,
    key_losses,
    policy_changes,
    torn_files,
    wrong_ends,
)
from mesure_lab.whole.world import World

WRITES_MAX: Final = 40
HOURS_BETWEEN: Final = 2  # From one check of what was to be reported to the next.
STEPS_US: Final = (-2 * S, -S, 2 * S)
ERASED_IN_TRIES: Final = 50
WRITES_OF_ERASURE: Final = 20
REPORTS_TOGETHER: Final = 3  # In one request of a phone.


def _enter(world: World, event: PlannedEvent) -> str:
    """Enter a person with an order, and the first device."""
    person = world.persons[event.person]
    officer = world.network.dice.choice(world.people.officers)
    world.disk.spare()  # What is entered here everything else hangs on.
    name, address = f"Somebody {person.name}", world.address(person.name)
    request = EnterPerson(person.name, name, email=address)
    world.machine.do(officer, persons.enter, request)
    world.people.officer_of[person.name] = officer.account
    _enter_text(world, person, person.texts[0], officer)
    _give(world, person, 0)
    return person.name


def _enter_text(world: World, person: DrawnPerson, text: Text, officer: Actor) -> str:
    version = EnterVersion(text.text.encode(), {})
    word, result = acts.do(world, officer, court_orders.enter, version, person.name)
    if result is not None and not result.binds:
        reference = VersionRef(result.order, result.number, result.whole_sha256)
        others = (world.people.supervisor, *world.people.officers)
        by = next(one for one in others if one != officer)
        word, _ = acts.do(world, by, court_orders.confirm, reference, person.name)
    return word


def _give(world: World, person: DrawnPerson, item: int) -> str:
    """Enrol a device where it is new, and give it to a person."""
    name, kind, _, _ = person.carried[item]
    officer = world.people.supervisor
    if name not in world.devices and person is world.phone_carrier:
        world.devices[name] = _enrol_phone(world, officer, name)
    if name not in world.devices:
        world.machine.do(officer, enrolment_codes.add, DeviceRef(name))
        code = world.machine.do(officer, enrolment_codes.give_code, IssueCode(name)).code
        seed = world.network.dice.randbytes(SEED_BYTES)
        device = SimulatedDevice(name, kind, seed, lambda: world.time.now_us)
        device.introduce(world.machine.post, code, world.machine.made.signing.devices.key)
        world.devices[name] = device
    request = AssignDevice(name, person.name, person.order)
    return acts.do(world, officer, assignments.give, request, person.name)[0]


def _enrol_phone(world: World, officer: Actor, name: str) -> SimulatedPhone:
    """Enrol a phone with an app that somebody has already."""
    way = world.swarm.phone_way
    assert way is not None, "somebody carries one"
    world.machine.do(officer, enrolment_codes.add, DeviceRef(name))
    is_owntracks = way in {PhoneWay.OWNTRACKS, PhoneWay.MQTT}
    family = AppFamily.OWNTRACKS if is_owntracks else AppFamily.OSMAND
    who = world.machine.do(officer, app_enrolment.enrol_pilot, EnrolUnsignedApp(name, family))
    together_max = REPORTS_TOGETHER if narrow_limits.is_narrow(world.seed) else 1
    return SimulatedPhone(name, way, who, world.network.broker, together_max)


def _vary(world: World, event: PlannedEvent) -> str:
    person = world.persons[event.person]
    if person.name not in world.people.officer_of:
        return "nobody"
    return _enter_text(world, person, person.texts[event.item], world.people.officer(person.name))


def _correct(world: World, event: PlannedEvent) -> str:
    person = world.persons[event.person]
    if person.name not in world.people.officer_of:
        return "nobody"
    # Where it names another place, a second one confirms it: the supervisor.
    by = world.people.officer(person.name) if is_rare(world.seed) else world.people.supervisor
    return _enter_text(world, person, person.corrections[event.item], by)


def _grant(world: World, event: PlannedEvent) -> str:
    """Enter an absence in one of the ways in which one comes about."""
    person = world.persons[event.person]
    absence = person.absences[event.item]
    start_at, until_at = to_datetime(absence.start_us), to_datetime(absence.end_us)
    by, asks = world.people.supervisor, office_people.own(person.name)
    action: Action[Any, str] = absences.give
    request: Any = RequestAbsence(
        order=person.order,
        conditions=absence.conditions,
        start_at=start_at,
        until_at=until_at,
        reason="work",
        at=absence.place,
    )
    if absence.way is AbsenceWay.SUSPENDED:
        action, request = absences.suspend, SuspendOrder(person.order, start_at, until_at, "ill")
    elif absence.way is not AbsenceWay.GIVEN:
        is_begun = start_at <= clock.now()
        action = absences.declare_emergency if is_begun else absences.ask
        by = asks
    word, name = acts.do(world, by, action, request, person.name)
    is_lived = name is not None and by is asks and narrow_limits.is_narrow(world.seed)
    if is_lived and world.attempt(world.machine.notify) is not None:
        world.desk.waiting_absences.add(name)
    if name is None or by is not asks:
        world.absences |= {(event.person, event.item): name} if name is not None else {}
        return word
    if absence.way is AbsenceWay.WITHDRAWN:
        return acts.do(world, asks, absences.withdraw, AbsenceRef(name), person.name)[0]
    grants = absence.way is AbsenceWay.ASKED
    answer = AnswerAbsence(name, grants, "as it was asked")
    word, _ = acts.do(world, world.people.supervisor, absences.answer, answer, person.name)
    if grants:
        world.absences[event.person, event.item] = name
    return f"{absence.way} {word}"


def _end(world: World, event: PlannedEvent) -> str:
    """Enter that an order ends now; what is carried under it is given back by the service."""
    person = world.persons[event.person]
    if person.name not in world.people.officer_of:
        return "nobody"
    request = EndOrder(person.order, clock.now(), "7-12/2026", "the court ended it")
    word, _ = acts.do(world, world.people.supervisor, court_orders.end, request, person.name)
    if narrow_limits.is_narrow(world.seed) and word not in {"done", "unanswered"}:
        word = wrong_ends.end_at_once(world, event)
    world.ended |= {person.name} if word == "done" else set()
    return word


def _revoke(world: World, event: PlannedEvent) -> str:
    name = world.absences.get((event.person, event.item))
    if name is None:
        return "nothing"
    person = world.persons[event.person].name
    request = RevokeAbsence(name, "no longer needed")
    by = world.people.supervisor
    return acts.do(world, by, absences.revoke, request, person)[0]


def _carry(world: World, event: PlannedEvent) -> str:
    """Have a device given back, or another one taken."""
    person = world.persons[event.person]
    name, _, _, until_us = person.carried[event.item]
    if until_us is not None:
        by = world.people.supervisor
        word, _ = acts.do(world, by, assignments.take_back, ReturnDevice(name), person.name)
        if is_rare(world.seed):  # An end that was entered stays, and it is said so.
            before = ReturnDevice(name, clock.now() - timedelta(minutes=1))
            again = acts.do(world, by, assignments.take_back, before, person.name)[0]
            word = f"{word}, then {again}"
        return word
    world.disk.spare()
    return _give(world, person, event.item)


def _say(world: World, event: PlannedEvent) -> str:
    person = world.persons[event.person]
    message = person.messages[event.item]
    device = device_losses.speaker(world, event, message.device)
    if device is None:
        return "not carried"
    device.say([(message.what, message.sent_us or message.received_us)])
    return forward(world, device)


def forward(world: World, device: SimulatedDevice | SimulatedPhone) -> str:
    """Have a device hand over what waits, where it can; return how that went."""
    dice = world.network.dice
    if dice.random() < world.network.swarm.p_offline:
        world.offline_until_us[device.name] = world.time.now_us + dice.randrange(1, 30) * H
    if world.offline_until_us.get(device.name, 0) > world.time.now_us:
        return "offline"
    try:
        device.forward(world.network)
    except NotCarriedError:
        return f"not carried, {device.waiting} wait"
    return f"{device.waiting} wait"


def _help(world: World, event: PlannedEvent) -> str:
    name = world.persons[event.person].carried[0][0]
    device = world.devices.get(name)
    if device is None:
        return "not carried"
    strap = UplinkEvent(UplinkEventKind.STRAP, world.time.now_us, False)
    device.say([(UplinkEvents((strap,)), world.time.now_us), (Heartbeat(), world.time.now_us)])
    return forward(world, device)


def _call(world: World, event: PlannedEvent) -> str:
    phone = world.devices.get(world.persons[event.person].carried[0][0])
    if not isinstance(phone, SimulatedPhone):
        return "not carried"
    phone.call(world.time.now_us)
    return forward(world, phone)


def _act(world: World, event: PlannedEvent) -> str:
    person = world.persons[event.person].name
    if person not in world.people.officer_of:
        return "nobody"
    return acts.act(world, world.network.dice, person)


def _hour(world: World, event: PlannedEvent) -> str:
    """Let the network deliver, the machine fail, and the service do what it does by itself."""
    dice, drawn, words = world.network.dice, world.swarm, []
    if dice.random() < drawn.p_clock_step:
        world.time.step_us = dice.choice(STEPS_US)
        words.append(f"clock {world.time.step_us}")
    if dice.random() < drawn.p_restart:
        world.restart()
        words.append("restart")
    if drawn.p_taken_over and dice.random() < drawn.p_taken_over:
        world.attempt(world.machine.take_over)
        words.append("taken over")
    if drawn.p_stands_still and dice.random() < drawn.p_stands_still:
        words.append(nodes_apart.strike(world, dice))
    if dice.random() < drawn.p_fault:
        world.plan_fault(dice, WRITES_MAX)
    if dice.random() < 0.5:
        words.append(f"{world.network.deliver_copies()} copies")
        world.recover()
    for device in world.devices.values():
        is_new = device.is_enrolled and dice.random() < drawn.p_rotated / 24
        if is_new and device.name not in world.upheavals.lost:
            device.change_key(dice.randbytes(SEED_BYTES))
            words.append("new key")
        if device.waiting:
            forward(world, device)
            world.recover()
    words.append(f"told {world.attempt(world.machine.notify)}")
    if event.item % 4 == 0:
        words.append(f"signed {world.attempt(world.machine.sign_log)}")
    world.attempt(world.machine.keep_up)
    world.recover()
    if event.item % HOURS_BETWEEN == 0:
        invariants.at_an_hour(world)
    return " ".join(words)


def _day(world: World, _event: PlannedEvent) -> str:
    gone = raw_files.erase_due(world)
    world.judge()
    invariants.each_day(world)
    named_checks.hold(world, *desk_kept.DAILY, entered_kept.kept_as_entered)
    return f"erased {gone}"


def _back_up(world: World, event: PlannedEvent) -> str:
    """Back up the data, as an operator does; the keys are backed up when it is restored."""
    if not world.machine.is_embedded:
        return "by the server's own programs"
    out = world.folder / f"backup-{event.number}"
    now = to_datetime(world.time.now_us)
    world.disk.spare()
    world.machine.whole(lambda: database_backup.data(world.machine.made, out, now))
    with (
        world.read_undisturbed() as reading
    ):  # Persons whose erasure was cut short have rows there too.
        world.backups.append((out, frozenset(reading.persons_in(range(PARTITIONS)))))
    return "done"


def _erase(world: World, event: PlannedEvent) -> str:
    """Erase everything about a person, as often as it takes."""
    person = world.persons[event.person].name
    if person not in world.people.officer_of:
        return "nobody"
    for officer in world.people.officers:  # Who will not be named any more.
        acts.do(world, officer, worklist.list_items, EmptyRequest(), None)
        world.recover()
    invariants.remember_bytes(world, person)
    if world.network.dice.random() < world.swarm.p_struck_erasing and world.swarm.faults:
        world.plan_fault(world.network.dice, WRITES_OF_ERASURE)
    world.erased.add(person)  # From now on: where it is cut short, some of their rows are gone.
    for _ in range(ERASED_IN_TRIES):
        try:
            world.machine.erase_person(person)
        except OffError:
            world.recover()
        else:
            raw_files.look_after_erasure(world)
            break
        if invariants.is_erased(world, person):
            world.is_rewrite_owed = True
            break
    del world.people.officer_of[person]
    return person


_HAPPENINGS: Final[dict[EventKind | UpheavalKind, Callable[[World, PlannedEvent], str]]] = {
    EventKind.ENTER: _enter,
    EventKind.VARY: _vary,
    EventKind.CORRECT: _correct,
    EventKind.GRANT: _grant,
    EventKind.REVOKE: _revoke,
    EventKind.CARRY: _carry,
    EventKind.SAY: _say,
    EventKind.HELP: _help,
    EventKind.END: _end,
    EventKind.CALL: _call,
    EventKind.ACT: _act,
    EventKind.HOUR: _hour,
    EventKind.DAY: _day,
    EventKind.BACK_UP: _back_up,
    EventKind.ERASE: _erase,
    EventKind.SIGN_IN: lambda world, event: sign_in_steps.happen(world, event.item),
    EventKind.KEY: lambda world, event: key_sign_ins.happen(world, event.item),
    UpheavalKind.POLICY: policy_changes.bring_policy,
    UpheavalKind.UPGRADE: policy_changes.upgrade,
    UpheavalKind.LOSE: device_losses.lose,
    UpheavalKind.TEAR: torn_files.tear,
    UpheavalKind.LEAP: clock_leaps.leap,
    UpheavalKind.FILL: full_disk.fill,
    UpheavalKind.LOSE_KEY: key_losses.lose,
    UpheavalKind.END_WRONGLY: wrong_ends.enter_wrongly,
    EventKind.OFFICE: desk_lives.happen,
    EventKind.LEAVE_LINK: lambda world, event: sign_in_steps.leave_link(world, event.item),
}


def happen(world: World, event: PlannedEvent) -> str:
    """Let an event happen; return what came of it."""
    return _HAPPENINGS[event.kind](world, event)
