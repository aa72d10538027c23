"""Leadership: of the nodes of a cluster one leads, and another begins when that one is gone.

The node that holds the lease of the database leads. A node asks for it twice a second; one that
lost it ends its duties and goes on receiving. A service alone holds the lease before it begins,
or has a store of its own, and leads all the time.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog

from mesure.service.cluster.leader_duties import LeaderDuties
from mesure.service.cluster.service_lease import Lease
from mesure.store.values.faults import UnavailableError

ASKED_EVERY_S: Final = 0.5


class Leadership:
    """Whether this node leads; `duties` are those of its term, None while another leads."""

    def __init__(self, lease: Lease | None, begin: Callable[[], LeaderDuties]) -> None:
        """`lease`: what nodes ask for; None: this service leads all the time."""
        self._lease, self._begin = lease, begin
        self._log = structlog.get_logger()
        self._ending = asyncio.Event()
        self.duties: LeaderDuties | None = None
        self.has_asked = False  # It is known who leads.
        self.members = 1

    async def run(self) -> None:
        """Lead whenever it is this node's turn, until `stop`."""
        while not self._ending.is_set():
            await self.turn()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), ASKED_EVERY_S)

    def stop(self) -> None:
        """Have `run` end; the duties go on until they are stopped."""
        self._ending.set()

    async def turn(self) -> None:
        """Ask once who leads, and begin or end the duties by the answer."""
        leads = await asyncio.to_thread(self._leads)
        if self.duties is None and leads:
            try:
                self.duties = await asyncio.to_thread(self._begin)
            except UnavailableError:
                return  # It is asked again.
            self.duties.start()
            self._log.info("leads", nodes=self.members)
        elif self.duties is not None and not leads:
            await self._resign(self.duties)
        elif self.duties is not None:
            self.duties.raise_ended()
            if self._lease is not None and self.duties.is_fenced:
                await self._resign(self.duties)
                await asyncio.to_thread(self._lease.resign)
        self.has_asked = True

    async def _resign(self, duties: LeaderDuties) -> None:
        self._log.warning("leads_no_longer")
        self.duties = None
        await duties.stop()

    def _leads(self) -> bool:
        """Tell whether this node has the lease; while the server is away it stays as it was."""
        if self._lease is None:
            return True
        try:
            leads = self._lease.take() if self.duties is None else self._lease.keep()
            self.members = self._lease.count_members()
        except UnavailableError:
            return self.duties is not None
        return leads
