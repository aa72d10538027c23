"""Incidents of every kind, made up by a seed, kept by the judge's way, decided by real actions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import nan
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from mesure.actions.accounts.sessions import SESSION, SessionRecord
from mesure.actions.bundles import bundle_contents
from mesure.actions.cases import caseload
from mesure.actions.cases.caseload import SetCover
from mesure.actions.devices import assignments
from mesure.actions.devices.assignments import AssignDevice
from mesure.actions.framework.context import Actor, Context
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.records import incident_body, tokens
from mesure.evaluation.breakdown.evidence_breakdown import NONE, EvidenceBreakdown, Term, TermSource
from mesure.formats.stored.stored_messages import ROW_BITS
from mesure.formats.stored.trail_fix import TrailFix, TrailMessage
from mesure.incidents import device_problems
from mesure.incidents.device_problems import DeviceNotice
from mesure.incidents.incident import Incident, IncidentFacts, IncidentKind
from mesure.incidents.words import health_words
from mesure.incidents.words.reader import Reader
from mesure.instants import to_us
from mesure.live import device_notices
from mesure.machine import texts
from mesure.orders.values.span import Span
from mesure.record import incident_words
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import JudgingProgress, JudgingResult, StoredIncident
from mesure.store.values.partitions import partition_of
from mesure.store.values.records import Device
from tests.actions.fake_readers import FakeReader
from tests.actions.house import Office
from tests.web.deciding import decide
from tests.web.filled import DEVICE, HOME, ORDER_ID, PERSON, TOKENS, Filled
from tests.web.incident_records import Record, instant

ALMATY: Final = ZoneInfo("Asia/Almaty")
DAY: Final = timedelta(days=1)
LATER: Final = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
OTHER_DEVICE: Final = "phone-3"
REASONS: Final = ("stale", "duplicate", "future", "out_of_range", "heartbeat")
PLACES: Final = {
    IncidentKind.ABSENT: ("C1", "curfew", "home"),
    IncidentKind.LEFT: ("C2", "residence", "district"),
    IncidentKind.ENTERED: ("C3", "exclusion", "stadium"),
    IncidentKind.MISSED: ("C4", "appointment", "office"),
}
Values = dict[str, Any]


# --- Making up -----------------------------------------------------------------------------------


def incident(kind: IncidentKind, number: int) -> Incident:
    """Return an incident of a kind; the same number is the same incident."""
    dice = Random(f"{kind}/{number}")
    of = dice.choice(list(PLACES)) if kind is IncidentKind.SILENT else kind
    condition, duty, place = PLACES[of]
    window = _window(of, dice)
    start, end = _within(window, dice)
    is_open = dice.random() < 0.25
    used = dice.choice([0, 1, 2, 5, 21, 35, 140])
    wrong = dice.randint(0, used)
    first = 2 + 10 * (number * len(IncidentKind) + list(IncidentKind).index(kind))
    evidence = tuple(((first + n) << ROW_BITS) + n for n in range(dice.randint(0, 3)))
    opened_at = start + timedelta(minutes=dice.randint(1, 400))
    facts = IncidentFacts(
        duty=duty,
        place=place,
        window=window,
        fixes_used=used,
        fixes_on_wrong_side=wrong,
        fixes_unused=tuple((one, dice.randint(1, 30)) for one in dice.sample(REASONS, 2)),
        distance_max_m=dice.choice([0.0, 0.4, 7.0, 19.6, 143.0, 940.0, 12_400.0]),
        radius95_median_m=dice.choice([nan, 6.0, 18.4, 250.0]),
        independent_s=dice.choice([0.0, 75.0, 1_300.0, 19_200.0]),
        moving=dice.random() < 0.5,
        beacon_lost=dice.random() < 0.5,
        silence_s=dice.choice([1_800.0, 14_400.0, 16_200.0]),
        present_s=dice.choice([0.0, 250.0, 3_700.0]),
        present_s_min=600.0,
        absences=tuple(f"A{n}" for n in range(1, dice.randint(1, 6))),
        unsigned=dice.random() < 0.5,
    )
    chance, is_silent = dice.choice([0.004, 0.5, 0.87, 0.97, 0.998]), kind is IncidentKind.SILENT
    breakdown = NONE if is_silent else _account(start, dice)
    times = opened_at, start, None if is_open else end
    rows, name = () if is_silent else evidence, f"I{kind.value}{number}"
    return Incident(name, condition, kind, *times, chance, rows, facts, breakdown)


def _window(of: IncidentKind, dice: Random) -> Span:
    day = datetime(2026, 2, dice.randint(1, 27), tzinfo=ALMATY)
    absent, entered, missed = IncidentKind.ABSENT, IncidentKind.ENTERED, IncidentKind.MISSED
    hours = {absent: (22, 30), entered: (18, 24), missed: (10, 10.5)}
    if of is IncidentKind.LEFT:
        first = datetime(2026, 1, 5, tzinfo=ALMATY)
        return Span(first.astimezone(UTC), first.replace(year=2027).astimezone(UTC))
    first_h, last_h = hours[of]
    begins = (day + timedelta(hours=first_h)).astimezone(UTC)
    return Span(begins, begins + timedelta(hours=last_h - first_h))


def _within(window: Span, dice: Random) -> tuple[datetime, datetime]:
    """Return part of a window, in whole minutes; some end with it."""
    minutes = min((window.end - window.start) // timedelta(minutes=1), 60 * 24 * 40)
    carried = 60 * 24 * 26 if minutes > 60 * 24 else 0  # The devices are not carried before.
    first = dice.randint(carried, minutes - 2)
    start = window.start + timedelta(minutes=first)
    last = dice.choice([minutes, dice.randint(first + 1, minutes)])
    return start, min(window.start + timedelta(minutes=last), window.end)


def _account(start: datetime, dice: Random) -> EvidenceBreakdown:
    wrong = dice.randint(1, 30)
    terms = (
        Term(TermSource.START, -dice.uniform(0.8, 7.0), 0),
        Term(TermSource.POSITIONS, dice.uniform(3.0, 12.0), wrong),
        *([Term(TermSource.WAY_PATH, dice.uniform(2.0, 9.0), 1)] if dice.random() < 0.5 else []),
        *([Term(TermSource.LIMITS, -dice.uniform(0.2, 3.0), 1)] if dice.random() < 0.5 else []),
    )
    span_us, pieces = (to_us(start),) * 2, dice.uniform(1.0, 25.0)
    return EvidenceBreakdown(0, 1, 2, span_us, terms, wrong, pieces, ())


def notice(kind: device_problems.DeviceProblemKind, number: int) -> DeviceNotice:
    """Return something that a device said of itself."""
    dice = Random(f"{kind}/{number}")
    start = datetime(2026, 2, dice.randint(1, 27), dice.randint(0, 23), 7, tzinfo=UTC)
    start_us, lasts_us = to_us(start), dice.randint(1, 4_000) * 60_000_000
    opened_us = start_us + 120_000_000
    name = f"I{kind.value}{number}"
    if dice.random() < 0.4:
        count = dice.choice([1, 2, 5, 21])
        on = start.astimezone(ALMATY).date()
        ended_us = start_us + lasts_us
        return DeviceNotice(
            name, DEVICE, kind, opened_us, start_us, ended_us, count, 30_000_000, on
        )
    end_us = None if dice.random() < 0.4 else start_us + lasts_us
    return DeviceNotice(name, DEVICE, kind, opened_us, start_us, end_us, 1, lasts_us)


# --- Keeping and deciding ------------------------------------------------------------------------


@dataclass
class DecidedOffice:
    """An office, who is there, and the record of each incident."""

    office: Office
    there: Filled
    records: list[Record]

    def trail(self, _pieces: Sequence[TrailMessage]) -> Iterator[TrailFix]:
        """Yield a fix for each row that any incident rests on."""
        incidents = [one.incident for one in self.records if one.incident is not None]
        for at, row in sorted((one.start, row) for one in incidents for row in one.evidence):
            device = device_of(row)
            yield TrailFix(device, at, at, *HOME, 9.0, "gnss", True, None, row=row)

    def context(self, actor: Actor, request: str, address: str) -> Context:
        """Return the context in which a page is opened."""
        base_context = self.office.context(actor, address)
        return replace(base_context, request=request, reader=FakeReader(self.trail))

    def collect_files(self, record: Record) -> dict[str, bytes]:
        """Return what is collected of an incident for a court, with what its devices sent."""
        request = IncidentRequest(incident=record.id)
        contents = self.office.do(self.there.person, bundle_contents.make, request)
        lines = [
            {
                "sequence": row >> ROW_BITS, "device": device_of(row), "counter": 1,
                "form": "signed", "received_us": 0, "digest": "", "body": "",
            }
            for row in (record.incident.evidence if record.incident else ())
        ]  # fmt: skip
        messages = b"".join(msgspec.json.encode(one) + b"\n" for one in lines)
        return {**contents.files, "messages.jsonl": messages}


def device_of(row: int) -> str:
    """Return which device sent a row."""
    return OTHER_DEVICE if row & 1 else DEVICE


def tell(office: Office, there: Filled, each: int) -> DecidedOffice:
    """Keep a number of incidents of each kind, and have people decide and speak about them."""
    records = [Record(one.id, incident=one) for one in incidents(each)]
    notices = [notice(kind, 0) for kind in device_problems.DeviceProblemKind]
    records += [Record(one.id, notice=one) for one in notices]
    for number, record in enumerate(records):
        if record.incident is not None:
            record.devices = tuple(sorted({device_of(row) for row in record.incident.evidence}))
            if number % 7 == 5:
                record.withdrawn_at = LATER - timedelta(days=3, minutes=number)
                record.incident = record.incident.withdraw(record.withdrawn_at)
        else:
            record.devices = (DEVICE,)
    _another_device(office, there)
    keep(office, records)
    office.now = LATER
    cover = SetCover(
        there.officer.account, there.second.account, LATER - timedelta(hours=1), LATER + 9 * DAY
    )
    office.do(there.officer, caseload.cover, cover)
    for number, record in enumerate(records):
        decide(office, there, record, number)
    office.later(days=2)
    for name, token in TOKENS.items():
        session = SessionRecord(getattr(there, name).account, office.now, office.now)
        hashed = tokens.hash_secret(f"late-{token}")
        office.write(
            lambda rows, _, session=session, hashed=hashed: rows.add(SESSION, hashed, session)
        )
    return DecidedOffice(office, there, records)


def _another_device(office: Office, there: Filled) -> None:
    office.now = LATER - 49 * DAY
    office.store.write(lambda work: work.add_device(Device(OTHER_DEVICE, office.now, "test")))
    office.do(there.officer, assignments.give, AssignDevice(OTHER_DEVICE, PERSON, ORDER_ID))


def incidents(each: int) -> Iterator[Incident]:
    """Yield a number of incidents of each kind."""
    for number in range(each):
        for kind in IncidentKind:
            yield incident(kind, number)


def keep(office: Office, records: Sequence[Record]) -> None:
    """Keep incidents as the judge keeps them, beside what was assessed before."""
    stored_incidents = tuple(_kept(office, one) for one in records)

    def judge(work: WriteTransaction) -> None:
        judged = JudgingProgress(PERSON, to_us(office.now), 0, "policy", "engine", unsigned=False)
        owner = work.claim({partition_of(PERSON)}, "telling")
        work.judge([JudgingResult(judged, to_us(office.now), (), (), stored_incidents)], owner)

    office.store.write(judge)


def _kept(office: Office, record: Record) -> StoredIncident:
    incident, notice_ = record.incident, record.notice
    about: tuple[str, str, datetime, float | None]
    if incident is not None:
        plain = incident_words.encode_body(incident, (0, 1), ALMATY)
        about = (
            incident.condition,
            incident.kind.value,
            incident.opened_at,
            incident.p_outside_max,
        )
    else:
        assert notice_ is not None
        explanations = {
            tag: health_words.explain(notice_, ALMATY, texts.catalogue(tag), Reader.PERSON)
            for tag in texts.LANGUAGES
        }
        plain = msgspec.json.encode(
            device_notices.NoticeBody(explanation=explanations, notice=notice_)
        )
        opened_at = instant(notice_.opened_us)
        about = (device_problems.CONDITION, notice_.kind.value, opened_at, None)
    condition, kind, opened_at, chance = about
    body = incident_body.seal(office.keyring, PERSON, record.id, 1, plain, office.chance)
    return StoredIncident(
        record.id, PERSON, ORDER_ID, condition, kind, to_us(opened_at), to_us(record.start),
        None if record.end is None else to_us(record.end), chance,
        None if record.withdrawn_at is None else to_us(record.withdrawn_at), body, 1,
    )  # fmt: skip


def record_of(all_told: DecidedOffice, name: str) -> Record:
    """Return a record by its id."""
    return next(one for one in all_told.records if one.id == name)
