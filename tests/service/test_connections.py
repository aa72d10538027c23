"""One address, and all together, have limited connections; who keeps us waiting gives way."""

import pytest

from mesure.service.http import connections
from mesure.service.http.connections import ConnectionCounter, ConnectionLimits
from tests.service import talking
from tests.service.talking import RunningListener, answer, ends
from tests.service.test_connection_close import HELLO, answer_unread


class Guest:
    """A connection that waits since a moment, or is worked for."""

    def __init__(self, waits_since_s: float | None = None) -> None:
        self.waits_since_s = waits_since_s
        self.is_cut = False

    def cut(self) -> None:
        self.is_cut = True


def test_who_is_worked_for_gives_way_to_nobody() -> None:
    counter = ConnectionCounter(ConnectionLimits(in_all=10, of_address=2))
    guests = [Guest(), Guest()]
    assert all(counter.admit(one, "192.0.2.1") for one in guests)
    assert not counter.admit(Guest(), "192.0.2.1")
    assert counter.admit(Guest(), "192.0.2.2")
    counter.leave(guests[0])
    counter.leave(guests[0])
    assert counter.admit(Guest(), "192.0.2.1")
    assert not any(one.is_cut for one in guests)


def test_of_one_address_whoever_kept_us_waiting_longest_gives_way() -> None:
    counter = ConnectionCounter(ConnectionLimits(in_all=10, of_address=3))
    guests = [Guest(5.0), Guest(2.0), Guest()]
    assert all(counter.admit(one, "2001:db8::1") for one in guests)
    assert counter.admit(Guest(9.0), "2001:db8::2")  # One house has many addresses.
    assert [one.is_cut for one in guests] == [False, True, False]
    assert len(counter) == 3


def test_when_all_are_there_the_address_with_the_most_gives_way() -> None:
    counter = ConnectionCounter(ConnectionLimits(in_all=4, of_address=3))
    few, many = Guest(1.0), [Guest(5.0), Guest(6.0), Guest(7.0)]
    assert counter.admit(few, "192.0.2.1")
    assert all(counter.admit(one, "192.0.2.2") for one in many)
    assert counter.admit(Guest(8.0), "192.0.2.3")
    assert (few.is_cut, [one.is_cut for one in many]) == (False, [True, False, False])


def test_when_those_of_the_most_are_worked_for_another_gives_way_or_nobody_comes() -> None:
    counter = ConnectionCounter(ConnectionLimits(in_all=3, of_address=3))
    few = Guest(1.0)
    assert counter.admit(few, "192.0.2.1")
    assert all(counter.admit(Guest(), "192.0.2.2") for _ in range(2))
    assert counter.admit(Guest(), "192.0.2.3")
    assert few.is_cut
    assert not counter.admit(Guest(), "192.0.2.4")


def test_a_proxy_may_have_as_many_as_there_are() -> None:
    counter = ConnectionCounter(ConnectionLimits(in_all=9, of_address=2), ("10.0.0.0/8",))
    assert all(counter.admit(Guest(), "10.1.2.3") for _ in range(9))
    assert not counter.admit(Guest(), "10.1.2.3")
    counter = ConnectionCounter(ConnectionLimits(in_all=9, of_address=2), ("10.0.0.0/8",))
    assert [counter.admit(Guest(), "no address") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("files", "in_all"), [(1_024, 512), (65_536, 4_096), (-1, 4_096)])
def test_there_are_files_left_for_other_things(
    monkeypatch: pytest.MonkeyPatch, files: int, in_all: int
) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (files, files))
    assert connections.bounds().in_all == in_all


def test_a_crowd_from_one_address_shuts_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OF_ADDRESS_MAX", 4)
    monkeypatch.setattr(connections, "CONNECTIONS_MAX", 8)

    async def talk(house: RunningListener) -> None:
        silent = [await house.connect("127.0.0.3") for _ in range(4)]
        assert await house.holds(4)
        # Its own next one takes the place of the first, and others have places of their own.
        assert await answer(await house.connect("127.0.0.3"), HELLO) == b"HTTP/1.1 200 OK xx"
        assert await ends(silent[0])
        for number in range(9):
            there = await house.connect(f"127.0.0.{10 + number}")
            assert await answer(there, HELLO) == b"HTTP/1.1 200 OK xx"
            assert house.count <= 8

    talking.run(answer_unread, talk)
