"""What `/video` refuses from what Discord tells of it: one sentence to the member alone, and no job."""

from decimal import Decimal

import pytest

from bot.jobs.states import State
from tests.unit.cogs.stage import BOT_PERMISSIONS, Stage, Upload, picture

MANY = "x" * 2_501
PERMISSION_NAMES = ("View Channel", "Send Messages", "Attach Files", "Read Message History")


@pytest.mark.parametrize(
    ("size", "padding", "said"),
    [
        ((640, 480), 60_000_000, "Upload one up to 52.4 MB."),
        ((299, 640), 0, "at least 300 pixels"),
        ((300, 751), 0, "2.5 times"),
        ((9_000, 8_000), 0, "64 megapixels"),
    ],
    ids=["too large", "too small", "too oblong", "too many pixels"],
)
async def test_an_image_that_cannot_serve_is_named(
    stage: Stage, size: tuple[int, int], padding: int, said: str
) -> None:
    sentence = await stage.refusal("a keeper walks", image2=picture(size=size, padding=padding))
    assert sentence.startswith("`image2` ")
    assert said in sentence


async def test_an_image_at_its_limits_is_taken(stage: Stage) -> None:
    name, data = picture(size=(300, 750))
    await stage.ask(image1=(name, data + bytes(10 * 1024**2 - len(data))))
    assert len(await stage.jobs()) == 1


@pytest.mark.parametrize(
    "image",
    [("IMG_0001.HEIC", b"that Discord cannot measure"), picture("moving.gif"), ("photo.mp4", picture()[1])],
    ids=["unmeasured", "GIF", "wrong extension"],
)
async def test_what_kind_of_file_an_image_is_is_for_its_bytes_to_tell(stage: Stage, image: Upload) -> None:
    await stage.ask(image1=image)
    assert len(await stage.jobs()) == 1


@pytest.mark.parametrize(
    "prompt",
    ["", "  \n ", "\u200b\u2060", "\u3000\u00a0", "\u3164\u2800"],
    ids=["empty", "blank", "invisible", "wide", "fillers"],
)
async def test_a_prompt_without_a_word_is_refused(stage: Stage, prompt: str) -> None:
    result = await stage.ask(prompt)
    await stage.refused(result)
    assert result.response is not None
    assert result.response.content == "Your prompt is empty. Describe what should happen in the video."


async def test_a_prompt_that_is_too_long_is_refused_and_comes_back_as_a_file(stage: Stage) -> None:
    result = await stage.ask(MANY)
    sentence = await stage.refused(result)
    assert sentence == "Your prompt is 2,501 characters. The limit is 2,500, so shorten it."
    assert result.response is not None
    [file] = result.response.attachments
    assert await file.read() == MANY.encode()


async def test_the_longest_prompt_is_taken(stage: Stage) -> None:
    await stage.ask(MANY[1:])
    [job] = await stage.jobs()
    assert job.request.prompt == MANY[1:]


async def test_a_prompt_that_names_an_image_which_is_not_there_is_refused(stage: Stage) -> None:
    sentence = await stage.refusal("@image1 meets @Image3", image2=picture())
    assert "`@Image3`" in sentence
    assert "only 2 images" in sentence


async def test_a_prompt_that_names_images_needs_them_without_a_gap(stage: Stage) -> None:
    assert "without gaps" in await stage.refusal("@Image1 waves", image3=picture())


async def test_the_prompt_of_a_refused_request_comes_back_to_be_copied(stage: Stage) -> None:
    result = await stage.ask("a *keeper* waves", image1=picture(size=(10, 10)))
    await stage.refused(result)
    assert result.response is not None
    assert "```\na *keeper* waves\n```" in result.response.content


async def test_a_prompt_that_would_end_its_code_block_comes_back_as_a_file(stage: Stage) -> None:
    hostile = "``` @everyone [x](https://evil.example)"
    result = await stage.ask(hostile, image1=picture(size=(10, 10)))
    await stage.refused(result)
    assert result.response is not None
    assert "evil" not in result.response.content
    [file] = result.response.attachments
    assert await file.read() == hostile.encode()


async def test_a_command_in_a_direct_message_is_sent_to_a_server(stage: Stage) -> None:
    bob = stage.env.create_user("bob")
    result = await bob.slash("video", prompt="a keeper walks", image1=picture())
    assert await stage.refused(result) == "You can only make videos in servers. Use this command in a server channel."


@pytest.mark.parametrize(("permission", "named"), list(zip(BOT_PERMISSIONS, PERMISSION_NAMES, strict=True)))
async def test_a_channel_where_the_bot_lacks_a_permission_is_refused_by_its_name(
    stage: Stage, permission: str, named: str
) -> None:
    channel = stage.channel_without(permission)
    sentence = await stage.refused(await stage.alice.slash(channel, "video", prompt="a keeper walks", image1=picture()))
    assert named in sentence
    assert [name for name in PERMISSION_NAMES if name in sentence] == [named]


async def test_all_permissions_that_are_missing_are_named_at_once(stage: Stage) -> None:
    channel = stage.channel_without("attach_files", "read_message_history")
    sentence = await stage.refused(await stage.alice.slash(channel, "video", prompt="a keeper walks", image1=picture()))
    assert "without these permissions: **Attach Files** and **Read Message History**." in sentence


@pytest.mark.parametrize("changes", [{"spend_limit_usd_per_day": Decimal("2.70")}])
async def test_the_days_spending_limit_refuses_what_would_pass_it(stage: Stage) -> None:
    await stage.ask()
    await stage.ask()
    result = await stage.ask()
    assert result.response is not None
    assert result.response.ephemeral
    assert result.response.content.startswith("This bot has reached its spending limit for today. Try again <t:")
    jobs = await stage.jobs()
    assert [job.state for job in jobs] == [State.PREPARING, State.PREPARING]


async def test_a_thread_needs_the_permission_to_send_in_threads_and_not_that_of_its_channel(stage: Stage) -> None:
    for permission, named in (
        ("send_messages_in_threads", "Send Messages in Threads"),
        ("attach_files", "Attach Files"),
    ):
        thread = await stage.thread_in(stage.channel_without(permission))
        result = await stage.alice.slash(thread, "video", prompt="a keeper walks", image1=picture())
        assert f"**{named}**" in await stage.refused(result)


async def test_a_thread_is_as_good_as_a_channel(stage: Stage) -> None:
    channel = stage.channel_without("send_messages")
    await stage.set(channels=frozenset({channel.id}))
    thread = await stage.thread_in(channel)
    await stage.alice.slash(thread, "video", prompt="a keeper walks", image1=picture())
    [job] = await stage.jobs()
    assert job.request.channel_id == thread.id


async def test_a_sign_that_no_database_takes_is_replaced_wherever_it_is_typed(stage: Stage) -> None:
    await stage.ask("@Image1 wa\0ves")
    [job] = await stage.jobs()
    assert job.request.prompt == "@Image1 wa\N{REPLACEMENT CHARACTER}ves"
    shown = await stage.alice.slash(stage.channel, "video")
    await stage.submit(shown, {"prompt": "a f\0x", "images": [picture()]})
    assert [each.request.prompt for each in await stage.jobs()][1:] == ["a f\N{REPLACEMENT CHARACTER}x"]
