"""Turns of judging, with nothing of Spark: the rows of a replay, and one owner at a time."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from mesure.actions.judging import judging_term
from mesure.instants import to_us
from mesure.live.worker import Worker
from mesure.machine import clock
from mesure.machine.progress import ProgressStages
from mesure.service.country import process_pool
from mesure.service.country.rejudge_plan import WorkerSetup
from mesure.service.country.streaming import slice_turns
from mesure.service.country.streaming.slice_turns import TurnError
from mesure.service.country.streaming.turn_plan import TurnPlan, TurnReport
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import comparison, rejudge
from mesure.store.values.effects import JudgingPlace, PartitionOwner
from mesure.store.values.faults import FencedError, UnavailableError
from mesure.store.values.partitions import PARTITIONS
from tests.house import ROOT
from tests.service import countries, nights

NOW_US = to_us(nights.START + 60 * nights.TURN)
PERSONS = 3


@pytest.fixture(scope="module")
def country_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    countries.live(folder, persons=PERSONS, turns=30)
    return folder


class Judged:
    """A country that turns judge in this process."""

    def __init__(self, instance: Installation, setup: WorkerSetup) -> None:
        self.made, self.setup = instance, setup
        self.term = self.begin()

    def begin(self, place: JudgingPlace = JudgingPlace.COUNTRY) -> int:
        return self.made.store.write(lambda work: judging_term.begin(work, place, 1))

    def plan(self, slices: int = 2, term: int | None = None, turn_s: float = 0.0) -> TurnPlan:
        names = str(self.setup.data), str(self.setup.settings)
        return TurnPlan(*names, self.term if term is None else term, slices, turn_s)

    def turn(self, plan: TurnPlan) -> list[TurnReport]:
        return [report for number in range(plan.slices) for report in _turn(plan, number)]

    def owners(self) -> set[str]:
        with self.made.store.read() as reading:
            return {holder for _, holder in reading.owners().values()}

    def rows(self) -> dict[str, set[comparison.ComparisonRow]]:
        with self.made.store.read() as reading:
            names = reading.persons_in(range(PARTITIONS))
            return {name: comparison.rows_in_store(reading, name).stands for name in names}


def _turn(plan: TurnPlan, number: int) -> list[TurnReport]:
    return list(slice_turns.take_turn(plan, number))


def takeover_counts(reports: list[TurnReport]) -> list[int]:
    """Return how often each slice was taken up anew."""
    counts = Counter[int]()
    for report in reports:
        counts[report.slice] += report.taken_up
    return [counts[number] for number in sorted(counts)]


@pytest.fixture
def country(
    country_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Judged]:
    monkeypatch.setattr(slice_turns, "now_us", lambda _plan: NOW_US)
    monkeypatch.setattr(slice_turns, "_configure", lambda: None)
    with countries.open_country(country_folder, tmp_path) as opened:
        yield Judged(opened.made, opened.setup)
    slice_turns._in_hand.clear()
    slice_turns._opened.cache_clear()


@pytest.mark.parametrize("slices", [1, 3, 64, PARTITIONS])
def test_turns_of_any_number_of_slices_say_what_a_replay_says(country: Judged, slices: int) -> None:
    reports = country.turn(country.plan(slices))
    assert {one.slice for one in reports} == set(range(slices))
    assert sum(one.judged for one in reports) == PERSONS  # Time had passed for everybody.
    result = rejudge.rejudge(country.made, ProgressStages())
    assert (result.holds, result.persons) == (True, PERSONS)
    with country.made.store.read() as reading:
        progress = reading.progress_in(range(PARTITIONS))
    assert {one.until_us for one in progress} == {NOW_US}


def test_slices_share_all_partitions_and_none_twice() -> None:
    for slices in (1, 2, 3, 64, 256):
        parts = [TurnPlan("", None, 1, slices, 0.0).partitions(one) for one in range(slices)]
        assert sorted(part for each in parts for part in each) == list(range(PARTITIONS))


def test_who_only_gets_ready_claims_nothing_and_judges_nothing(
    country: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slice_turns, "READY_S", 0.0)
    before, owners = country.rows(), country.owners()
    assert country.turn(msgspec.structs.replace(country.plan(), term=None)) == []
    assert (country.rows(), country.owners()) == (before, owners)
    assert slice_turns._opened.cache_info().currsize == 1


def test_a_process_goes_on_with_what_it_holds_until_somebody_else_claims(country: Judged) -> None:
    plan = country.plan()
    assert takeover_counts(country.turn(plan)) == [1, 1]
    assert takeover_counts(country.turn(plan)) == [0, 0]
    part = min(plan.partitions(1))
    country.made.store.write(lambda work: work.claim([part], "another"))
    assert takeover_counts(country.turn(plan)) == [0, 1]


def test_of_an_older_term_nobody_claims_and_nothing_changes(country: Judged) -> None:
    old = country.plan()
    country.term = country.begin()
    before = country.owners(), country.rows()
    with pytest.raises(FencedError, match=r"told to judge in term 1, and term 2 has begun \(cou"):
        country.turn(old)
    assert (country.owners(), country.rows()) == before
    country.turn(country.plan())
    country.begin(JudgingPlace.SERVICE)  # The way back.
    with pytest.raises(FencedError, match="term 3 has begun \\(service\\)"):
        country.turn(country.plan(slices=3))


def test_who_wakes_up_after_a_successor_keeps_nothing_at_all(country: Judged) -> None:
    """A zombie holds its slices already; not even how far it came is kept."""
    zombie = country.plan()
    country.turn(zombie)
    holdings = dict(slice_turns._in_hand)
    country.term = country.begin()
    slice_turns._in_hand.clear()
    country.turn(country.plan())
    with country.made.store.read() as reading:
        before = list(reading.rows("register")), country.rows(), reading.ends()
    for each in holdings.values():
        each.worker.position = each.worker.position.__class__(changed=10**6, after={0: 10**6})
        with pytest.raises(FencedError):
            each.worker.finish(NOW_US + 10**6)
    with country.made.store.read() as reading:
        assert (list(reading.rows("register")), country.rows(), reading.ends()) == before


def test_a_store_that_is_away_is_waited_for_within_the_turn(
    country: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, tries = Worker.step, list[int]()

    def away(worker: Worker, now_us: int) -> int:
        tries.append(now_us)
        if len(tries) < 3:
            raise UnavailableError("it is away")
        return step(worker, now_us)

    monkeypatch.setattr(Worker, "step", away)
    monkeypatch.setattr(slice_turns, "AWAY_S", 0.01)
    reports = _turn(country.plan(slices=1), 0)
    assert (len(tries), sum(one.judged for one in reports)) == (3, PERSONS)


def test_what_fails_is_told_to_spark_without_a_word_about_anybody(
    country: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_worker: Worker, _now_us: int) -> int:
        raise RuntimeError("P-1 at 43.2, 76.9")

    monkeypatch.setattr(Worker, "step", fail)
    with pytest.raises(TurnError) as caught:
        _turn(country.plan(slices=1), 0)
    assert str(caught.value) == "slice 0: RuntimeError; nothing of it was kept"
    assert caught.value.__suppress_context__
    assert not slice_turns._in_hand  # The next try reads all of it anew.


def test_it_tells_now_and_then_while_its_turn_lasts(
    country: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slice_turns, "TOLD_EVERY_S", 0.0)
    monkeypatch.setattr(slice_turns, "STEP_S", 0.0)
    turn = slice_turns.take_turn(country.plan(slices=1, turn_s=3_600.0), 0)
    reports = list(islice(turn, 3))
    assert [(one.steps, one.judged, one.taken_up) for one in reports] == [
        (1, PERSONS, 1),
        (1, 0, 0),
        (1, 0, 0),
    ]


def test_a_term_and_a_claim_are_one_change(country: Judged) -> None:
    owners: list[PartitionOwner] = []
    country.made.store.write(
        lambda work: owners.append(judging_term.claim(work, country.term, [7], "one"))
    )
    with country.made.store.read() as reading:
        assert reading.owners()[7] == (owners[0].epoch, "one")
        assert judging_term.read(reading) == (country.term, JudgingPlace.COUNTRY)


def test_before_any_cluster_it_is_the_service_that_judges(tmp_path: Path) -> None:
    from tests.service import installations

    with installations.begin(tmp_path) as instance, instance.store.read() as reading:
        assert judging_term.read(reading) == (0, JudgingPlace.SERVICE)


def test_what_every_process_of_spark_reads_loads_no_judge() -> None:
    code = "import sys; from mesure.service.country.streaming import turn_plan; "
    code += "print(sorted({'numpy', 'mesure.live', 'sqlalchemy', 'pyspark'} & set(sys.modules)))"
    line = [sys.executable, "-c", code]
    run = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True)
    assert run.stdout == "[]\n"


def test_an_embedded_store_has_the_time_of_its_machine(
    country_folder: Path, tmp_path: Path
) -> None:
    with countries.open_country(country_folder, tmp_path) as opened:
        plan = TurnPlan(str(opened.setup.data), str(opened.setup.settings), 1, 1, 0.0)
        before = clock.now_us()
        assert before <= slice_turns.now_us(plan) <= clock.now_us()
    slice_turns._opened.cache_clear()
    slice_turns._server_clock.cache_clear()
    process_pool.open_once.cache_clear()
