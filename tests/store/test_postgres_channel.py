"""What one service says on a channel all others hear, and nobody hears it later."""

from contextlib import closing

import pytest

from mesure.store.postgres.operation.channel import PostgresChannel
from mesure.store.values.faults import UnavailableError
from tests.store.databases import PostgresServer
from tests.store.test_postgres_lease import cut_off


def test_all_others_hear_it_once(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.make("channel")
    with (
        closing(PostgresChannel(dsn, "nodes")) as first,
        closing(PostgresChannel(dsn, "nodes")) as second,
        closing(PostgresChannel(dsn, "others")) as elsewhere,
    ):
        assert [one.exchange([]) for one in (first, second, elsewhere)] == [[], [], []]
        large = "x" * 7_900  # The server takes less than 8,000.
        assert first.exchange(["a", large]) == []
        assert second.exchange(["b"]) == ["a", large]
        assert second.exchange([]) == []
        assert first.exchange([]) == ["b"]
        assert elsewhere.exchange([]) == []


def test_who_was_cut_off_hears_again_what_is_said_from_then_on(
    postgres_server: PostgresServer,
) -> None:
    dsn = postgres_server.make("channel_cut")
    with (
        closing(PostgresChannel(dsn, "nodes")) as first,
        closing(PostgresChannel(dsn, "nodes")) as second,
    ):
        second.exchange([])
        cut_off(dsn)
        with pytest.raises(UnavailableError):
            second.exchange([])
        first.exchange(["lost"])
        assert second.exchange([]) == []
        first.exchange(["told"])
        assert second.exchange([]) == ["told"]
