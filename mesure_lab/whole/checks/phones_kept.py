"""Phones kept: what was taken of phones that nobody signs for is kept, once, and is all of it."""

from collections import Counter
from collections.abc import Iterator

from mesure.actions.receiving import receive_apps
from mesure.store.keyring import sealing
from mesure_lab.whole.checks.named_checks import invariant
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
