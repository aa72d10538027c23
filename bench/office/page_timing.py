"""How long the server takes for each page and each list of the API, in a house at full size.

The application answers in this process, without a network: from the request to the last byte of the
answer, with the session, the audited looks and their commits. Whatever is found in the routes is
opened as each role that may; an address without an example breaks the bench.
"""

import asyncio
import gc
import json
import os
import secrets
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import psycopg
from pydantic import SecretStr
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from bench.bench_rows import Row, at_least, at_most
from bench.measuring import say, spend
from bench.office import filled_house, page_peers
from bench.office.filled_house import NOW, FilledOffice, Size
from bench.office.page_addresses import AmissError, address
from bench.office.page_samples import Samples
from bench.under_load import served_town
from mesure.actions.framework.context import Actor, Context
from mesure.machine import garbage, logs
from mesure.record import rendering
from mesure.service.installation import data_folder, installation, log_signing, stores
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import upgrade
from mesure.service.maintenance.bundles import BundleMaker
from mesure.service.serve.contexts import ContextFactory
from mesure.store.interface.store import ReadTransaction, Store, WriteTransaction
from mesure.store.postgres import store as postgres
from mesure.store.values import tables
from mesure.web import health_check, static_files, website
from mesure.web.api import document, table
from mesure.web.api.endpoint import PREFIX
from mesure.web.console import routes as console
from mesure.web.counsel import routes as counsel
from mesure.web.dependencies import Dependencies
from mesure.web.inspector import routes as inspector
from mesure.web.portal import routes as portal
from mesure.web.requests.rates import RequestLimits, RequestRate
from mesure.web.sign_in import routes as sign_in
from mesure.web.signed_in import NAME
from tests.web import filled

TARGET_MS: Final = 200.0
LIST_TARGET_MS: Final = 500.0  # Of a list of everybody, which one page shows and searches.
OFTEN: Final = RequestRate(burst=10_000_000, per_minute=10_000_000)
QUICK: Final = Size(persons=500, incidents=20_000, officers=16)
ORIGIN: Final = "http://127.0.0.1:8080"

VISITOR: Final = "visitor"
# Who may open what the routes do not tell: any visitor, or any of these.
SIGNED_IN: Final = ("officer", "supervisor", "inspector", "operator", "person", "counsel")

# What is no page, and why it is not opened here.
NOT_OPENED: Final = {
    f"{PREFIX}/persons/{{person}}/contact/test-message/{{trial}}": "of a message sent just before",
    "/still": "no page: it says that a reader is still there",
    "/sign-in/directory": "leads to another service",
    "/sign-in/directory/back": "comes from another service",
    "/set-up/{token}": "a link that is good for one person and once",
}
# What is asked for now and then and handed over as one file, however large a record is.
FILES: Final = {f"{PREFIX}/persons/{{person}}/everything"}
# Everybody, searched and filtered: what grows with the house. An officer who asks so has their own.
LISTS: Final = (
    "/console/people?scope=*",
    "/console/people?scope=*&q={person}",
    "/console/people?scope=*&waits=overdue&device=quiet",
)
# To a page of the caller, or to the change of the end that the example has already.
LEADS_ON: Final = {"/", "/console/next/{incident}", "/console/orders/of/{person}/end"}


class Opened(NamedTuple):
    """A page as one role opens it: the pattern of its address, and how long each request took."""

    role: str
    pattern: str
    took_ms: list[float]
    used_ms: list[float]  # Of the processor, by all threads of the server.

    @property
    def median_ms(self) -> float:
        """Return what half of all requests stay below."""
        return median(self.took_ms)

    @property
    def p95_ms(self) -> float:
        """Return what nineteen of twenty requests stay below."""
        took = sorted(self.took_ms)
        return took[min(len(took) - 1, len(took) * 95 // 100)]


@dataclass(frozen=True, slots=True)
class OpeningTimes:
    """How often each page is opened, and for how long at most."""

    times: int = 40
    seconds_max: float = 2.0
    warm: int = 2  # Requests before those that count: templates are compiled once.


# --- Which pages there are -----------------------------------------------------------------------


def patterns(parts: Dependencies) -> list[str]:
    """Return the pattern of every address that is asked with GET, found in the routes."""
    static = static_files.own()
    kinds = (sign_in, console, portal, counsel, inspector)
    routes: list[BaseRoute] = [route for kind in kinds for route in kind.routes(parts, static)]
    routes += health_check.routes(dict, dict)
    paths = []
    for route in routes:
        assert isinstance(route, Route)
        if "GET" in (route.methods or ()):
            paths.append(route.path)
    paths += [one.address for one in table.ENDPOINTS if one.method == "GET"]
    paths.append(PREFIX + document.PATH)
    return [one for one in (*paths, *LISTS) if one not in NOT_OPENED]


# --- Opening them --------------------------------------------------------------------------------


class PageResponse(NamedTuple):
    """What came back, and after how long."""

    status: int
    took_ms: float
    used_ms: float


async def ask(app: ASGIApp, target: str, session: str | None) -> PageResponse:
    """Ask once, as a server would."""
    path, _, query = target.partition("?")
    headers = [(b"host", b"127.0.0.1:8080"), (b"accept", b"text/html")]
    headers.append((b"sec-fetch-site", b"same-origin"))  # By a link of ours, as nearly always.
    if session:
        headers.append((b"cookie", f"{NAME}={session}".encode()))
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query.replace("+", "%2B").encode(), "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8080), "state": {},
    }  # fmt: skip
    response = {"status": 0}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401
        if message["type"] == "http.response.start":
            response["status"] = message["status"]

    begun_s, unused_s = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    took_s, used_s = time.perf_counter() - begun_s, time.process_time() - unused_s
    return PageResponse(response["status"], 1_000.0 * took_s, 1_000.0 * used_s)


async def open_page(
    app: ASGIApp, samples: Samples, pattern: str, opening: OpeningTimes
) -> list[Opened]:
    """Open a page as each role that may, many times over, each time with the next example."""
    wanted = {303} if pattern in LEADS_ON else {200}
    everyones = [address(pattern, one) for one in samples.examples]
    is_open = (await ask(app, everyones[0], None)).status in wanted and pattern not in LEADS_ON
    opened_pages = []
    for role in (VISITOR,) if is_open else SIGNED_IN:
        session = samples.sessions.get(role)
        sessions = samples.own.get(role, [session] * len(everyones))
        targets = list(zip(everyones, sessions, strict=True))
        first = await ask(app, *targets[0])
        if first.status == 403:
            continue
        if first.status not in wanted:
            raise AmissError(f"{everyones[0]} answers {first.status} to {role}")
        for number in range(opening.warm):
            await ask(app, *targets[number % len(targets)])
        took_ms: list[float] = []
        used_ms: list[float] = []
        until_s = time.monotonic() + opening.seconds_max
        while len(took_ms) < opening.times and (len(took_ms) < 5 or time.monotonic() < until_s):
            answer = await ask(app, *targets[len(took_ms) % len(targets)])
            if answer.status not in wanted:
                raise AmissError(f"{pattern} answers {answer.status} to {role}")
            took_ms.append(answer.took_ms)
            used_ms.append(answer.used_ms)
        opened_pages.append(Opened(role, pattern, took_ms, used_ms))
    if not opened_pages:
        raise AmissError(f"{pattern}: nobody may open it")
    return opened_pages


# --- The house -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Serving:
    """A full house, and the application that answers for it."""

    app: ASGIApp
    parts: Dependencies
    samples: Samples
    house: FilledOffice
    instance: Installation


@contextmanager
def serve_pages(folder: Path, size: Size) -> Iterator[Serving]:
    """Fill a house in SQLite, and serve its pages in this process."""
    night = filled.judge_evening(folder)
    settings = served_town.settings_in(folder)
    where = installation.folder_of(settings)
    where.make()
    with data_folder.hold_folder(where):
        upgrade.upgrade(settings, where, filled_house.BEGAN)
        with (
            installation.begin_installation(settings) as instance,
            closing(ContextFactory(instance, ORIGIN)) as contexts,
        ):

            def context(actor: Actor, at: datetime) -> Context:
                return replace(contexts.make(actor, "bench"), now=at)

            begun_s = time.monotonic()
            house = filled_house.fill(context, night, size)
            samples = Samples(context, house)
            log_signing.checkpoint(instance)
            say(f"the house was filled in {time.monotonic() - begun_s:.0f} s")
            with open_application(instance) as (app, parts):
                yield Serving(app, parts, samples, house, instance)


@contextmanager
def open_application(instance: Installation) -> Iterator[tuple[ASGIApp, Dependencies]]:
    """Build the application of an installation, at the moment at which the house stands still."""
    with closing(ContextFactory(instance, ORIGIN)) as contexts:
        parts = _parts(instance, contexts)
        app = website.build(parts)
        garbage.settle()  # As the service does when it starts.
        try:
            yield app, parts
        finally:
            gc.unfreeze()


def _parts(instance: Installation, contexts: ContextFactory) -> Dependencies:
    begun_s = time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - begun_s)

    def make(actor: Actor, request: str, address: str) -> Context:
        return replace(contexts.make(actor, request, address), now=now())

    return Dependencies(
        contexts=make, catalogues=rendering.page_catalogue, now=now, random=secrets.token_bytes,
        limits=RequestLimits(OFTEN, OFTEN, OFTEN, OFTEN), bundles=BundleMaker.of(instance),
    )  # fmt: skip


async def _all(at: Serving, opening: OpeningTimes, which: Sequence[str]) -> list[Opened]:
    opened_pages: list[Opened] = []
    for pattern in which or patterns(at.parts):
        ones = await open_page(at.app, at.samples, pattern, opening)
        for page in ones:
            say(f"{page.p95_ms:8.1f} ms at p95, {page.median_ms:8.1f} ms, {page.role}: {pattern}")
        opened_pages += ones
    return opened_pages


def measure_pages(at: Serving, opening: OpeningTimes, which: Sequence[str] = ()) -> list[Opened]:
    """Open every page there is, or only these."""
    return asyncio.run(_all(at, opening, which))


# --- Rows ----------------------------------------------------------------------------------------


def rows(quick: bool) -> list[Row]:
    """Return the rows; a process of its own fills the house, so that this one stays small."""
    say("filling a house, and opening every page of it")
    command = [sys.executable, "-m", "bench.office.page_timing", *(["--quick"] if quick else [])]
    return [Row(**one) for one in json.loads(spend(command).output)]


def in_rows(store: str, opened_pages: Iterable[Opened]) -> list[Row]:
    """Return a row for each page, by the role for which it took longest; the slowest page first."""
    slowest: dict[str, Opened] = {}
    for page in opened_pages:
        before = slowest.get(page.pattern)
        if before is None or page.p95_ms > before.p95_ms:
            slowest[page.pattern] = page
    pages = [one for one in slowest.values() if one.pattern not in {*FILES, *LISTS}]
    over = sum(one.p95_ms > TARGET_MS for one in pages)
    return [
        at_most(f"{store}: pages and lists above {TARGET_MS:.0f} ms at p95", over, "pages", 0),
        at_least(f"{store}: pages and lists that were opened", len(pages), "pages"),
        *(_row(store, one) for one in slowest.values()),
    ]


def _row(store: str, page: Opened) -> Row:
    cpu_ms = median(page.used_ms)
    unit = f"ms at p95 (median {page.median_ms:.3g}, CPU {cpu_ms:.3g}, n {len(page.took_ms)})"
    target = None if page.pattern in FILES else TARGET_MS
    target = LIST_TARGET_MS if page.pattern in LISTS else target
    return at_most(f"{store}: {page.pattern} ({page.role})", page.p95_ms, unit, target)


def main() -> None:
    """Measure on SQLite, then on PostgreSQL where there is one, and print the rows as JSON."""
    quick = "--quick" in sys.argv[1:]
    logs.configure(open(os.devnull, "w"))  # noqa: SIM115  Until the end.
    size, opening = (QUICK, OpeningTimes(10, 0.5)) if quick else (Size(), OpeningTimes())
    with (
        TemporaryDirectory(prefix="mesure.bench.") as folder,
        serve_pages(Path(folder), size) as at,
    ):
        table_rows = in_rows("SQLite", measure_pages(at, opening)) + page_peers.rows(at)
        table_rows += page_peers.rows_while_counting(at)
        table_rows += on_postgres(at, opening)
    print(json.dumps([one.as_json() for one in table_rows]))


def on_postgres(at: Serving, opening: OpeningTimes, which: Sequence[str] = ()) -> list[Row]:
    """Hand the house over to PostgreSQL, row by row, and open every page of it there."""
    from tests.store import databases

    if databases.folder_of_programs() is None:
        say("there is no PostgreSQL here; its rows are left out")
        return []
    with databases.run_postgres() as server:
        url = server.make("bench")
        postgres.prepare(url)
        settings = at.instance.settings.model_copy(update={"database_url": SecretStr(url)})
        with closing(stores.open_store(settings, at.instance.folder)) as store:
            say("handing the house over to PostgreSQL")
            copy_rows(at.instance.store, store)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("ANALYZE")  # As the server does by itself a minute later.
            instance = replace(at.instance, store=store)
            with open_application(instance) as (app, parts):
                there = replace(at, instance=instance, app=app, parts=parts)
                return in_rows("PostgreSQL", measure_pages(there, opening, which))


def copy_rows(source: Store, target: Store) -> None:
    """Copy every row of a store into an empty one."""
    with source.read() as reading:
        for name in tables.HANDED:
            target.write(partial(_taken_in, reading, name))


def _taken_in(reading: ReadTransaction, name: str, work: WriteTransaction) -> None:
    work.fill(name, reading.rows(name))


if __name__ == "__main__":
    main()
