"""Incidents as judging leaves them in the store, for tests of what happens to them then."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from mesure.actions.records import incident_body
from mesure.instants import to_us
from mesure.store.interface.store import WriteTransaction
from mesure.store.values.effects import JudgingProgress, JudgingResult, StoredIncident
from mesure.store.values.partitions import partition_of
from tests.actions.house import MORNING, Office

OPENED = MORNING
START = MORNING - timedelta(minutes=20)
EXPLAINED = b'{"explanation":{"en":"You were away from home."}}'


def incident(person: str, name: str, kind: str = "absent", revision: int = 1) -> StoredIncident:
    return StoredIncident(
        id=name,
        person=person,
        order=f"ORDER-{person}",
        condition="C1",
        kind=kind,
        opened_us=to_us(OPENED),
        start_us=to_us(START),
        end_us=None,
        p_outside_max=0.99,
        withdrawn_us=None,
        body=b"",
        revision=revision,
    )


def withdrawn(of: StoredIncident) -> StoredIncident:
    return replace(of, revision=of.revision + 1, withdrawn_us=to_us(MORNING))


def end_incident(of: StoredIncident) -> StoredIncident:
    return replace(of, revision=of.revision + 1, end_us=to_us(MORNING))


def judge(office: Office, *incidents: StoredIncident, sealed: bool = False) -> None:
    """Keep incidents, as the judge of their persons; with their own bodies where they have some."""
    for stored_incident in incidents:
        body = (
            stored_incident.body
            if sealed
            else incident_body.seal(
                office.keyring,
                stored_incident.person,
                stored_incident.id,
                stored_incident.revision,
                EXPLAINED,
                office.chance,
            )
        )
        judged = JudgingProgress(
            stored_incident.person, to_us(office.now), 0, "policy", "engine", unsigned=False
        )
        office.store.write(
            partial(
                _judge,
                JudgingResult(judged, since_us=0, incidents=(replace(stored_incident, body=body),)),
            )
        )


def _judge(judging: JudgingResult, work: WriteTransaction) -> None:
    work.judge([judging], work.claim({partition_of(judging.person)}, "test"))
