"""What every test shares: how Hypothesis searches, and that no log outlives its test.

`repeatable` (the default) draws the same examples on every run, so a red test is red for everybody.
`search` draws new ones and more of them: `pytest --hypothesis-profile=search`. `long` does so, too:
`make long` says by LONG how many, from 1 (a tenth, and the same each time) to 10. `fewer` draws a
third: for a second Python, on which nothing else should come of them. With TESTS_TURN one
file in three is tried, and another at the next turn; TESTS_TURNS=8 makes it one in eight. With
CASES_TURN one of the longest cases of a test is tried, and another at the next turn.
"""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar
from zlib import crc32

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from tests.store.databases import PostgresDatabase, PostgresServer

collect_ignore = ["fuzz/guided.py"]  # Loads Atheris, which `make fuzz` alone installs.

settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "search",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "fewer",
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "noticed",  # By a test that must fail, and need not say by how little.
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
BRIEF = "LONG" not in os.environ  # `make test`; what it leaves out, `make long LONG=1` tries.
LONG = int(os.environ.get("LONG", "1"))
settings.register_profile(
    "long",
    max_examples=200 * LONG,
    derandomize=LONG == 1,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


Case = TypeVar("Case")


def of_turn(cases: Sequence[Case]) -> Sequence[Case]:
    """Return the case that comes at this turn; all of them, where there are no turns."""
    turn = os.environ.get("CASES_TURN")
    return cases if turn is None else [cases[int(turn) % len(cases)]]


TURN = os.environ.get("TESTS_TURN")
TURNS: Final = int(os.environ.get("TESTS_TURNS", "3"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what asks for PostgreSQL, and leave out what another turn tries, where there is one."""
    for item in items:
        if isinstance(item, pytest.Function) and _asks_for_postgres(item):
            item.add_marker(pytest.mark.postgres)
    if TURN is None:
        return
    waits = [item for item in items if _is_of_another_turn(item.nodeid.partition("::")[0])]
    config.hook.pytest_deselected(items=waits)
    left_out = set(waits)
    items[:] = [item for item in items if item not in left_out]


def _asks_for_postgres(item: pytest.Function) -> bool:
    callspec = getattr(item, "callspec", None)
    is_for_it = callspec is not None and "postgres" in callspec.params.values()
    return is_for_it or "postgres_server" in item.fixturenames


def _is_of_another_turn(file: str) -> bool:
    return crc32(file.encode()) % TURNS != int(TURN or 0) % TURNS


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    """Have one server of PostgreSQL, started for the first test that asks for it."""
    from tests.store import databases

    with databases.run_postgres() as running:
        yield running


@pytest.fixture(scope="session")
def common_postgres(postgres_server: "PostgresServer") -> "PostgresDatabase":
    """Return a database that the tests use one after another; it is emptied in between."""
    from tests.store import databases

    return databases.PostgresDatabase(postgres_server.make("shared"))


@pytest.fixture(scope="session", autouse=True)
def _no_word_of_a_slow_machine() -> Iterator[None]:
    """Keep what is said after two seconds out of what commands say, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mesure.machine.progress.QUIET_S", 3_600.0)
        yield


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Let a service that ran inside a test leave no log that writes to what is closed by then."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
