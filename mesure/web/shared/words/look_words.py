"""Look words: who looked at a record or changed it, the same for every reader.

What was done is said of the record, not of its reader, so that nobody without an order reads of
"your" order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Final

from mesure.actions.trails.trail_access import LookView
from mesure.privacy.roles import Role
from mesure.web.shared.words.page_texts import PageTexts

ONE_VISIT: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LookRow:
    """A line of the list of looks."""

    at: datetime
    who: str
    what: str
    why: str


def lines(looks: Iterable[LookView], catalogue: PageTexts) -> list[LookRow]:
    """Return looks as lines, the latest first as they come; those of one visit are one line."""
    # Few words come again and again on a page; each is looked for among all of them.
    called = cache(partial(role, catalogue=catalogue))
    describe = cache(partial(what, texts=catalogue))
    rows = (
        _line(one, called(one.role), describe(one.action, one.facts.get("stage", "")), catalogue)
        for one in looks
    )
    return _together(rows, str(catalogue.text("; ")))


def _together(all_lines: Iterable[LookRow], between: str) -> list[LookRow]:
    """Return lines of one visit as one: what the same somebody looked at in the same minutes."""
    visits: list[LookRow] = []
    for line in all_lines:
        before = visits[-1] if visits else None
        is_same = before and (before.who, before.why) == (line.who, line.why)
        if before and is_same and before.at - line.at <= ONE_VISIT:
            parts = dict.fromkeys([*before.what.split(between), line.what])
            visits[-1] = replace(before, what=between.join(parts))
        else:
            visits.append(line)
    return visits


def _line(look: LookView, called: str, words: str, catalogue: PageTexts) -> LookRow:
    if look.refused is not None:
        words = catalogue.text("wanted to do this and was refused: {what}", what=words)
    why = "" if look.purpose is None else look.purpose.in_words(catalogue.catalogue)
    return LookRow(look.at, f"{look.by_name}, {called}" if look.by_name else called, words, why)


def role(account_role: Role, catalogue: PageTexts) -> str:
    """Return what a role is called."""
    return {
        Role.OFFICER: catalogue.text("officer"),
        Role.SUPERVISOR: catalogue.text("supervisor"),
        Role.OPERATOR: catalogue.text("operator of the service"),
        Role.INSPECTOR: catalogue.text("inspector from outside"),
        Role.PERSON: catalogue.text("the person"),
        Role.COUNSEL: catalogue.text("counsel"),
        Role.SERVICE: catalogue.text("another program"),
        Role.PROGRAM: catalogue.text("the service itself"),
        Role.VISITOR: catalogue.text("somebody who had not signed in"),
    }[account_role]


def what(action: str, stage: str = "", *, texts: PageTexts) -> str:
    """Return what was done, and to which end an absence came; exactly, where there are words."""
    rooms = _rooms(texts)
    looks = {**_looks(texts), **_looks_at_the_desk(texts)}
    exact = {**looks, **_deeds(texts), **_of_the_service(texts)}
    return (
        exact.get(f"{action} {stage}")
        or exact.get(action)
        or rooms.get(action.partition(".")[0])
        or action
    )


def _looks(catalogue: PageTexts) -> Mapping[str, str]:
    return {
        "looks.trail": catalogue.text("saw a part of the trail"),
        "looks.trail_file": catalogue.text("took a part of the trail away as a file"),
        "looks.list": catalogue.text("read the list of who looked"),
        "incidents.show": catalogue.text(
            "opened a possible breach, a silence or an event of the device"
        ),
        "incidents.list": catalogue.text("read the list of possible breaches and silences"),
        "incidents.follow": catalogue.text(
            "read which possible breaches and silences are new or changed"
        ),
        "contests.show": catalogue.text("read what the person’s side wrote"),
        "contests.document": catalogue.text("opened an attached document"),
        "persons.show": catalogue.text("opened the record"),
        "orders.binding": catalogue.text("read the order"),
        "orders.show": catalogue.text("read the order"),
        "orders.paper": catalogue.text("opened the court’s paper"),
        "orders.papers": catalogue.text("read which papers of the court there are"),
        "orders.drafts": catalogue.text("read which orders are being drafted"),
        "orders.show_draft": catalogue.text("read the draft of an order"),
        "orders.pending": catalogue.text("read which orders wait"),
        "orders.second_officers": catalogue.text("read who may confirm the order"),
        "orders.waiting": catalogue.text("read which orders wait"),
        "assessments.list": catalogue.text("read how the conditions were judged"),
        "assignments.list": catalogue.text("read which devices were carried"),
        "devices.carried_health": catalogue.text("read how the device is"),
        "absences.list": catalogue.text("read the absences"),
        "absences.show": catalogue.text("read an absence"),
        "today.list": catalogue.text("read the list of what waits"),
        "views.list": catalogue.text("read their own saved views"),
        "views.save": catalogue.text("saved a view of the list of people"),
        "views.remove": catalogue.text("removed a saved view"),
        "today.officers": catalogue.text("counted what waits with each officer"),
        "caseload.overview": catalogue.text("read the list of people, with devices and what waits"),
        "caseload.next_edges": catalogue.text("read when the next set hours begin or end"),
        "today.absences": catalogue.text("read the list of absences"),
        "caseload.list": catalogue.text("read the list of their cases"),
        "caseload.nobodys": catalogue.text("read which cases have no officer"),
        "caseload.in_charge": catalogue.text("read who is in charge"),
        "caseload.covers": catalogue.text("read who is in charge"),
        "caseload.barred": catalogue.text("read who may not see the case"),
        "cards.show": catalogue.text("read when the card was printed"),
        "contacts.person_trial": catalogue.text("read what became of a test message"),
        "counsel.list": catalogue.text("read who was invited as counsel"),
        "enrolment.list": catalogue.text("read how the device was given out"),
        "grounds.list": catalogue.text("read the grounds to see the trail"),
        "kept.list": catalogue.text("read what is kept, and until when"),
        "kept.everything": catalogue.text("downloaded everything that is kept"),
        "notes.list": catalogue.text("read the notes, calls and visits"),
        "outside.list": catalogue.text("read the requests from outside"),
        "outside.register": catalogue.text("read all requests from outside of a month"),
        "outside.sample": catalogue.text("read which requests from outside are looked at again"),
    }


def _deeds(catalogue: PageTexts) -> Mapping[str, str]:
    return {
        "incidents.find": catalogue.text("made a finding, or proposed one"),
        "incidents.answer_brief": catalogue.text(
            "answered a silence that soon ended, or an event of the device, together with others"
        ),
        "incidents.confirm": catalogue.text("confirmed a finding"),
        "incidents.turn_down": catalogue.text("turned down a finding"),
        "incidents.take_back": catalogue.text(
            "took back a finding, or an answer given with others"
        ),
        "absences.ask": catalogue.text("asked for an absence"),
        "absences.notify_departure": catalogue.text("gave notice of an absence"),
        "absences.declare_emergency": catalogue.text("reported an emergency"),
        "absences.withdraw": catalogue.text("took back a request for an absence"),
        "absences.give": catalogue.text("allowed an absence without a request"),
        "absences.answer granted": catalogue.text("allowed an absence"),
        "absences.answer refused": catalogue.text("refused an absence"),
        "absences.answer": catalogue.text("allowed or refused an absence"),
        "absences.revoke": catalogue.text("ended an absence that was allowed"),
        "contests.say": catalogue.text("wrote what happened"),
        "contests.attach": catalogue.text("attached a document"),
        "contests.take_back_document": catalogue.text("took a document back"),
        "contests.make": catalogue.text("contested a possible breach, a silence or a finding"),
        "contests.withdraw": catalogue.text("took a contest back"),
        "incidents.decide_again": catalogue.text("decided a contested finding again"),
        "orders.enter": catalogue.text("entered the order"),
        "orders.enter_draft": catalogue.text("entered the order"),
        "orders.attach_paper": catalogue.text("attached the court’s paper"),
        "orders.attach_draft_paper": catalogue.text("attached the court’s paper"),
        "orders.take_back_paper": catalogue.text("took a paper of the court back"),
        "orders.confirm": catalogue.text("confirmed the order"),
        "orders.suspend": catalogue.text("suspended the order for a time"),
        "orders.end": catalogue.text("ended the order early"),
        "orders.change_end": catalogue.text("changed the early end of the order or took it back"),
        "handovers.write": catalogue.text("wrote a hand-over note"),
        "handovers.correct": catalogue.text("corrected a hand-over note"),
        "handovers.take_back": catalogue.text("took a hand-over note back"),
        "handovers.confirm": catalogue.text("confirmed that they read a hand-over note"),
        "handovers.unconfirm": catalogue.text("took back that they read a hand-over note"),
        "notes.write": catalogue.text("wrote down a note, a call or a visit"),
        "notes.correct": catalogue.text("corrected a note"),
        "notes.take_back": catalogue.text("took a note back"),
        "outside.record": catalogue.text("wrote down a request from outside"),
        "outside.answer": catalogue.text("answered a request from outside"),
        "outside.review": catalogue.text("looked again at a request from outside"),
        "devices.retire": catalogue.text("took the device out of use"),
        "devices.add": catalogue.text("entered a device"),
        "devices.change_pilot": catalogue.text("changed how a phone reports"),
        "devices.enrol_pilot": catalogue.text("let a phone report"),
        "devices.give_code": catalogue.text("gave a code by which a device enrols"),
        "persons.enter": catalogue.text("entered a person"),
        "caseload.bar": catalogue.text("barred somebody from the case"),
        "caseload.unbar": catalogue.text("asked to let somebody see the case again"),
        "caseload.confirm_unbar": catalogue.text("let somebody see the case again"),
        "contacts.try_person": catalogue.text("sent a test message"),
        "requests.refused": catalogue.text("asked for a page, or sent a form"),
    }


def _looks_at_the_desk(catalogue: PageTexts) -> Mapping[str, str]:
    return {
        "today.overdue_count": catalogue.text("counted what was left after its deadline"),
        "today.overdue": catalogue.text("read what was left after its deadline"),
        "handovers.list": catalogue.text("read the hand-over notes"),
        "handovers.facts": catalogue.text("read the facts for a hand-over note"),
        "handovers.unconfirmed": catalogue.text("read which hand-over notes nobody confirmed"),
        "devices.messages": catalogue.text("read the messages of the device"),
        "devices.list": catalogue.text("read the list of devices"),
        "devices.show": catalogue.text("read about a device"),
    }


def _of_the_service(catalogue: PageTexts) -> Mapping[str, str]:
    """Return what is about no person's record: accounts, lists of venues, the log, the service."""
    return {
        "accounts.list": catalogue.text("read the list of accounts"),
        "accounts.open": catalogue.text("opened an account"),
        "accounts.open_first": catalogue.text("opened the first account"),
        "accounts.reset": catalogue.text("gave an account a new link"),
        "accounts.let_in": catalogue.text("let somebody in"),
        "accounts.close": catalogue.text("closed an account"),
        "accounts.begin_setup": catalogue.text("began to set up an account"),
        "accounts.finish_setup": catalogue.text("set up an account"),
        "accounts.set_language": catalogue.text("chose a language"),
        "colleagues.list": catalogue.text("read the list of colleagues"),
        "sign_in.by_password": catalogue.text("signed in with a password"),
        "sign_in.by_card": catalogue.text("signed in with a card"),
        "sign_in.by_directory": catalogue.text("signed in through the directory"),
        "sign_in.by_passkey": catalogue.text("signed in with a passkey"),
        "sign_in.out": catalogue.text("signed out"),
        "sign_in.out_everywhere": catalogue.text("signed out everywhere"),
        "sign_in.change_password": catalogue.text("changed a password"),
        "sign_in.forget_failures": catalogue.text("ended a wait before signing in"),
        "passkeys.list": catalogue.text("read their own passkeys"),
        "passkeys.begin": catalogue.text("began to add a passkey"),
        "passkeys.add": catalogue.text("added a passkey"),
        "passkeys.remove": catalogue.text("removed a passkey"),
        "services.list": catalogue.text("read which other programs have access"),
        "services.open": catalogue.text("gave another program access"),
        "services.close": catalogue.text("ended the access of another program"),
        "webhooks.list": catalogue.text("read which programs are told of changes"),
        "webhooks.add": catalogue.text("had a program told of changes"),
        "webhooks.try": catalogue.text("sent a test event to a program"),
        "webhooks.deliveries": catalogue.text("read which programs are told of changes"),
        "accounts.rename": catalogue.text("said what an account is called"),
        "office.first_week": catalogue.text("read how far the office is set up"),
        "office.record_drill": catalogue.text("entered that a backup was tried"),
        "webhooks.remove": catalogue.text("stopped telling a program of changes"),
        "statistics.show": catalogue.text("read the statistics"),
        "statistics.count": catalogue.text("counted the statistics"),
        "policies.enter": catalogue.text("entered the policy"),
        "venues.lists": catalogue.text("read the lists of venues"),
        "venues.show": catalogue.text("read a list of venues"),
        "venues.points": catalogue.text("read a list of venues"),
        "venues.file": catalogue.text("took a list of venues away as a file"),
        "venues.import": catalogue.text("brought in a list of venues"),
        "venues.import_extract": catalogue.text("brought in a list of venues"),
        "venues.decide": catalogue.text("decided about a venue"),
        "venues.approve": catalogue.text("approved a list of venues"),
        "audit_log.lines": catalogue.text("read the audit log"),
        "audit_log.checkpoint": catalogue.text("read the newest checkpoint of the log"),
        "audit_log.inclusion": catalogue.text("read a proof of the log"),
        "audit_log.consistency": catalogue.text("read a proof of the log"),
        "audit_log.record": catalogue.text("read the record behind an entry of the log"),
        "inspection.search": catalogue.text("searched the record of what was done"),
        "inspection.looks": catalogue.text("searched the record of what was done"),
        "judging.not_judged": catalogue.text("read who cannot be judged at present"),
        "programme.export": catalogue.text("exported the programme"),
        "programme.import": catalogue.text("imported the programme"),
    }


def _rooms(catalogue: PageTexts) -> Mapping[str, str]:
    return {
        "answers": catalogue.text("deleted answers kept for repeated requests"),
        "erasure": catalogue.text("erased what was due"),
        "assignments": catalogue.text("worked on the device"),
        "bundle": catalogue.text("worked on the evidence as one file"),
        "cards": catalogue.text("printed a card to sign in"),
        "caseload": catalogue.text("decided who is in charge"),
        "contacts": catalogue.text("sent a test message"),
        "counsel": catalogue.text("worked on the invitation of counsel"),
        "devices": catalogue.text("worked on the device"),
        "enrolment": catalogue.text("recorded how the device was given out"),
        "grounds": catalogue.text("worked on a ground to see the trail"),
        "incidents": catalogue.text("worked on a possible breach or a silence"),
        "notify": catalogue.text("passed on what has changed"),
        "orders": catalogue.text("worked on the order"),
        "persons": catalogue.text("worked on name, language or contact"),
    }
