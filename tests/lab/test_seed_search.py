"""Seeds that live the whole system: they hold, they are the same again, and they can be cut.

`make long` with `LONG` from 2 on lives 20 times `LONG` of them, and every tenth of those over
PostgreSQL as well; a tenth of it lives four, as `make test` does, and each change one of them.
"""

import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from time import sleep
from types import SimpleNamespace

import pytest
import yaml

from mesure.service.outgoing.receiver_queue import Ends, ReceiverQueues
from mesure.store.values.faults import UnavailableError
from mesure_lab.whole import living
from mesure_lab.whole.drawn import narrow_limits, rare_days, upheaval_plan
from mesure_lab.whole.search import seed_search, whole_text
from mesure_lab.whole.search.seed_search import SeedResult
from tests.conftest import BRIEF, LONG, of_turn
from tests.house import ROOT
from tests.store.databases import PostgresServer

OFFICE = 9_018  # One person, and the work of the office about them.
UPHEAVALS = upheaval_plan.FROM_SEED + 1
ALL = upheaval_plan.BESIDE_OFFICE_FROM  # From here on a seed has everything.
NARROW = narrow_limits.FROM_SEED
COUNT = 1 if LONG == 1 else 10 * LONG  # Of each of the last two.
RARE = rare_days.FROM_SEED + 56  # One person, for two days.
SEEDS = (OFFICE, UPHEAVALS, RARE, *range(ALL, ALL + COUNT), *range(NARROW, NARROW + COUNT))
TWO_NODES = 87  # Two services, of which the one that leads stands still again and again.
OVER_A_SERVER = (11,) if BRIEF else (11, TWO_NODES) if LONG == 1 else (11, TWO_NODES, *SEEDS[::10])
STORIES = sorted((ROOT / "tests/seeds").glob("*.yaml"))


@pytest.mark.parametrize("seed", of_turn(SEEDS) if BRIEF else SEEDS)
def test_whatever_happens_every_invariant_holds(seed: int) -> None:
    result = seed_search.try_seed(seed)
    assert result.holds, (result.what, result.trace)
    assert result.judged > 0


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_what_was_found_once_does_not_come_again(story: Path) -> None:
    record = yaml.safe_load(story.read_text("utf-8"))
    events = {event.number: event for event in seed_search.events_of(record["seed"])}
    kinds = Counter(str(events[number].kind) for number in record["only"])
    assert kinds == record["events"], "the seed is another life now: look for the story anew"
    result = seed_search.try_seed(record["seed"], frozenset(record["only"]))
    assert result.holds, (record["story"], result.what, result.trace)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = (seed_search.try_seed(4, frozenset(range(40))) for _ in range(2))
    assert first == second
    assert first.digest != seed_search.try_seed(4, frozenset(range(39))).digest


def test_the_same_seed_gives_the_same_bytes_whatever_was_lived_before() -> None:
    """What a library draws when it is first asked for is none of the seed's."""
    other = seed_search.try_seed(4, frozenset(range(10))).digest
    program = (
        "from mesure_lab.whole.search import seed_search;"
        "print(seed_search.try_seed(4, frozenset(range(10))).digest)"
    )
    run = [sys.executable, "-c", program]
    assert subprocess.run(run, cwd=ROOT, capture_output=True, check=True).stdout.decode() == (
        f"{other}\n"
    )


def test_receivers_are_served_one_after_the_other() -> None:
    """Side by side they would take the bytes of chance in whatever turn the machine gives them."""
    at_work: list[str] = []

    def serve(receiver: str, _ends: Ends) -> None:
        at_work.append(receiver)
        sleep(0.01)
        at_work.append(receiver)

    with living.open_world(4, frozenset()):
        queues = ReceiverQueues(4)
        for receiver in "abcd":
            assert queues.begin(receiver, partial(serve, receiver))
        queues.settle()
        queues.close()
    assert at_work == list("aabbccdd")


def test_time_waits_for_a_receiver_where_the_fault_of_another_ends_the_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a full disk one fails while another is still served (seed 50011)."""
    served: list[str] = []

    def serve(_ends: Ends) -> None:
        sleep(0.05)
        served.append("slow")

    with living.open_world(4, frozenset()) as world:
        node, queues = world.machine.leader, ReceiverQueues(1)

        def turn() -> int:
            queues.begin("slow", serve)
            raise UnavailableError("full")

        monkeypatch.setattr(node, "notifier", SimpleNamespace(turn=turn, settle=queues.settle))
        with pytest.raises(UnavailableError):
            node.send()
        assert served == ["slow"]
        queues.close()


def test_leadership_changes_hands_and_nothing_else_does() -> None:
    with living.open_world(TWO_NODES) as world:
        living.live(world)
        assert world.machine.counts.handed_over > 2
        assert {node.name for node in world.machine.cluster.nodes} == {"whole", "second"}
        assert "stands still" in " ".join(world.trace)


@pytest.mark.parametrize("seed", OVER_A_SERVER)
def test_a_seed_is_the_same_over_postgresql(postgres_server: PostgresServer, seed: int) -> None:
    """What is judged, what is entered in the log, and all that anybody was told."""
    in_file = seed_search.try_seed(seed, is_sound=True)
    on_server = seed_search.try_seed(seed, server=postgres_server.dsn("postgres"))
    assert on_server.holds, (on_server.what, on_server.trace)
    assert in_file == on_server


def test_a_seed_that_breaks_is_cut_to_the_events_that_it_takes() -> None:
    needed = {3, 17, 40}

    def attempt(seed: int, only: frozenset[int]) -> SeedResult:
        return SeedResult(seed, 1, len(only), 0, 1, "", "x" if needed <= only else "")

    broken = SeedResult(4, 1, 0, 0, 1, "", "x")
    counts: list[int] = []
    assert set(seed_search.shrink(broken, counts.append, attempt)) == needed
    assert counts == sorted(counts, reverse=True)


def test_a_seed_that_was_cut_is_written_as_a_story_that_can_be_kept() -> None:
    """All that is left to write is what it meant, and which commit mended it."""
    original = yaml.safe_load(STORIES[0].read_text("utf-8"))
    text = "".join(whole_text.cut(original["seed"], tuple(original["only"])))
    story = yaml.safe_load(text.partition(f"{whole_text.KEEP_IN}\n")[2])
    assert story.keys() == original.keys()
    for key in ("seed", "only", "events"):
        assert story[key] == original[key]
