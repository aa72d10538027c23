"""A queue as a simulated town makes it, on the desk of one officer: 30 people and one morning."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from mesure.actions.cases import persons
from mesure.actions.cases.persons import EnterPerson
from mesure.actions.incidents import contests
from mesure.actions.incidents.contests import AttachDocument, IncidentStatement
from mesure.actions.records import incident_body
from mesure.instants import to_us
from mesure.privacy.roles import Role
from mesure.record import incident_words
from mesure.store.values.effects import StoredIncident
from tests.actions.house import Office
from tests.web import filled, silences
from tests.web.filled import NINE, Evening, Filled

PEOPLE: Final = 29  # Beside the one of the evening.
NAMES: Final = (
    "Aigerim", "Bauyrzhan", "Dinara", "Erlan", "Gaukhar", "Ilyas", "Karlygash", "Madina",
)  # fmt: skip
SHORT: Final = range(19, 29)
LONG: Final = (3, 11, 17)
AWAY: Final = (2, 3, 7)


def person_of(number: int) -> str:
    """Return what a person of the town is called in the register."""
    return f"T-{number:04}"


def fill(office: Office, night: Evening, there: Filled) -> None:
    """Enter the people, and what a night of the town leaves on the desk."""
    for number in range(PEOPLE):
        name = f"{NAMES[number % len(NAMES)]} {chr(65 + number % 26)}."
        office.do(there.officer, persons.enter, EnterPerson(person_of(number), name, "kk"))
    for number in SHORT:
        start = NINE + timedelta(minutes=37 * (number - SHORT.start))
        for condition in ("C1", "C2", "C3")[: 1 + number % 3]:
            span = start, timedelta(minutes=32 + 5 * (number - SHORT.start))
            silences.add(
                office, night, f"S-{number}-{condition}", condition, span, person_of(number)
            )
    for number in LONG:
        for condition in ("C1", "C2", "C3", "C4"):
            span = NINE + timedelta(minutes=number), timedelta(hours=5, minutes=number)
            name = f"L-{number}-{condition}"
            silences.add(office, night, name, condition, span, person_of(number))
    for incident in _away(office, night):
        silences.keep(office, incident)
    _wrote(office, there)


def _away(office: Office, night: Evening) -> Iterator[StoredIncident]:
    for number in AWAY:
        person, name = person_of(number), f"A-{number}"
        start = NINE + timedelta(hours=number, minutes=10)
        away = replace(
            night.incident, id=name, start=start, end=start + timedelta(minutes=20 + number),
            opened_at=start + timedelta(minutes=4),
        )  # fmt: skip
        plain = incident_words.encode_body(away, (0, 1), night.judged.rules.versions[-1].zone)
        body = incident_body.seal(office.keyring, person, name, 1, plain, office.chance)
        yield StoredIncident(
            name, person, filled.ORDER_ID, "C1", "absent", to_us(away.opened_at),
            to_us(start), to_us(start + timedelta(minutes=20 + number)), 0.97, None, body, 1,
        )  # fmt: skip


def _wrote(office: Office, there: Filled) -> None:
    """Let one of them contest, with a paper."""
    person = office.account("A-town", Role.PERSON, person_of(AWAY[1]))
    name = f"A-{AWAY[1]}"
    words = "My daughter had a fever. I took her to the emergency ward and was back at one."
    office.do(person, contests.make, IncidentStatement(name, words))
    office.do(person, contests.attach, AttachDocument(name, "ward.pdf", b"%PDF-1.7 ward"))
