"""An incident keeps its name, however late evidence moves it; and it is never gone."""

from collections.abc import Sequence

from hypothesis import given, settings

from mesure.evaluation import pipeline
from mesure.evaluation.pipeline import EvaluationState
from mesure.geo.fixes import Fixes
from mesure.incidents import incident_identity, raising
from mesure.incidents.incident_identity import IncidentMatch, ShownIncident
from mesure.instants import to_us
from tests.evaluation import scenes, seasons
from tests.evaluation.scenes import CURFEW, deliver_at, fixes, order, rules, stay, us
from tests.evaluation.seasons import Season

FEW = settings(max_examples=settings().max_examples // 12)  # Each judges everything many times.
READY = rules(order(CURFEW))
ALWAYS = -(2**62)


def match_track(
    track: Fixes, until: str, incidents: Sequence[ShownIncident] = ()
) -> tuple[IncidentMatch, ...]:
    return incident_identity.match_incidents(
        scenes.look(READY, track, until), "A-1", incidents, ALWAYS
    )


def incidents_shown(matches: Sequence[IncidentMatch]) -> list[ShownIncident]:
    return [one.shown for one in matches]


HOME = stay("10T20:00", "10T23:00")
AWAY = stay("10T23:00", "11T01:00", 900.0)
BACK = stay("11T01:00", "11T03:00")


def test_it_has_the_name_that_a_replay_gives_it() -> None:
    track = fixes(HOME, AWAY, BACK)
    [match] = match_track(track, "11T03:00")
    [same] = raising.incidents(READY, scenes.look(READY, track, "11T03:00"), {}, unsigned=False)
    assert match.before is None
    assert match.shown.id == same.id


def test_what_goes_on_is_the_same_incident() -> None:
    first = incidents_shown(match_track(fixes(HOME, AWAY), "11T01:00"))
    [match] = match_track(fixes(HOME, AWAY, BACK), "11T03:00", first)
    assert match.before == first[0]
    assert (first[0].end_us, match.shown.end_us) == (None, us("11T01:00"))
    assert first[0].over_us is None


def test_late_evidence_that_moves_its_beginning_leaves_its_name() -> None:
    gap = stay("10T20:00", "10T22:30"), stay("10T23:30", "11T01:00", 900.0)
    before = incidents_shown(match_track(fixes(*gap), "11T01:01"))
    late = deliver_at(stay("10T22:31", "10T23:30", 900.0), "11T01:02")
    [match] = [
        m for m in match_track(fixes(*gap, late), "11T01:04", before) if m.shown.kind == "absent"
    ]
    assert match.shown.id == before[0].id
    assert match.shown.start_us < before[0].start_us
    assert match.shown.opened_us == before[0].opened_us


def test_two_that_turn_out_to_be_one_are_one_and_a_withdrawn_one() -> None:
    """And where they come apart again both have their names back."""
    apart = fixes(HOME, AWAY, BACK, stay("11T03:00", "11T04:00", 900.0))
    both = incidents_shown(match_track(apart, "11T04:00"))
    track = fixes(HOME, stay("10T23:00", "11T04:00", 900.0))
    joined = match_track(track, "11T04:00", both)
    assert [m.shown.withdrawn_us for m in joined] == [None, us("11T04:00")]
    assert [m.shown.id for m in joined] == [m.id for m in both]
    assert joined[1].episode is None
    still = match_track(track, "11T04:01", incidents_shown(joined))
    assert [m.shown.withdrawn_us for m in still] == [None, us("11T04:00")]
    again = match_track(apart, "11T04:01", incidents_shown(still))
    assert [(m.shown.id, m.shown.withdrawn_us) for m in again] == [(m.id, None) for m in both]


def test_no_two_incidents_have_one_name() -> None:
    """Somebody else's name is passed by, though the episode begins when that one began."""
    [first] = incidents_shown(match_track(fixes(HOME, AWAY), "11T01:00"))
    other = ShownIncident(first.id, "C1", "absent", 0, 0, 1, (0, 1))
    [match] = [m for m in match_track(fixes(HOME, AWAY), "11T01:00", [other]) if m.before is None]
    assert match.shown.id != first.id


def test_what_is_settled_is_left_alone() -> None:
    track = fixes(HOME, AWAY, BACK)
    statement = scenes.look(READY, track, "11T03:00")
    old = incidents_shown(match_track(track, "11T03:00"))
    assert incident_identity.match_incidents(statement, "A-1", old, us("12T00:00")) == ()
    assert incident_identity.match_incidents(statement, "A-1", (), us("12T00:00")) == ()
    assert old[0].over_us == us("11T01:00")


def test_what_late_evidence_refuted_is_withdrawn_at_its_receipt() -> None:
    points = stay("10T20:00", "10T22:30")
    before = incidents_shown(match_track(fixes(points), "11T03:00"))
    late = deliver_at(stay("10T22:30", "11T02:50"), "11T03:10")
    [match] = match_track(fixes(points, late), "11T03:11", before)
    assert match.shown.id == before[0].id
    assert match.shown.withdrawn_us == us("11T03:10")
    assert match.delivery is not None
    assert match.shown.over_us == match.shown.shown_us[1]


@FEW
@given(seasons.seasons())
def test_every_incident_of_a_replay_is_kept_and_what_is_more_was_withdrawn(season: Season) -> None:
    shown_incidents: dict[str, ShownIncident] = {}
    in_view: list[ShownIncident] = []
    live = EvaluationState()
    for batch, look_us in season.batches():
        view = pipeline.evaluate(season.rules, live, batch, look_us)
        matches = incident_identity.match_incidents(view.statement, "A-1", in_view, view.since_us)
        assert len({one.shown.id for one in matches}) == len(matches)
        in_view = incidents_shown(matches)
        shown_incidents |= {one.id: one for one in in_view}
        live = seasons.cut(season.rules, view, look_us)
        whole = season.at_once(look_us)
        incidents = raising.incidents(season.rules, whole, {}, unsigned=False)
        standing = {
            (
                incident.condition,
                incident.kind,
                incident.opened_us,
                incident.start_us,
                incident.end_us,
            )
            for incident in shown_incidents.values()
            if incident.withdrawn_us is None
        }
        assert standing == {
            (
                incident.condition,
                incident.kind.value,
                to_us(incident.opened_at),
                to_us(incident.start),
                None if incident.end is None else to_us(incident.end),
            )
            for incident in incidents
            if incident.withdrawn_at is None
        }
