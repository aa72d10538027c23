"""Rules of the judge: evidence, time, silence, and what becomes an incident."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mesure.evaluation import episodes, late_evidence, pipeline, rules
from mesure.evaluation.assessment import Status
from mesure.evaluation.evidence import likelihoods, sampling, speeds
from mesure.evaluation.evidence import path as ways
from mesure.evaluation.filter import status_intervals
from mesure.evaluation.kinds import curfew
from mesure.evaluation.policy import DeviceClass, PolicyFile
from mesure.geo import distance, earth, error_model
from mesure.geo.error_model import ErrorModel
from mesure.geo.fixes import F64, Provider
from tests.precedents.taking_out import Patch, policy_rule, rule, thresholds_are, wrap

NEVER_S = 3e7  # A year: longer than any story here.

# --- Evidence --------------------------------------------------------------------------------

policy_rule(
    "tempering",
    "Errors persist: a fix counts for the time since the last one, up to the correlation time.",
    correlation_s=1.0,
    correlation_away_s=1.0,
    correlation_moving_s=1.0,
)
policy_rule(
    "moving_fixes_are_new_evidence",
    "A device on its way sees another sky, so its errors are new within a minute.",
    correlation_moving_s=600.0,
    way_clear_llr=20.0,  # Who believes a way at once asks for nothing new.
)
policy_rule(
    "evidence_is_capped", "No single fix may say more than 400 to 1.", evidence_max_llr=20.0
)
policy_rule(
    "weak_evidence_shows_no_presence",
    "A fix that says next to nothing does not show the person at home.",
    evidence_min_llr=0.0,
)
policy_rule(
    "a_way_that_was_seen",
    "Where the way out was seen, a fix on the wrong side is believed at once.",
    way_clear_llr=20.0,
)
policy_rule(
    "what_was_known_afar_ends_at_the_door",
    "Once a person comes home from a distance it is no longer known that they are away.",
    p_return=0.999,
)
policy_rule(
    "networks_err_less_at_rest",
    "A person just come home stands where networks are known better than they claim.",
    resting_circle_ratio=1.0,
)
policy_rule(
    "masts_beside_something_better",
    "What masts say minutes after something better is nothing new.",
    outshone_s_max=0.0,
)
policy_rule(
    "jumps_are_remembered",
    "A phone whose position lately jumped away and back is not believed on a way alone.",
    jump_memory_s=1.0,
)
policy_rule(
    "a_cell_has_a_floor",
    "A position from cell masts is never trusted more than fifty metres.",
    error_floor_cell_m=4.0,
)
policy_rule(
    "errors_have_heavy_tails",
    "Errors have heavy tails: some fixes are several times worse than they claim.",
    error_wide_ratio=0.0,
    error_wild_ratio=0.0,
)


@rule("A fix weighs as much as the time it covers, however often a device reports.")
def time_counts_not_reports(patch: Patch) -> None:
    def weigh_alike(measure: Any, fixes: Any, policy: Any) -> Any:
        return measure(fixes, policy)._replace(
            weight_ratio=np.full(len(fixes), 0.1), away_ratio=np.full(len(fixes), 0.1)
        )

    wrap(patch, sampling, "measure", weigh_alike)


policy_rule(
    "look_again",
    "No incident rests on one fix: it takes a second look, or an independent sensor.",
    look_again_ratio=0.0,
)
policy_rule(
    "one_fix_decides_nothing",
    "One fix decides nothing: what it may say is limited, and it takes a second look.",
    evidence_max_llr=20.0,
    look_again_ratio=0.0,
)


@rule("A home beacon that is heard says that the device is at home.")
def beacon(patch: Patch) -> None:
    deaf = {"hears_home": False, "misses_home": False}
    wrap(patch, curfew, "side", lambda side, *args: side(*args)._replace(**deaf))


@rule("Steps show a path only if they lead on.")
def a_path_leads_on(patch: Patch) -> None:
    def any_steps(_: Any, fixes: Any, since_s: F64, step_m: F64, lead_m: F64, policy: Any) -> Any:
        path = sampling.longer_than_errors(fixes, step_m, policy)
        path[1:] &= path[:-1]
        return path

    wrap(patch, sampling, "_on_a_path", any_steps)


@rule("The radius of a fix is part of what it says.")
def radius_is_doubt(patch: Patch) -> None:
    def exact(_model: Any, _provider: Any, radius95_m: F64) -> F64:
        return np.full(len(radius95_m), 4.0)

    patch.setattr(error_model, "sigma_m", exact)


@rule("A circle that covers the whole place is evidence of neither side.")
def circle_over_all_is_no_evidence(patch: Patch) -> None:
    def prior_odds(_tell: Any, rules: Any, boundary: Any, block: Any, _arrived: Any) -> F64:
        [(zone, _)] = boundary.inside
        p_outside = _share_outside(zone, block.part, block.sigma_m, rules.model)
        llr = np.log(np.maximum(p_outside, 1e-9) / np.maximum(1.0 - p_outside, 1e-9))
        cap_llr = rules.policy.evidence_max_llr
        limited_llr: F64 = np.minimum(np.maximum(llr, -cap_llr), cap_llr)
        return limited_llr

    wrap(patch, likelihoods, "_log_likelihood", prior_odds)


def _share_outside(zone: Any, fixes: Any, sigma_m: F64, model: ErrorModel) -> F64:
    """Return how much of where each device may have been lies outside the zone."""
    number = np.arange(500) + 0.5
    away_ratio, turn_rad = np.sqrt(-2.0 * np.log(1.0 - number / 500.0)), number * 2.399963
    shares = np.zeros(len(sigma_m))
    for row, provider in enumerate(fixes.provider.tolist()):
        scale, mixture = earth.scale(fixes.lat_deg[row]), model.of(Provider(provider)).mixture
        for share, scale_ratio in zip(mixture.share_ratios, mixture.scale_ratios, strict=True):
            away_m = away_ratio * scale_ratio * sigma_m[row]
            lat_deg = fixes.lat_deg[row] + away_m * np.sin(turn_rad) / scale.lat_m_per_deg
            lon_deg = fixes.lon_deg[row] + away_m * np.cos(turn_rad) / scale.lon_m_per_deg
            shares[row] += share * np.mean(distance.distance_m(zone, lat_deg, lon_deg) > 0.0)
    return shares


@rule("The beacon speaks of home, and of no other place where the person may be.")
def the_beacon_speaks_of_home(patch: Patch) -> None:
    # A missed beacon is a mild hint; to be seen at all here it must be a hint again and again.
    thresholds_are(patch, beacon_missed_correlation_s=120.0)
    everywhere = {"hears_home": True, "misses_home": True}
    wrap(patch, curfew, "side", lambda side, *args: side(*args)._replace(**everywhere))


policy_rule(
    "a_missed_beacon_is_one_piece_of_evidence",
    "A beacon that is missed all night is one reason to doubt, not hundreds.",
    beacon_missed_correlation_s=120.0,
)


@rule("That a device moves is no second look: a person who walks about the flat moves too.")
def motion_alone_is_no_second_look(patch: Patch) -> None:
    thresholds_are(patch, speed_stray_ratio=0.0)
    wrap(patch, speeds, "are_fast", lambda fast, fixes, policy: fixes.motion == 1)


@rule("A speed counts when most of what a device said of it lately says so.")
def a_speed_is_what_most_say(patch: Patch) -> None:
    wrap(
        patch,
        speeds,
        "are_fast",
        lambda _, fixes, policy: fixes.speed_mps >= policy.moving_speed_mps,
    )


policy_rule(
    "a_speed_leads_somewhere",
    "A speed counts where the position goes along with it.",
    speed_stray_ratio=0.0,
)


@rule("A step that goes along with the speed shows the way.")
def a_step_goes_along_with_the_speed(patch: Patch) -> None:
    wrap(patch, ways, "_is_sped", lambda sped, *args: sped(*args) & False)


@rule("Two places that no one error explains are two looks.")
def two_places_apart_are_two_looks(patch: Patch) -> None:
    patch.setattr(ways, "APART_RATIO", np.inf)


# --- Time ------------------------------------------------------------------------------------


@rule("A decision holds from the first fix of the evidence that brought it.")
def a_decision_reaches_back(patch: Patch) -> None:
    patch.setattr(status_intervals, "_reach_back", lambda intervals, spell, onset_us: None)


@rule("A decision never reaches back into a silence.")
def a_decision_never_reaches_into_silence(patch: Patch) -> None:
    def everywhere(
        intervals: list[status_intervals.StatusInterval],
        spell: status_intervals.StatusInterval,
        onset_us: int,
    ) -> None:
        earlier_intervals = [
            old.clip(old.start_us, onset_us) for old in intervals if old.start_us < onset_us
        ]
        intervals[:] = [
            *earlier_intervals,
            spell._replace(start_us=onset_us, end_us=spell.start_us),
        ]

    patch.setattr(status_intervals, "_reach_back", everywhere)


@rule("Windows are judged as states at their edges: fixes before them show where the person is.")
def state_at_the_edge(patch: Patch) -> None:
    def crossings_only(within: Any, intervals: Any, start_us: int, end_us: int) -> Any:
        window_intervals = within(intervals, start_us, end_us)
        is_from_before = any(spell.start_us < start_us < spell.end_us for spell in intervals)
        if window_intervals and is_from_before:
            window_intervals[0] = window_intervals[0]._replace(status=Status.UNKNOWN)
        return window_intervals

    wrap(patch, status_intervals, "within", crossings_only)


@rule("What was heard is seen when it was received.")
def reports_are_seen_at_receipt(patch: Patch) -> None:
    def when_taken(known: Any, checkpoint: Any, fixes: Any, is_late: Any) -> Any:
        return known(checkpoint, replace(fixes, received_us=fixes.observed_us), is_late)

    wrap(patch, pipeline, "_known_us", when_taken)


@rule("Late evidence supersedes what stood, and the record keeps both.")
def late_evidence_supersedes(patch: Patch) -> None:
    patch.setattr(late_evidence, "late_batches", lambda *args: [])


@rule("Somebody is said to be there only if a fix of the last half hour shows it.")
def presence_was_seen_lately(patch: Patch) -> None:
    def always_seen(pull: Any, rules: Any, fixes: Any, pace: Any, block: slice, *args: Any) -> Any:
        likelihood, memories = pull(rules, fixes, pace, block, *args)
        seen_us = args[-1]
        seen_us[:] = fixes.observed_us[block]
        return likelihood._replace(seen=np.ones_like(likelihood.seen)), memories

    wrap(patch, likelihoods, "_likelihood", always_seen)


# --- Silence ---------------------------------------------------------------------------------

policy_rule(
    "silence_is_unknown",
    "A status holds no longer than the limit of silence; after it nothing is known.",
    silence_s=NEVER_S,
)
policy_rule(
    "silence_is_told",
    "After a long silence an officer is told that the device is silent.",
    silence_incident_s=NEVER_S,
)
policy_rule(
    "silence_has_a_limit",
    "A silence shorter than the limit is brought to nobody.",
    silence_incident_s=3600.0,
)


@rule("Each class of device has limits of its own.")
def each_class_of_device_has_its_limits(patch: Patch) -> None:
    wrap(patch, PolicyFile, "at", lambda at, self, day, _: at(self, day, DeviceClass.PHONE))


@rule("A device that fell silent is silent, never a breach of place.")
def silence_is_no_breach_of_place(patch: Patch) -> None:
    def absent(of_silence: Any, *args: Any) -> Iterator[episodes.Episode]:
        for episode in of_silence(*args):
            yield episode._replace(breach=rules.kind_of(episode.stretch.duty).BREACH)

    wrap(patch, episodes, "_of_silence", absent)


@rule("One silence is one incident of a condition, however many windows it covers.")
def one_silence_is_one_incident(patch: Patch) -> None:
    def of_each_window(
        of_silence: Any, judged: Any, condition: Any, *args: Any
    ) -> Iterator[episodes.Episode]:
        for window in condition.windows:
            yield from of_silence(judged, replace(condition, windows=(window,)), *args)

    wrap(patch, episodes, "_of_silence", of_each_window)


@rule("A silence is told when the condition begins to bind, if it had begun before.")
def silence_waits_for_the_condition(patch: Patch) -> None:
    def at_the_limit_only(of_silence: Any, *args: Any) -> Iterator[episodes.Episode]:
        silences = of_silence(*args)
        yield from (one for one in silences if one.opened_us > one.window_us[0])

    wrap(patch, episodes, "_of_silence", at_the_limit_only)


@rule("After a silence nobody is still known to be away: it takes a second look again.")
def a_second_look_after_silence(patch: Patch) -> None:
    def heedless(drift: Any, *args: Any) -> Any:
        transition = drift(*args)
        return transition._replace(silence=np.zeros_like(transition.silence))

    wrap(patch, sampling, "drift", heedless)


# --- Incidents -------------------------------------------------------------------------------

policy_rule(
    "reopening",
    "A return shorter than a quarter of an hour does not end an incident.",
    reopen_s=1.0,
)
policy_rule(
    "reopening_has_an_end",
    "A longer return ends it, and leaving again is another.",
    reopen_s=NEVER_S,
)


@rule("An incident goes on through the unknown.")
def an_episode_goes_on_through_doubt(patch: Patch) -> None:
    def end_on_doubt(of_place: Any, judged: Any, intervals: Any, *args: Any) -> Any:
        sure = [
            spell._replace(status=Status.MET) if spell.status is Status.UNKNOWN else spell
            for spell in intervals
        ]
        return of_place(judged, sure, *args)

    wrap(patch, episodes, "of_place", end_on_doubt)


@rule("An incident ends with its window; another window is another incident.")
def windows_are_apart(patch: Patch) -> None:
    patch.setattr(rules, "_windows", lambda stretches: (tuple(stretches),))


@rule("Windows that touch are one, also where one version of an order follows another.")
def windows_that_touch_are_one(patch: Patch) -> None:
    patch.setattr(rules, "_windows", lambda stretches: tuple((one,) for one in stretches))
