"""Desk steps: how somebody at the office asks the service, and who asks."""

from random import Random
from typing import Any, NamedTuple

from mesure.actions.framework.action import Action
from mesure.actions.framework.context import Actor
from mesure_lab.whole import acts, office_people
from mesure_lab.whole.world import World


class DeskAnswer(NamedTuple):
    """What came of it in words, and the answer; None where there was none."""

    word: str
    answer: Any

    @property
    def is_done(self) -> bool:
        """Tell whether somebody was told that it was done."""
        return self.word == "done"

    @property
    def is_unsure(self) -> bool:
        """Tell whether nobody was told anything."""
        return self.word == "unanswered"


def ask(
    world: World, actor: Actor, action: Action[Any, Any], request: object, person: str | None = None
) -> DeskAnswer:
    """Have somebody ask for something, and the service start again where it went off meanwhile."""
    word, answer = acts.do(world, actor, action, request, person)
    world.recover()
    return DeskAnswer(word, answer)


def ask_in_vain(
    world: World,
    actor: Actor,
    action: Action[Any, Any],
    request: object,
    person: str | None,
    invariant: str,
) -> str:
    """Have somebody ask for what must be refused, for the reason that an invariant has."""
    answer = ask(world, actor, action, request, person)
    if answer.is_done:
        world.broken(invariant, f"{actor.role.value} {actor.account} did {action.name}: {request}")
    return answer.word


def caseworker(world: World, dice: Random, person: str) -> Actor:
    """Return who works on a case, now and then somebody else."""
    mine = world.people.officer(person)
    return dice.choice((mine, mine, mine, world.people.supervisor, *world.people.officers))


def another(world: World, dice: Random, actor: Actor) -> Actor:
    """Return somebody who works on cases and is not this one."""
    everybody = (world.people.supervisor, *world.people.officers)
    return dice.choice([one for one in everybody if one != actor])


def stranger_to(world: World, dice: Random, person: str) -> Actor:
    """Return somebody who has nothing to do with a person's case, or sees none at all."""
    others = [office_people.own(name) for name in world.names if name != person]
    return dice.choice([*others, world.people.operator])


def is_here(world: World, person: str) -> bool:
    """Tell whether a person was entered, and not erased."""
    return person in world.people.officer_of
