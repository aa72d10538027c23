"""Cards: somebody gets a new card; neither the one before nor its PIN opens anything.

That they get one is shown by the device that they carry.

Decision: docs/decisions/0032-signing-in.md
"""

from functools import partial
from random import Random
from typing import Final

from mesure.actions.accounts import printed_cards, sign_in
from mesure.actions.accounts.printed_cards import GiveCard
from mesure.actions.accounts.sign_in import CardSignIn
from mesure.actions.records import named_persons
from mesure.actions.refusals.refusals import ActionError
from mesure.devices.message.uplink import Heartbeat
from mesure_lab.whole import acts, sign_in_steps
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.simulated.simulated_devices import SimulatedDevice
from mesure_lab.whole.world import World

PINS: Final = ("804217", "551904")
ROUNDS: Final = 4
TRIES: Final = 3  # With a card that is theirs: two that open their record, and one that does not.


def renew(world: World, person: str) -> None:
    """Give somebody a card, which they use, and then another one with a PIN of its own."""
    supervisor, former, sessions = world.people.supervisor, "", list[str]()
    for pin in PINS:
        _, card = acts.do(world, supervisor, printed_cards.give, GiveCard(person), person)
        if card is None:
            return
        if any(sign_in_steps.resume(world, session) for session in sessions):
            world.broken("what_ended_stays_ended", f"a session by the card before of {person}")
        if former and enter(world, former, PINS[0]):
            world.broken("nobody_signs_in_who_may_not", f"{person} by the card before")
        session = enter(world, card.code, pin)
        if not session:
            world.broken("whoever_may_gets_in", f"{person} chooses a PIN for a new card")
        former, sessions = card.code, [session]
    if enter(world, former, PINS[0]):
        world.broken("nobody_signs_in_who_may_not", f"{person} by the PIN of the card before")
    by_card = {n for n, one in world.records().items() if one.get("action") == sign_in.by_card.name}
    with world.read_undisturbed() as reading:
        theirs = [n for n in by_card if person in named_persons.of_entry(reading, n)]
    if len(theirs) < TRIES:
        world.broken("acts_stand_in_the_list", f"{TRIES} tries at the record of {person}: {theirs}")


def enter(world: World, card: str, pin: str) -> str:
    """Return the session that a card and a PIN open; empty: they open nothing."""
    try:
        return str(
            world.machine.visit(sign_in.by_card, CardSignIn(card, pin), sign_in_steps.OWN).session
        )
    except ActionError:
        return ""


def show(world: World) -> None:
    """Have devices show what is written to those who carry them, some of whom read it."""
    for name, device in world.devices.items():
        is_out = name in world.upheavals.retired or world.carrier(name) in world.erased
        if isinstance(device, SimulatedDevice) and device.is_enrolled and not is_out:
            device.screen = Random(f"{world.seed} screen of {name}")
            forward = partial(device.forward, world.network)
            for _ in range(ROUNDS):
                device.say([(Heartbeat(), world.time.now_us)])
                device.read()
                world.attempt(forward)
                world.wait(2 * M)
            world.attempt(forward)  # What was answered to the last.
    world.judge()
    world.attempt(world.machine.notify)
    world.attempt(world.machine.notify)  # What waits for the first letter of a pair.
