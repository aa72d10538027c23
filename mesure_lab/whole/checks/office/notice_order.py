"""Notice order: the person is notified before staff, and who is on call while nobody else is."""

from collections.abc import Iterator
from typing import Any, Final

from mesure.actions.cases.caseload import BarRequest
from mesure.actions.framework.case_access import WATCH, OnCallRecord
from mesure.actions.notifications import notification_rules
from mesure.actions.notifications.notification_texts import OUTGOING, NotificationType
from mesure.actions.records.record_types import Stored
from mesure.instants import to_datetime, to_us
from mesure.store.values.effects import StoredIncident
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.checks.office.letters_in_time import AT_ONCE
from mesure_lab.whole.drawn.scenery import M
from mesure_lab.whole.world import World

SENT: Final = (
    "SELECT key, CASE WHEN times = 0 THEN due_us END, recipient FROM outgoing "
    "WHERE kind = ? AND key LIKE ?"
)
OPENS: Final = 9  # By UTC, as the office of a programme that says nothing else.
CLOSES: Final = 17
WEEKEND: Final = 5
Letters = dict[str, tuple[int | None, str]]
"""When each was to go out, unless it was tried again since, and to whom, by its key."""


@invariant("person_is_told_first", "decision 0033")
def person_is_told_first(world: World) -> Iterator[str]:
    """Yield incidents of which staff were notified less than a minute after the person."""
    for incident in _incidents(world):
        news = notification_rules.news_of(incident.kind)
        to_staff = notification_rules.to_staff(incident.kind)
        letters = _letters(world, incident)
        if news not in AT_ONCE or to_staff is NotificationType.CALL_FOR_HELP:
            continue
        own_us, _ = letters.get(f"{incident.id}:{news.value}", (None, ""))
        for key in _keys_of_staff(incident, letters):
            due_us, _ = letters[key]
            if own_us is not None and due_us is not None and due_us < own_us + M:
                yield f"{key} is due {due_us}, and the person is told {own_us}"


@invariant("on_call_is_told", "decision 0052; docs/for_officers.md")
def on_call_is_told(world: World) -> Iterator[str]:
    """Yield incidents while the office was closed that were kept from who was on call."""
    if world.upheavals.has_leapt:
        return
    with world.read_register() as rows:
        watches = [*rows.all(WATCH)]
    barred = {(act.person, act.request.account) for act in world.people.acts
              if isinstance(act.request, BarRequest)}  # fmt: skip
    for incident in _incidents(world):
        letters = _letters(world, incident)
        news = notification_rules.news_of(incident.kind).value
        at_us, _ = letters.get(f"{incident.id}:{news}", (None, ""))
        if at_us is None or _is_open(at_us):
            continue
        to = {letters[key][1] for key in _keys_of_staff(incident, letters)}
        for watch in watches:
            account = watch.value.by
            is_shut_out = (incident.person, account) in barred  # Perhaps let in again since.
            if to and _holds(watch, at_us) and account not in to and not is_shut_out:
                yield f"{incident.id}: {to} are told at {to_datetime(at_us)}, and not {account}"


def _incidents(world: World) -> Iterator[StoredIncident]:
    for person in set(world.names) - world.people.unsure:
        yield from world.incidents_of(person, withdrawn_too=True)


def _letters(world: World, incident: StoredIncident) -> Letters:
    """Return the letters about an incident as it was raised first, as they were to go out."""
    rows: list[tuple[Any, ...]] = world.machine.rows(SENT, OUTGOING, f"{incident.id}:%")
    return {key: (due_us, to) for key, due_us, to in rows}


def _keys_of_staff(incident: StoredIncident, letters: Letters) -> set[str]:
    """Return which letters tell staff that an incident was raised."""
    news, own = notification_rules.to_staff(incident.kind).value, f"{incident.id}:"
    return {key for key, (_, to) in letters.items() if key in {f"{own}{news}", f"{own}{to}:{news}"}}


def _holds(watch: Stored[OnCallRecord], at_us: int) -> bool:
    """Tell whether somebody was surely on call: it was entered before, and nothing changed it."""
    value = watch.value
    is_entered = watch.revision == 1 and to_us(watch.changed_at) < at_us - M
    return is_entered and to_us(value.start_at) < at_us - M and at_us + M < to_us(value.until_at)


def _is_open(at_us: int) -> bool:
    at = to_datetime(at_us)
    return at.weekday() < WEEKEND and OPENS <= at.hour < CLOSES


IN_ORDER: Final = (person_is_told_first, on_call_is_told)
