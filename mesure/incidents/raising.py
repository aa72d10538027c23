"""Raising incidents: one for each episode, with its facts, for an officer.

An incident is always a *possible* breach; only a person makes a finding. One that late evidence
refuted stays on the record, marked as withdrawn.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mesure.evaluation import late_evidence
from mesure.evaluation.breakdown import episode_evidence
from mesure.evaluation.breakdown.evidence_breakdown import EvidenceBreakdowns
from mesure.evaluation.episodes import Episode, EpisodeIndex
from mesure.evaluation.late_evidence import WithdrawnEpisode
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import I64
from mesure.incidents.incident import Incident, IncidentFacts, IncidentKind
from mesure.instants import to_datetime, to_us
from mesure.orders.model.conditions import Appointment
from mesure.orders.model.order import Absence
from mesure.orders.values.span import Span

Unused = Mapping[str, I64]  # Reason -> when the fixes kept for it were taken, in microseconds.


def incidents(
    rules: Rules, statement: Statement, unused: Unused, *, unsigned: bool
) -> tuple[Incident, ...]:
    """Return every incident, those that were withdrawn among them, by opening and condition."""
    left_out = (unused, unsigned)
    accounts = EvidenceBreakdowns(rules, statement.judgement, statement.fixes)
    # By time: what is heard again for one condition serves the next.
    in_turn = sorted(statement.episodes, key=lambda episode: episode.opened_us)
    all_incidents = [incident(rules, statement, accounts, episode, left_out) for episode in in_turn]
    all_incidents += [
        withdrawn_incident(rules, statement, one, left_out) for one in withdrawn(statement)
    ]
    return tuple(
        sorted(all_incidents, key=lambda incident: (incident.opened_at, incident.condition))
    )


def withdrawn_incident(
    rules: Rules, statement: Statement, withdrawal: WithdrawnEpisode, left_out: tuple[Unused, bool]
) -> Incident:
    """Return an incident that was shown and refuted, explained by what applied until then."""
    stood = late_evidence.as_it_stood(rules, statement.rows, withdrawal.delivery)
    then = replace(statement, judgement=stood.judgement, rows=stood.rows)
    accounts = EvidenceBreakdowns(rules, stood.judgement, then.fixes)
    opened = incident(rules, then, accounts, withdrawal.episode, left_out)
    return opened.withdraw(to_datetime(withdrawal.at_us))


def withdrawn(statement: Statement) -> Iterator[WithdrawnEpisode]:
    """Yield each episode that was shown and refuted, at last, unless it holds again."""
    shown_episodes = EpisodeIndex(statement.episodes)
    for withdrawal in reversed(statement.history.withdrawn):
        if not shown_episodes.has_touching(withdrawal.episode):
            shown_episodes.add(withdrawal.episode)
            yield withdrawal


def incident(
    rules: Rules,
    statement: Statement,
    accounts: EvidenceBreakdowns,
    episode: Episode,
    left_out: tuple[Unused, bool],
) -> Incident:
    """Return the incident of one episode; `left_out` is what was not used, and how it came."""
    evidence = episode_evidence.measure(rules, statement, episode)
    end = None if episode.end_us is None else to_datetime(episode.end_us)
    return Incident(
        identity(rules.versions[0].order, episode),
        episode.condition,
        IncidentKind(episode.breach),
        to_datetime(episode.opened_us),
        to_datetime(episode.start_us),
        end,
        evidence.p_outside_max,
        evidence.rows,
        _facts(rules, statement, episode, evidence, *left_out),
        accounts.of(episode, evidence.numbers),
    )


def identity(order: str, episode: Episode) -> str:
    """Return a name that the same evidence gives the same episode on every machine."""
    words = (order, episode.condition, episode.breach, str(episode.start_us))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def _facts(
    rules: Rules,
    statement: Statement,
    episode: Episode,
    evidence: episode_evidence.EpisodeEvidence,
    unused: Unused,
    unsigned: bool,
) -> IncidentFacts:
    duty, absences = episode.stretch.duty, list(_absences(rules, episode))
    window = Span(*(to_datetime(edge_us) for edge_us in episode.window_us))
    return IncidentFacts(
        duty=duty.kind,
        place=episode.stretch.place,
        window=window,
        fixes_used=evidence.fixes,
        fixes_on_wrong_side=evidence.wrong_side,
        fixes_unused=_unused_in(episode, statement.judgement.until_us, unused),
        distance_max_m=evidence.distance_m_max,
        radius95_median_m=evidence.radius95_m_median,
        independent_s=evidence.independent_s,
        moving=evidence.moving,
        beacon_lost=evidence.beacon_lost,
        silence_s=rules.policy.silence_incident_s,
        present_s=evidence.present_s,
        present_s_min=duty.present_s_min - evidence.cut_s if isinstance(duty, Appointment) else 0.0,
        absences=tuple(dict.fromkeys(absence.id for absence in absences)),
        unsigned=unsigned,
        also_at=tuple(dict.fromkeys(absence.at for absence in absences if absence.at)),
    )


def _unused_in(episode: Episode, until_us: int, unused: Unused) -> tuple[tuple[str, int], ...]:
    """Return how many fixes of the episode's span were kept and not used, by reason."""
    end_us = until_us if episode.end_us is None else episode.end_us
    counts = (
        (reason, int(((taken_us >= episode.start_us) & (taken_us < end_us)).sum()))
        for reason, taken_us in sorted(unused.items())
    )
    return tuple((reason, count) for reason, count in counts if count)


def _absences(rules: Rules, episode: Episode) -> Iterator[Absence]:
    """Yield the authorised absences that cover part of the same set time, by version."""
    start_us, end_us = _set_time_us(episode)
    return (
        absence
        for version in rules.versions
        for absence in version.absences
        if episode.condition in absence.allows
        and to_us(absence.span.start) < end_us
        and to_us(absence.span.end) > start_us
    )


def _set_time_us(episode: Episode) -> tuple[int, int]:
    """Return the window before absences cut it.

    Where a condition always binds, its windows are what absences leave, so those touch them.
    """
    start_us, end_us = episode.window_us
    if episode.stretch.duty.timetable.always:
        return start_us - 1, end_us + 1
    slot_start_us, slot_end_us = episode.stretch.slot_us
    return min(start_us, slot_start_us), max(end_us, slot_end_us)
