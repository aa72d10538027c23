"""Group commit: changes that come at the same time share one commit.

A commit waits for the disk, and the disk takes as long for a hundred changes as for one. So one
thread takes whatever changes have come by now and makes them together; while it waits for the disk
the next ones gather. A caller who is alone does not wait for company: only after a group of several
does the thread wait some milliseconds for as many again.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, Generic, TypeVar

from mesure.store.values.faults import UnavailableError

W = TypeVar("W")
T = TypeVar("T")

GROUP_MAX: Final = 256
WAIT_S: Final = 0.002


class CommitJob(Generic[W]):
    """One change of a group, and what becomes of it."""

    __slots__ = ("_change", "_future", "fault", "value")

    def __init__(self, change: Callable[[W], Any], future: "Future[Any]") -> None:
        self._change, self._future = change, future
        self.value: Any = None
        self.fault: BaseException | None = None

    def run(self, work: W) -> bool:
        """Make the change, and tell whether it went through; it may be made again later."""
        self.value = self.fault = None
        try:
            self.value = self._change(work)
        except BaseException as fault:  # noqa: BLE001  It is its caller's, not the group's.
            self.fault = fault
        return self.fault is None

    def answer(self, fault: BaseException | None = None) -> None:
        """Let the caller go on: with the fault of the whole group, its own, or its value."""
        if fault or self.fault:
            self._future.set_exception(fault or self.fault)
        else:
            self._future.set_result(self.value)


class GroupCommit(Generic[W]):
    """The thread that makes changes; `commit` makes a group of them and raises if all of it failed.

    Invariant: a caller is answered after the commit of its group, never before.
    """

    def __init__(self, commit: Callable[[Sequence[CommitJob[W]]], None], name: str) -> None:
        self._commit = commit
        self._waiting: queue.SimpleQueue[CommitJob[W] | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, change: Callable[[W], T]) -> "Future[T]":
        """Have a change made with the next group."""
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise UnavailableError("The store is closed; nothing more is kept.")
            # Running from the start: what may be kept already can't be called off.
            future.set_running_or_notify_cancel()
            self._waiting.put(CommitJob(change, future))
        return future

    def close(self) -> None:
        """Make what was submitted, and end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        before = 1
        is_open = True
        while is_open:
            first = self._waiting.get()
            if first is None:
                return
            group = [first]
            is_open = self._gather(group, before)
            self._make(group)
            before = len(group)

    def _gather(self, group: list[CommitJob[W]], count: int) -> bool:
        """Take what else has come, and wait a little for `count` in all; False: it was the last."""
        until_s = time.monotonic() + WAIT_S
        while len(group) < GROUP_MAX:
            wait_s = until_s - time.monotonic() if len(group) < count else 0.0
            try:
                job = self._waiting.get(wait_s > 0.0, max(wait_s, 0.0))
            except queue.Empty:
                return True
            if job is None:
                return False
            group.append(job)
        return True

    def _make(self, group: list[CommitJob[W]]) -> None:
        fault: BaseException | None = None
        try:
            self._commit(group)
        except BaseException as raised:  # noqa: BLE001  Every caller gets it; the thread goes on.
            fault = raised
        for job in group:
            job.answer(fault)
