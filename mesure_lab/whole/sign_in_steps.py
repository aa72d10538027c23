"""Sign-ins: how staff sign in and out, and what others try at their accounts."""

from collections.abc import Callable
from random import Random
from typing import Any, Final

from mesure.actions.accounts import sessions, sign_in, staff_accounts
from mesure.actions.accounts.sign_in import ChangePassword, PasswordSignIn, SignInResult
from mesure.actions.accounts.staff_accounts import (
    AccountName,
    AccountRef,
    FinishSetup,
    OpenAccount,
    OpenSetupLink,
)
from mesure.actions.framework.action import Action, EmptyRequest
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.refusals.refusals import ActionError, NotAllowedError
from mesure.machine import clock
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from mesure_lab.whole.drawn.narrow_limits import is_narrow
from mesure_lab.whole.drawn.random_persons import DAY
from mesure_lab.whole.drawn.scenery import M, S
from mesure_lab.whole.lives import account_holder
from mesure_lab.whole.lives.account_holder import NEAR_US, AccountHolder, FailedTries, OpenSession
from mesure_lab.whole.simulated.machine import OffError
from mesure_lab.whole.world import World

OWN: Final = "203.0.113.9"
STRANGERS: Final = tuple(f"192.0.2.{number}" for number in (7, 8))
LINK_US: Final = 3 * DAY
GUESSES: Final = (1, 2, 6, 9)
GUESSES_AT_OPEN: Final = 30
WAITS_US: Final = (0, S, 20 * S, 2 * M, 16 * M, 31 * M)
TRAINEE: Final = "Trainee"
LATE: Final = "Latecomer"
UNANSWERED: Final = "unanswered"


def happen(world: World, item: int) -> str:
    """Let somebody do something with their account, or a stranger try to."""
    dice = world.network.dice
    let_in(world)
    holder = world.holders[item % len(world.holders)]
    if not holder.secret:
        return _set_up(world, holder, dice)
    done = []
    for _ in range(dice.randrange(1, 6)):
        if not holder.secret:
            break  # It is to be set up anew.
        chosen = dice.choice(_STEPS if not is_narrow(world.seed) else _MORE_STEPS)
        done.append(f"{chosen.__name__} {chosen(world, holder, dice)}")
        world.recover()
        world.wait(dice.choice(WAITS_US))
        look_at_sessions(world, holder)
    return f"{holder.name}: {', '.join(done)}"


def let_in(world: World) -> None:
    """Give everybody who works here a link, and open the account of somebody who only learns."""
    if world.holders:
        return
    people, machine, now_us = world.people, world.machine, clock.now_us()
    world.disk.spare()
    address = f"{TRAINEE.lower()}@office.example" if world.swarm.keys_per_day else None
    trainee = OpenAccount(TRAINEE, Role.OFFICER, address)
    opened = machine.do(people.supervisor, staff_accounts.open_account, trainee)
    named = [(f"who-{number}", actor) for number, actor in enumerate(people.everybody)]
    named.append((TRAINEE, Actor(opened.account, Role.OFFICER)))
    for name, actor in named:
        link = machine.do(PROGRAM, staff_accounts.let_in, AccountName(actor.account))
        world.holders.append(AccountHolder(actor, name, link.token, now_us))


def _ask(world: World, action: Action[Any, Any], request: object, address: str = OWN) -> Any:  # noqa: ANN401
    return world.machine.visit(action, request, address)


def _set_up(world: World, holder: AccountHolder, dice: Random) -> str:
    """Set an account up with the link that was handed over."""
    age_us = (now_us := clock.now_us()) - holder.linked_us
    try:
        shown = _ask(world, staff_accounts.begin_setup, OpenSetupLink(holder.link))
        login, password = f"{holder.name}.{dice.randbytes(4).hex()}", f"{dice.randbytes(9).hex()}"
        holder.secret, holder.login, holder.password = shown.totp_secret, login, password
        request = FinishSetup(holder.link, login, password, holder.code(now_us))
        codes = _ask(world, staff_accounts.finish_setup, request)
    except OffError:
        holder.secret, holder.is_unsure = "", True
        return UNANSWERED
    except ActionError as refusal:
        holder.secret = ""
        is_due = not holder.is_unsure and not holder.is_closed and holder.is_bound is False
        if is_due and age_us < LINK_US - NEAR_US:
            world.broken("whoever_may_gets_in", f"a link of {holder.name}: {refusal.reason}")
        _new_link(world, holder)
        return f"refused: {refusal.reason.value}"
    if age_us > LINK_US + NEAR_US or holder.is_closed or holder.is_bound:
        world.broken("nobody_signs_in_who_may_not", f"{holder.name} by a link that is over")
    holder.use_code(now_us)
    holder.recovery, holder.is_unsure = list(codes.codes), False
    holder.by_name = FailedTries()  # Of a name that nobody had before.
    refuse_used(world, holder, holder.link, dice)
    return "set up"


def _new_link(world: World, holder: AccountHolder) -> str:
    """Have the machine give a new link; what the account had before ends."""
    if holder.is_closed:
        return "closed"
    try:
        link = world.machine.do(PROGRAM, staff_accounts.let_in, AccountName(holder.actor.account))
    except OffError:
        holder.is_unsure, holder.secret = True, ""
        holder.end_sessions(is_sure=False)
        holder.forget_ways_in(is_sure=False)
        return UNANSWERED
    holder.end_sessions()
    holder.forget_ways_in()
    holder.link, holder.linked_us, holder.secret = link.token, clock.now_us(), ""
    holder.forget_browser()
    holder.is_unsure = False
    return "done"


def leave_link(world: World, item: int) -> str:
    """Have somebody let their link lie, and somebody else find it when it is long over."""
    if item == 0:
        world.disk.spare()
        opened = world.machine.do(
            world.people.supervisor, staff_accounts.open_account, OpenAccount(LATE, Role.OFFICER)
        )
        link = world.machine.do(PROGRAM, staff_accounts.let_in, AccountName(opened.account))
        world.left_link = link.token
        return "left"
    try:
        _ask(world, staff_accounts.begin_setup, OpenSetupLink(world.left_link), STRANGERS[0])
    except OffError:
        return UNANSWERED
    except NotAllowedError:
        return "refused"
    world.broken("nobody_signs_in_who_may_not", f"{LATE} by a link that is over")
    return "open"


# --- Signing in ----------------------------------------------------------------------------------


def attempt(
    world: World, holder: AccountHolder, request: PasswordSignIn, address: str, *, may: bool
) -> str:
    """Try to sign in; `may` tells whether what is asked opens the account."""
    is_unsure = holder.is_unsure or request.code in holder.unanswered
    may = may and not holder.is_closed and not is_unsure
    now_us, tries = clock.now_us(), holder.tries(request.browser)
    counted = [tries]
    if tries is holder.by_name:
        counted.append(world.tried_from.setdefault(address, account_holder.at_address()))
    must_wait = any(tally.must_wait(now_us) for tally in counted)
    may_wait = any(tally.may_wait(now_us) for tally in counted)
    try:
        result: SignInResult = _ask(world, sign_in.by_password, request, address)
    except OffError:
        holder.unanswered.add(request.code)
        for tally in counted:
            tally.least, tally.most, tally.last_us = 0, tally.most + 1, now_us
        return UNANSWERED
    except NotAllowedError as refusal:
        if refusal.reason is not AccessRefusal.WAIT:
            for tally in counted:
                tally.fail(now_us)
        if must_wait and refusal.reason is not AccessRefusal.WAIT:
            world.broken("guessing_waits", f"{holder.name} after {tries.least} failures")
        if may and (refusal.reason is not AccessRefusal.WAIT or not may_wait):
            world.broken("whoever_may_gets_in", f"{holder.name}: {refusal.reason.value}")
        return f"not in: {refusal.reason.value}"
    if must_wait:
        world.broken("guessing_waits", f"{holder.name} after {tries.least} failures")
    if not may and not is_unsure:
        world.broken("nobody_signs_in_who_may_not", f"{holder.name} from {address}")
    tries.forget()
    if request.browser is None or result.browser is not None:
        holder.browser, holder.by_browser = result.browser, type(tries)()
    holder.sessions.append(OpenSession(result.session, now_us, now_us))
    return "in"


def come_in(world: World, holder: AccountHolder, dice: Random) -> str:
    """Sign in with password and app, in a browser that is known or a new one."""
    now_us = clock.now_us()
    is_fresh, code = holder.is_fresh(now_us), holder.code(now_us)
    browser = holder.browser if dice.random() < 0.6 else None
    former = holder.sessions[-1] if browser is not None and holder.sessions else None
    replaces = None if former is None else former.token
    request = PasswordSignIn(holder.login, holder.password, code, browser, replaces)
    word = attempt(world, holder, request, OWN, may=is_fresh)
    if word == "in":
        holder.use_code(now_us)
    if former is not None and word in {"in", UNANSWERED}:
        holder.sessions.remove(former)
        holder.over += [former.token] if word == "in" else []
    return word


def come_in_on_paper(world: World, holder: AccountHolder, dice: Random) -> str:
    """Sign in with a printed code, and try the same one again."""
    if not holder.recovery:
        return "none left"
    code = holder.recovery[-1]
    request = PasswordSignIn(holder.login, holder.password, code)
    word = attempt(world, holder, request, OWN, may=True)
    if word in {"in", UNANSWERED}:
        holder.recovery.pop()
    if word == "in":
        holder.used.append(code)
    if word == "in" and dice.random() < 0.5:
        word = f"in, and again {attempt(world, holder, request, dice.choice(STRANGERS), may=False)}"
    return word


def use_again(world: World, holder: AccountHolder, dice: Random) -> str:
    """Try a code that counted before, with the right password: somebody looked on."""
    if not holder.used:
        return "nothing"
    request = PasswordSignIn(holder.login, holder.password, dice.choice(holder.used))
    return attempt(world, holder, request, dice.choice(STRANGERS), may=False)


def guess(world: World, holder: AccountHolder, dice: Random) -> str:
    """Guess a password, some times in a row; the guesser has seen a code, too."""
    words = [
        attempt(
            world,
            holder,
            PasswordSignIn(
                holder.login,
                f"guessed {number}",
                holder.code(clock.now_us()),
                holder.former_browser,
            ),
            dice.choice(STRANGERS),
            may=False,
        )
        for number in range(dice.choice(GUESSES))
    ]
    return " ".join(sorted(set(words)))


# --- Sessions ------------------------------------------------------------------------------------


def look_at_sessions(world: World, holder: AccountHolder) -> None:
    """Hold every session of somebody against what must be so."""
    for token in holder.over:
        if resume(world, token) is not None:
            world.broken("what_ended_stays_ended", f"a session of {holder.name} that ended")
    for session in list(holder.sessions):
        actor, now_us = resume(world, session.token), clock.now_us()
        if actor is None:
            if session.must_live(now_us) and not holder.is_closed and not holder.is_unsure:
                world.broken("sessions_last", f"a session of {holder.name} is over too soon")
            holder.sessions.remove(session)
            holder.over.append(session.token)
        elif session.must_be_over(now_us) or (holder.is_closed and not holder.is_unsure):
            world.broken("what_ended_stays_ended", f"a session of {holder.name} goes on")
        elif actor != holder.actor:
            world.broken("sessions_last", f"a session of {holder.name} is that of {actor.account}")
        else:
            session.seen_us = now_us


def resume(world: World, token: str) -> Actor | None:
    """Return who is seen behind a token; a disk that fails meanwhile is none of the session's."""
    with world.disk.watch():
        context = world.machine.context(PROGRAM)
        session = sessions.resume(
            context.store, context.keyring, token, context.now, context.procedure, context.salts
        )
    return None if session is None else session.actor


def go_out(world: World, holder: AccountHolder, _dice: Random) -> str:
    """Sign out in one browser."""
    if not holder.sessions:
        return "nothing"
    token = holder.sessions.pop().token
    word = _do(world, holder, sign_in.out, sign_in.SignOut(token))
    if word == "done":
        holder.over.append(token)
    return word


def go_out_everywhere(world: World, holder: AccountHolder, _dice: Random) -> str:
    """Sign out in every browser, and have them all forgotten."""
    if not holder.sessions:
        return "nothing"
    word = _do(world, holder, sign_in.out_everywhere, EmptyRequest())
    holder.end_sessions(is_sure=word == "done")
    holder.forget_browser()
    if word == UNANSWERED:
        holder.former_browser = None
    return word


def change_password(world: World, holder: AccountHolder, dice: Random) -> str:
    """Choose another password, after which every session is over."""
    if not holder.sessions or holder.is_unsure:
        return "nothing"
    new = dice.randbytes(9).hex()
    try:
        word = _do(world, holder, sign_in.change_password, ChangePassword(holder.password, new))
    except NotAllowedError:
        if not holder.is_guessed_at:
            raise
        return "waits"  # As after wrong tries at signing in.
    if word == "done":
        holder.password = new
    holder.is_unsure = word == UNANSWERED
    holder.end_sessions(is_sure=word == "done")
    return word


def guess_former_password(world: World, holder: AccountHolder, _dice: Random) -> str:
    """Guess the password of somebody at a browser that they left open: soon that has to wait."""
    if not holder.sessions:
        return "nothing"
    holder.is_guessed_at, reasons = True, set[object]()
    for number in range(GUESSES_AT_OPEN):
        request = ChangePassword(f"guessed {number}", "one that nobody knows")
        try:
            if _do(world, holder, sign_in.change_password, request) == UNANSWERED:
                return UNANSWERED
            world.broken("nobody_signs_in_who_may_not", f"{holder.name} has a guessed password")
        except NotAllowedError as refusal:
            reasons.add(refusal.reason)
    if AccessRefusal.WAIT not in reasons:
        world.broken("guessing_waits", f"{GUESSES_AT_OPEN} guesses at an open browser")
    return "waits"


def _do(world: World, holder: AccountHolder, action: Action[Any, Any], request: object) -> str:
    try:
        world.machine.do(holder.actor, action, request)
    except OffError:
        return UNANSWERED
    return "done"


def lose_phone(world: World, holder: AccountHolder, dice: Random) -> str:
    """Get a new link, which ends all that opened the account; the former link opens nothing."""
    words = []
    for _ in range(2):  # The first of them does not arrive.
        former = holder.link
        words.append(_new_link(world, holder))
        if words[-1] == "done":
            refuse_used(world, holder, former, dice)
    return " ".join(words)


def refuse_used(world: World, holder: AccountHolder, link: str, dice: Random) -> None:
    """Have a stranger try a link that was used, or is no longer the last."""
    try:
        _ask(world, staff_accounts.begin_setup, OpenSetupLink(link), dice.choice(STRANGERS))
    except (OffError, NotAllowedError):
        return
    world.broken("nobody_signs_in_who_may_not", f"{holder.name} by a link that was used")


def leave(world: World, holder: AccountHolder, _dice: Random) -> str:
    """Have the account of the one who only learns closed."""
    if holder.name != TRAINEE or holder.is_closed:
        return "nothing"
    request = AccountRef(holder.actor.account)
    try:
        world.machine.do(world.people.supervisor, staff_accounts.close, request)
    except OffError:
        holder.is_unsure = True
        holder.end_sessions(is_sure=False)
        return UNANSWERED
    holder.is_closed = True
    return "closed"


_STEPS: Final[tuple[Callable[[World, AccountHolder, Random], str], ...]] = (
    come_in,
    come_in,
    come_in,
    come_in_on_paper,
    use_again,
    use_again,
    guess,
    guess,
    go_out,
    go_out_everywhere,
    change_password,
    lose_phone,
    leave,
)
_MORE_STEPS: Final = (*_STEPS, guess_former_password)
