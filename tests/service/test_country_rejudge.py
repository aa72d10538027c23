"""A country judged again: from the archive as from the store, by one process as by several."""

import dataclasses
import json
import os
import secrets
import signal
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from mesure.actions.judging import judge_store
from mesure.instants import MAX_US, MIN_US
from mesure.live.load_person import HORIZON_US, EvaluationConfig
from mesure.machine.progress import ProgressStages
from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.record.policy_loading import read_policy
from mesure.service.archive import sealed_rows, trail_archive
from mesure.service.country import (
    country_results,
    judge_partition,
    policy_differences,
    process_pool,
    rejudge_plan,
    rejudge_run,
    spark_cluster,
)
from mesure.service.country.rejudge_run import Workforce
from mesure.service.maintenance import comparison, erase, rejudge
from mesure.service.maintenance.comparison import ComparisonRow
from mesure.service.maintenance.erase import EraseRequest
from mesure.store.values import partitions
from mesure.store.values.faults import LostKeyError
from tests.service import countries
from tests.service.countries import Country

ONE = Workforce(1)


@pytest.fixture(scope="module")
def country_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    countries.live(folder)
    return folder


@pytest.fixture
def country(country_folder: Path, tmp_path: Path) -> Iterator[Country]:
    with countries.open_country(country_folder, tmp_path) as opened:
        yield opened


def replay_person(country: Country, out: Path, person: str) -> list[ComparisonRow]:
    """Return what a replay of what is stored says under the new policy."""
    policy, _ = read_policy(out / rejudge_plan.POLICY)
    config, rows = EvaluationConfig(country.made.keyring, policy), set[ComparisonRow]()
    with country.made.store.read() as reading:
        judged = reading.progress_of(person)
        assert judged is not None
        for duty in judge_store.duties(reading, country.made.keyring, person):
            logged = [
                message
                for message in reading.messages(person, MIN_US, MAX_US)
                if message.device in duty.classes and message.place.sequence <= judged.sequence
            ]
            messages = sorted(config.open_messages(person, logged))
            rules = config.rules_of(duty, judged.until_us + HORIZON_US)
            read = comparison.read_rows(duty, messages)
            statement = comparison.statement_of(rules, read, judged.until_us)
            rows.update(comparison.rows_of_statement(duty, statement))
    return sorted(rows, key=country_results.row_order)


def run(country: Country, out: Path, force: Workforce = ONE) -> str:
    outcome = rejudge_run.run(country.made, country.setup, out, force, ProgressStages())
    outcome.plan = countries.plan_of(out)
    return json.dumps([outcome.persons, outcome.fixes, sorted(outcome.different)])


# --- The same rows -------------------------------------------------------------------------------


def test_what_is_judged_from_the_archive_is_a_replay_of_what_is_stored(country: Country) -> None:
    out = country.out
    results = country.results(out)
    assert len(results) == 5
    for result in results:
        assert result is not None
        assert result.new == replay_person(country, out, result.person)
        with country.made.store.read() as reading:
            stands = comparison.rows_in_store(reading, result.person).stands
        assert set(result.stored) == stands
        assert result.present in (None, result.stored)
    assert any(result and result.new != result.stored for result in results)


def test_under_the_policy_of_the_service_it_says_what_the_service_says(country: Country) -> None:
    out = country.plan("same", policy="version: the same\nthresholds: {}\n")
    run(country, out)
    assert rejudge.rejudge(country.made, ProgressStages()).different == []
    for result in country.results(out):
        assert result is not None
        assert (result.new, result.present) == (result.stored, None)


def test_one_process_several_and_batches_say_the_same(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # In the others: quicker here, and the same bytes.
    single, several, batches = country.out, country.plan("several"), country.plan("batches")
    run(country, several, Workforce(2))
    numbers = country_results.numbers(single)
    places = pa.RecordBatch.from_pydict({"id": list(range(len(numbers)))})
    record_batches = spark_cluster.judge_batches(
        country.setup, batches, numbers, iter([places.slice(0, 2), places.slice(2)])
    )
    rows = [row for batch in record_batches for row in batch.to_pylist()]
    assert [row["partition"] for row in rows] == numbers
    assert country.results(single) == country.results(several) == country.results(batches)
    results = [result for result in country.results(single) if result]
    assert sum(row["fixes"] for row in rows) == sum(result.fixes for result in results) > 1_000


def test_whoever_is_erased_in_between_is_in_no_result(country: Country) -> None:
    out = country.out
    person = country.results(out)[0].person  # type: ignore[union-attr]
    list(erase.steps(country.made, EraseRequest(person, is_everything=True)))
    assert country.results(out)[0] is None  # What lies there is noise,
    again = country.plan("again")
    run(country, again)
    run(country, out)
    assert [one for one in country.results(out) if one] == country.results(again)
    others = [one.person for one in country.results(again) if one]
    assert person not in others
    assert len(others) == 4
    outcome = rejudge_run.run(country.made, country.setup, out, ONE, ProgressStages())
    assert (outcome.persons, outcome.erased) == (4, 1)


def test_an_order_that_is_varied_in_between_is_read_as_it_stands(country: Country) -> None:
    out = country.out
    [varied] = [one for one in country.results(out) if one and one.person.endswith("2")]
    curfews = [row for row in varied.new if row.condition == "C1"]
    assert len({row.start_us % (3_600 * 10**6) for row in curfews}) > 1  # 22:00 and 23:30.


def test_what_came_after_the_archive_is_read_from_the_log(country: Country) -> None:
    out = country.plan("later")
    for partition in country_results.numbers(country.out):
        trail_archive.files(country.archive, partition)[-1].unlink()
        judge_partition.judge(country.made, out, partition)
    assert country.results(out) == country.results(country.out)


# --- What cannot be opened ------------------------------------------------------------------------


@contextmanager
def spoilt(country: Country, person: str) -> Iterator[None]:
    """Have one message of a person be another than was sealed, and put it right again."""
    where = "FROM message WHERE person = ? ORDER BY sequence LIMIT 1"
    change = "UPDATE message SET body = ? WHERE rowid = ?"
    with closing(sqlite3.connect(country.made.folder.database)) as database:
        number, sealed = database.execute(f"SELECT rowid, body {where}", (person,)).fetchone()
        database.execute(change, (bytes([sealed[0] ^ 1]) + sealed[1:], number))
        database.commit()
        yield
        database.execute(change, (sealed, number))
        database.commit()


def test_whoever_cannot_be_read_is_named_and_the_others_are_judged(country: Country) -> None:
    person = country.results(country.out)[0].person  # type: ignore[union-attr]
    others = [one for one in country.results(country.out) if one and one.person != person]
    out, mine = country.plan("spoilt"), partitions.partition_of(person)
    with spoilt(country, person):
        trail_archive.clear(country.made)
        outcome = rejudge_run.run(country.made, country.setup, out, ONE, ProgressStages())
    assert [one for one in country.results(out) if one and not one.unreadable] == others
    assert (outcome.persons, list(outcome.unreadable)) == (4, [person])
    report = policy_differences.report_text(outcome)
    assert f"1 cannot be judged again (`mesure verify-store` names the rows): {person}." in report
    assert f"{person}: This cannot be read: it was sealed with another key" in report
    assert json.loads((out / rejudge_run.TOTALS).read_bytes())["unreadable"] == 1
    before = {path: path.stat().st_mtime_ns for path in out.glob("part-*.parquet")}
    assert json.loads(run(country, out))[0] == 5  # It was restored.
    again = {path for path in before if path.stat().st_mtime_ns != before[path]}
    assert again == {country_results.path_of(out, mine)}
    assert country.results(out) == country.results(country.out)


def test_what_was_archived_before_it_was_spoilt_is_judged_by(country: Country) -> None:
    person = country.results(country.out)[0].person  # type: ignore[union-attr]
    out = country.plan("archived")
    with spoilt(country, person):
        assert json.loads(run(country, out))[0] == 5
    assert country.results(out) == country.results(country.out)


def test_whose_key_is_lost_is_named_and_no_other_gets_less(country: Country) -> None:
    person = country.results(country.out)[0].person  # type: ignore[union-attr]
    out = country.plan("lost")
    with closing(sqlite3.connect(country.made.folder.keyring)) as keys:
        keys.execute("DELETE FROM wrapped_key WHERE name = ?", (person,))
        keys.commit()
    outcome = rejudge_run.run(country.made, country.setup, out, ONE, ProgressStages())
    assert (outcome.persons, outcome.erased, list(outcome.unreadable)) == (4, 0, [person])
    assert "there is no key for it" in outcome.unreadable[person]
    assert set(outcome.shut) == {person}
    report = policy_differences.report_text(outcome)
    assert f"\n{person}: {min(outcome.shut[person])}" in report
    list(erase.steps(country.made, EraseRequest(person, is_everything=True)))
    outcome = rejudge_run.run(country.made, country.setup, out, ONE, ProgressStages())
    assert (outcome.persons, outcome.erased, outcome.unreadable) == (4, 1, {})


# --- Going on ------------------------------------------------------------------------------------


def test_a_run_that_was_broken_off_goes_on_and_repeats_nothing(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = country.plan("broken off")
    judge = judge_partition.judge
    done: list[int] = []

    def first_two(*words: object) -> judge_partition.PartitionDone:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(words[2])  # type: ignore[arg-type]
        return judge(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(judge_partition, "judge", first_two)
    with pytest.raises(KeyboardInterrupt):
        run(country, out)
    before = {path: path.stat().st_mtime_ns for path in out.glob("part-*.parquet")}
    assert len(before) == 2
    monkeypatch.setattr(judge_partition, "judge", judge)
    run(country, out)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert country.results(out) == country.results(country.out)


def test_a_partition_whose_archive_changed_is_judged_again(country: Country) -> None:
    out = country.out
    before = {path: path.stat().st_mtime_ns for path in out.glob("part-*.parquet")}
    person = country.results(out)[0].person  # type: ignore[union-attr]
    with country.made.store.read() as reading:
        message = next(reading.messages(person, MIN_US, MAX_US))
    country.made.store.write(lambda work: work.cut([message.place]))
    run(country, out)
    after = {path: path.stat().st_mtime_ns for path in out.glob("part-*.parquet")}
    mine = country_results.path_of(out, partitions.partition_of(person))
    assert {path for path in after if after[path] != before[path]} == {mine}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda plan: {"policy_sha256": "0"}, "a run was begun here under another policy; "),
        (lambda plan: {"engine": "0.0.1"}, "a run was begun here by another version of Mesure; "),
        (lambda plan: {"until_us": plan.until_us + 1}, "a run was begun here with another --until"),
    ],
)
def test_another_plan_in_the_same_folder_is_refused(
    country: Country, change: Callable[[rejudge_plan.RejudgePlan], dict[str, object]], message: str
) -> None:
    out = country.plan()
    plan = rejudge_plan.read(out)
    other = msgspec.structs.replace(plan, **change(plan))
    (out / rejudge_plan.PLAN).write_bytes(msgspec.json.encode(other))
    with pytest.raises(ServiceError, match=message):
        country.plan()


def test_two_runs_do_not_write_in_one_folder_at_once(country: Country) -> None:
    with ThreadPoolExecutor(1) as other:
        with trail_archive.hold(country.out):
            running = other.submit(run, country, country.out)
            with pytest.raises(TimeoutError):
                running.result(timeout=0.5)
        assert running.result(timeout=60)


def test_a_path_that_executors_would_read_otherwise_is_refused(country: Country) -> None:
    settings = country.made.settings.model_copy(update={"archive": Path("archive")})
    instance = dataclasses.replace(country.made, settings=settings)
    force = Workforce(1, "local[1,4]")
    with pytest.raises(ServiceError, match="archive is no path from the root; executors have"):
        rejudge_run.run(instance, country.setup, country.out, force, ProgressStages())


def test_a_file_that_was_written_anew_while_it_was_read_gives_nothing_twice(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note that was read first knows of less than the rows that were read then."""
    monkeypatch.setattr(judge_partition, "_last", lambda _path: 0)
    out = country.plan("twice")
    for partition in country_results.numbers(country.out):
        judge_partition.judge(country.made, out, partition)
    assert country.results(out) == country.results(country.out)


def test_a_folder_of_something_else_is_refused(country: Country) -> None:
    (country.folder / "letters").mkdir(mode=0o700)
    (country.folder / "letters" / "letter.txt").write_text("mine")
    with pytest.raises(ServiceError, match="there is something else in this folder"):
        country.plan("letters")


def test_a_process_that_is_killed_is_told_in_a_sentence_and_the_next_run_goes_on(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = country.plan("killed")
    monkeypatch.setattr(process_pool, "judge", kill_itself)
    with pytest.raises(TransientServiceError, match="a process that judged was killed, perhaps"):
        run(country, out, Workforce(2))
    monkeypatch.undo()
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    run(country, out, Workforce(2))
    assert country.results(out) == country.results(country.out)


def kill_itself(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_file_that_changes_while_it_is_read_is_read_again(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, judge, tries = country.plan("again"), judge_partition.judge, list[int]()

    def stumble(*words: object) -> judge_partition.PartitionDone:
        tries.append(1)
        if len(tries) < 3:
            raise TransientServiceError("a file", "it changed", "nothing", "again")
        return judge(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(judge_partition, "judge", stumble)
    assert process_pool.judge(country.setup, out, 7).partition == 7

    def fall(*_: object) -> judge_partition.PartitionDone:
        raise TransientServiceError("a file", "it changed", "nothing", "again")

    monkeypatch.setattr(judge_partition, "judge", fall)
    with pytest.raises(TransientServiceError):
        process_pool.judge(country.setup, out, 7)


# --- What lies in the folder ---------------------------------------------------------------------


def test_nothing_about_a_person_lies_readable_in_the_folder(country: Country) -> None:
    out = country.out
    names = [result.person.encode() for result in country.results(out) if result]
    for path in out.iterdir():
        data = path.read_bytes()
        assert not [name for name in names if name in data], path
        assert path.name == "totals.json" or path.stat().st_mode & 0o077 == 0


def test_a_result_is_bound_to_its_person_and_its_place(country: Country) -> None:
    out = country.out
    first, second = country_results.numbers(out)[:2]
    note = sealed_rows.read_note(country_results.path_of(out, first), country_results.ResultNote)
    assert note is not None
    [mine] = country_results.read(country.made.keyring, out, first)
    assert mine is not None
    country_results.write(
        country.made.keyring,
        out,
        msgspec.structs.replace(note, partition=second),
        [mine],
        secrets.token_bytes,
    )
    path = country_results.path_of(out, second)
    path.rename(country_results.path_of(out, first))
    with pytest.raises(LostKeyError):
        country.results(out)


def test_whoever_archives_nothing_is_told(country: Country) -> None:
    settings = country.made.settings.model_copy(update={"archive": None})
    instance = dataclasses.replace(country.made, settings=settings)
    with pytest.raises(ServiceError, match="this programme archives no trails; nothing was judged"):
        rejudge_plan.begin(
            instance, country.folder, countries.SPAN, country.folder / "out", countries.NOW
        )
