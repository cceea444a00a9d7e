"""Details, posts and refusals: texts that Discord takes whatever the prompt."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import discord
import pytest
from discord import ui
from hypothesis import example, given
from hypothesis import strategies as st

from bot.catalogue.offer import Offer
from bot.delivery.post_view import alt_text, emptied_text, fitted_note, link_note, post_controls, post_text
from bot.delivery.private_answers import PROMPT_FILE, details_view, has_prompt_file, with_prompt
from bot.delivery.problem_words import withdrawn_notice
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.media.rules import ImageFault
from bot.requests.reading import Refusal, RefusalCode, has_words
from bot.requests.refusal_words import refusal_sentence
from bot.ui.custom_ids import DetailsId
from bot.ui.language import speaking
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, FileFacts, check_message
from tests.support.jobs import NOON, a_job, a_request

OFFER = Offer()
UPLOAD_LIMIT = 10 * 1024 * 1024
REFUSAL = Refusal(code=RefusalCode.IMAGE, number=2, fault=ImageFault.TOO_LARGE)
hostile = st.one_of(st.text(max_size=2_500), st.text(alphabet="*_`~|<>@#:/\\[]()\n", max_size=2_500))


def check_taken(content: str) -> None:
    check_message({"content": content}, files=[], upload_limit=UPLOAD_LIMIT)


def refused(prompt: str) -> tuple[str, list[discord.File]]:
    return with_prompt(refusal_sentence(REFUSAL), prompt)


def told(job: Job, **parts: Any) -> str:
    view = details_view(job, OFFER, **parts)
    return "\n".join(each.content for each in view.walk_children() if isinstance(each, ui.TextDisplay))


@given(hostile)
@example("*" * 1_400)
@example("*" * 1_401)
@example("*" * 2_500)
def test_details_are_taken_whatever_the_prompt(prompt: str) -> None:
    job = a_job(State.FAILED, request=a_request(prompt=prompt)).evolve(
        submitted_at=NOON,
        completed_at=NOON,
        cost_usd=Decimal("1.35"),
        request_id="0" * 36,
        problem=Problem(code=ProblemCode.CHANNEL),
        reason="*" * 400,
    )
    images = [(f"https://cdn.discordapp.com/{number}.png", f"@Image{number}") for number in range(1, 8)]
    payload = {"flags": IS_COMPONENTS_V2, "components": details_view(job, OFFER, images=images).to_components()}
    files = [FileFacts(filename=PROMPT_FILE, size=2_500, content_type="text/plain")] if has_prompt_file(job) else []
    check_message(payload, files=files, upload_limit=UPLOAD_LIMIT)


DONE: Final = replace(
    a_job(State.DELIVERED, job_id=42),
    state_since=NOON + timedelta(seconds=200),
    submitted_at=NOON,
    completed_at=NOON + timedelta(seconds=194),
    cost_usd=Decimal("1.35"),
    request_id="7f1d",
)


def test_details_tell_the_whole_story_of_a_video_in_a_few_lines() -> None:
    assert told(DONE).splitlines() == [
        "a fox",
        f"✅ **Done** · <t:{int(NOON.timestamp()) + 200}:f>",
        "-# 5 s · 16:9 · 1 image · Took 3 min 20 s · cost $1.35",
        "-# Job ID `42` · Request ID `7f1d`",
    ]


def test_details_tell_others_neither_costs_nor_ids_and_let_them_delete_nothing() -> None:
    assert "$" not in told(DONE, own=False)
    assert "`" not in told(DONE, own=False)
    buttons = [each for each in details_view(DONE, OFFER, own=False).walk_children() if isinstance(each, ui.Button)]
    assert buttons == []


def test_details_show_all_images_with_their_names() -> None:
    images = [("https://a.example/1", "@Image1"), ("https://a.example/2", "@kim")]
    view = details_view(DONE, OFFER, images=images)
    [gallery] = [each for each in view.walk_children() if isinstance(each, ui.MediaGallery)]
    assert [(item.media.url, item.description) for item in gallery.items] == images


def test_details_tell_why_there_is_no_video_and_nothing_of_the_services_words() -> None:
    problem = Problem(code=ProblemCode.MODERATED, detail="raw words")
    said = told(a_job(State.FAILED).evolve(problem=problem))
    assert "video service's content filter" in said
    assert "raw words" not in said


@pytest.mark.parametrize("code", [ProblemCode.MODERATED, ProblemCode.RUN_FAILED, ProblemCode.INPUTS])
def test_of_a_failed_run_that_was_charged_nobody_reads_that_nothing_was(code: ProblemCode) -> None:
    failed = a_job(State.FAILED).evolve(problem=Problem(code=code), cost_usd=Decimal("1.35"))
    own = told(failed)
    assert "It's still charged." in own
    assert "$1.35" in own
    assert ("content filter" in own) is (code is ProblemCode.MODERATED)
    for said in (own, told(failed, own=False), withdrawn_notice(failed, OFFER)):
        assert "Nothing was charged" not in said
    assert "charged" not in told(failed, own=False)


@given(hostile)
@example("x" * 1_500)
@example("x" * 1_501)
@example("x" * 6_000)
def test_a_refusal_is_taken_whatever_the_prompt_and_gives_every_word_back(prompt: str) -> None:
    content, files = refused(prompt)
    check_taken(content)
    if has_words(prompt):
        [*given_back] = [file.fp.read().decode() for file in files]
        assert given_back == [prompt] or f"```\n{prompt}\n```" in content


def test_a_prompt_cannot_leave_the_code_block_it_is_given_back_in() -> None:
    content, [file] = refused("``` @everyone")
    assert "@everyone" not in content
    assert file.filename == "prompt.txt"


def test_a_post_says_for_whom_it_is_and_which_video() -> None:
    assert post_text(a_job(State.POSTING), OFFER).splitlines() == [
        "<@30>",
        "> a fox",
        "-# 5 s · 16:9 · 1 image · AI-generated",
    ]


@given(hostile)
@example("x " * 1_250)
@example("動画" * 1_250)
@example("line\n" * 400)
def test_a_post_is_taken_and_short_whatever_the_prompt(prompt: str) -> None:
    text = post_text(a_job(State.POSTING, request=a_request(prompt=prompt)), OFFER)
    check_taken(text)
    quoted = [line for line in text.split("\n") if line.startswith(">")]
    assert 1 <= len(quoted) <= 2
    assert sum(len(re.sub(r"\\(.)", r"\1", line.removeprefix("> "))) for line in quoted) <= 144  # two isolates a line


def test_a_posts_text_can_be_emptied_of_its_prompt() -> None:
    job = a_job(State.POSTING, request=a_request(prompt="a fox\nruns\naway"))
    assert emptied_text(post_text(job, OFFER)) == "<@30>\n-# 5 s · 16:9 · 1 image · AI-generated"


AI_LABELS = {
    "en-US": "AI-generated",
    "de": "KI-generiert",
    "es-ES": "Generado con IA",
    "fr": "Générée par IA",
    "pt-BR": "Gerado por IA",
    "ja": "AI生成",
}


@pytest.mark.parametrize("locale", AI_LABELS)
@pytest.mark.parametrize("note", ["", "Compressed."])
def test_every_post_says_in_its_last_line_that_the_video_is_ai_generated(note: str, locale: str) -> None:
    job = a_job(State.POSTING)
    with speaking(locale):
        said = post_text(job, OFFER, note)
        unlabelled = post_text(job.evolve(handling=replace(job.request.handling, ai_label=False)), OFFER, note)
    assert said == f"{unlabelled} · {AI_LABELS[locale]}"


def test_a_video_that_is_too_large_comes_as_a_link_with_the_day_it_ends() -> None:
    job = a_job(State.POSTING).evolve(completed_at=NOON)
    text = link_note(job, size=31_457_280, limit=10_485_760)
    assert "30 MiB" in text
    assert "10 MiB" in text
    assert f"<t:{int((NOON + timedelta(days=7)).timestamp())}:D>" in text
    check_taken(text)


def test_a_fitted_video_tells_of_its_original_and_the_day_on_which_that_ends() -> None:
    text = fitted_note(a_job(State.POSTING).evolve(completed_at=NOON), size=31_457_280)
    assert "The original (30 MiB) is available until" in text
    assert f"<t:{int((NOON + timedelta(days=7)).timestamp())}:D>" in text
    check_taken(text)


def test_a_video_that_had_to_be_converted_says_so_and_not_that_it_was_too_large() -> None:
    job = a_job(State.POSTING).evolve(completed_at=NOON)
    fitted, linked = fitted_note(job, size=1_048_576, plays=False), link_note(job, size=1_048_576, limit=None)
    assert "Converted to play on every device. The original (1 MiB) is available until" in fitted
    assert "It can't be converted to play on every device." in linked
    for text in (fitted, linked):
        assert f"<t:{int((NOON + timedelta(days=7)).timestamp())}:D>" in text
        check_taken(text)
    unending = a_job(State.POSTING)
    assert "is available." in fitted_note(unending, size=1_048_576, plays=False)
    assert link_note(unending, size=1_048_576, limit=None).endswith("a link to the original.")


@given(hostile)
@example("x" * 1_024)
@example("x" * 1_025)
def test_a_video_is_described_by_its_prompt_within_discords_limit(prompt: str) -> None:
    described = alt_text(a_job(State.POSTING, request=a_request(prompt=prompt)))
    assert len(described) <= 1_024
    assert described.removesuffix("…") in " ".join(prompt.split())


@pytest.mark.parametrize("link", [None, "https://images.segmind.com/outputs/fox.mp4"])
def test_a_post_carries_its_job_and_attempt_and_the_link_if_there_is_one(link: str | None) -> None:
    job = a_job(State.POSTING, job_id=42).evolve(post_attempts=3)
    view = post_controls(job, link=link)
    buttons = [item for item in view.children if isinstance(item, discord.ui.Button)]
    assert [button.url for button in buttons if button.url] == ([link] if link else [])
    ids = {button.label: button.custom_id for button in buttons if button.custom_id}
    assert list(ids) == ["Again $1.35", "Edit", "Details", "Report"]
    assert ids["Again $1.35"] == "reelcast:again:42:13500"
    assert DetailsId.parse(ids["Details"] or "") == DetailsId(place="post", job_id=42, attempt=3)
    check_message({"content": "x", "components": view.to_components()}, files=[], upload_limit=UPLOAD_LIMIT)


@pytest.mark.parametrize(
    "custom_id", ["", "reelcast:details:card:x:0", "reelcast:details:other:1:0", "reelcast:details:card:1:0:1"]
)
def test_a_custom_id_that_is_not_ours_is_no_details(custom_id: str) -> None:
    assert DetailsId.parse(custom_id) is None
