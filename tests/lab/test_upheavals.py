"""Upheavals: which seeds have them, and that what they do is seen by what must be so."""

from collections import Counter
from pathlib import Path
from random import Random

from mesure.devices.message.uplink import UplinkEvents
from mesure.instants import MAX_US
from mesure.record.policy_loading import read_policy
from mesure_lab.whole import living
from mesure_lab.whole.drawn import narrow_limits, planned_events, swarm, upheaval_plan
from mesure_lab.whole.drawn.planned_events import EventKind
from mesure_lab.whole.drawn.random_persons import DrawnPerson
from mesure_lab.whole.drawn.scenery import H
from mesure_lab.whole.drawn.upheaval_plan import FROM_SEED, UpheavalKind
from mesure_lab.whole.search import seed_search
from mesure_lab.whole.simulated.elsewhere import Slowness
from mesure_lab.whole.upheavals import policy_changes

SEEDS = (*range(FROM_SEED, FROM_SEED + 40), narrow_limits.FROM_SEED)
LIVED = 8_129  # A device is lost, files are torn, and the clock leaps.
BROUGHT = 8_027  # A policy is brought.


def test_later_seeds_have_every_upheaval_and_those_of_before_none() -> None:
    kinds = Counter(event.kind for seed in SEEDS for event in seed_search.events_of(seed))
    assert set(UpheavalKind) <= set(kinds)
    before = Counter(event.kind for seed in range(20) for event in seed_search.events_of(seed))
    assert not set(UpheavalKind) & set(before)


def test_upheavals_change_the_number_of_no_other_event() -> None:
    for seed in SEEDS[:5]:
        drawn = swarm.draw(seed)
        events = planned_events.plan(seed, drawn, planned_events.persons_of(seed, drawn))
        numbers = {event.number: isinstance(event.kind, UpheavalKind) for event in events}
        last = max((number for number, is_new in numbers.items() if not is_new), default=-1)
        assert not any(numbers[number] for number in range(last))


def test_every_policy_that_is_brought_can_be_read(tmp_path: Path) -> None:
    changed = set[str]()
    for seed in SEEDS:
        drawn = swarm.draw(seed)
        for number in range(2):
            path = upheaval_plan.policy_file(seed, number, drawn, tmp_path)
            policy, _ = read_policy(path)
            assert policy.version == f"changed-{number}"
            changed |= {name for name in policy.values if name in path.read_text("utf-8")}
    assert set(upheaval_plan.CHANGES) <= changed


def test_some_mail_servers_are_slow_and_take_as_long_as_is_waited() -> None:
    assert {upheaval_plan.slow_share(seed) for seed in SEEDS} == {0.0, 0.3, 1.0}
    assert {upheaval_plan.slow_share(seed) for seed in range(20)} == {0.0}
    waited_us: list[int] = []
    slow = Slowness(Random(1), 0.5, waited_us.append)
    struck = [slow.strikes() for _ in range(40)]
    assert set(waited_us) == {15_000_000, 20_000_000}
    assert sum(struck) == waited_us.count(20_000_000)


def events_of(seed: int) -> frozenset[int]:
    """Return the first message of each hour, that people come, and all upheavals."""
    events = seed_search.events_of(seed)
    chosen = {one.number for one in events if one.kind in {EventKind.ENTER, *UpheavalKind}}
    says = {one.at_us // H: one.number for one in events if one.kind is EventKind.SAY}
    return frozenset(chosen | set(says.values()))


def test_a_device_is_lost_files_are_torn_and_the_clock_leaps() -> None:
    with living.open_world(LIVED, events_of(LIVED)) as world:
        living.live(world)
        assert set(world.upheavals.lost) == set(world.upheavals.in_place_of) != set()
        assert world.upheavals.has_leapt
        words = " ".join(world.trace)
    assert "tear" in words


def test_a_policy_is_brought_and_whoever_is_judged_since_is_judged_by_it() -> None:
    with living.open_world(BROUGHT, events_of(BROUGHT)) as world:
        living.live(world)
        assert world.machine.policy.version.startswith("changed-")
        assert world.upheavals.seen_us
        by = set[str]()
        for person, seen_us in world.upheavals.seen_us.items():
            with world.read_undisturbed() as reading:
                judged = reading.progress_of(person)
                assert judged is not None
                assert judged.until_us > seen_us
                rows = [*reading.assessments(person, judged.until_us - 1, MAX_US)]
            by |= {row.policy_version for row in rows}
        assert by == {world.machine.policy.version}


def test_devices_of_later_persons_say_late_that_something_was_over_after_a_moment() -> None:
    before, later = (
        planned_events.persons_of(seed, swarm.draw(seed))[0] for seed in (FROM_SEED - 1, FROM_SEED)
    )
    assert brief_messages(later) >= 2 * later.days
    assert brief_messages(before) == 0


def brief_messages(person: DrawnPerson) -> int:
    said = [one for one in person.messages if isinstance(one.what, UplinkEvents)]
    return sum(one.sent_us is not None for one in said)


def test_what_stood_and_is_nowhere_is_said() -> None:
    assert [*policy_changes.subtract_spans((0, 10), [(2, 4), (3, 6), (9, 12)])] == [(0, 2), (6, 9)]
    assert [*policy_changes.subtract_spans((0, 10), [(0, 10)])] == []
    assert [*policy_changes.subtract_spans((0, 10), [(20, 30)])] == [(0, 10)]
