"""What a court keeps, held against a replay of everything that it stored."""

from mesure.incidents import raising
from mesure.incidents.incident import Incident
from mesure.instants import to_us
from tests.service.court import Court


def list_assessments(court: Court) -> list[tuple[str, str, int, int]]:
    return sorted(
        ((one.condition, one.status, one.start_us, one.end_us) for one in court.assessments()),
        key=lambda row: (row[0], row[2]),
    )


def replay_assessments(court: Court, until_us: int) -> list[tuple[str, str, int, int]]:
    assessments = court.replay(until_us).assessments
    rows = (
        (
            assessment.condition,
            assessment.status.value,
            to_us(assessment.span.start),
            to_us(assessment.span.end),
        )
        for assessment in assessments
    )
    return sorted(rows, key=lambda row: (row[0], row[2]))


def list_incidents(court: Court) -> list[tuple[object, ...]]:
    return sorted(
        (
            incident.id,
            incident.condition,
            incident.kind,
            incident.opened_us,
            incident.start_us,
            incident.end_us,
            incident.withdrawn_us,
        )
        for incident in court.incidents()
    )


def incidents(court: Court, until_us: int) -> tuple[Incident, ...]:
    """Return the incidents of a replay."""
    statement = court.replay(until_us)
    return raising.incidents(statement.rules, statement, {}, unsigned=False)


def replay_incidents(court: Court, until_us: int) -> list[tuple[object, ...]]:
    return sorted(
        (
            incident.id,
            incident.condition,
            incident.kind.value,
            to_us(incident.opened_at),
            to_us(incident.start),
            None if incident.end is None else to_us(incident.end),
            None if incident.withdrawn_at is None else to_us(incident.withdrawn_at),
        )
        for incident in incidents(court, until_us)
    )


def agree(court: Court, until_us: int) -> None:
    """Hold what is kept against a replay of everything."""
    assert list_assessments(court) == replay_assessments(court, until_us)
    assert list_incidents(court) == replay_incidents(court, until_us)
