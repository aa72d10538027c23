"""Program lives: tokens and webhooks are set up and withdrawn, spare devices come and go.

Decision: docs/decisions/0033-api-and-webhooks.md
"""

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any, Final

from mesure.actions.accounts import service_accounts
from mesure.actions.accounts.service_accounts import OpenServiceAccount, ServiceAccountRef
from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import CaseRequest
from mesure.actions.devices import enrolment_codes, enrolment_record
from mesure.actions.devices.enrolment_codes import DeviceRef, DevicesRequest, IssueCode
from mesure.actions.devices.enrolment_record import (
    EnrolmentTopic,
    RecordEnrolment,
    SignatureOutcome,
)
from mesure.actions.framework.action import Action
from mesure.actions.framework.context import PROGRAM, Actor
from mesure.actions.incidents import incident_review
from mesure.actions.incidents.incident_review import IncidentsRequest
from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import (
    AddWebhook,
    DeliveriesRequest,
    WebhookEventType,
    WebhookRef,
    WebhooksRequest,
)
from mesure.machine import clock
from mesure.machine.signatures import SEED_BYTES
from mesure.privacy.roles import Role
from mesure_lab.whole.drawn import narrow_limits
from mesure_lab.whole.drawn.scenery import H, S
from mesure_lab.whole.office import desk_steps
from mesure_lab.whole.simulated.machine import OffError
from mesure_lab.whole.simulated.simulated_devices import NotCarriedError, SimulatedDevice
from mesure_lab.whole.world import World

ASKS_NO_MORE: Final = "closed_program_asks_nothing"
TOLD_NOTHING: Final = "removed_hook_is_told_nothing"
RETIRED: Final = "retired_stays_retired"
NEAR_US: Final = 5 * S
P_CODE_LIES: Final = 0.4  # That nobody uses a code before it is over.
SCOPES: Final = ("caseload.in_charge", "incidents.list", "devices.list")


def set_up_programs(world: World, dice: Random, person: str) -> str:
    """Set up a token or a webhook, use it, or withdraw it."""
    if dice.random() < 0.5:
        return _webhooks(world, dice)
    programs = world.desk.programs
    if not programs or dice.random() < 0.3:
        return _open(world, dice)
    entry = dice.choice(programs)
    if dice.random() < 0.3:
        return _close(world, dice, entry)
    return _use(world, dice, entry, person)


def _open(world: World, dice: Random) -> str:
    supervisor, hours = world.people.supervisor, dice.choice((1, 40))
    until_at, until_us = clock.now() + timedelta(hours=hours), clock.now_us() + hours * H
    scopes = tuple(dice.sample(SCOPES, dice.randint(1, len(SCOPES))))
    wide = OpenServiceAccount("Statistics", (*scopes, "notes.list"), until_at)
    action = service_accounts.open_service
    desk_steps.ask_in_vain(world, supervisor, action, wide, None, ASKS_NO_MORE)
    request = OpenServiceAccount("Statistics", scopes, until_at)
    answer = desk_steps.ask(world, supervisor, action, request)
    if answer.is_done:
        let_in_by = supervisor.account
        actor = Actor(answer.answer.service, Role.SERVICE, None, frozenset(scopes), let_in_by)
        world.desk.programs.append((actor, answer.answer.token, until_us))
    return answer.word


def _close(world: World, dice: Random, entry: tuple[Actor, str, int]) -> str:
    actor, token, _ = entry
    by = dice.choice((world.people.supervisor, world.people.operator))
    request = ServiceAccountRef(actor.account)
    answer = desk_steps.ask(world, by, service_accounts.close, request)
    if answer.is_done or answer.is_unsure:
        world.desk.programs.remove(entry)
    if answer.is_done:
        world.desk.ended_tokens.append(token)
    return answer.word


def _use(world: World, dice: Random, entry: tuple[Actor, str, int], person: str) -> str:
    """Use a token, also for what it was not given for; and those that were taken back."""
    for token in world.desk.ended_tokens:
        if resume(world, token) is not None:
            world.broken(ASKS_NO_MORE, "a token counts that was taken back")
    actor, token, until_us = entry
    now_us, holder = clock.now_us(), resume(world, token)
    if holder is None:
        if now_us < until_us - NEAR_US:
            world.broken(ASKS_NO_MORE, f"the token of {actor.account} is over too soon")
        return "over"
    if now_us > until_us + NEAR_US:
        world.broken(ASKS_NO_MORE, f"the token of {actor.account} counts behind its time")
    if holder != actor:
        world.broken(ASKS_NO_MORE, f"{actor} is seen as {holder}")
    asks: tuple[tuple[Action[Any, Any], object, str | None], ...] = (
        (caseload.in_charge, CaseRequest(person), person),
        (incident_review.list_incidents, IncidentsRequest(person), person),
        (enrolment_codes.list_devices, DevicesRequest(), None),
    )
    action, request, about = dice.choice(asks)
    return desk_steps.ask(world, holder, action, request, about).word


def resume(world: World, token: str) -> Actor | None:
    """Return the program whose token it is; None where it does not count."""
    with world.disk.watch():
        context = world.machine.context(PROGRAM)
        return service_accounts.resume(context.store, context.keyring, token, context.now)


def _webhooks(world: World, dice: Random) -> str:
    """Add a webhook, try it, or remove it; what is removed receives nothing more."""
    operator, hooks = world.people.operator, world.desk.hooks
    if not hooks or dice.random() < 0.4:
        events = tuple(dice.sample(list(WebhookEventType), 3))
        request = AddWebhook(address="https://hooks.example/other", events=events)
        wrong = AddWebhook(address="http://hooks.example", events=events)
        desk_steps.ask_in_vain(world, operator, webhooks.add, wrong, None, TOLD_NOTHING)
        answer = desk_steps.ask(world, operator, webhooks.add, request)
        if answer.is_done:
            hooks.append(answer.answer.webhook)
            world.people.webhooks[answer.answer.webhook] = answer.answer.secret, request
        return answer.word
    hook = dice.choice(hooks)
    trial = desk_steps.ask(world, operator, webhooks.try_webhook, WebhookRef(hook))
    if trial.is_done:
        look = DeliveriesRequest(hook, trial.answer.trial)
        desk_steps.ask(world, operator, webhooks.deliveries, look)
    if dice.random() < 0.4:
        return trial.word
    answer = desk_steps.ask(world, operator, webhooks.remove, WebhookRef(hook))
    if answer.is_done or answer.is_unsure:
        hooks.remove(hook)
    if answer.is_done:
        world.desk.removed_hooks[hook] = times_told(world, hook)
        shown = desk_steps.ask(world, operator, webhooks.list_webhooks, WebhooksRequest())
        if shown.is_done and hook in {one.webhook for one in shown.answer}:
            world.broken(TOLD_NOTHING, f"{hook} is listed, and was removed")
    return answer.word


def times_told(world: World, hook: str) -> int:
    """Return how often a webhook was sent anything."""
    return sum(times for name, times in world.receiver.events.items() if name.endswith(f":{hook}"))


# --- Devices that nobody carries -----------------------------------------------------------------


def spare_device(world: World, dice: Random, person: str) -> str:
    """Enter a device that nobody carries, introduce it, or retire it for ever."""
    desk = world.desk
    _try_late_codes(world)
    if desk.retired and dice.random() < 0.3:
        return _try_retired(world, dice, dice.choice(desk.retired))
    if desk.spare and dice.random() < 0.5:
        name = dice.choice(desk.spare)
        by = dice.choice((world.people.operator, world.people.supervisor))
        answer = desk_steps.ask(world, by, enrolment_codes.retire, DeviceRef(name))
        if answer.is_done or answer.is_unsure:
            desk.spare.remove(name)
        if answer.is_done:
            desk.retired.append(name)
        return answer.word
    if dice.random() < 0.4:
        return _record(world, dice, person)
    return _add(world, dice)


def _add(world: World, dice: Random) -> str:
    name, operator = f"R-{dice.randrange(1_000_000)}", world.people.operator
    word = desk_steps.ask(world, operator, enrolment_codes.add, DeviceRef(name)).word
    lies = narrow_limits.is_narrow(world.seed) and dice.random() < P_CODE_LIES
    request = IssueCode(name, 1) if lies else IssueCode(name)
    code = desk_steps.ask(world, operator, enrolment_codes.give_code, request)
    if not code.is_done:
        return word
    if lies:
        world.desk.codes[name] = code.answer.code, clock.now_us() + H
        return "a code lies"
    device = SimulatedDevice(name, "phone", dice.randbytes(SEED_BYTES), lambda: world.time.now_us)
    server = world.machine.made.signing.devices.key
    try:
        device.introduce(world.machine.post, code.answer.code, server)
        world.desk.spare.append(name)
    except (NotCarriedError, OffError):
        word = "not introduced"
    finally:
        device.close()
    world.recover()
    return word


def _try_late_codes(world: World) -> None:
    """Try to introduce devices by codes whose time is over."""
    server = world.machine.made.signing.devices.key
    over = [name for name, (_, until_us) in world.desk.codes.items() if _is_past(until_us)]
    for name in over:
        code, _ = world.desk.codes.pop(name)
        seed = Random(f"{world.seed} {name}").randbytes(SEED_BYTES)
        device = SimulatedDevice(name, "phone", seed, lambda: world.time.now_us)
        with suppress(NotCarriedError, OffError):
            device.introduce(world.machine.post, code, server)
            world.broken(RETIRED, f"{name} was introduced by a code whose time was over")
        device.close()
        world.recover()


def _is_past(until_us: int) -> bool:
    return clock.now_us() > until_us + NEAR_US


def _try_retired(world: World, dice: Random, name: str) -> str:
    """Try to have a retired device used again."""
    by = dice.choice((world.people.operator, world.people.supervisor))
    code = enrolment_codes.give_code
    word = desk_steps.ask_in_vain(world, by, code, IssueCode(name), None, RETIRED)
    shown = desk_steps.ask(world, by, enrolment_codes.show, DeviceRef(name))
    if shown.is_done and (not shown.answer.is_retired or shown.answer.is_free):
        world.broken(RETIRED, f"{name} is shown as one that can be given out")
    return word


def _record(world: World, dice: Random, person: str) -> str:
    """Record what was explained to a person, in a language that they read or by somebody."""
    now = clock.now()
    request = RecordEnrolment(
        order=world.life_of(person).order, decision="17/2026", decided_on=now.date(),
        language=dice.choice(("en", "kk", "uz")), interpreter=dice.random() < 0.5,
        explained=(EnrolmentTopic.DEVICE,), household_told=True,
        signature=SignatureOutcome.SIGNED, paper="file 3", explained_at=now,
    )  # fmt: skip
    actor = desk_steps.caseworker(world, dice, person)
    return desk_steps.ask(world, actor, enrolment_record.record, request, person).word
