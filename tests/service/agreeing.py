"""What a court keeps, held against a replay of everything that it stored."""

from mesure.incidents import raising
from mesure.incidents.incident import Incident
from mesure.instants import to_us
from tests.service.court import Court


def kept(found: Court) -> list[tuple[str, str, int, int]]:
    return sorted(
        ((one.condition, one.status, one.start_us, one.end_us) for one in found.assessments()),
        key=lambda one: (one[0], one[2]),
    )


def replayed(found: Court, until_us: int) -> list[tuple[str, str, int, int]]:
    said = found.replay(until_us).assessments
    rows = (
        (one.condition, one.status.value, to_us(one.span.start), to_us(one.span.end))
        for one in said
    )
    return sorted(rows, key=lambda one: (one[0], one[2]))


def shown(found: Court) -> list[tuple[object, ...]]:
    return sorted(
        (one.id, one.condition, one.kind, one.opened_us, one.start_us, one.end_us, one.withdrawn_us)
        for one in found.incidents()
    )


def incidents(found: Court, until_us: int) -> tuple[Incident, ...]:
    """Return the incidents of a replay."""
    statement = found.replay(until_us)
    return raising.incidents(statement.rules, statement, {}, unsigned=False)


def raised(found: Court, until_us: int) -> list[tuple[object, ...]]:
    return sorted(
        (
            one.id,
            one.condition,
            one.kind.value,
            to_us(one.opened_at),
            to_us(one.start),
            None if one.end is None else to_us(one.end),
            None if one.withdrawn_at is None else to_us(one.withdrawn_at),
        )
        for one in incidents(found, until_us)
    )


def agree(found: Court, until_us: int) -> None:
    """Hold what is kept against a replay of everything."""
    assert kept(found) == replayed(found, until_us)
    assert shown(found) == raised(found, until_us)
