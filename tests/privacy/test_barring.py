from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mesure.privacy import barring
from mesure.privacy.barring import CaseBar, Links
from mesure.privacy.distinct_people import AccessGrant

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = 7 * DAY


def let_in(day: float, *by: str) -> AccessGrant:
    return AccessGrant(NOON + day * DAY, by)


def bar_names(links: Links, *names: str) -> set[str]:
    return set(barring.with_them([CaseBar(name, NOON) for name in names], links, WEEK))


def test_nobody_is_barred_with_nobody() -> None:
    assert bar_names({"a": (let_in(0, "b"),)}) == set()


def test_an_account_is_barred_with_whoever_gave_it_its_last_link() -> None:
    links = {"a": (let_in(1, "x"),), "b": (let_in(1, "x"), let_in(2, "y")), "c": (let_in(1),)}
    assert bar_names(links, "x") == {"x", "a"}


def test_links_from_well_before_do_not_count() -> None:
    assert bar_names({"a": (let_in(-7, "x"),)}, "x") == {"x", "a"}
    assert bar_names({"a": (let_in(-7.1, "x"),)}, "x") == {"x"}


def test_what_counts_is_who_held_the_account_that_gave_the_link() -> None:
    before = {"y": (let_in(2, "x"),), "z": (let_in(1, "y"),)}
    assert bar_names(before, "x") == {"x", "y"}
    after = {"y": (let_in(2, "x"), let_in(4)), "z": (let_in(3, "y"),)}
    assert bar_names(after, "x") == {"x", "z"}


def test_where_the_moment_is_not_known_every_link_counts() -> None:
    links = {"a": (let_in(-900, "x"),), "b": (let_in(-800, "a"),)}
    assert barring.with_them([CaseBar("x", None)], links, WEEK) == {"x", "a", "b"}


def test_two_accounts_that_reset_each_other_end_the_search() -> None:
    assert bar_names({"a": (let_in(1, "b"),), "b": (let_in(1, "a"),)}, "x") == {"x"}


names = st.sampled_from("abcdx")
links = st.lists(st.builds(let_in, st.integers(0, 5), names), max_size=3).map(
    lambda grants: tuple(sorted(grants, key=lambda grant: grant.at))
)


@given(st.dictionaries(names, links))
def test_a_chain_that_only_grew_after_the_bar_is_barred_whole(
    grants: dict[str, tuple[AccessGrant, ...]],
) -> None:
    """With one link each, nobody could have been somebody else before."""
    once = {name: given[:1] for name, given in grants.items() if given}
    late = {name: (AccessGrant(NOON + DAY, one.by),) for name, (one,) in once.items()}
    all_barred = bar_names(late, "x")
    for name, (grant,) in late.items():
        assert (name in all_barred) == (name == "x" or grant.by[0] in all_barred)
