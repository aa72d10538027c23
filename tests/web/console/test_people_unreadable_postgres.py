"""The key of one person is lost, and the store is in PostgreSQL: the same is shown."""

from tests.actions.lost_keys_postgres import office  # noqa: F401
from tests.web.console.test_people_unreadable import (  # noqa: F401
    keyless,
    test_every_list_of_the_api_names_whose_key_is_lost,
    test_every_page_names_whose_key_is_lost_and_shows_the_others,
    test_the_file_of_people_says_whose_record_can_be_read,
    test_what_to_do_is_said_in_the_readers_language,
    test_whoever_is_barred_stays_barred_where_the_key_is_lost,
    test_whoever_was_erased_a_moment_ago_is_on_no_list,
)
