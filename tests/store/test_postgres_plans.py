"""Plans of PostgreSQL: what is asked of a table that grows is asked by an index, whatever it holds.

The server keeps the plan of a statement that comes often. One that was made while a table was
small, and reads the whole of it, would be kept while it grows.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import sql

from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.postgres import store as postgres
from mesure.store.values.effects import IncidentGroupKey, JudgingResult, PartitionOwner
from tests.store.databases import PostgresDatabase, PostgresServer
from tests.store.judged_samples import assessment, claim_all, judgement, outbox_entry, row
from tests.store.samples import enrolment, message, ready

FEW = {"binding_edge", "change_edge", "audit_edge", "partition_owner", "checkpoint"}


def receive(store: Store) -> None:
    def change(work: WriteTransaction) -> None:
        work.digests([("D-1", 2), ("D-2", 2)])
        work.enrolments_with_keys([b"name"])
        work.append([message(2), message(2, device=2, person=2), message(None, body=b"none")])
        work.keep_standings({"D-1": b"known", "D-2": b"known"})
        work.record([b"{}", b"{}"])

    def change_alone(work: WriteTransaction) -> None:
        """Ask and write one row, which goes as plain values."""
        work.digests([("D-1", 2)])
        work.enrolments_with_keys([b"name"])
        work.append([message(3)])
        work.append([message(None, body=b"other")])
        work.keep_standings({"D-1": b"known again"})
        work.record([b"{}"])

    store.write(lambda work: work.keep_enrolment(enrolment()))
    store.write(change)
    store.write(change_alone)
    with store.read() as reading:
        reading.logs({1: 0, 2: 0}, 10)
        reading.logs({1: 0}, 10)


def judge(store: Store) -> None:
    owner = claim_all(store)
    store.write(lambda work: work.judge([judgement(0, assessment(0, 9))], owner))
    store.write(lambda work: work.judge([judgement(0, assessment(0, 12))], owner))
    store.write(lambda work: work.judge([judgement(0, assessment(5, 12))], owner))
    for end_us in (12, 15):
        both = [judgement(0, assessment(9, end_us, person=n), person=n) for n in (1, 2)]
        store.write(partial(judge_as, owner, both))


def judge_as(owner: PartitionOwner, results: list[JudgingResult], work: WriteTransaction) -> None:
    work.judge(results, owner)


def administer(store: Store) -> None:
    def change_both(work: WriteTransaction) -> None:
        work.put(row(revision=3, keys={"x": "z", "y": "z"}))
        work.put(row("2", revision=2))

    store.write(lambda work: work.put(row()))
    store.write(lambda work: work.put(row(revision=2, keys={"x": "y"})))
    store.write(lambda work: work.put(row("2", keys={"x": "y", "y": "y"})))
    store.write(change_both)
    store.write(lambda work: work.enqueue(outbox_entry()))
    store.write(lambda work: work.pin("2026-02-10T08:30:00Z"))


def look(store: Store) -> None:
    """Read what lists are made from."""
    with store.read() as reading:
        reading.heads_of("P-1", 9, (5, ""), IncidentGroupKey("ALM-1", "C1", "outside"))
        reading.heads_named(["I-1"])
        reading.incidents_named(["I-1"])
        reading.heads_without(["P-1"], "review", "stage", "found")
        reading.entries_of(["P-1"], ["absence"])
        reading.entries_named("absence", ["1"])
        reading.ids_present("absence", ["1"])
        reading.entries_with_any("absence", "x", ["y"])
        reading.entries_with_key("absence", "x", "y", "0")
        reading.latest("absence", "x", "y", "9", also=("officer", "O-1"))
        reading.tally("deed", "person", "P-1", "action")
        reading.persons_present(["P-1"])
        reading.orders_about(["P-1"])
        reading.devices("D-1", 9)
        reading.assignments_about(["P-1"])
        reading.openings_of([1])
        reading.things_about("P-1")


@pytest.fixture(scope="module")
def fresh(postgres_server: PostgresServer) -> PostgresDatabase:
    """Return a database of which the server knows nothing yet, as of any that was just made."""
    return PostgresDatabase(postgres_server.make("fresh"))


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> dict[str, None]:
    """Return what is asked from now on, with numbers in the places of values."""
    texts: dict[str, None] = {}
    execute = psycopg.Connection.execute

    def note_query(self: Any, query: Any, *values: Any, **options: Any) -> Any:
        text = query if isinstance(query, str) else sql.Composed([query]).as_string(None)
        number = iter(range(1, 100))
        texts[re.sub("%[sb]", lambda _: f"${next(number)}", text)] = None
        return execute(self, query, *values, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", note_query)
    return texts


def scans(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the tables that a plan reads, each with what its indexes are asked."""
    if "Relation Name" in plan and "Scan" in plan["Node Type"]:
        yield plan["Relation Name"], " ".join(conditions(plan))
    for child in plan.get("Plans", []):
        yield from scans(child)


def conditions(plan: dict[str, Any]) -> Iterator[str]:
    """Yield what indexes are asked, also where several are put together for one table."""
    yield plan.get("Index Cond", "")
    for child in plan.get("Plans", []):
        if "Bitmap" in child["Node Type"]:
            yield from conditions(child)


@pytest.mark.parametrize("use", [receive, judge, administer, look], ids=lambda use: use.__name__)
def test_a_table_that_grows_is_never_read_from_end_to_end(
    fresh: PostgresDatabase, queries: dict[str, None], use: Callable[[Store], None]
) -> None:
    fresh.empty()
    with closing(fresh.open()) as store:
        ready(store)
        queries.clear()
        use(store)
        statements = [one for one in queries if re.match("SELECT .* FROM|WITH|UPDATE|DELETE", one)]
    read: set[str] = set()
    with psycopg.connect(fresh.where, options=postgres._SETTINGS) as connection:
        for statement in statements:
            for table, cond in scans(plan_of(connection, statement)):
                read.add(table)
                is_given = "$" in cond or "." in cond or "SubPlan" in cond
                assert is_given or table in FEW, f"{table} is read whole by: {statement}"
    assert read - FEW, "the statements that were noted read something"


def test_what_waits_of_everybody_takes_the_keys_away_at_once(
    fresh: PostgresDatabase, queries: dict[str, None]
) -> None:
    """It reads the incidents once, and no key of a kind for each of them."""
    fresh.empty()
    with closing(fresh.open()) as store:
        ready(store)
        queries.clear()
        with store.read() as reading:
            reading.all_heads_without("review", "stage", "found")
        [statement] = [one for one in queries if "register_key" in one]
    with psycopg.connect(fresh.where, options=postgres._SETTINGS) as connection:
        plan = plan_of(connection, statement)
    assert "SetOp" in str(plan)
    [keys] = [cond for table, cond in scans(plan) if table == "register_key"]
    assert all(column in keys for column in ("kind = $", "key = $", "value = $")), keys
    assert "id =" not in keys.replace("kind =", ""), keys


def test_whether_a_row_has_a_key_is_asked_of_that_row_alone(
    fresh: PostgresDatabase, queries: dict[str, None]
) -> None:
    """A plan that joins all keys of a kind with each row takes minutes in a full house."""
    fresh.empty()
    with closing(fresh.open()) as store:
        ready(store)
        queries.clear()
        with store.read() as reading:
            reading.heads_without(["P-1"], "review", "stage", "found")
            reading.latest("absence", "x", "y", also=("officer", "O-1"))
        statements = [one for one in queries if "register" in one]
    conds: list[list[str]] = []
    with psycopg.connect(fresh.where, options=postgres._SETTINGS) as connection:
        for statement in statements:
            table_scans = scans(plan_of(connection, statement))
            conds.append([cond for table, cond in table_scans if table.startswith("register")])
    [of_heads, of_latest] = conds
    assert len(of_heads) == 2, of_heads
    assert all("(id = " in cond for cond in of_heads), of_heads
    # The rows that have the first key are what is gone through; the rest is asked of each.
    assert sum("(id = " not in cond for cond in of_latest) == 1, of_latest


def plan_of(connection: psycopg.Connection, statement: str) -> dict[str, Any]:
    """Return the plan that is kept, which is to serve whatever values come."""
    run: Callable[[Any], psycopg.Cursor] = connection.execute
    run("SET plan_cache_mode = force_generic_plan")
    run(f"PREPARE it AS {statement}")
    places = len(set(re.findall(r"\$\d+", statement)))
    values = f"({', '.join(['NULL'] * places)})" if places else ""
    [[explanation]] = run(f"EXPLAIN (FORMAT JSON) EXECUTE it{values}").fetchall()
    run("DEALLOCATE it")
    plan: dict[str, Any] = explanation[0]["Plan"]
    return plan
