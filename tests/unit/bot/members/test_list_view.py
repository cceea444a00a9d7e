"""`/videos` for every state and prompt: what a member sees of their own, and that Discord takes it."""

from dataclasses import replace
from typing import Any

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.model import Handling, Job, ReviewMode
from bot.jobs.states import State
from bot.members.list_view import PER_PAGE, STATES, ListFilter, VideosPage, one_video, post_address, videos_page
from bot.members.preferences import Preferences
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, check_message
from tests.support.hostile import hostile
from tests.support.jobs import a_job, a_request

ID = 1_300_000_000_000_000_001  # as long as Discord's are


def a_posted_job(state: State = State.DELIVERED, prompt: str = "a fox") -> Job:
    request = replace(a_request(guild_id=ID, channel_id=ID), prompt=prompt)
    return a_job(state, request=request).evolve(post_message_id=77, card_message_id=66)


def components(page: VideosPage | ui.LayoutView) -> list[dict[str, Any]]:
    def walk(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each for part in found for each in (part, *walk(part.get("components", [])))]

    view = videos_page(page) if isinstance(page, VideosPage) else page
    return walk(view.to_components())  # pyright: ignore[reportArgumentType]


def buttons(page: VideosPage | ui.LayoutView) -> dict[str, str]:
    return {each["label"]: each.get("custom_id") or each["url"] for each in components(page) if each["type"] == 2}


def text_of(page: VideosPage) -> str:
    return "\n".join(each["content"] for each in components(page) if each["type"] == 10)


@given(st.lists(st.tuples(st.sampled_from(State), hostile), min_size=PER_PAGE, max_size=PER_PAGE))
def test_a_full_page_is_taken_whatever_the_prompts(jobs: list[tuple[State, str]]) -> None:
    preferences = Preferences(tell_when_done=True, takes_no_words=True)
    shown = [a_posted_job(*each).evolve(cancel_requested=True) for each in jobs]
    page = VideosPage(jobs=shown, page=1, more=True, preferences=preferences)
    pictures = {job.id: "https://cdn.example/image.png" for job in shown}
    for view in (videos_page(replace(page, pictures=pictures)), videos_page(page), one_video(shown[0], page)):
        payload = {"flags": IS_COMPONENTS_V2, "components": view.to_components()}
        check_message(payload, files=[], upload_limit=1)


@pytest.mark.parametrize("state", State)
def test_every_state_is_found_under_something_else_than_all(state: State) -> None:
    assert [shown for shown in ListFilter if state in STATES[shown] and shown is not ListFilter.ALL]


def test_a_posted_video_is_a_link_to_where_it_is() -> None:
    job = a_posted_job().evolve(post_channel_id=21)
    page = VideosPage(jobs=[job])
    assert buttons(one_video(job, page))["Go to video"] == f"https://discord.com/channels/{ID}/21/77"
    assert f"[Done](https://discord.com/channels/{ID}/21/77)" in text_of(page)


@pytest.mark.parametrize(
    "job",
    [
        a_posted_job().evolve(hidden=True),
        a_posted_job(State.TAKEN_DOWN),
        a_posted_job(State.REVIEW),
        a_posted_job().evolve(handling=Handling(review=ReviewMode.BEFORE_POSTING)),
    ],
)
def test_of_what_others_may_not_see_there_is_no_link_to_a_video(job: Job) -> None:
    assert post_address(job) is None
    page = VideosPage(jobs=[job])
    assert "Go to video" not in buttons(one_video(job, page))
    assert "/77)" not in text_of(page)


@pytest.mark.parametrize(
    ("state", "offered"),
    [(State.WAITING, {"Cancel"}), (State.UNDELIVERED, {"Send again", "Post here"}), (State.FAILED, {"Fix it"})],
)
def test_a_video_has_the_buttons_of_its_state(state: State, offered: set[str]) -> None:
    job = a_posted_job(state)
    found = set(buttons(one_video(job, VideosPage(jobs=[job]))))
    assert offered | {"Details", "Go to card", "Back"} <= found
    assert {"Cancel", "Post here"} & found == {"Cancel", "Post here"} & offered


@pytest.mark.parametrize(("state", "noted"), [(State.PROCESSING, True), (State.WITHHELD, True), (State.FAILED, False)])
def test_a_run_that_goes_on_though_it_was_cancelled_says_so(state: State, noted: bool) -> None:
    job = a_posted_job(state)
    assert "It was already running, so it's still charged" not in text_of(VideosPage(jobs=[job]))
    cancelled = text_of(VideosPage(jobs=[job.evolve(cancel_requested=True)]))
    assert ("It was already running, so it's still charged" in cancelled) is noted


def test_pages_are_turned_where_there_are_others() -> None:
    shown = buttons(VideosPage(jobs=[a_posted_job()], shown=ListFilter.RUNNING, page=1, more=True))
    assert (shown["Newer"], shown["Older"]) == ("reelcast:jobs:turn:running:0", "reelcast:jobs:turn:running:2")
    assert not {"Newer", "Older"} & set(buttons(VideosPage(jobs=[])))


def test_words_that_did_not_arrive_are_told_of_while_they_are_wanted() -> None:
    wanted = Preferences(tell_when_done=True, takes_no_words=True)
    assert "didn't deliver the bot's last direct message" in text_of(VideosPage(jobs=[], preferences=wanted))
    assert "didn't deliver the bot's last direct message" not in text_of(
        VideosPage(jobs=[], preferences=replace(wanted, tell_when_done=False))
    )


def test_an_empty_list_says_so() -> None:
    assert "haven't requested any videos here yet" in text_of(VideosPage(jobs=[]))
    assert "No videos match this filter" in text_of(VideosPage(jobs=[], shown=ListFilter.RUNNING))
