"""Living: one seed lives the whole system, event by event, and all is checked against rules."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

from mesure_lab.whole import happenings, last_talk, office_people
from mesure_lab.whole.checks import aftermath, invariants, raw_files, replay_differences
from mesure_lab.whole.drawn import narrow_limits, planned_events, swarm, upheaval_plan
from mesure_lab.whole.drawn.office_days import OFFICE_FROM
from mesure_lab.whole.drawn.planned_events import PlannedEvent
from mesure_lab.whole.drawn.scenery import H, M, S
from mesure_lab.whole.drawn.swarm import Swarm
from mesure_lab.whole.last_steps import cards, outages
from mesure_lab.whole.lives import directory as directory_
from mesure_lab.whole.lives.directory import SimulatedDirectory
from mesure_lab.whole.simulated import (
    clock_and_chance,
    lock_server,
    looked_at_once,
    raw_rows,
    read_once,
)
from mesure_lab.whole.simulated.clock_and_chance import SimulatedTime
from mesure_lab.whole.simulated.disk_faults import SimulatedDisk
from mesure_lab.whole.simulated.elsewhere import SimulatedMail, SimulatedReceiver, Slowness
from mesure_lab.whole.simulated.lock_server import LockServer, RealLocks
from mesure_lab.whole.simulated.machine import SimulatedMachine
from mesure_lab.whole.simulated.simulated_devices import SimulatedNetwork
from mesure_lab.whole.world import World

STEPS_MAX: Final = 400  # Of the worker between two events: more is somebody who is due for ever.
TURNS_MAX: Final = 200
PREFIX: Final = "mesure.whole."
HTTP: Final = "mesure.service.serve.contexts.httpx"  # By which a directory is asked.
IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  Each life has a folder of its own below it.
ROOM_BYTES: Final = 1 << 30
TURNS_OF_END: Final = 10
P_CUT: Final = 0.3
TURNS_OF_NARROW: Final = 3_000  # More than a life has messages and letters.
TRANSFERS_OF_END: Final = 12
WAITS_US: Final = (1, 1_000, 100_000, S)


@contextmanager
def open_world(
    seed: int, only: frozenset[int] | None = None, server: str = "", *, is_sound: bool = False
) -> Iterator[World]:
    """Open the world of a seed; `only`: with no other events than these.

    `server`: where a database of PostgreSQL is made for it; empty: its store is a file. The disk is
    `is_sound` where nothing strikes it; what a server has is not struck either.
    """
    drawn = swarm.draw(seed)
    people = planned_events.persons_of(seed, drawn)
    events = planned_events.plan(seed, drawn, people)
    if only is not None:
        events = [one for one in events if one.number in only]
    limits = narrow_limits.draw(seed)
    with ExitStack() as stack:
        stack.enter_context(narrow_limits.hold(limits))
        stack.enter_context(read_once.cache_reads())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX, dir=_place())))
        data = folder / "data"
        time = SimulatedTime(drawn.begin_us - 3 * H)
        dsn = stack.enter_context(raw_rows.own_database(server, seed)) if server else None
        disk = SimulatedDisk(data, Random(f"{seed} disk"), is_sound=is_sound or bool(server))
        slow = Slowness(Random(f"{seed} slow mail"), upheaval_plan.slow_share(seed), time.wait)
        p_cut = P_CUT if limits else 0.0
        mail = SimulatedMail(Random(f"{seed} mail"), drawn.p_outside_down, slow, p_cut)
        receiver = SimulatedReceiver(Random(f"{seed} receiver"), drawn.p_outside_down)
        receiver.now_us = lambda: time.now_us
        log = stack.enter_context(
            clock_and_chance.simulate_environment(f"bytes of {seed}", time, disk, mail)
        )
        policy = swarm.policy_file(drawn, folder)
        locks = _locks(drawn, time, stack, is_real=dsn is not None)
        machine = SimulatedMachine(data, disk, time, receiver, policy, str(seed), dsn, locks,
                                   _settings(seed, drawn),
                                   TURNS_OF_NARROW if limits else 1)  # fmt: skip
        stack.callback(machine.close)
        directory = SimulatedDirectory(lambda: time.now_us, seed) if drawn.keys_per_day else None
        if directory is not None:
            stack.enter_context(mock.patch(HTTP, SimpleNamespace(Client=directory.client)))
        machine.prepare()
        machine.start()
        network = SimulatedNetwork(machine.post, drawn, machine.post_as_app, machine.listen)
        office = office_people.move_in(machine)
        machine.notify()
        world = World(seed, drawn, folder, machine, disk, time, mail, receiver, log, people,
                      events, network, office, directory=directory,
                      on_start=invariants.after_each_start)  # fmt: skip
        disk.on_rewrite = lambda path: world.left_on_pages.extend(
            raw_files.left_on_free_pages(path)
        )
        try:
            yield world
        finally:
            world.upheavals.program.close()
            for device in world.devices.values():
                device.close()


def _settings(seed: int, drawn: Swarm) -> dict[str, Any]:
    """Return the settings of the service beside where it lies."""
    settings: dict[str, Any] = {}
    if seed >= OFFICE_FROM:  # Where letters are tried, one must be able to leave.
        settings |= {"mail_host": "mail.example", "mail_from": "Mesure <mesure@mesure.example>"}
    if drawn.in_hand_max is not None:
        settings["persons_in_hand"] = drawn.in_hand_max
    if drawn.keys_per_day:
        settings |= {"directory": directory_.ISSUER, "directory_client": directory_.CLIENT}
    return settings


def _locks(
    drawn: Swarm, time: SimulatedTime, stack: ExitStack, *, is_real: bool
) -> LockServer | None:
    """Return what two nodes ask for the lease; None: there is one."""
    if not drawn.has_two_nodes:
        return None
    locks = RealLocks(time) if is_real else LockServer(time)
    stack.enter_context(lock_server.simulate_locks(locks))
    return locks


def _place() -> Path | None:
    """Return where files need no disk, if there is room; None: where temporary files are.

    The simulation decides what a crash leaves of them, so nothing need wait for a real disk.
    """
    has_room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    return IN_MEMORY if has_room and os.access(IN_MEMORY, os.W_OK) else None


def live(world: World) -> None:
    """Let everything happen in its order, and check everything against what must be so."""
    with looked_at_once.cache_looks():
        for event in world.events:
            _pass(world, event)
            world.network.dice = event.dice(world.seed)
            world.note(event.kind, event.person, event.item, happenings.happen(world, event))
            world.recover()
            if world.network.dice.random() < world.swarm.p_restart_between:
                world.note("restart")
                world.restart()
            if world.network.dice.random() >= world.swarm.p_judged_later:
                world.wait(world.network.dice.choice(WAITS_US))
                world.judge()
            world.recover()
            invariants.after_each_step(world)
    finish(world)


def _pass(world: World, event: PlannedEvent) -> None:
    """Let time pass: persons due by then are judged when they are due."""
    dice = Random(f"{world.seed} before {event.number}")
    for _ in range(STEPS_MAX):
        due_us = world.machine.due_us
        if due_us is None or due_us >= event.at_us:
            break
        world.go_to(due_us - world.time.step_us + dice.choice((0, 1, 90_000)))
        if dice.random() < world.swarm.p_fault:
            world.plan_fault(dice, 6)
        world.judge()
        if dice.random() < 0.5:
            world.attempt(world.machine.notify)
    else:
        world.broken("judged_once_when_due", "somebody is due again and again")
    world.go_to(event.at_us)


def finish(world: World) -> None:
    """Let everything come to rest, and check all of it."""
    world.disk.spare()
    world.mail.be_well()
    world.receiver.be_well()
    world.time.step_us = 0
    world.network.swarm = swarm.CALM
    world.network.deliver_copies()
    world.offline_until_us.clear()
    for device in world.devices.values():
        tries = TRANSFERS_OF_END  # Each forwards what one of several keys signed.
        while tries:
            waiting = device.waiting
            world.attempt(lambda device=device: happenings.forward(world, device))  # type: ignore[misc]
            tries -= device.waiting >= waiting
    world.go_to(max(one.end_us for one in world.persons) + 3 * H)
    for _ in range(TURNS_MAX):
        due_us = world.machine.due_us
        judged = world.judge()
        if not judged and (due_us is None or due_us > world.time.now_us):
            break
        world.wait(1)
    world.attempt(world.machine.finish)
    world.attempt(world.machine.keep_up)
    raw_files.erase_due(world)
    world.attempt(world.machine.notify)
    last_talk.talk(world)
    _send_all(world)
    if narrow_limits.is_narrow(world.seed):
        cards.show(world)
    world.attempt(world.machine.sign_log)
    world.note("log", world.log_root())
    with world.read_undisturbed() as reading:
        world.judged_sha256 = replay_differences.judged_sha256(reading, world.names)
    aftermath.at_the_end(world)
    outages.live_through(world)


def _send_all(world: World) -> None:
    """Let everything go out that is due within a day and a half."""
    world.attempt(world.machine.notify)
    for _ in range(TURNS_OF_END):
        world.wait(150 * M)
        world.judge()
        world.attempt(world.machine.notify)
        world.attempt(world.machine.notify)  # What waits for the first letter of a pair.
