"""Each receiver has a line of its own, and each line one thing at a time."""

import threading

import pytest

from mesure.service.outgoing.receiver_queue import Ends, ReceiverQueues


def test_one_line_does_not_wait_for_another() -> None:
    lines, heard, seen = ReceiverQueues(2), threading.Event(), []
    assert lines.begin("slow", lambda _: seen.append(heard.wait(60.0)))
    assert not lines.begin("slow", lambda _: seen.append(False))
    assert lines.begin("quick", lambda _: heard.set())
    lines.settle()
    assert seen == [True]
    assert lines.begin("slow", lambda _: seen.append(True))
    lines.close()
    assert seen == [True, True]


def test_whoever_closes_waits_for_what_is_being_done_and_no_more() -> None:
    lines, begun, told = ReceiverQueues(1), threading.Event(), threading.Event()
    seen: list[str] = []

    def work(ends: Ends) -> None:
        begun.set()
        told.wait(60.0)
        seen.append("first")
        if not ends():
            seen.append("second")

    lines.begin("one", work)
    begun.wait(60.0)
    closing = threading.Thread(target=lines.close)
    closing.start()
    while not lines.ends:
        pass
    told.set()
    closing.join()
    assert seen == ["first"]


def test_a_fault_in_a_line_is_told_when_it_is_used_again() -> None:
    def breaks(_: Ends) -> None:
        raise OSError("broken")

    lines = ReceiverQueues(1)
    lines.begin("one", breaks)
    lines.settle()
    with pytest.raises(OSError, match="broken"):
        lines.begin("one", breaks)
    seen: list[int] = []
    assert lines.begin("one", lambda _: seen.append(1))
    lines.close()
    assert seen == [1]
