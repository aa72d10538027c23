"""Incident updates: which incidents must be written after an evaluation: new and changed ones.

An incident that lasts is reported anew by the hour, with what was seen since. One that began before
the fixes in hand keeps the report of its beginning; its end is reported.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mesure.actions.judging.judging_values import IncidentRevision
from mesure.evaluation.breakdown.evidence_breakdown import EvidenceBreakdowns
from mesure.evaluation.checkpoint.recent import EvaluationResult
from mesure.evaluation.episodes import SILENT
from mesure.evaluation.late_evidence import WithdrawnEpisode
from mesure.evaluation.pipeline import Evaluation
from mesure.incidents import incident_identity, raising
from mesure.incidents.incident import Incident, IncidentKind
from mesure.incidents.incident_identity import IncidentMatch
from mesure.instants import US_PER_S, to_datetime
from mesure.live.person_state import IncidentState, PersonState
from mesure.record import incident_words

KINDS: Final = frozenset(kind.value for kind in IncidentKind)
BEGUN_US: Final = 600 * US_PER_S
AGAIN_US: Final = 3_600 * US_PER_S


def update_incidents(
    watched: PersonState, look: EvaluationResult, until_us: int
) -> Sequence[IncidentRevision] | None:
    """Return the incidents to be kept after a look, and hold them.

    None: there are some, but the fast path has not in hand what they rest on.
    """
    known_incidents, view = watched.held, look.view
    shown_incidents = [one.shown for one in known_incidents.values()]
    matches = incident_identity.match_incidents(
        view.statement, watched.duty.order, shown_incidents, view.since_us
    )
    to_tell = {
        match.shown.id
        for match in matches
        if match.before is None or _is_to_tell(known_incidents[match.shown.id], match, until_us)
    }
    if look.is_recent and to_tell:
        return None
    teller = _Teller(watched, view)
    raised_incidents: list[IncidentRevision] = []
    now = dict(known_incidents) if look.is_recent else {}
    for match in matches:
        before = known_incidents.get(match.shown.id)
        if before is not None and match.shown.id not in to_tell:
            now[match.shown.id] = replace(before, shown=match.shown)
            continue
        revision = 1 if before is None else before.revision + 1
        incident = teller.incident(match, before)
        now[match.shown.id] = IncidentState(match.shown, revision, incident, until_us)
        raised_incidents.append(teller.incident_revision(match, incident, revision))
    watched.held = now
    return raised_incidents


def _is_to_tell(before: IncidentState, match: IncidentMatch, until_us: int) -> bool:
    """Return whether an incident differs from its last report, or was reported long ago."""
    previous, other = before.shown, match.shown
    if (previous.start_us, previous.end_us, previous.opened_us, previous.withdrawn_us) != (
        other.start_us,
        other.end_us,
        other.opened_us,
        other.withdrawn_us,
    ):
        return True
    if other.end_us is not None or other.withdrawn_us is not None:
        return False
    begun_us = other.opened_us + BEGUN_US
    is_begun = before.told_us < begun_us <= until_us
    return is_begun or until_us - before.told_us >= AGAIN_US


class _Teller:
    """Makes incidents of matches, by one view."""

    def __init__(self, watched: PersonState, view: Evaluation) -> None:
        self._watched, self._view = watched, view
        statement = view.statement
        self._accounts = EvidenceBreakdowns(watched.rules, statement.judgement, statement.fixes)

    def incident(self, match: IncidentMatch, before: IncidentState | None) -> Incident:
        """Return an incident with its facts, measured anew where its fixes are in hand."""
        watched, statement = self._watched, self._view.statement
        left_out = watched.unused, watched.is_unsigned
        shown, episode = match.shown, match.episode
        if match.delivery is not None and episode is not None and shown.withdrawn_us is not None:
            withdrawal = WithdrawnEpisode(episode, shown.withdrawn_us, match.delivery)
            incident = raising.withdrawn_incident(watched.rules, statement, withdrawal, left_out)
        elif episode is not None and (before is None or self._is_in_hand(episode.start_us, match)):
            incident = raising.incident(watched.rules, statement, self._accounts, episode, left_out)
        else:
            assert before is not None, "what nothing supports was shown before"
            incident = before.incident
        return replace(
            incident,
            id=shown.id,
            opened_at=to_datetime(shown.opened_us),
            start=to_datetime(shown.start_us),
            end=None if shown.end_us is None else to_datetime(shown.end_us),
            withdrawn_at=None if shown.withdrawn_us is None else to_datetime(shown.withdrawn_us),
        )

    def _is_in_hand(self, start_us: int, match: IncidentMatch) -> bool:
        """Return whether the fixes that decided were received since the checkpoint."""
        return start_us >= self._view.since_us or match.shown.kind == SILENT

    def incident_revision(
        self, match: IncidentMatch, incident: Incident, revision: int
    ) -> IncidentRevision:
        """Return an incident as it is kept."""
        shown = match.shown
        zone = self._watched.duty.versions[-1].zone
        return IncidentRevision(
            shown.id,
            shown.condition,
            shown.kind,
            shown.opened_us,
            shown.start_us,
            shown.end_us,
            None if shown.kind == SILENT else incident.p_outside_max,
            shown.withdrawn_us,
            revision,
            incident_words.encode_body(incident, shown.shown_us, zone),
        )
