"""The list of *My videos*."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.states import State
from bot.members.list_view import MOST_LISTED, videos_list
from sandbox.discord.messages.rules import check_message
from tests.support.jobs import a_job, a_request

ID = 1_300_000_000_000_000_001  # as long as Discord's are
LONGEST = a_request(guild_id=ID, channel_id=ID)


@given(st.sampled_from(State), st.text(alphabet="*_`~|<>@#:/\\[]()\n", min_size=1, max_size=2_500))
def test_a_full_list_is_taken_whatever_the_prompts(state: State, prompt: str) -> None:
    job = replace(a_job(state, request=replace(LONGEST, prompt=prompt)), post_message_id=ID)
    content = videos_list([job] * (MOST_LISTED + 2))
    assert len(content.splitlines()) == MOST_LISTED + 1
    check_message({"content": content}, files=[], upload_limit=1)


def test_a_posted_video_is_a_link_to_where_it_was_sent() -> None:
    job = a_job(State.DELIVERED).evolve(post_message_id=77, post_channel_id=21)
    assert "https://discord.com/channels/10/21/77" in videos_list([job])


def test_an_empty_list_says_so() -> None:
    assert "no video" in videos_list([])
