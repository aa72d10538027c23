"""Notices sent: who was notified of what, in which order, and that nobody else was."""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

import httpx

from mesure.actions.cases.caseload import BarRequest
from mesure.actions.incidents import contests
from mesure.actions.notifications import notification_rules, webhooks
from mesure.actions.notifications.notification_rules import ESCALATION
from mesure.actions.notifications.notification_texts import OUTGOING, NotificationType
from mesure.actions.notifications.webhooks import WebhookEventType
from mesure.actions.orders.absences import AbsenceStage
from mesure.actions.orders.binding_order import ABSENCE
from mesure.actions.records.account_records import ACCOUNT
from mesure.actions.records.incident_records import CONTEST, REVIEW
from mesure.actions.records.record_types import RegisterReader
from mesure.incidents.finding import ReviewStage
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.privacy.roles import Role
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import StoredIncident
from mesure.store.values.outgoing import SendStatus
from mesure_lab.whole.checks.named_checks import invariant
from mesure_lab.whole.drawn.scenery import H
from mesure_lab.whole.world import World

SAYS_SENT: Final = {"mail", "no_longer"}
TRIES_MIN: Final = 8  # Before a letter is given up; with growing patience, up to six hours.
STEPS_MAX: Final = 12  # To how many people in turn it is brought what nobody opens.
NIGHT_US: Final = 12 * H  # No quiet hours last longer; programs are told by night, too.
CONTEST_STEPS: Final = {"made": 1, "answered": 2}
UNDO_US: Final = 600 * US_PER_S  # A finding can be taken back as a slip for this long.
SENT_WITH_TEXT: Final = "SELECT kind, key FROM outgoing WHERE is_done AND length(body) > 0"
PROGRAMS_TOLD: Final = (
    "SELECT min(due_us), max(due_us) FROM outgoing WHERE kind = 'webhook' AND key LIKE ?"
)
TO_PROGRAMS: Final = "SELECT key FROM outgoing WHERE kind = 'webhook' AND key LIKE ?"
OF_INCIDENTS: Final = (
    WebhookEventType.INCIDENT_OPENED,
    WebhookEventType.INCIDENT_CHANGED,
    WebhookEventType.INCIDENT_WITHDRAWN,
)
RETIRED_NEWS: Final = (NotificationType.YOUR_DEVICE_RETIRED, NotificationType.DEVICE_RETIRED)
OFFICE: Final = "@office.example"
OLD_S: Final = 300  # Receivers are to refuse what is older.
# What an event may say: never where anybody was, nor what anybody wrote.
DATA: Final = {"answer", "cause", "change", "condition", "contest", "due_at", "end_at", "found_at",
               "incident", "kind", "opened_at", "order", "outcome", "person", "revision",
               "start_at", "withdrawn_at"}  # fmt: skip


@invariant("told_once", "decision 0033")
def told_once(world: World) -> Iterator[str]:
    """Yield incidents of which the person or the officer was not notified, or more than once."""
    with world.read_undisturbed() as reading:
        for person in world.names:
            for incident in reading.incidents_of(person):
                yield from _of_incident(world, reading, incident)
    for name, times in world.mail.letters.items():
        if times - world.mail.unanswered[name] > 1 and not world.was_struck:
            yield f"letter {name} was sent {times} times"
    for kind, key in world.machine.rows(SENT_WITH_TEXT):
        yield f"the text of {kind} {key} is kept, though it was sent"


def _of_incident(world: World, reading: ReadTransaction, incident: StoredIncident) -> Iterator[str]:
    escalation = reading.send_status(ESCALATION, f"{incident.id}:1")
    if escalation is None:
        if incident.withdrawn_us is None:
            yield f"{incident.id}: nobody was told"
        return
    news = notification_rules.news_of(incident.kind)
    names = [f"{incident.id}:{news.value}"]
    if incident.withdrawn_us is not None:
        withdrawn = notification_rules.withdrawn_of(incident.kind)
        names.append(f"{incident.id}:{withdrawn.value}")
    [first_and_last] = world.machine.rows(PROGRAMS_TOLD, f"{incident.id}:%")
    for name, told_us in zip(names, first_and_last, strict=False):
        sent = reading.send_status(OUTGOING, name)
        yield from _letter_of(world, incident.person, sent, name)
        due_us = 0 if sent is None or sent.times else sent.outgoing.due_us
        if told_us and due_us > told_us + NIGHT_US and not world.upheavals.has_leapt:
            yield f"{name}: it waits for longer than a night"
    if not any(
        event.startswith(f"{webhooks.of_incident(incident.id, revision)}:")
        for revision in range(1, incident.revision + 1)
        for event in world.receiver.events
    ):
        yield f"{incident.id}: no program was told"


def _letter_of(world: World, person: str, sent: SendStatus | None, name: str) -> Iterator[str]:
    """Yield what is wrong with the letter to a person that tells something."""
    if sent is None:
        yield f"{name}: nothing was to be sent"
    elif sent.is_done and sent.said.startswith("given_up") and sent.times >= TRIES_MIN:
        return  # A mail server that fails seven times in ten may do so for days.
    elif not sent.is_done or sent.said not in SAYS_SENT:
        yield f"{name}: {sent}"
    elif sent.said == "mail" and not _letters(world, name, person) & world.mail.letters.keys():
        yield f"{name}: no letter came"


def _letter(name: str, address: str) -> str:
    """Return what a letter that notifies somebody of something is called."""
    key = sha256(f"{name}\n{address}".encode()).hexdigest()[:32]
    return f"<{key}@mesure.example>"


def _letters(world: World, name: str, person: str) -> set[str]:
    """Return what a letter that notifies a person is called, by each of their addresses.

    A letter is named after what it says and where it goes.
    """
    return {_letter(name, address) for address in world.addresses(person)}


@invariant("office_is_told", "decision 0033; docs/for_officers.md")
def office_is_told(world: World) -> Iterator[str]:
    """Yield incidents that no officer was notified of, or that were to go to another one."""
    at_office = {to for to, *_ in world.mail.texts if to.endswith(OFFICE)}
    statement = "SELECT kind, key, is_done, due_us, said, recipient FROM outgoing WHERE person = ?"
    officers = {one.account for one in world.people.officers}
    with world.read_undisturbed() as reading:
        rows = RegisterReader(reading, world.machine.made.keyring)
        for person in world.names:
            sent = {(kind, key): rest for kind, key, *rest in world.machine.rows(statement, person)}
            for incident in reading.incidents_of(person):
                if (ESCALATION, f"{incident.id}:1") not in sent:
                    continue  # It was withdrawn before anybody was notified.
                news = notification_rules.to_staff(incident.kind).value
                keys = [
                    key
                    for kind, key in sent
                    if kind == OUTGOING and key.startswith(incident.id) and key.endswith(f":{news}")
                ]
                if not keys:
                    yield f"{incident.id}: no officer was to be told"
                for key in keys:
                    is_done, due_us, outcome, _ = sent[OUTGOING, key]
                    letters = [world.mail.letters[_letter(key, address)] for address in at_office]
                    if not is_done and due_us <= world.time.now_us:
                        yield f"{key}: it is due, and did not go out"
                    elif is_done and outcome == "mail" and not any(letters):
                        yield f"{key}: no letter came"
                is_seen = contests.review_of(rows, incident.id).stage is not ReviewStage.OPENED
                waits = [
                    key for kind, key in sent if kind == ESCALATION and key.startswith(incident.id)
                ]
                since = max((key.rpartition(":")[0] for key in waits), key=len)  # It stands so.
                notified = {sent[OUTGOING, key][-1] for key in keys if key == f"{since}:{news}"}
                for key in waits:
                    is_done, due_us, outcome, _ = sent[ESCALATION, key]
                    if not is_done and due_us <= world.time.now_us:
                        yield f"{key}: it was to be brought to somebody"
                    step = int(key.rpartition(":")[2])
                    following = ESCALATION, f"{key.rpartition(':')[0]}:{step + 1}"
                    if outcome.startswith("brought") and step < STEPS_MAX and following not in sent:
                        yield f"{key}: it is brought to nobody after that"
                    if not key.startswith(since) or incident.withdrawn_us is not None:
                        continue
                    if outcome == "seen" and not is_seen:
                        yield f"{key}: nobody opened it, and it was brought to nobody"
                    if outcome in {f"brought to {one}" for one in notified & officers}:
                        yield f"{key}: it was {outcome}, who had been told"
                if incident.withdrawn_us is None:
                    steps = {int(key.rpartition(":")[2]): sent[ESCALATION, key] for key in waits
                             if key.startswith(since)}  # fmt: skip
                    yield from _repeats(world, rows, incident, notified, steps)


def _repeats(
    world: World,
    rows: RegisterReader,
    incident: StoredIncident,
    notified: set[str],
    steps: dict[int, list[Any]],
) -> Iterator[str]:
    """Yield to whom an incident was brought again, while a supervisor knew nothing of it.

    Nobody knows here who was let in to a case again, and when: of such a case nothing is said.
    """
    supervisors = [row for row in rows.all(ACCOUNT) if row.value.role is Role.SUPERVISOR]
    barred = {act.request.account for act in world.people.acts
              if isinstance(act.request, BarRequest) and act.person == incident.person}  # fmt: skip
    let_in_by = {grant.by for row in supervisors for grant in row.value.let_in}
    if barred & {*let_in_by, *(row.id for row in supervisors)}:
        return
    brought = set(notified)
    for step, (_, due_us, outcome, _) in sorted(steps.items()):
        to = outcome.removeprefix("brought to ")
        free = {row.id for row in supervisors if not row.value.closed_at
                and row.value.opened_at < to_datetime(due_us)}  # fmt: skip
        if to != outcome and to in brought and not free <= brought:
            yield f"{incident.id} was {outcome} again as step {step}, and {free - brought} not told"
        brought.add(to)


@invariant("what_was_decided_is_told", "decision 0033; docs/for_supervised_persons.md")
def what_was_decided_is_told(world: World) -> Iterator[str]:
    """Yield findings and answers of which the person is not notified, or too soon."""
    with world.read_undisturbed() as reading:
        rows = RegisterReader(reading, world.machine.made.keyring)
        for person in world.names:
            for review in rows.about(REVIEW, person):
                if review.value.finding is not None and review.value.found_at is not None:
                    found_us = to_us(review.value.found_at)
                    key = f"{review.id}:found:{found_us}:{NotificationType.YOUR_FINDING.value}"
                    sent = reading.send_status(OUTGOING, key)
                    if sent is None:
                        yield f"{key}: nothing was to be sent"
            yield from _told_though_taken_back(rows, reading, person)
            answers = [
                (f"{record.id}:answered:{to_us(at)}:{NotificationType.YOUR_CONTEST.value}")
                for record in rows.about(CONTEST, person)
                if (at := record.value.contest.answered_at) is not None
            ]
            answers += [
                f"{record.id}:made:{NotificationType.CONTEST.value}"  # To the officer.
                for record in rows.about(CONTEST, person)
            ]
            answers += [
                f"{record.id}:answered:{to_us(at)}:{record.value.stage}:{NotificationType.YOUR_ABSENCE.value}"
                for record in rows.about(ABSENCE, person)  # Those not taken back by themselves.
                if (at := record.value.answered_at) is not None
                and record.value.stage != AbsenceStage.WITHDRAWN
            ]
            answers += [
                f"{record.id}:asked:{NotificationType.ABSENCE.value}"  # To the officer.
                for record in rows.about(ABSENCE, person)
                if record.id in world.desk.waiting_absences
            ]
            for key in answers:
                if reading.send_status(OUTGOING, key) is None:
                    yield f"{key}: nothing was to be sent"
            for record in rows.about(CONTEST, person):
                opened, answered = (
                    world.machine.rows(TO_PROGRAMS, f"{record.id}:{step}:%")
                    for step in CONTEST_STEPS
                )
                if record.value.contest.answered_at is not None and opened and not answered:
                    yield f"{record.id} was answered, and no program was told"


@invariant("retired_is_told", "docs/for_officers.md; decision 0033")
def retired_is_told(world: World) -> Iterator[str]:
    """Yield devices that were retired, of which the person or the officer is not notified."""
    with world.read_undisturbed() as reading:
        for device, (person, retired_us) in world.upheavals.retired.items():
            for news in RETIRED_NEWS if person in world.names else ():
                key = f"{device}:{retired_us}:{news.value}"
                if reading.send_status(OUTGOING, key) is None:
                    yield f"{key}: nothing was to be sent"


def _told_though_taken_back(
    rows: RegisterReader, reading: ReadTransaction, person: str
) -> Iterator[str]:
    """Yield findings that were taken back within the time for that, and told nevertheless."""
    for review in rows.about(REVIEW, person):
        for former in review.value.former:
            found_at = former.confirmed_at or former.decided_at
            end = former.end
            if end is None or to_us(end.at) >= to_us(found_at) + UNDO_US or review.value.found_at:
                continue
            key = f"{review.id}:found:{to_us(found_at)}:{NotificationType.YOUR_FINDING.value}"
            sent = reading.send_status(OUTGOING, key)
            if sent is not None and sent.said == "mail":
                yield f"{key}: it was told, though it had been taken back"


@invariant("programs_hear_in_order", "decision 0033; docs/api.md")
def programs_hear_in_order(world: World) -> Iterator[str]:
    """Yield events of an incident or a contest that came after what happened later to it."""
    revisions: dict[tuple[str, str], int] = {}
    for event in world.receiver.events:  # In the order in which each came first.
        incident, _, rest = event.partition(":")
        revision, _, hook = rest.partition(":")
        number = CONTEST_STEPS.get(revision, int(revision) if revision.isdecimal() else 0)
        hook = hook.rpartition(":")[2]
        if not number or not hook:
            continue
        before = revisions.get((incident, hook), 0)
        if number < before:
            yield f"{event} came after revision {before}"
        revisions[incident, hook] = max(before, number)
    yield from _news_of_incidents(world)


def _news_of_incidents(world: World) -> Iterator[str]:
    """Yield events of an incident before it was raised, and withdrawals that a program lacks."""
    types: dict[tuple[str, str], list[str]] = {}
    for request, _ in world.receiver.requests:
        event, hook = json.loads(request.content), request.headers["webhook-id"].rpartition(":")[2]
        types.setdefault((event["subject"], hook), []).append(event["type"])
    opened, *others = (_type_of(event) for event in OF_INCIDENTS)
    rows = (row for one in world.names for row in world.incidents_of(one, withdrawn_too=True))
    gone = {row.id for row in rows if row.withdrawn_us is not None}
    first_hook, *_ = world.people.webhooks
    for (subject, hook), types_sent in types.items():
        if opened in types_sent[1:] and types_sent[0] != opened:
            yield f"{hook} was told of {subject} before it was raised: {types_sent}"
        states = [one for one in types_sent if one in {opened, *others}]
        is_wanted = hook in {first_hook, *world.desk.hooks} and (
            WebhookEventType.INCIDENT_WITHDRAWN in world.people.webhooks[hook][1].events
        )
        if subject in gone and is_wanted and states and states[-1] != others[-1]:
            yield f"{hook} was not told that {subject} is withdrawn: {types_sent}"


@invariant("programs_get_what_they_asked_for", "decision 0033; docs/api.md")
def programs_get_what_they_asked_for(world: World) -> Iterator[str]:
    """Yield events that a program did not ask for or cannot verify, or that say too much."""
    whose = {row.id: person for person in world.names
             for row in world.incidents_of(person, withdrawn_too=True)}  # fmt: skip
    for request, at_us in world.receiver.requests:
        name, event = request.headers["webhook-id"], json.loads(request.content)
        known = world.people.webhooks.get(name.rpartition(":")[2])
        if known is None:
            continue
        secret, wanted = known
        if event["type"] not in {webhooks.TRIAL_TYPE, *map(_type_of, wanted.events)}:
            yield f"{name} is {event['type']}, and {wanted.events} were asked for"
        if request.headers["host"] != httpx.URL(wanted.address).host:
            yield f"{name} went to {request.headers['host']}, and not to {wanted.address}"
        sent_s, key = request.headers["webhook-timestamp"], b64decode(secret.removeprefix("whsec_"))
        # Worked out here, or a fault in how the service signs would agree with itself.
        signed = hmac.new(key, f"{name}.{sent_s}.".encode() + request.content, sha256).digest()
        if request.headers["webhook-signature"] != f"v1,{b64encode(signed).decode()}":
            yield f"{name} is not signed by the secret of its webhook"
        is_old = abs(int(sent_s) - at_us // US_PER_S) > OLD_S
        if is_old and not world.upheavals.has_leapt:  # The machine's clock may be hours off then.
            yield f"{name} was sent at {sent_s}, and came {at_us}"
        person = whose.get(event["subject"], event["data"].get("person"))
        if event["data"].get("person") != person or set(event["data"]) - DATA:
            yield f"{name} says {event['data']}, and is about {person}"


def _type_of(event: str) -> str:
    return f"org.mesure.{event}.1"


@invariant("no_stranger_is_told", "decision 0033; Directive (EU) 2016/680, Article 29")
def no_stranger_is_told(world: World) -> Iterator[str]:
    """Yield letters to a person that tell of nothing of their own."""
    rows = world.machine.rows("SELECT key, person FROM outgoing WHERE kind = ?", OUTGOING)
    about = {name for key, person in rows if person for name in _letters(world, key, person)}
    persons = {address: one for one in world.names for address in world.addresses(one)}
    for to, name, _ in world.mail.texts:
        if to in persons and name not in about:
            yield f"{persons[to]} got the letter {name}, which is about nothing of theirs"


@invariant("letters_say_nothing", "decision 0033")
def letters_say_nothing(world: World) -> Iterator[str]:
    """Yield letters in which somebody is named, or that went to somebody nobody knows."""
    known = {address for one in world.persons for address in world.addresses(one.name)}
    for to, _, text in world.mail.texts:
        if to not in known and not to.endswith(OFFICE):
            yield f"a letter went to {to}"
        if "Somebody P-" in text:  # So everybody is called here.
            yield f"a letter to {to} names somebody"


SENT: Final = (
    told_once,
    office_is_told,
    what_was_decided_is_told,
    retired_is_told,
    programs_hear_in_order,
    programs_get_what_they_asked_for,
    no_stranger_is_told,
    letters_say_nothing,
)
