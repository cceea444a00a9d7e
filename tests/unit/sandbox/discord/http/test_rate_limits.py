"""Limits per bucket and over all, and the headers that tell them."""

import pytest

from sandbox.discord.http.rate_limits import Decision, Limit, RateLimiter, headers


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> RateLimiter:
    return RateLimiter(clock)


def check_all(limiter: RateLimiter, bucket: str, times: int, major: str = "1") -> list[Decision]:
    return [limiter.check(bucket, major) for _ in range(times)]


def test_a_window_takes_its_limit_and_refuses_the_next_until_it_ends(limiter: RateLimiter, clock: Clock) -> None:
    decisions = check_all(limiter, "message_create", 5)
    assert [decision.remaining for decision in decisions] == [4, 3, 2, 1, 0]
    assert all(decision.allowed for decision in decisions)

    clock.now += 2
    refused = limiter.check("message_create", "1")
    assert (refused.allowed, refused.reset_after, refused.is_global) == (False, 3, False)

    clock.now += refused.reset_after
    assert limiter.check("message_create", "1").allowed


def test_each_channel_and_each_bucket_counts_on_its_own(limiter: RateLimiter) -> None:
    check_all(limiter, "message_create", 5, major="1")

    assert limiter.check("message_create", "2").allowed
    assert limiter.check("message_edit", "1").allowed
    assert not limiter.check("message_create", "1").allowed


def test_the_hash_names_the_bucket_whatever_the_channel(limiter: RateLimiter) -> None:
    first, second = limiter.check("message_create", "1"), limiter.check("message_create", "2")

    assert first.bucket == second.bucket != limiter.check("message_edit", "1").bucket


def test_the_global_limit_counts_every_bucket(limiter: RateLimiter, clock: Clock) -> None:
    for channel in range(10):
        check_all(limiter, "message_create", 5, major=str(channel))

    refused = limiter.check("message_edit", "1")
    assert (refused.allowed, refused.is_global) == (False, True)
    clock.now += 1
    assert limiter.check("message_edit", "1").allowed


def test_a_refused_request_does_not_count(limiter: RateLimiter) -> None:
    check_all(limiter, "message_create", 60)

    assert limiter.check("message_edit", "1").allowed


@pytest.mark.parametrize("bucket", ["interaction_callback", "webhook"])
def test_interactions_are_neither_counted_nor_refused_by_the_global_limit(limiter: RateLimiter, bucket: str) -> None:
    for token in range(60):
        assert limiter.check(bucket, str(token)).allowed

    check_all(limiter, "anything", 50)

    assert limiter.check(bucket, "another").allowed
    assert limiter.check("message_create", "1").is_global


def test_a_limit_can_be_adjusted(limiter: RateLimiter) -> None:
    check_all(limiter, "message_create", 5)

    limiter.adjust("message_create", Limit(limit=1, per=60))
    first, second = check_all(limiter, "message_create", 2)

    assert first.allowed
    assert (second.allowed, second.limit, second.reset_after) == (False, 1, 60)


def test_switched_off_it_allows_everything_and_says_nothing(limiter: RateLimiter) -> None:
    limiter.enabled = False

    decisions = check_all(limiter, "message_create", 100)

    assert all(decision.allowed for decision in decisions)
    assert headers(decisions[-1]) == {}


def test_headers_tell_the_window(limiter: RateLimiter) -> None:
    decision = limiter.check("message_create", "1")

    assert headers(decision) == {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "4",
        "X-RateLimit-Reset": "1800000005.000",
        "X-RateLimit-Reset-After": "5.000",
        "X-RateLimit-Bucket": decision.bucket,
    }


def test_headers_of_a_refusal_tell_when_to_come_back_and_that_the_api_refused(
    limiter: RateLimiter, clock: Clock
) -> None:
    check_all(limiter, "message_create", 5)
    clock.now += 0.5

    found = headers(limiter.check("message_create", "1"))

    assert found["X-RateLimit-Remaining"] == "0"
    assert found["Retry-After"] == "5"
    assert found["X-RateLimit-Scope"] == "user"
    assert found["Via"]
    assert "X-RateLimit-Global" not in found


def test_headers_of_a_global_refusal_name_no_bucket(limiter: RateLimiter) -> None:
    check_all(limiter, "anything", 50)

    found = headers(limiter.check("message_create", "1"))

    assert (found["X-RateLimit-Global"], found["X-RateLimit-Scope"]) == ("true", "global")
    assert "X-RateLimit-Bucket" not in found


def test_headers_of_an_answer_to_an_interaction_say_only_when_to_come_back(limiter: RateLimiter) -> None:
    decisions = check_all(limiter, "interaction_callback", 51)

    assert headers(decisions[0]) == {}
    refused = headers(decisions[-1])
    assert (refused["Retry-After"], refused["X-RateLimit-Scope"]) == ("1", "user")
    assert "X-RateLimit-Bucket" not in refused
