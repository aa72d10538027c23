"""Phones kept: what was taken of phones that nobody signs for is kept, once, and is all of it."""

from collections import Counter
from collections.abc import Iterator

from mesure.actions.receiving import receive_apps
from mesure.evaluation.policy import DeviceClass
from mesure.incidents.device_problems import DeviceProblemKind
from mesure.instants import US_PER_S
from mesure.store.keyring import sealing
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn import swarm
from mesure_lab.whole.world import World


@invariant("taken_kept_once", "decision 0030")
def taken_kept_once(world: World) -> Iterator[str]:
    """Yield what a phone or the broker was told is kept, and is not, or is twice."""
    if world.machine.broken_by_message:
        yield f"{world.machine.broken_by_message} messages broke the listener of the broker"
    if world.network.broker.given_up:
        yield "a message of the broker was handed on, and is acknowledged to nobody"
    key = world.machine.made.keyring.programme_key(receive_apps.UNSIGNED)
    for phone in world.phones:
        if world.carrier(phone.name) in world.erased:
            continue
        rows = world.machine.rows("SELECT digest, share FROM message WHERE device = ?", phone.name)
        times_kept = Counter((digest, share) for digest, share in rows)
        digests = {digest for digest, _ in times_kept}
        for body in phone.accepted:
            if sealing.digest(key, body) not in digests:
                yield f"{phone.name}: {body[:60]!r} was taken, and is not kept"
        if any(times > 1 for times in times_kept.values()):
            yield f"{phone.name}: something is kept twice"
        if len(digests) > len(phone.said):
            yield f"{phone.name}: {len(digests)} are kept, and {len(phone.said)} were sent"


@invariant("calls_are_raised", "docs/specs/pilot_formats.md; changelog: calls for help")
def calls_are_raised(world: World) -> Iterator[str]:
    """Yield calls for help that were taken, and stand in no incident of the caller."""
    brief_s = swarm.DEFAULT.at(world.swarm.first_day, DeviceClass.PHONE).device_brief_s
    near_us = round(brief_s * US_PER_S)
    for phone in world.phones:
        person = world.life_of(world.carrier(phone.name))
        if person.name in world.erased:
            continue
        starts_us = [
            incident.start_us
            for incident in world.incidents_of(person.name)
            if incident.kind == DeviceProblemKind.HELP
        ]
        for body, at_us in phone.calls_us.items():
            is_carried = person.ended_us is None or at_us < person.ended_us
            is_near = any(abs(start_us - at_us) <= near_us for start_us in starts_us)
            if body in phone.accepted and is_carried and not is_near:
                yield f"{person.name} called at {at_us}, and {starts_us} are raised"
