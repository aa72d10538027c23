"""Sign-in edges: an app whose clock is a little wrong, and an address from which many fail.

Decision: docs/decisions/0032-signing-in.md
"""

from typing import Final

from mesure.actions.accounts import sign_in
from mesure.actions.accounts.sign_in import PasswordSignIn
from mesure.actions.refusals.refusals import NotAllowedError
from mesure.machine import clock
from mesure.privacy.access_refusal import AccessRefusal
from mesure_lab.whole import sign_in_steps
from mesure_lab.whole.drawn.scenery import M, S
from mesure_lab.whole.lives.account_holder import CODE_S, FREE_OF_ADDRESS, AccountHolder
from mesure_lab.whole.world import World

WRONG_BY_S: Final = {30: True, -30: True, 90: False, -90: False}  # And whether that opens.
MANY: Final = "192.0.2.99"  # Behind which are many people.
WAIT_US: Final = 16 * M  # As long as anybody waits after failures.


def come_to_edges(world: World) -> None:
    """Have somebody who works here sign in by wrong clocks, and beside many who fail."""
    holder = next((one for one in world.holders if one.secret and not one.is_unsure), None)
    if holder is not None and not holder.is_closed:
        for wrong_s, may in WRONG_BY_S.items():
            world.wait(WAIT_US)
            _enter_by(world, holder, wrong_s, sign_in_steps.OWN, may=may)
        world.wait(WAIT_US)
        _fail_beside(world, holder)


def _enter_by(
    world: World, holder: AccountHolder, wrong_s: int, address: str, *, may: bool
) -> None:
    """Sign in with the code of a clock that is wrong by some seconds."""
    at_us = clock.now_us() + wrong_s * S
    request = PasswordSignIn(holder.login, holder.password, holder.code(at_us))
    if sign_in_steps.attempt(world, holder, request, address, may=may) == "in":
        holder.last_step = max(holder.last_step, at_us // S // CODE_S)


def _fail_beside(world: World, holder: AccountHolder) -> None:
    """Have many fail behind one address: that one of them signs in is none of the others'."""
    for number in range(FREE_OF_ADDRESS):
        _fail(world, number)
    _enter_by(world, holder, 0, MANY, may=True)
    reasons = [_fail(world, FREE_OF_ADDRESS + number) for number in range(2)]
    if reasons[-1] is not AccessRefusal.WAIT:
        world.broken("guessing_waits", f"{FREE_OF_ADDRESS + 1} failed behind {MANY}: {reasons}")


def _fail(world: World, number: int) -> object:
    """Try a name that nobody has, and return why that was refused."""
    request = PasswordSignIn(f"nobody.{number}", "guessed", "123456")
    try:
        world.machine.visit(sign_in.by_password, request, MANY)
    except NotAllowedError as refusal:
        return refusal.reason
    world.broken("nobody_signs_in_who_may_not", f"nobody.{number}")
    return None
