"""Outages: a mail server is down for days, and a card lies for days before anybody uses it.

What is given up then stays on the record as that, and the card opens nothing.
"""

from typing import Final

from mesure.actions.accounts import printed_cards
from mesure.actions.accounts.printed_cards import GiveCard
from mesure.actions.cases import contact_check
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.notifications.notification_texts import OUTGOING
from mesure_lab.whole import acts
from mesure_lab.whole.checks.office.notices_sent import TRIES_MIN
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import H
from mesure_lab.whole.last_steps import cards
from mesure_lab.whole.world import World

FOR_EVER: Final = "nothing_is_tried_for_ever"  # Decisions 0032 and 0033.
DOWN_HOURS: Final = 4 * 24  # A day longer than anything is tried.
TRIES_MAX: Final = 40
CARD_DAYS: Final = 7  # In which a card is to be used first.
LETTER: Final = "SELECT times, is_done, said FROM outgoing WHERE kind = ? AND key LIKE ?"


def live_through(world: World) -> None:
    """Have letters wait for days, and a card; break where either is good for longer than it is."""
    if not narrow_limits.is_narrow(world.seed):
        return
    supervisor = world.people.supervisor
    given_us, card = world.time.now_us, None
    for person in [one for one in world.names if one not in world.erased][:1]:
        _, card = acts.do(world, supervisor, printed_cards.give, GiveCard(person), person)
    world.mail.be_down()
    word, trial = acts.do(world, supervisor, contact_check.try_own, EmptyRequest(), None)
    for _ in range(DOWN_HOURS if word == "done" else 0):
        world.machine.notify()
        world.wait(H)
    if word == "done":
        key = f"{supervisor.account}:{trial.trial}:%"
        [(times, is_done, outcome)] = world.machine.rows(LETTER, OUTGOING, key)
        is_given_up = is_done and outcome.startswith("given_up")
        if not is_given_up or not TRIES_MIN <= times <= TRIES_MAX:
            what = f"{key} was tried {times} times in {DOWN_HOURS} hours: {outcome}"
            world.broken(FOR_EVER, what)
    world.mail.be_well()
    world.go_to(given_us + CARD_DAYS * DAY + H)
    if card is not None and cards.enter(world, card.code, cards.PINS[0]):
        world.broken(FOR_EVER, f"a card that lay for more than {CARD_DAYS} days opened a record")
