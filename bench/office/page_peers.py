"""A page of a list beside the same list made otherwise, in the same house and the same run.

- **all of it made, and then cut**: every incident of the person with its review, opened and checked
  as the page does it, of which a page is kept. So the API made its lists before they were paged.
- **plain SQL**: the same columns of the same rows, asked of the database alone and written as JSON:
  nobody asks who looks, nothing is opened, nothing is entered. It is the least that can be done.
"""

import asyncio
import json
import sqlite3
import time
from asyncio import Event
from collections.abc import Awaitable, Callable
from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.bench_rows import Row, beside
from bench.measuring import say
from mesure.actions.framework.action import ActionContext, EmptyRequest, perform
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.incidents import contests, incident_review, statistics
from mesure.service.children import quiet_process
from mesure.service.children.quiet_process import QuietWork
from mesure.store.interface.store import WriteTransaction
from mesure.web.api import answering
from mesure.web.api.endpoint import PREFIX

if TYPE_CHECKING:
    from bench.office.page_timing import Serving

TIMES: Final = 30
PLAIN: Final = (
    "SELECT id, person, court_order, condition, kind, opened_us, start_us, end_us, withdrawn_us "
    "FROM incident WHERE person = ? ORDER BY start_us DESC, id DESC LIMIT ?"
)


def rows(at: "Serving") -> list[Row]:
    """Return how a page of the busiest person's incidents compares."""
    say("the same list otherwise")
    person = at.house.people[0].id
    page_ms = median(asyncio.run(_pages(at, person)))
    context = at.parts.contexts(at.samples.actors["officer"], "bench", "")
    whole_ms = _median_ms(lambda: _whole(context, person))
    with closing(sqlite3.connect(at.instance.folder.database)) as plain:
        plain_ms = _median_ms(lambda: _plain(plain, person))
    every = at.house.people[0].incidents
    name = f"SQLite: a page of {incident_review.COUNT} of {every} incidents, median"
    peers = (("all of it made, and then cut", whole_ms), ("plain SQL, asked by nobody", plain_ms))
    return [
        beside(name, page_ms, "ms", f"{peer}: {peer_ms:.3g}", peer_ms / page_ms)
        for peer, peer_ms in peers
    ]


async def _pages(at: "Serving", person: str) -> list[float]:
    from bench.office.page_timing import ask

    session = at.samples.sessions["officer"]
    target = f"{PREFIX}/persons/{person}/incidents"
    return [(await ask(at.app, target, session)).took_ms for _ in range(TIMES)]


def rows_while_counting(at: "Serving") -> list[Row]:
    """Return how long what waits today takes while the statistics are counted."""
    say("what waits today, while the statistics are counted")
    apart_ms = asyncio.run(
        _meanwhile(at, lambda: quiet_process.run(QuietWork.COUNT, at.instance.settings, Event()))
    )
    context = at.parts.contexts(PROGRAM, "bench", "")
    thread_ms = asyncio.run(
        _meanwhile(
            at, lambda: asyncio.to_thread(perform, context, statistics.count, EmptyRequest())
        )
    )
    name = "SQLite: what waits today (officer), while the statistics are counted"
    peer = f"counted in a thread of the server: {thread_ms:.3g}"
    return [beside(name, apart_ms, "ms at p95", peer, thread_ms / apart_ms)]


async def _meanwhile(at: "Serving", work: Callable[[], Awaitable[object]]) -> float:
    """Return the 95th percentile of a page, opened again and again until something is done."""
    from bench.office.page_timing import Opened, ask

    session = at.samples.sessions["officer"]
    took_ms: list[float] = []
    task = asyncio.ensure_future(work())
    while not took_ms or not task.done():
        took_ms.append((await ask(at.app, "/console", session)).took_ms)
    await task
    return Opened("officer", "/console", took_ms, []).p95_ms


def _whole(context: Context, person: str) -> None:
    def encode_reviews(work: WriteTransaction) -> bytes:
        doing = ActionContext(
            work, context, incident_review.list_incidents, incident_review.list_incidents.purpose
        )
        doing.case(person)
        entries = [
            (
                incident.id,
                contests.review_of(doing.rows, incident.id),
                contests.contests_of(doing.rows, incident.id),
            )
            for incident in work.incidents_of(person)
        ]
        return answering.encode(
            [(name, kept.stage) for name, kept, _ in entries[-incident_review.COUNT :]]
        )

    context.store.write(encode_reviews)


def _plain(connection: sqlite3.Connection, person: str) -> None:
    json.dumps(connection.execute(PLAIN, (person, incident_review.COUNT)).fetchall())


def _median_ms(work: Callable[[], None]) -> float:
    took_ms = []
    for _ in range(TIMES):
        begun_s = time.perf_counter()
        work()
        took_ms.append(1_000.0 * (time.perf_counter() - begun_s))
    return median(took_ms)
