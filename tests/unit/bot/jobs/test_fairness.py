"""The order of the queue: in turn between servers, then between a server's members."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.fairness import Entry, fair_order


def entries(*who: tuple[int, int]) -> list[Entry]:
    """Make jobs of (server, member), from the oldest to the newest; ids count from 0."""
    return [Entry(job_id=number, guild_id=guild, member_id=member) for number, (guild, member) in enumerate(who)]


def test_jobs_of_one_member_go_in_the_order_they_came() -> None:
    assert fair_order(entries((1, 1), (1, 1), (1, 1)), []) == [0, 1, 2]


def test_servers_take_turns_however_many_jobs_one_of_them_has() -> None:
    assert fair_order(entries((1, 1), (1, 2), (1, 3), (2, 1), (2, 1)), []) == [0, 3, 1, 4, 2]


def test_members_of_a_server_take_turns() -> None:
    assert fair_order(entries((1, 1), (1, 1), (1, 1), (1, 2)), []) == [0, 3, 1, 2]


def test_a_server_that_has_just_been_served_lets_the_others_go_first() -> None:
    served = [Entry(job_id=90, guild_id=1, member_id=5)]
    assert fair_order(entries((1, 1), (2, 1), (2, 1), (2, 1)), served) == [1, 0, 2, 3]


def test_the_server_that_was_served_longest_ago_goes_first_however_new_its_job_is() -> None:
    served = [Entry(job_id=90 + number, guild_id=guild, member_id=1) for number, guild in enumerate((3, 2, 1, 2))]
    assert fair_order(entries((1, 1), (2, 1), (3, 1), (4, 1)), served) == [3, 2, 0, 1]


def test_a_member_who_has_just_been_served_lets_the_servers_others_go_first() -> None:
    served = [Entry(job_id=90, guild_id=1, member_id=1)]
    assert fair_order(entries((1, 1), (1, 2)), served) == [1, 0]


def served_in_turn(waiting: list[Entry]) -> list[Entry]:
    """Let the first of the order go, one after the other; return them as they went."""
    left, served = list(waiting), list[Entry]()
    while left:
        chosen = fair_order(left, served)[0]
        served += [entry for entry in left if entry.job_id == chosen]
        left = [entry for entry in left if entry.job_id != chosen]
    return served


def test_a_server_that_comes_last_does_not_wait_for_the_old_jobs_of_all_others() -> None:
    crowd = [(guild, 1) for _ in range(20) for guild in (1, 2, 3)]
    served = served_in_turn(entries(*crowd, (4, 1)))
    assert [entry.guild_id for entry in served].index(4) <= 3


def test_nobody_waits_in_an_empty_queue() -> None:
    assert fair_order([], entries((1, 1))) == []


WHO = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)), max_size=30)


@given(who=WHO, running=WHO)
def test_everybody_who_waits_has_one_place_in_the_order(
    who: list[tuple[int, int]], running: list[tuple[int, int]]
) -> None:
    assert sorted(fair_order(entries(*who), entries(*running))) == list(range(len(who)))


@given(who=WHO)
def test_nobody_who_waits_falls_behind_another_by_more_than_one_turn(who: list[tuple[int, int]]) -> None:
    waiting = entries(*who)
    served = [waiting[job_id] for job_id in fair_order(waiting, [])]
    assert_even([entry.guild_id for entry in served])
    for guild_id in {entry.guild_id for entry in served}:
        assert_even([entry.member_id for entry in served if entry.guild_id == guild_id])


@given(who=WHO)
def test_nobody_starves_as_one_after_the_other_goes(who: list[tuple[int, int]]) -> None:
    served = served_in_turn(entries(*who))
    assert sorted(entry.job_id for entry in served) == list(range(len(who)))
    assert_even([entry.guild_id for entry in served])
    for guild_id in {entry.guild_id for entry in served}:
        assert_even([entry.member_id for entry in served if entry.guild_id == guild_id])


def assert_even(served: list[int]) -> None:
    for position in range(len(served)):
        turns = Counter(served[:position])
        for waiting in set(served[position:]):
            assert max(turns.values(), default=0) <= turns[waiting] + 1
