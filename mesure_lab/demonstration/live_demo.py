"""`mesure demo`: the whole service, with a simulated town whose devices report live, at speed.

Nobody in it exists. The clock of the service starts on an evening and catches up: a night passes
in a minute, possible breaches arrive, and then the clock is right and the town goes on reporting.
Everything is kept in a folder that is gone afterwards.
"""

import asyncio
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, TextIO
from zoneinfo import ZoneInfo

import httpx

from mesure.incidents.incident import IncidentKind
from mesure.instants import US_PER_S
from mesure.machine import clock
from mesure.machine.clock import CatchUpClock
from mesure.machine.progress import ProgressStages, patience
from mesure.machine.service_error import ServiceError
from mesure.service.basemap import making
from mesure.service.http import listener
from mesure.service.installation import data_folder, installation
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import upgrade
from mesure.service.serve import serve
from mesure.web.map_tiles import MapSource
from mesure_lab.demonstration import demo_doors, live_town, moving_in
from mesure_lab.demonstration.demo_doors import StaffDoor
from mesure_lab.demonstration.live_town import LiveTownPlan
from mesure_lab.demonstration.moving_in import MovedIn
from mesure_lab.ground import town, town_map
from mesure_lab.simulation import towns
from mesure_lab.simulation.towns import Town, TownPerson

PERSONS: Final = 200
DAYS: Final = 3
PORT: Final = 8080
EVENING: Final = time(21)
AT_LEAST: Final = timedelta(hours=4)  # Of the night, so that something happens in it.
CATCH_UP_S: Final = 60
TOLD_EVERY_S: Final = 5.0
READ_EVERY_S: Final = 1.0
ENOUGH: Final = 3  # Incidents, after which a demo that ends by itself has shown what it does.
GIVEN_UP_S: Final = 150.0
CHANGES: Final = "/api/v1/incidents/changes"
SILENT: Final = IncidentKind.SILENT.value

Say = Callable[[str], None]


def run(seed: int, persons: int, say: Say, *, port: int | None = None, once: bool) -> None:
    """Show the service with a town; `once`: end when incidents have been read through the API.

    Raises `ServiceError` before anything is made up where a port is named that is taken.
    """
    stages = ProgressStages()
    with tempfile.TemporaryDirectory(prefix="mesure.demo.") as folder:
        settings = Settings.model_validate(
            {
                "data": Path(folder) / "data",
                "name": "demo.mesure",
                "port": _free_port(port),
                "time_zone": town.TIME_ZONE,
            }
        )
        begun_at = last_evening(clock.now())
        with patience(stages):
            stages.reach(f"making up a town of {persons} people")
            plan = Town(seed, persons, DAYS, first_day=day_of(begun_at))
            people = list(towns.people(plan))
            stages.reach("entering them, their orders and their devices")
            moved_in, staff = _move_in(settings, people, begun_at)
            stages.reach("drawing the map of the town")
            _draw(settings, seed)
        with (Path(folder) / "service.log").open("w") as log:
            _Demo(people, moved_in, staff, begun_at, say, once=once).serve(settings, log)


def _free_port(port: int | None) -> int:
    """Return the port that was named; without one the usual, or any where that is taken."""
    if port is not None:
        listener.bind_socket("127.0.0.1", port).close()
        return port
    try:
        listener.bind_socket("127.0.0.1", PORT).close()
    except ServiceError:
        return 0
    return PORT


def last_evening(now: datetime) -> datetime:
    """Return the last evening on which enough of the night has passed by now."""
    zone = ZoneInfo(town.TIME_ZONE)
    evening = datetime.combine(now.astimezone(zone).date(), EVENING, zone)
    while now - evening < AT_LEAST:
        evening -= timedelta(days=1)
    return evening.astimezone(UTC)


def day_of(instant: datetime) -> date:
    """Return the day of an instant, on the clock of the town."""
    return instant.astimezone(ZoneInfo(town.TIME_ZONE)).date()


def _move_in(
    settings: Settings, people: Sequence[TownPerson], begun_at: datetime
) -> tuple[MovedIn, list[StaffDoor]]:
    folder = installation.folder_of(settings)
    folder.make()
    with data_folder.hold_folder(folder):
        upgrade.upgrade(settings, folder, begun_at)
        with installation.begin_installation(settings) as instance:
            moved_in = moving_in.move_in(instance, people, lambda: begun_at)
            return moved_in, demo_doors.set_up(instance, moved_in, begun_at)


def _draw(settings: Settings, seed: int) -> None:
    """Put the map of the town where the service looks for one."""
    path, shapes = installation.folder_of(settings).basemap, town_map.shapes(seed)
    making.make(shapes, path, MapSource.SIMULATED, town_map.CREDIT, lambda _: None)


class _Demo:
    """What is done beside the service: the town reports, and the results are read and shown."""

    def __init__(
        self,
        people: Sequence[TownPerson],
        moved_in: MovedIn,
        staff: Sequence[StaffDoor],
        begun_at: datetime,
        say: Say,
        *,
        once: bool,
    ) -> None:
        self._people, self._moved_in, self._say, self._once = people, moved_in, say, once
        self._staff = staff
        self._begun_us = int(begun_at.timestamp()) * US_PER_S
        self._incidents: dict[str, tuple[str, str]] = {}  # Kinds and persons, by id.
        self._about: str | None = None  # Somebody with a possible breach.
        self._said = (0, 0, 0)

    def serve(self, settings: Settings, log: TextIO) -> None:
        """Run the service with a clock that catches up, and the town beside it."""
        now_us = clock.now_us()
        self._shown = CatchUpClock(now_us, now_us - self._begun_us, CATCH_UP_S * US_PER_S)
        hours = (now_us - self._begun_us) // US_PER_S // 3600
        self._say(
            f"{len(self._people)} people who do not exist report from now on: {hours} hours pass "
            "in a minute, then the clock is right."
        )
        clock.catch_up(self._shown)
        serve.serve(settings, self._say, self._beside, log)

    async def _beside(self, instance: Installation, origin: str, stop_event: asyncio.Event) -> None:
        plan = LiveTownPlan(origin, instance.signing.devices.key, self._moved_in.codes, self._shown)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=live_town.run, args=(self._people, plan, theirs), daemon=True
        )
        process.start()
        theirs.close()
        try:
            await asyncio.to_thread(ours.recv)
            await asyncio.to_thread(moving_in.hand_out, instance, self._moved_in, clock.now)
            ours.send(None)
            headers = {"Authorization": f"Bearer {self._moved_in.token}"}
            async with httpx.AsyncClient(base_url=origin, headers=headers) as client:
                await self._follow(client, ours, stop_event, lambda: self._open(instance, origin))
        finally:
            ours.close()
            await asyncio.to_thread(process.join, 10.0)
            if process.is_alive():
                process.kill()

    def _open(self, instance: Installation, origin: str) -> bool:
        """Say what to open once the clock is right and there is something to see."""
        if self._about is None:
            return False
        for line in demo_doors.describe_doors(
            instance, self._moved_in, self._staff, self._about, origin, clock.now()
        ):
            self._say(line)
        return True

    async def _follow(
        self,
        client: httpx.AsyncClient,
        town_: object,
        stop_event: asyncio.Event,
        opens: Callable[[], bool],
    ) -> None:
        loop, after, shown = asyncio.get_running_loop(), 0, 0
        is_open = self._once  # Nobody comes in where nobody watches.
        begun_s = told_s = loop.time()
        while not stop_event.is_set():
            after = await self._read(client, after)
            self._hear(town_)
            if not is_open and loop.time() - begun_s >= CATCH_UP_S:
                is_open = await asyncio.to_thread(opens)
            if loop.time() - told_s >= TOLD_EVERY_S:
                told_s = loop.time()
                # What to open stays in sight: there is a line more only where something came.
                if self._once or not is_open or len(self._incidents) != shown:
                    self._tell()
                    shown = len(self._incidents)
            if self._once and self._is_enough(loop.time() - begun_s):
                self._tell()
                self._say("Read through the API: the job has been seen to work.")
                return
            try:
                await asyncio.wait_for(stop_event.wait(), READ_EVERY_S)
            except TimeoutError:
                continue

    async def _read(self, client: httpx.AsyncClient, after: int) -> int:
        answer = await client.get(CHANGES, params={"after": after, "count": 200})
        answer.raise_for_status()
        changes = answer.json()
        for change in changes["changes"]:
            self._incidents[change["incident"]] = (change["kind"], change["person"])
            if change["kind"] != SILENT:
                self._about = self._about or change["person"]
        return int(changes["after"])

    def _hear(self, town_: object) -> None:
        while town_.poll():  # type: ignore[attr-defined]
            self._said = town_.recv()  # type: ignore[attr-defined]

    def _is_enough(self, passed_s: float) -> bool:
        if len(self._incidents) >= ENOUGH:
            return True
        if passed_s > GIVEN_UP_S:
            what, why = "no incident was read", "the demo has not shown what it does"
            raise ServiceError("demo", what, why, "read the lines above")
        return False

    def _tell(self) -> None:
        fixes, messages, waiting = self._said
        # One silence is in a list of incidents once for each condition that it touches.
        silent = {person for kind, person in self._incidents.values() if kind == SILENT}
        breaches = sum(kind != SILENT for kind, _ in self._incidents.values())
        at = clock.now().astimezone(ZoneInfo(town.TIME_ZONE))
        self._say(
            f"  {at:%d %b %H:%M} in the town: {fixes:,} fixes in {messages:,} messages, {waiting} "
            f"on their way; possible breaches: {breaches}, people with a silence: {len(silent)}"
        )


def is_watched() -> bool:
    """Tell whether somebody sits there, and the demo goes on until Ctrl-C."""
    return os.environ.get("CI") != "true"
