"""Letters in time: when a letter goes out, worked out here once more from what was decided.

What is urgent goes to a person at once, also at night; what can wait goes in the evening before the
quiet hours or in the morning after them, and in the morning that comes next.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

from mesure.actions.notifications.notification_texts import OUTGOING, NotificationType
from mesure.actions.orders import absences
from mesure.actions.orders.absences import RevokeAbsence
from mesure.instants import to_datetime, to_us
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn.scenery import M, S
from mesure_lab.whole.world import World

EVENING: Final = time(21)  # Of a programme that says nothing else, by UTC.
MORNING: Final = time(8)
UNDO_US: Final = 10 * M  # A finding is told when it can no longer be taken back as a slip.
NEAR_US: Final = M + 5 * S  # Staff are told a minute later; a clock may be set by seconds.
AT_ONCE: Final = {
    NotificationType.YOUR_POSSIBLE_BREACH,
    NotificationType.YOUR_SILENCE,
    NotificationType.YOUR_DEVICE,
    NotificationType.CALL_FOR_HELP,
}
CAN_WAIT: Final = {
    NotificationType.YOUR_FINDING,
    NotificationType.YOUR_CONTEST,
    NotificationType.YOUR_WITHDRAWN,
    NotificationType.YOUR_SILENCE_WITHDRAWN,
    NotificationType.CONTEST,
    NotificationType.ABSENCE,
}
NOT_PUT_OFF: Final = "SELECT key, due_us FROM outgoing WHERE kind = ? AND times = 0"


@invariant("letters_go_in_time", "decision 0033; docs/for_supervised_persons.md")
def letters_go_in_time(world: World) -> Iterator[str]:
    """Yield new letters that go out too late, or at night though they can wait, or too soon."""
    now_us, known_keys = world.time.shown_us, world.desk.letters_seen
    for key, due_us in world.machine.rows(NOT_PUT_OFF, OUTGOING):
        if key in known_keys:
            continue
        known_keys.add(key)
        news = key.rpartition(":")[2]
        if world.upheavals.has_leapt:
            continue
        if (news in AT_ONCE or _ends_early(world, key)) and due_us > now_us + NEAR_US:
            yield f"{key} is urgent, and waits until {to_datetime(due_us)}"
        elif news == NotificationType.YOUR_FINDING and due_us < int(key.split(":")[2]) + UNDO_US:
            yield f"{key} is told at {to_datetime(due_us)}, and can still be taken back"
        elif news in CAN_WAIT:
            if _morning_after(due_us) != due_us:
                yield f"{key} can wait, and is to go out at night, at {to_datetime(due_us)}"
            if due_us > _morning_after(now_us + UNDO_US + NEAR_US):
                yield f"{key} waits until {to_datetime(due_us)}, and it is {to_datetime(now_us)}"


def _ends_early(world: World, key: str) -> bool:
    """Tell whether a letter is about the end of an absence that somebody was allowed."""
    return any(
        act.action == absences.revoke.name
        and act.outcome == "done"
        and isinstance(act.request, RevokeAbsence)
        and key.startswith(f"{act.request.absence}:answered:")
        and abs(int(key.split(":")[2]) - act.at_us) <= NEAR_US
        for act in world.people.acts
    )


def _morning_after(at_us: int) -> int:
    """Return an instant, or the end of the quiet hours in which it lies."""
    at = to_datetime(at_us)
    if MORNING <= at.time() < EVENING:
        return at_us
    day = at.date() + timedelta(days=at.time() >= EVENING)
    return to_us(datetime.combine(day, MORNING, UTC))
