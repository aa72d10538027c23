"""Changes that come together share a commit; each caller is answered after it."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from mesure.store.values.faults import UnavailableError
from mesure.store.writing.group_commit import GROUP_MAX, CommitJob, GroupCommit


class Commits:
    """A database that keeps nothing but the sizes of groups; the first group waits for a sign."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.go = threading.Event()
        self.fault: BaseException | None = None
        self.answered_before_commit = False
        self.futures: list[Future[int]] = []

    def __call__(self, group: Sequence[CommitJob[int]]) -> None:
        assert self.go.wait(60)
        for job in group:
            job.run(1)
        self.sizes.append(len(group))
        if any(future.done() for future in self.futures):
            self.answered_before_commit = True
        if self.fault:
            raise self.fault


def gather(commits: Commits, count: int) -> list[Future[int]]:
    """Submit one change, and while its commit waits all the others."""
    gathering = GroupCommit(commits, "test")
    futures = [gathering.submit(lambda work, n=n: work + n) for n in range(count)]  # type: ignore[misc]
    commits.go.set()
    gathering.close()
    return futures


def test_what_comes_while_a_commit_waits_shares_the_next() -> None:
    commits = Commits()
    futures = gather(commits, 100)
    assert [future.result(0) for future in futures] == list(range(1, 101))
    assert len(commits.sizes) <= 3
    assert sum(commits.sizes) == 100


def test_a_group_has_a_limit() -> None:
    commits = Commits()
    gather(commits, GROUP_MAX * 2 + 1)
    assert max(commits.sizes) <= GROUP_MAX
    assert sum(commits.sizes) == GROUP_MAX * 2 + 1


def test_nobody_is_answered_before_the_commit() -> None:
    commits = Commits()
    gathering = GroupCommit(commits, "test")
    commits.futures = [gathering.submit(lambda work: work)]
    assert not commits.futures[0].done()
    commits.go.set()
    gathering.close()
    assert commits.futures[0].done()
    assert not commits.answered_before_commit


def test_when_a_commit_fails_everybody_is_told() -> None:
    commits = Commits()
    commits.fault = UnavailableError("The disk is full.")
    futures = gather(commits, 5)
    assert [type(future.exception(0)) for future in futures] == [UnavailableError] * 5


def test_a_change_that_raises_is_its_callers_own_fault() -> None:
    commits = Commits()
    commits.go.set()
    gathering = GroupCommit(commits, "test")
    bad = gathering.submit(lambda work: work // 0)
    good = gathering.submit(lambda work: work)
    gathering.close()
    assert isinstance(bad.exception(0), ZeroDivisionError)
    assert good.result(0) == 1


def test_after_closing_nothing_is_taken_and_closing_twice_is_once() -> None:
    gathering = GroupCommit(Commits(), "test")
    gathering.close()
    gathering.close()
    with pytest.raises(UnavailableError, match="closed"):
        gathering.submit(lambda work: work)
