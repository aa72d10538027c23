"""Silences in a filled office: of one person under several conditions, and of others."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from mesure.actions.records import incident_body
from mesure.instants import to_us
from mesure.record import incident_words
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import JudgingProgress, JudgingResult, StoredIncident
from mesure.store.values.partitions import partition_of
from tests.actions.house import Office
from tests.web import filled
from tests.web.filled import ORDER_ID, PERSON, Evening


def add(
    office: Office,
    night: Evening,
    name: str,
    condition: str,
    span: tuple[datetime, timedelta | None],
    person: str = PERSON,
) -> str:
    """Keep a silence under a condition: when it began, and how long it was; None: it lasts."""
    start, lasted = span
    end = None if lasted is None else start + lasted
    opened_at = start + timedelta(minutes=30)
    silent = replace(
        filled.silence(night.incident), id=name, condition=condition, start=start, end=end,
        opened_at=opened_at,
    )  # fmt: skip
    plain = incident_words.encode_body(silent, (0, 1), night.judged.rules.versions[-1].zone)
    body = incident_body.seal(office.keyring, person, name, 1, plain, office.chance)
    incident = StoredIncident(
        name, person, ORDER_ID, condition, "silent", to_us(opened_at), to_us(start),
        None if end is None else to_us(end), None, None, body, 1,
    )  # fmt: skip
    keep(office, incident)
    return name


def keep(office: Office, incident: StoredIncident) -> None:
    """Keep an incident, as the judge of its person."""
    office.store.write(partial(_judge, office, incident))


def _judge(office: Office, incident: StoredIncident, work: WriteTransaction) -> None:
    now_us = to_us(office.now)
    judged = JudgingProgress(incident.person, now_us, 0, "policy", "engine", unsigned=False)
    owner = work.claim({partition_of(incident.person)}, "test")
    work.judge([JudgingResult(judged, now_us, (), (), (incident,))], owner)
