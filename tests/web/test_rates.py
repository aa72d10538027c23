from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.actions.limits import token_buckets
from mesure.web.requests import rates
from mesure.web.requests.rates import RateBuckets, RateLimits, RequestLimits, RequestRate
from tests.web.serving import ask, echo

START = datetime(2026, 2, 10, 8, tzinfo=UTC)


class SteppedClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def test_a_bucket_gives_its_burst_and_then_says_how_long_to_wait() -> None:
    clock = SteppedClock()
    buckets = RateBuckets("a", RequestRate(burst=3, per_minute=6), clock)
    assert [buckets.take("a") for _ in range(5)] == [0, 0, 0, 10, 10]
    assert buckets.take("b") == 0
    clock.now += timedelta(seconds=10)
    assert [buckets.take("a") for _ in range(2)] == [0, 10]


@given(st.lists(st.integers(-100, 400), max_size=60))
def test_nobody_gets_more_than_burst_and_rate_allow(steps_s: list[int]) -> None:
    clock = SteppedClock()
    buckets = RateBuckets("a", RequestRate(burst=2, per_minute=1), clock)
    count, latest = 0, START
    for step_s in steps_s:
        clock.now += timedelta(seconds=step_s)  # Also backwards, as clocks sometimes go.
        latest = max(latest, clock.now)
        count += buckets.take("a") == 0
    forwards_s = sum(step for step in steps_s if step > 0)
    assert count <= 2 + forwards_s / 60 + 1e-6
    assert 0 <= buckets.take("a") <= 60


def test_the_least_recently_used_bucket_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_buckets, "BUCKETS_MAX", 2)
    buckets = RateBuckets("a", RequestRate(burst=1, per_minute=1), SteppedClock())
    assert [buckets.take(key) for key in "abab"] == [0, 0, 60, 60]
    assert [buckets.take(key) for key in "cba"] == [0, 60, 0]


def test_trying_to_sign_in_is_limited_sooner_than_the_rest() -> None:
    limits = RequestLimits(by_address=RequestRate(9, 1), sign_in=RequestRate(2, 6))
    app = RateLimits(echo, limits, SteppedClock(), ("/console/sign-in",))
    tries = [ask(app, "POST", "/console/sign-in") for _ in range(3)]
    assert [answer.status_code for answer in tries] == [200, 200, 429]
    assert tries[-1].headers["retry-after"] == "10"
    assert tries[-1].json()["type"] == "urn:mesure:problem:too-often"
    assert ask(app, "GET", "/console/sign-in").status_code == 200
    assert ask(app, "POST", "/console/sign-in", client="192.0.2.8").status_code == 200
    assert [ask(app).status_code for _ in range(7)] == [200] * 6 + [429]


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a socket", "a socket"),
    ],
)
def test_an_address_is_one_house(host: str, key: str) -> None:
    assert rates.address_of({"client": (host, 1)}) == key
    assert rates.address_of({}) == "-"
