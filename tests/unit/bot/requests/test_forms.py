"""The modals: Discord takes them whatever stands in them, and what they send is read back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.catalogue.model import VideoModel
from bot.catalogue.models import DEFAULT, MODELS
from bot.catalogue.offer import Offer
from bot.catalogue.options import Options, options_of
from bot.jobs.model import Handling, Reference
from bot.requests.forms import edit_modal, pictures_modal, video_modal
from bot.requests.reading import has_words
from bot.requests.wish import Wish, numbered, uploaded_images_in, wish_in
from bot.ui.forms import Submission
from sandbox.discord.messages.modal_rules import check_modal
from tests.support.hostile import hostile
from tests.support.jobs import a_reference, a_request

FRAMES = MODELS["kling-o1-image-to-video"]
OFFER = Offer()
BOTH = Offer(models=(DEFAULT, FRAMES))

CASES = settings(max_examples=500)
MOST_PROMPT = 2_500
MOST_FILENAME = 260


def fields(modal: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {label["component"]["custom_id"]: label["component"] for label in modal["components"]}


def chosen(field: Mapping[str, Any]) -> list[str]:
    return [option["value"] for option in field["options"] if option.get("default")]


def pictures(count: int, filename: str = "fox.png") -> list[Reference]:
    return [replace(a_reference(), filename=filename)] * count


def test_the_form_takes_up_to_seven_files_at_once_and_none_where_saved_characters_do() -> None:
    modal = video_modal(OFFER).to_dict()
    check_modal(modal)
    upload = fields(modal)["images"]
    assert (upload["min_values"], upload["max_values"]) == (0, 7)
    assert (chosen(fields(modal)["duration"]), chosen(fields(modal)["ratio"])) == (["5"], ["16:9"])


def test_a_model_is_chosen_where_there_is_more_than_one() -> None:
    modal = video_modal(BOTH).to_dict()
    check_modal(modal)
    assert chosen(fields(modal)["model"]) == [DEFAULT.slug]
    assert "model" not in fields(video_modal(OFFER).to_dict())


def test_what_only_another_model_could_need_is_not_asked_for() -> None:
    modal = video_modal(Offer(models=(FRAMES,))).to_dict()
    check_modal(modal)
    assert set(fields(modal)) == {"prompt", "images", "duration", "spoiler"}
    assert fields(modal)["images"]["max_values"] == 2


def test_edit_keeps_the_model() -> None:
    request = replace(a_request(), options=options_of(FRAMES.slug, 5))
    found = fields(edit_modal(1, request, BOTH).to_dict())
    assert chosen(found["model"]) == [FRAMES.slug]
    assert chosen(found["ratio"]) == ["16:9"]  # for the other one


@pytest.mark.parametrize(("model", "ratio"), [(FRAMES, None), (DEFAULT, "9:16")])
def test_a_ratio_is_read_only_for_a_model_that_takes_one(model: VideoModel, ratio: str | None) -> None:
    leaves = [{"custom_id": "model", "values": [model.slug]}, {"custom_id": "ratio", "value": "9:16"}]
    submission = Submission.read({"components": [{"type": 18, "component": leaf} for leaf in leaves]})
    wish = wish_in(submission, BOTH, [])
    assert (wish.options.model, wish.options.values.get("aspect_ratio")) == (model.slug, ratio)


@CASES
@given(hostile.filter(has_words))
@example("x" * MOST_PROMPT)
def test_edit_is_taken_with_whatever_prompt_stands_in_it(typed: str) -> None:
    prompt = typed[:MOST_PROMPT]
    request = replace(a_request(prompt=prompt), options=options_of(DEFAULT.slug, 10, "1:1"))
    modal = edit_modal(1, request, OFFER).to_dict()
    check_modal(modal)
    found = fields(modal)
    assert found["prompt"]["value"] == prompt
    assert (chosen(found["duration"]), chosen(found["ratio"])) == (["10"], ["1:1"])
    assert found["images"]["required"] is False


@CASES
@given(st.integers(min_value=1, max_value=7), hostile)
@example(1, "x" * MOST_FILENAME)
@example(7, "\N{HEBREW LETTER ALEF}" * MOST_FILENAME)
def test_edit_names_the_images_that_it_keeps(count: int, filename: str) -> None:
    named = a_request(references=pictures(count, filename[:MOST_FILENAME]))
    check_modal(edit_modal(1, named, OFFER).to_dict())
    plainly = a_request(references=pictures(count, "fox.png"))
    assert f"keep: {', '.join(['fox.png'] * count)}" in str(edit_modal(1, plainly, OFFER).to_dict())


@CASES
@given(st.integers(min_value=1, max_value=12), hostile)
@example(1, "x" * MOST_FILENAME)
def test_the_images_of_a_message_are_offered_whatever_their_names(count: int, filename: str) -> None:
    draft = Wish(prompt="", images=numbered(pictures(count, filename[:MOST_FILENAME])))
    modal = pictures_modal(1, draft, OFFER).to_dict()
    check_modal(modal)
    offered = fields(modal)["images"]
    assert len(offered["options"]) == min(count, 10)
    assert chosen(offered) == [str(number) for number in range(1, min(count, 7) + 1)]


def test_a_draft_with_more_images_than_a_model_takes_keeps_its_words_and_options() -> None:
    options = Options(values={"duration": 10})
    draft = Wish(prompt="a fox", images=numbered(pictures(9)), options=options, spoiler=True)
    asked = fields(pictures_modal(1, draft, OFFER).to_dict())
    assert (asked["prompt"]["value"], chosen(asked["duration"]), asked["spoiler"]["default"]) == ("a fox", ["10"], True)


@pytest.mark.parametrize("asked", [True, False])
def test_edit_ticks_the_spoiler_that_its_member_asked_for_and_not_their_servers(asked: bool) -> None:
    request = replace(a_request(), handling=Handling(spoiler=True, spoiler_asked=asked))
    modal = edit_modal(1, request, OFFER).to_dict()
    check_modal(modal)
    assert fields(modal)["spoiler"]["default"] is asked


def test_a_spoiler_is_asked_for_where_there_is_room() -> None:
    assert "spoiler" in fields(video_modal(OFFER).to_dict())
    assert "spoiler" not in fields(video_modal(BOTH).to_dict())  # Discord takes five fields


@pytest.mark.parametrize(("sent", "read"), [(True, True), (False, False), ("true", False), (None, False)])
def test_a_tick_is_read_and_nothing_else_counts_as_one(sent: object, read: bool) -> None:
    submission = Submission.read({"components": [{"type": 18, "component": {"custom_id": "spoiler", "value": sent}}]})
    assert wish_in(submission, OFFER, [], spoiler=not read).spoiler is read


def test_where_no_spoiler_could_be_ticked_an_edited_request_keeps_its_own() -> None:
    assert wish_in(Submission.read({}), BOTH, [], spoiler=True).spoiler


async def test_discord_py_need_not_remember_a_modal() -> None:
    assert video_modal(OFFER).is_finished()


@given(st.recursive(st.one_of(st.none(), st.integers(), st.text()), lambda inner: st.lists(inner, max_size=3)))
def test_a_duration_that_is_no_number_counts_as_none(value: object) -> None:
    leaves = [{"custom_id": name, "value": value} for name in ("duration", "ratio")]
    submission = Submission.read({"components": [{"type": 18, "component": leaf} for leaf in leaves]})
    duration = wish_in(submission, OFFER, []).options.values.get("duration")
    assert duration is None or isinstance(duration, int)


def test_uploads_are_read_in_the_order_in_which_they_were_dropped() -> None:
    def upload(name: str) -> dict[str, object]:
        return {"url": f"https://cdn.discordapp.com/{name}", "filename": name, "size": 10, "content_type": "image/png"}

    submission = Submission.read(
        {
            "components": [{"type": 18, "component": {"custom_id": "images", "values": ["2", "1", "3"]}}],
            "resolved": {"attachments": {"1": upload("a.png"), "2": upload("b.png")}},
        }
    )
    assert [(each.filename, each.width) for each in uploaded_images_in(submission)] == [("b.png", 0), ("a.png", 0)]


def test_a_submission_without_anything_is_read_as_empty() -> None:
    submission = Submission.read({})
    assert wish_in(submission, OFFER, uploaded_images_in(submission)) == Wish(prompt="", images=[])
