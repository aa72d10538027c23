"""Receiver queues: one for each receiver, so that a slow one keeps only itself waiting."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

Ends = Callable[[], bool]  # Whether to stop after what is being done now.


class ReceiverQueues:
    """Work for receivers, each one's after another, different ones' at the same time."""

    def __init__(self, receivers_max: int) -> None:
        self._pool = ThreadPoolExecutor(receivers_max, "line")
        self._busy: dict[str, Future[None]] = {}
        self._ending = threading.Event()

    def begin(self, receiver: str, work: Callable[[Ends], None]) -> bool:
        """Begin work for a receiver; False where earlier work for the same one is not done yet."""
        before = self._busy.get(receiver)
        if before is not None:
            if not before.done():
                return False
            self._busy.pop(receiver).result()  # A fault that nobody expected is not lost.
        self._busy[receiver] = self._pool.submit(work, lambda: self.ends)
        return True

    @property
    def ends(self) -> bool:
        """Tell whether everybody is to stop after what is being done now."""
        return self._ending.is_set()

    def settle(self) -> None:
        """Wait until everything that was begun is done."""
        wait(self._busy.values())

    def close(self) -> None:
        """Have everybody stop after what is being done now, and wait for that."""
        self._ending.set()
        self._pool.shutdown()
