"""Each receiver has a line of its own, and each line one thing at a time."""

import threading

import pytest

from mesure.service.outgoing.receiver_queue import Ends, ReceiverQueues


def test_one_line_does_not_wait_for_another() -> None:
    lines, release, outcomes = ReceiverQueues(2), threading.Event(), []
    assert lines.begin("slow", lambda _: outcomes.append(release.wait(60.0)))
    assert not lines.begin("slow", lambda _: outcomes.append(False))
    assert lines.begin("quick", lambda _: release.set())
    lines.settle()
    assert outcomes == [True]
    assert lines.begin("slow", lambda _: outcomes.append(True))
    lines.close()
    assert outcomes == [True, True]


def test_whoever_closes_waits_for_what_is_being_done_and_no_more() -> None:
    lines, begun, release = ReceiverQueues(1), threading.Event(), threading.Event()
    steps: list[str] = []

    def work(ends: Ends) -> None:
        begun.set()
        release.wait(60.0)
        steps.append("first")
        if not ends():
            steps.append("second")

    lines.begin("one", work)
    begun.wait(60.0)
    closing = threading.Thread(target=lines.close)
    closing.start()
    while not lines.ends:
        pass
    release.set()
    closing.join()
    assert steps == ["first"]


def test_a_fault_in_a_line_is_told_when_it_is_used_again() -> None:
    def breaks(_: Ends) -> None:
        raise OSError("broken")

    lines = ReceiverQueues(1)
    lines.begin("one", breaks)
    lines.settle()
    with pytest.raises(OSError, match="broken"):
        lines.begin("one", breaks)
    runs: list[int] = []
    assert lines.begin("one", lambda _: runs.append(1))
    lines.close()
    assert runs == [1]
