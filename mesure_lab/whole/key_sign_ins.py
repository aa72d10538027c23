"""Key sign-ins: with a passkey or by the directory, and what others try with those.

What must be refused is written here once more from decision 0032: what was asked is answered once
and in time, by a key that is there and counts on, on our site, by whom the directory means now.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, Final

from mesure.actions.accounts import directory_sign_in, passkeys
from mesure.actions.accounts.directory_sign_in import DirectoryCallback, DirectoryRedirect
from mesure.actions.accounts.passkeys import PasskeyOptions, PasskeyRef, PasskeyResponse
from mesure.actions.framework.action import Action, EmptyRequest
from mesure.actions.framework.context import VISITOR
from mesure.actions.refusals.refusals import ActionError
from mesure.instants import to_datetime
from mesure.machine import clock
from mesure_lab.whole import sign_in_steps
from mesure_lab.whole.drawn.scenery import M, S
from mesure_lab.whole.lives.account_holder import AccountHolder, OpenSession
from mesure_lab.whole.lives.authenticator import Authenticator
from mesure_lab.whole.lives.directory import KnownThere, SimulatedDirectory
from mesure_lab.whole.sign_in_steps import OWN, STRANGERS, UNANSWERED
from mesure_lab.whole.simulated.machine import OffError
from mesure_lab.whole.simulated.nodes import ORIGIN
from mesure_lab.whole.world import World

KEYS_MAX: Final = 5
LIES: Final = 4  # At a time.
RECENT_US: Final = 15 * M
CHALLENGE_US: Final = 5 * M
VISIT_US: Final = 10 * M
LATE_US: Final = 10 * S  # Beyond what clocks are set by.
ELSEWHERE: Final = "https://mesure.example.org"
IN, REFUSED = "in", "refused"


def happen(world: World, item: int) -> str:
    """Let somebody use a passkey or the directory, or a stranger try to."""
    sign_in_steps.let_in(world)
    dice, holder = world.network.dice, world.holders[item % len(world.holders)]
    done = []
    for _ in range(dice.randrange(1, 5)):
        chosen = dice.choice(_STEPS)
        done.append(f"{chosen.__name__} {chosen(world, holder, dice)}")
        world.recover()
        world.wait(dice.choice((S, 20 * S, 2 * M)))
        sign_in_steps.look_at_sessions(world, holder)
    return f"{holder.name}: {', '.join(done)}"


def _try(world: World, holder: AccountHolder, attempt: Callable[[], Any], *, may: bool) -> str:
    """Try to come in; `may` tells whether what is shown opens the account."""
    now_us = clock.now_us()
    try:
        result = attempt()
    except OffError:
        return UNANSWERED
    except ActionError as refusal:
        if may and not holder.is_closed and not holder.is_unsure:
            world.broken("whoever_may_gets_in", f"{holder.name}: {refusal.reason}")
        return REFUSED
    if not may or (holder.is_closed and not holder.is_unsure):
        world.broken("nobody_signs_in_who_may_not", f"{holder.name} with what opens nothing")
    holder.sessions.append(OpenSession(result.session, now_us, now_us))
    return IN


def _do_recently(
    world: World, holder: AccountHolder, action: Action[Any, Any], request: object, began_us: int
) -> Any:  # noqa: ANN401
    """Have a holder do something in a session that began then."""
    context = world.machine.context(holder.actor)
    return world.machine.perform(
        replace(context, signed_in_at=to_datetime(began_us)), action, request
    )


# --- Passkeys ------------------------------------------------------------------------------------


def add_key(world: World, holder: AccountHolder, dice: Random) -> str:
    """Add a passkey in a session: in time or late, and the same answer once more."""
    if not holder.sessions or dice.random() < 0.5:
        come_by_directory(world, holder, dice)
    if not holder.sessions or holder.is_unsure or holder.is_closed:
        return "nothing"
    began_us = holder.sessions[-1].began_us
    key = Authenticator(dice.randbytes(32), ORIGIN, counts=dice.random() < 0.5)
    is_late, is_again = dice.random() < 0.3, dice.random() < 0.3
    age_us = clock.now_us() - began_us
    try:
        options = _do_recently(world, holder, passkeys.begin, EmptyRequest(), began_us)
        if age_us > RECENT_US:
            world.broken("nobody_signs_in_who_may_not", f"{holder.name} asks for a key too late")
        world.wait(CHALLENGE_US + LATE_US if is_late else 20 * S)
        answer = PasskeyResponse(options.challenge, key.make(options.options), "phone")
        _do_recently(world, holder, passkeys.add, answer, began_us)
    except OffError:
        return UNANSWERED  # Nobody has the key, and it never signs.
    except ActionError as refusal:
        if age_us < RECENT_US - LATE_US and not is_late and len(holder.keys) < KEYS_MAX:
            world.broken("whoever_may_gets_in", f"a key of {holder.name}: {refusal.reason}")
        return REFUSED
    if is_late:
        world.broken("nobody_signs_in_who_may_not", f"a key of {holder.name} that came too late")
    holder.keys.append(key)
    return f"added{_add_again(world, holder, options, dice) if is_again else ''}"


def _add_again(world: World, holder: AccountHolder, options: PasskeyOptions, dice: Random) -> str:
    """Answer what was asked for a key once more, with another key."""
    other = Authenticator(dice.randbytes(32), ORIGIN)
    answer = PasskeyResponse(options.challenge, other.make(options.options), "tablet")
    try:
        _do_recently(world, holder, passkeys.add, answer, clock.now_us())
    except (OffError, ActionError):
        return ", once"
    world.broken("nobody_signs_in_who_may_not", f"{holder.name} by an answer given twice")
    return ""


def _asked(world: World, address: str) -> PasskeyOptions | None:
    """Return what is to be signed; None where the machine or its disk was away."""

    def ask() -> PasskeyOptions:
        return passkeys.begin_sign_in(world.machine.context(VISITOR, address))

    return world.attempt(lambda: world.machine.whole(ask))


def come_in_by_key(world: World, holder: AccountHolder, dice: Random) -> str:
    """Sign in with a passkey, sometimes too late, and give the same answer again."""
    if not holder.keys:
        return "nothing"
    key, is_late = dice.choice(holder.keys), dice.random() < 0.2
    options = _asked(world, OWN)
    if options is None:
        return UNANSWERED
    world.wait(CHALLENGE_US + LATE_US if is_late else S)
    answer = PasskeyResponse(options.challenge, key.sign(options.options))
    word = _signed(world, holder, answer, OWN, may=not is_late)
    if word == IN:
        key.counted = key.count
        again = _signed(world, holder, answer, dice.choice(STRANGERS), may=False)
        word = f"{word}, again {again}, copy {_copied(world, holder, key)}"
    return word


def _copied(world: World, holder: AccountHolder, key: Authenticator) -> str:
    """Have a copy sign that was made before the key was used last."""
    if not key.counts:
        return "none"
    options = _asked(world, STRANGERS[0])
    if options is None:
        return UNANSWERED
    answer = PasskeyResponse(options.challenge, key.clone().sign(options.options))
    return _signed(world, holder, answer, STRANGERS[0], may=False)


def misuse_key(world: World, holder: AccountHolder, dice: Random) -> str:
    """Try what a thief has: a copy, a key that was removed, another site, a locked device."""
    thieves = [one.clone() for one in holder.keys if one.counted]
    thieves += [replace(one, origin=ELSEWHERE) for one in holder.keys]
    thieves += [replace(one, is_unlocked=False) for one in holder.keys]
    thieves += [replace(one) for one in holder.gone_keys]
    thieves.append(Authenticator(dice.randbytes(32), ORIGIN))
    thief = dice.choice(thieves)
    address = dice.choice(STRANGERS)
    options = _asked(world, address)
    if options is None:
        return UNANSWERED
    answer = PasskeyResponse(options.challenge, thief.sign(options.options))
    return _signed(world, holder, answer, address, may=False)


def _signed(
    world: World, holder: AccountHolder, answer: PasskeyResponse, address: str, *, may: bool
) -> str:
    def attempt() -> object:
        return world.machine.visit(passkeys.by_passkey, answer, address)

    return _try(world, holder, attempt, may=may)


def remove_key(world: World, holder: AccountHolder, dice: Random) -> str:
    """Remove a passkey, which opens nothing any more."""
    if not holder.keys or holder.is_closed:
        return "nothing"
    key = holder.keys.pop(dice.randrange(len(holder.keys)))
    try:
        world.machine.do(holder.actor, passkeys.remove, PasskeyRef(key.credential_id.hex()))
    except OffError:
        return UNANSWERED
    holder.gone_keys.append(key)
    return "removed"


def leave_with_key(world: World, holder: AccountHolder, dice: Random) -> str:
    """Have an account closed whose holder has a passkey, and try that."""
    if holder.name != sign_in_steps.TRAINEE:
        return "nothing"
    if not holder.keys:
        return add_key(world, holder, dice)
    sign_in_steps.leave(world, holder, dice)
    return come_in_by_key(world, holder, dice)


# --- The directory -------------------------------------------------------------------------------


def _there(world: World) -> SimulatedDirectory:
    assert world.directory is not None, "whoever has keys is known to a directory"
    return world.directory


def _sent(world: World) -> DirectoryRedirect | None:
    """Return where a browser is sent; None where the machine or its disk was away."""

    def go() -> DirectoryRedirect:
        return directory_sign_in.go(world.machine.context(VISITOR, OWN))

    return world.attempt(lambda: world.machine.whole(go))


def _known_there(world: World, holder: AccountHolder) -> KnownThere:
    addresses = {
        world.people.supervisor.account: "supervisor",
        world.people.officers[0].account: "first",
        world.people.officers[1].account: "second",
        world.people.inspector.account: "inspector",
        world.people.operator.account: "keeper",
    }
    name = addresses.get(holder.actor.account, sign_in_steps.TRAINEE.lower())
    return KnownThere(f"subject of {name}", f"{name}@office.example")


def come_by_directory(world: World, holder: AccountHolder, dice: Random) -> str:
    """Sign in by the directory, sometimes too late, and come back the same way again."""
    there, who, is_late = _there(world), _known_there(world, holder), dice.random() < 0.2
    may = not is_late and who.subject not in there.closed
    sent = _sent(world)
    if sent is None:
        return UNANSWERED
    state, code = there.visit(sent.address, who)
    world.wait(VISIT_US + LATE_US if is_late else 20 * S)
    back = DirectoryCallback(state, code, sent.browser)
    word = _came_back(world, holder, back, may=may)
    if word == IN:
        holder.is_bound = True
        _, code = there.visit(sent.address, who)
        again = DirectoryCallback(state, code, sent.browser)
        word = f"{word}, again {_came_back(world, holder, again, may=False)}"
    elif word == UNANSWERED and not holder.is_bound:
        holder.is_bound = None
    return word


def misuse_directory(world: World, holder: AccountHolder, dice: Random) -> str:
    """Come back with what the directory did not sign for this visit, or not for this person."""
    now_s = world.time.now_us // S
    lies: list[dict[str, Any]] = [
        {}, {"nonce": "another"}, {"aud": "another"}, {"iss": "https://elsewhere.example"},
        {"exp": now_s - 3_600}, {"azp": "another"},
        {"email_verified": False, "sub": "a stranger"}, {"email": "x@example.org", "sub": "x"},
    ]  # fmt: skip
    if holder.is_bound:
        lies.append({"sub": "who has the address now"})
    words = [_lie(world, holder, lie) for lie in dice.sample(lies, LIES)]
    return " ".join(sorted(set(words)))


def _lie(world: World, holder: AccountHolder, lie: dict[str, Any]) -> str:
    """Come back with a token that says something else; with none of that: by another hand."""
    there, who = _there(world), _known_there(world, holder)
    sent = _sent(world)
    if sent is None:
        return UNANSWERED
    there.lies, there.is_another = lie, not lie
    try:
        state, code = there.visit(sent.address, who)
        back = DirectoryCallback(state, code, sent.browser)
        return _came_back(world, holder, back, may=False)
    finally:
        there.lies, there.is_another = {}, False


def swap_browser(world: World, holder: AccountHolder, _dice: Random) -> str:
    """Have a browser that was sent elsewhere come back with what another one brought."""
    there, who = _there(world), _known_there(world, holder)
    mine, other = _sent(world), _sent(world)
    if mine is None or other is None:
        return UNANSWERED
    state, code = there.visit(mine.address, who)
    return _came_back(world, holder, DirectoryCallback(state, code, other.browser), may=False)


def leave_directory(world: World, holder: AccountHolder, dice: Random) -> str:
    """Have the account there closed, or opened again."""
    there, subject = _there(world), _known_there(world, holder).subject
    if dice.random() < 0.7:
        return "as it was"
    there.closed ^= {subject}
    return "closed there" if subject in there.closed else "open there"


def _came_back(world: World, holder: AccountHolder, back: DirectoryCallback, *, may: bool) -> str:
    def attempt() -> object:
        return world.machine.visit(directory_sign_in.by_directory, back, OWN)

    return _try(world, holder, attempt, may=may)


_STEPS: Final[tuple[Callable[[World, AccountHolder, Random], str], ...]] = (
    add_key,
    add_key,
    add_key,
    come_in_by_key,
    come_in_by_key,
    misuse_key,
    misuse_key,
    remove_key,
    come_by_directory,
    come_by_directory,
    misuse_directory,
    swap_browser,
    leave_directory,
    leave_with_key,
    leave_with_key,
    sign_in_steps.go_out_everywhere,
)
