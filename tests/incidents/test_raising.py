"""From episodes to incidents: each once, with its facts, and those withdrawn among them."""

from dataclasses import replace

import numpy as np
import pytest

from mesure.evaluation.breakdown.evidence_breakdown import NONE
from mesure.evaluation.filter.allowed_area import Region, Side
from mesure.evaluation.kinds import exclusion
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import Fixes
from mesure.incidents import raising
from mesure.incidents.incident import Incident, IncidentKind
from mesure.instants import to_us
from tests.evaluation.scenes import (
    CURFEW,
    EXCLUSION,
    RESIDENCE,
    SLOT,
    absence,
    deliver_at,
    fix,
    fixes,
    format_instant,
    look,
    order,
    rules,
    stay,
    us,
)
from tests.incidents.samples import ABSENT, at

FAR_M = 900
HOME = stay("10T21:00", "10T22:30")
AWAY = stay("10T22:30", "10T23:10", FAR_M)
LATE_RETURN = fixes(HOME, AWAY, stay("10T23:10", "11T07:00"))


@pytest.fixture(scope="module")
def curfew() -> Rules:
    return rules(order(CURFEW))


def raise_incidents(
    ready: Rules, columns: Fixes, until: str, unused: raising.Unused | None = None
) -> tuple[Incident, ...]:
    return raising.incidents(ready, look(ready, columns, until), unused or {}, unsigned=True)


def test_what_reaches_beyond_its_place_is_not_said_to_be_the_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring = Side(outside=(Region("stadium", 100.0),))
    monkeypatch.setattr(exclusion, "side", lambda duty, bound: ring)
    visit = fixes(stay("10T08:00", "10T09:00"), stay("10T09:00", "10T10:00", 5_000 - 150))
    [incident] = raise_incidents(rules(order(EXCLUSION)), visit, "10T10:00")
    assert (incident.kind, incident.facts.place) == (IncidentKind.ENTERED, "stadium + 100 m")


def test_an_episode_becomes_one_incident_with_its_facts(curfew: Rules) -> None:
    [incident] = raise_incidents(curfew, LATE_RETURN, "11T07:00")
    assert incident.kind is IncidentKind.ABSENT
    assert (incident.condition, incident.facts.place, incident.facts.duty) == (
        "C1",
        "home",
        "curfew",
    )
    assert [
        format_instant(to_us(edge)) for edge in (incident.start, incident.end or incident.start)
    ] == ["10T22:30", "10T23:10"]
    assert incident.opened_at > incident.start
    assert [
        format_instant(to_us(edge))
        for edge in (incident.facts.window.start, incident.facts.window.end)
    ] == ["10T22:00", "11T06:00"]
    assert (incident.facts.fixes_used, incident.facts.fixes_on_wrong_side) == (40, 40)
    assert incident.facts.unsigned
    assert incident.withdrawn_at is None
    assert len(incident.evidence) >= 2
    assert incident.facts.present_s_min == 0.0


def test_an_open_incident_has_no_end(curfew: Rules) -> None:
    [incident] = raise_incidents(curfew, LATE_RETURN, "10T23:00")
    assert incident.end is None


def test_every_kind_has_its_name() -> None:
    ready = rules(order(CURFEW, RESIDENCE, EXCLUSION, SLOT))
    track = fixes(stay("10T09:00", "10T23:00", 5_000))
    kinds = [f"{each.condition} {each.kind}" for each in raise_incidents(ready, track, "11T04:00")]
    of_place = ["C1 absent", "C2 left", "C3 entered", "C4 missed"]
    assert sorted(kinds) == sorted([*of_place, "C1 silent", "C2 silent", "C3 silent"])


def test_a_missed_appointment_says_what_was_asked() -> None:
    track = fixes(stay("10T09:00", "10T11:00"))
    [incident] = raise_incidents(rules(order(SLOT)), track, "10T12:00")
    assert (incident.facts.present_s, incident.facts.present_s_min) == (0.0, 600.0)
    ready = rules(order(SLOT, absences=absence("C4", "10T10:05", "10T10:12")))
    [incident] = raise_incidents(ready, track, "10T12:00")
    assert incident.facts.present_s_min == 180.0  # Seven of the ten minutes were taken out.


def test_they_are_told_by_when_an_officer_could_see_them() -> None:
    ready = rules(order(CURFEW, RESIDENCE))
    track = fixes(stay("10T20:00", "10T23:00", FAR_M), stay("10T23:00", "11T02:00", 9_000))
    incidents = raise_incidents(ready, track, "11T02:00")
    assert [one.kind for one in incidents] == [IncidentKind.ABSENT, IncidentKind.LEFT]
    assert [one.opened_at for one in incidents] == sorted(one.opened_at for one in incidents)


# --- Identity --------------------------------------------------------------------------------


def test_the_same_evidence_gives_the_same_name(curfew: Rules) -> None:
    [incident] = raise_incidents(curfew, LATE_RETURN, "11T07:00")
    [other] = raise_incidents(curfew, LATE_RETURN, "10T23:05")
    assert incident.id == other.id
    assert len(incident.id) == 16


def test_another_order_or_episode_has_another_name(curfew: Rules) -> None:
    track = fixes(stay("10T21:00", "12T23:00", FAR_M))
    names = [one.id for one in raise_incidents(curfew, track, "12T23:00")]
    names += [
        incident.id
        for incident in raise_incidents(rules(order(CURFEW, name="B-2")), track, "12T23:00")
    ]
    assert len(names) == len(set(names)) == 6


# --- What is said beside ---------------------------------------------------------------------


def test_unused_fixes_of_its_span_are_counted_by_reason(curfew: Rules) -> None:
    instants = ("10T22:29:59", "10T22:30", "10T23:00", "10T23:10")
    unused = {
        "stale": np.array([us(instant) for instant in instants]),
        "duplicate": np.array([us("10T22:40")]),
        "future": np.array([us("10T12:00")]),
    }
    [incident] = raise_incidents(curfew, LATE_RETURN, "11T07:00", unused)
    assert incident.facts.fixes_unused == (("duplicate", 1), ("stale", 2))
    [incident] = raise_incidents(curfew, LATE_RETURN, "10T23:05", unused)
    assert incident.facts.fixes_unused == (("duplicate", 1), ("stale", 2))


def test_absences_that_cover_part_of_the_set_time_are_named() -> None:
    allowed = [
        absence("C1", "10T12:00", "10T22:00"),  # Ends as the window begins.
        absence("C1", "10T23:30", "11T00:30"),
        absence("C2", "10T22:00", "10T23:00"),
        absence("C1", "11T05:00", "11T12:00"),
    ]
    ready = rules(order(CURFEW, RESIDENCE, absences=", ".join(allowed)))
    [incident] = raise_incidents(ready, LATE_RETURN, "11T07:00")
    assert incident.facts.absences == ("A10T23-30", "A11T05-00")  # They cut what was the window.
    assert incident.facts.also_at == ()
    [incident] = raise_incidents(ready, fixes(stay("10T21:00", "10T23:40", FAR_M)), "10T23:00")
    assert format_instant(to_us(incident.facts.window.end)) == "10T23:30"
    two = absence("C1", "10T23:30", "11T00:30", "office")
    ready = rules(order(CURFEW, absences=two))
    [incident] = raise_incidents(ready, LATE_RETURN, "11T07:00")
    assert (incident.facts.absences, incident.facts.also_at) == (("A10T23-30",), ("office",))


def test_an_absence_in_two_versions_is_named_once() -> None:
    one_absence = absence("C1", "10T23:30", "11T00:30", "office")
    first = order(CURFEW, absences=one_absence)
    second = order(CURFEW, absences=one_absence, in_force="from: 2026-02-11, until: 2026-03-01")
    [incident] = raise_incidents(rules(first, second), LATE_RETURN, "11T07:00")
    assert incident.facts.absences == ("A10T23-30",)


# --- Withdrawn -------------------------------------------------------------------------------

PAIR = [fix("10T22:40", FAR_M), fix("10T23:00", FAR_M)]
REFUTED = fixes(
    HOME,
    PAIR,
    deliver_at(stay("10T22:31", "10T23:30", every_s=20), "11T01:00"),
    stay("11T00:30", "11T07:00"),
)


def test_what_late_evidence_refuted_stays_and_says_so(curfew: Rules) -> None:
    [incident] = raise_incidents(curfew, REFUTED, "11T07:00")
    assert incident.kind is IncidentKind.ABSENT
    assert incident.withdrawn_at is not None
    assert format_instant(to_us(incident.withdrawn_at)) == "11T01:00"
    assert format_instant(to_us(incident.opened_at)) == "10T23:00"
    [before] = raise_incidents(curfew, REFUTED, "11T00:59")
    assert (before.id, before.opened_at) == (incident.id, incident.opened_at)
    assert before.withdrawn_at is None


def test_what_was_refuted_is_told_from_the_fixes_known_before(curfew: Rules) -> None:
    [before] = raise_incidents(curfew, REFUTED, "11T00:59")
    [incident] = raise_incidents(curfew, REFUTED, "11T07:00")
    assert (incident.evidence, incident.p_outside_max) == (before.evidence, before.p_outside_max)
    assert incident.account.terms == before.account.terms
    assert incident.account.weighed == before.account.weighed
    assert {weighed.row for weighed in incident.account.weighed} <= set(incident.evidence)


def test_what_counted_is_told_but_of_a_silence(curfew: Rules) -> None:
    [incident] = raise_incidents(curfew, LATE_RETURN, "11T07:00")
    odds = sum(term.llr for term in incident.account.terms)
    assert 3.0 < odds < 7.0
    silence = raise_incidents(curfew, fixes(HOME), "11T07:00")[0]
    assert (silence.kind, silence.account) == (IncidentKind.SILENT, NONE)


def test_what_stands_again_is_not_withdrawn(curfew: Rules) -> None:
    """A third delivery shows that the person was away after all."""
    again = deliver_at(stay("10T22:30:30", "10T23:30", FAR_M, 5), "11T02:00")
    both = fixes(
        HOME,
        PAIR,
        deliver_at(stay("10T22:31", "10T23:30", every_s=60, radius95_m=100.0), "11T01:00"),
        again,
        stay("11T00:30", "11T07:00"),
    )
    incidents = raise_incidents(curfew, both, "11T07:00")
    assert len(incidents) == 1
    assert incidents[0].withdrawn_at is None
    assert format_instant(to_us(incidents[0].opened_at)) == "10T23:00"


def test_what_was_refuted_twice_is_told_once(curfew: Rules) -> None:
    """An episode that comes back with one delivery and goes with the next is one incident."""
    again = deliver_at(stay("10T22:30:30", "10T23:30", FAR_M, 5), "11T02:00")
    both = fixes(
        HOME,
        PAIR,
        deliver_at(stay("10T22:31", "10T23:30", every_s=60, radius95_m=100.0), "11T01:00"),
        again,
        deliver_at(stay("10T22:30:15", "10T23:30", 0, 1), "11T03:00"),
        stay("11T00:30", "11T07:00"),
    )
    incidents = raise_incidents(curfew, both, "11T07:00")
    [withdrawn_at] = [one.withdrawn_at for one in incidents]
    assert withdrawn_at is not None
    assert format_instant(to_us(withdrawn_at)) == "11T03:00"
    assert format_instant(to_us(incidents[0].opened_at)) == "10T23:00"


def test_an_incident_is_over_when_it_ended_or_was_refuted_or_else_not_yet() -> None:
    until, refuted_at = at("2026-02-20T10:00"), at("2026-02-20T09:00")
    lasts = replace(ABSENT, end=None)
    assert ABSENT.over_at(until) == ABSENT.end
    assert ABSENT.withdraw(refuted_at).over_at(until) == ABSENT.end
    assert lasts.withdraw(refuted_at).over_at(until) == refuted_at
    assert lasts.over_at(until) == until
