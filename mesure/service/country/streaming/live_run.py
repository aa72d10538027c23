"""Live run: the driver has the executors of a cluster judge, turn after turn, until it is ended.

One driver at a time has the lease of judging; another may wait for it, with its executors ready.
With the lease it begins a term, and no process of an older one can claim anything any more. A
driver that is killed takes nothing along: the next driver reads in the store how far everybody was
judged.
"""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Final, NamedTuple, Self

import msgspec

from mesure.actions.judging import judging_term
from mesure.machine import clock
from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.service.cluster.service_lease import WHY_ONE, Lease
from mesure.service.country import spark_session
from mesure.service.country.rejudge_plan import WHY, WorkerSetup
from mesure.service.country.spark_session import SparkApplication
from mesure.service.country.streaming.turn_plan import TurnPlan
from mesure.service.installation import stores
from mesure.service.installation.installation import Installation
from mesure.service.serve import systemd
from mesure.store.values.effects import JudgingPlace
from mesure.store.values.faults import UnavailableError

TURN_S: Final = 600.0
"""What an executor holds of a slice in memory is read anew where the next turn is another's."""

LOOK_EVERY_S: Final = 0.5
READY: Final = "The executors of this job are ready."
READY_EVERY_S: Final = 30.0  # Spark ends a process of Python that did nothing for a minute.
GONE_S: Final = 8.0  # A cluster that starts a lost executor again does so within seconds.
MORE_S: Final = 60.0  # Executors that are there for so long stay.
ATTEMPTS: Final = 8  # At one slice in one turn.
STOPPING: Final = "the next one goes on where this one was"
APPLICATION: Final = SparkApplication(
    "mesure country judge",
    {
        "spark.task.maxFailures": str(ATTEMPTS),
        "spark.speculation": "false",  # Two who judge a slice only take it from each other.
        "spark.python.worker.reuse": "true",
    },
)


class LiveOptions(NamedTuple):
    """How a job judges."""

    master: str
    slices: int | None = None  # None: one for each core that the cluster has.
    turn_s: float = TURN_S


Say = Callable[[str], None]


def local_master() -> str:
    """Return the address of a Spark of this machine, with a core for each processor."""
    return f"local[{os.cpu_count() or 1},{ATTEMPTS}]"


@contextmanager
def end_in_order() -> Iterator[None]:
    """Have a signal that asks the process to end do so in order; handlers are put back then."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt:
        pass  # It is how such a job ends.
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def run(instance: Installation, setup: WorkerSetup, options: LiveOptions, say: Say) -> None:
    """Judge until the process is told to end."""
    refuse_elsewhere(instance)
    session = spark_session.open_session(options.master, APPLICATION)
    try:
        with closing(stores.country_lease(instance.settings)) as lease:
            driver = _Driver(instance, setup, options, session, say)
            driver.wait_for_turn(lease)
            with LeaseKeeper(lease) as keeper:
                refuse_beside_service(instance)
                driver.run(keeper)
    finally:
        with suppress(Exception):  # Where Java is gone, it is stopped.
            session.stop()


def refuse_elsewhere(instance: Installation) -> None:
    """Refuse where the settings say that the service judges."""
    settings = instance.settings
    if settings.judge is not JudgingPlace.COUNTRY:
        what = "it says that the service judges"
        remedy = "write judge = country for all nodes, start them again, and repeat the command"
        raise ServiceError("judge", what, WHY, remedy)


def refuse_beside_service(instance: Installation) -> None:
    """Refuse where the service that leads was started as one that judges."""
    with instance.store.read() as reading:
        term = judging_term.read(reading)
    lease = stores.lease(instance.settings)
    assert lease is not None, "judge = country goes with a database"
    with closing(lease):
        if term.place is JudgingPlace.SERVICE and lease.is_taken():
            what = "the service that leads judges in this database itself"
            remedy = "start it again with judge = country, and repeat the command"
            raise TransientServiceError("judge", what, WHY_ONE, remedy)


def _taken(lease: Lease) -> bool:
    try:
        return lease.take()
    except UnavailableError:
        return False  # The server is away; it is asked again.


class LeaseKeeper:
    """Keeps a lease that was taken, beside whatever else is done, until it is left or lost.

    It begins at once: only a holder that keeps the lease loses it by stalling.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease, self._ending, self._lost = lease, threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Self:
        """Begin to keep it."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Keep it no more."""
        self._ending.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._lost.is_set():
            try:
                if not self._lease.keep():
                    self._lost.set()
            except UnavailableError:
                pass  # The server is away; executors wait for it as well.
            if self._ending.wait(LOOK_EVERY_S):
                return

    def raise_lost(self) -> None:
        """Refuse to go on where another one has taken it."""
        if self._lost.is_set():
            what, remedy = "another job judges in this database now", "let one of the two run"
            raise TransientServiceError("judge", what, WHY_ONE, remedy)


class SliceWatch:
    """Into how many slices the partitions should be dealt, by the executors that there are."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._since_s: dict[str, float] = {}  # Since when slices wait, or cores are idle.

    def choose(self, slices: int, taken: int, cores: int) -> int:
        """Return how many slices there should be, by what has been so for long enough.

        `taken`: how many of them an executor has, or is done with. A slice that nobody has waits
        for the end of somebody's turn, which is too long.
        """
        now_s = self._now_s()
        for what, is_so in (("waiting", 0 < taken < slices), ("idle", cores > slices)):
            if is_so:
                self._since_s.setdefault(what, now_s)
            else:
                self._since_s.pop(what, None)
        for what, within_s, should in (("waiting", GONE_S, taken), ("idle", MORE_S, cores)):
            if now_s - self._since_s.get(what, now_s) >= within_s:
                self._since_s.clear()
                return should
        return slices


class _Driver:
    """What has the executors judge."""

    def __init__(
        self,
        instance: Installation,
        setup: WorkerSetup,
        options: LiveOptions,
        session: Any,  # noqa: ANN401  Of PySpark, which only `spark_session` loads.
        say: Say,
    ) -> None:
        self._instance, self._setup, self._options = instance, setup, options
        self._session, self._say = session, say
        self._watch, self._ending = SliceWatch(), threading.Event()
        from mesure.service.country.streaming.turn_source import TurnSource

        session.dataSource.register(TurnSource)

    def wait_for_turn(self, lease: Lease) -> None:
        """Wait for the lease; meanwhile executors get ready, and are kept so."""
        if _taken(lease):
            return
        self._say("Another job judges in this database; this one waits until that one is gone.")
        systemd.tell("READY=1", "STATUS=waiting; executors get ready")
        again_s, were_ready = time.monotonic(), False
        while not _taken(lease):
            systemd.tell("WATCHDOG=1")
            if time.monotonic() >= again_s:
                are_ready = self._get_ready()
                if are_ready and not were_ready:
                    self._say(READY)
                    systemd.tell("STATUS=waiting; executors are ready")
                again_s, were_ready = time.monotonic() + READY_EVERY_S, are_ready
            time.sleep(LOOK_EVERY_S)

    def _get_ready(self) -> bool:
        """Have executors take a turn of nothing; what is amiss is seen when they judge."""
        with suppress(Exception), self._streaming(None, self._cores()) as query:
            while not query.awaitTermination(LOOK_EVERY_S):
                systemd.tell("WATCHDOG=1")
            return True
        return False

    def run(self, keeper: LeaseKeeper) -> None:
        """Judge until told to end; where executors are lost for good, in fewer slices."""
        term = self._instance.store.write(
            lambda work: judging_term.begin(work, JudgingPlace.COUNTRY, clock.true_us())
        )
        slices = self._options.slices or self._cores()
        self._listen_for_end()
        while not self._ending.is_set():
            with self._streaming(term, slices) as query:
                self._say(f"Term {term}: judging in {slices} slices. Ctrl-C ends it.")
                systemd.tell("READY=1", f"STATUS=judging in {slices} slices")
                slices = self._follow(query, keeper, slices)

    @contextmanager
    def _streaming(self, term: int | None, slices: int) -> Iterator[Any]:
        """Yield a query that has begun, and stop it."""
        with tempfile.TemporaryDirectory(prefix="mesure-country-") as folder:
            query = self._begin(term, slices, folder)
            try:
                yield query
            finally:
                with suppress(Exception):  # Where Java is gone, there is nothing to stop.
                    query.stop()

    def _listen_for_end(self) -> None:
        """Have a signal end this in order: an exception would break off what Java is being asked.

        Spark has set a handler of its own when it started.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._ending.set())

    def _cores(self) -> int:
        return int(self._session.sparkContext.defaultParallelism)

    def _begin(self, term: int | None, slices: int, folder: str) -> Any:  # noqa: ANN401
        settings = str(self._setup.settings) if self._setup.settings else None
        plan = TurnPlan(
            str(self._setup.data),
            settings,
            term,
            slices,
            self._options.turn_s,
            clock.clock_setting(),
        )
        from mesure.service.country.streaming import turn_source

        rows = (
            self._session.readStream.format(turn_source.NAME)
            .option(turn_source.PLAN, msgspec.json.encode(plan).decode())
            .load()
        )
        writing = rows.writeStream.format("noop").option("checkpointLocation", folder)
        return (writing.trigger(once=True) if term is None else writing).start()

    def _follow(self, query: Any, keeper: LeaseKeeper, slices: int) -> int:  # noqa: ANN401
        """Return how many slices there should be, when it has been another number for a while."""
        try:
            while not query.awaitTermination(LOOK_EVERY_S):
                if self._ending.is_set():
                    return slices
                systemd.tell("WATCHDOG=1")
                keeper.raise_lost()
                if self._options.slices is None:
                    should = self._watch.choose(slices, self._taken_slices(), self._cores())
                    if should != slices:
                        return should
        except ServiceError:
            raise
        except Exception as error:  # noqa: BLE001  Whatever it is, Spark said it.
            raise spark_session.failure(error, STOPPING) from None
        raise spark_session.failure(RuntimeError("the stream ended by itself"), STOPPING)

    def _taken_slices(self) -> int:
        """Return how many slices of this turn an executor has, or is done with."""
        status = self._session.sparkContext.statusTracker()
        stages = [status.getStageInfo(stage) for stage in status.getActiveStageIds()]
        return sum(one.numActiveTasks + one.numCompletedTasks for one in stages if one is not None)
