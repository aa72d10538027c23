"""A bucket gives what was saved up, then what comes in, and says when."""

import pytest

from mesure.actions.limits import token_buckets
from mesure.actions.limits.token_buckets import RateLimit, TokenBucket, TokenBuckets


def test_what_is_taken_beyond_what_there_is_has_to_be_earned() -> None:
    bucket = TokenBucket(RateLimit(burst=10, per_s=2.0))
    assert bucket.take(0.0, 20) == 0.0
    assert bucket.wait_s(0.0) == 5.5
    assert bucket.take(5.4) == pytest.approx(0.1)
    assert bucket.take(5.5) == 0.0


def test_nobody_saves_up_more_than_a_bucket_holds() -> None:
    bucket = TokenBucket(RateLimit(burst=2, per_s=1.0))
    assert [bucket.take(1e9) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    bucket = TokenBucket(RateLimit(burst=1, per_s=1.0))
    assert [bucket.take(10.0), bucket.take(5.0), bucket.take(11.0)] == [0.0, 1.0, 0.0]


def test_each_has_a_bucket_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_buckets, "BUCKETS_MAX", 2)
    buckets = TokenBuckets(RateLimit(burst=1, per_s=0.1))
    assert [buckets.take(who, 0.0) for who in ("a", "b", "a")] == [0.0, 0.0, 10.0]
    assert (buckets.wait_s("a", 0.0), buckets.wait_s("nobody", 0.0)) == (10.0, 0.0)
    assert buckets.take("c", 0.0) == 0.0  # "b" was used the longest ago.
    assert buckets.wait_s("b", 0.0) == 0.0


def test_what_was_taken_elsewhere_is_taken_here_and_has_to_be_earned() -> None:
    bucket = TokenBucket(RateLimit(burst=2, per_s=1.0))
    bucket.debit(100.0, 3)
    assert bucket.wait_s(100.0) == 2.0
    assert bucket.take(102.0) == 0.0


def test_what_is_too_little_to_be_told_is_forgotten_in_a_crowd(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(token_buckets, "BUCKETS_MAX", 2)
    buckets = TokenBuckets(RateLimit(burst=200, per_s=1.0))
    buckets.share(str.upper)
    for who in "abc":
        buckets.take(who, 0.0)
    assert buckets.drain() == {}
    buckets.take("a", 0.0)
    assert buckets.drain() == {}
    buckets.take("a", 0.0)
    assert buckets.drain() == {"A": 2}
    assert buckets.drain() == {}
