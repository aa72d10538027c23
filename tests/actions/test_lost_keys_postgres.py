"""One person's key is lost, and the store is in PostgreSQL: the same is done and said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions import receiving
from tests.actions.lost_keys_postgres import office
from tests.actions.receiving import Here
from tests.actions.test_lost_keys import (  # noqa: F401
    test_a_hand_over_note_that_cannot_be_read_is_named,
    test_halves_are_read_until_whose_it_is_stands_alone,
    test_statistics_are_counted_without_whom_cannot_be_read,
    test_statistics_of_nobody_who_can_be_read_say_so,
    test_the_next_hours_of_others_are_seen,
    test_the_register_of_requests_names_what_cannot_be_read,
    test_what_changed_of_others_is_told,
    test_what_is_overdue_of_others_is_brought,
    test_what_is_refused_for_another_reason_is_refused,
    test_what_nobody_opened_of_others_is_brought_on_and_the_rest_waits,
    test_what_others_carry_is_ended,
)
from tests.actions.test_lost_keys_received import (  # noqa: F401
    test_a_line_about_several_makes_no_key,
    test_messages_wait_at_the_device_until_the_key_is_back,
    test_what_a_device_is_to_be_told_waits_and_stops_nothing,
)
from tests.store import databases

__all__ = ["office"]


@pytest.fixture
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Here]:
    with receiving.place(tmp_path, other=databases.empty_postgres(request).open()) as here:
        yield here
