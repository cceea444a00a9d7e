"""A refusal loses nothing: *Fix it* opens the form with everything that was given, images included."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult, ResponseMessage
from sqlalchemy import select, update

from bot.database.tables import paused_requests
from bot.gate.denial import Denial, DenialCode
from bot.gate.gate import Asked, Gate, Verdict
from bot.gate.limits import Limit
from bot.media.rules import ImageFault
from bot.requests.reading import Refusal, RefusalCode
from cogs.members.help import forget_member
from cogs.requests.characters import read_wish
from sandbox.discord.messages.modal_rules import check_modal
from tests.unit.cogs.requests.test_automod import make_rule
from tests.unit.cogs.stage import Boot, Stage, picture, unlinked

FIX = "Fix it"
Way = Callable[[Stage], Awaitable[InteractionResult]]
# Why a refusal has no *Fix it*.
NOT_TO_FIX = {
    RefusalCode.OUTSIDE_SERVER: "no form makes a video in a direct message",
    DenialCode.SERVER_BLOCKED: "nothing is kept of a server that the operator has blocked",
    DenialCode.MEMBER_BLOCKED_EVERYWHERE: "nothing is kept of a blocked member",
    DenialCode.MEMBER_BLOCKED: "nothing is kept of a blocked member",
}
LONG = "灯台守がランプを掲げる。" * 230  # 2,760 characters


def buttons(answer: ResponseMessage | None) -> list[str]:
    assert answer is not None
    assert answer.ephemeral
    return [button["label"] for row in answer.components for button in row["components"]]


def answer_in(result: InteractionResult) -> ResponseMessage:
    """Return what only the member is told: after the message without its button, if that was pressed."""
    answer = result.followups[-1] if result.followups else result.response
    assert answer is not None
    assert answer.ephemeral
    return answer


def field(result: InteractionResult, custom_id: str) -> dict[str, Any]:
    assert result.modal is not None
    return next(each["component"] for each in result.modal["components"] if each["component"]["custom_id"] == custom_id)


def about_images(result: InteractionResult) -> str:
    assert result.modal is not None
    return next(
        each["description"] for each in result.modal["components"] if each["component"]["custom_id"] == "images"
    )


async def fix(stage: Stage, refused: InteractionResult) -> InteractionResult:
    return await stage.alice.click(answer_in(refused), label=FIX)


async def kept(stage: Stage) -> Sequence[Any]:
    async with stage.bot.services.store.engine.connect() as connection:
        return list(await connection.execute(select(paused_requests)))


async def age(stage: Stage, by: timedelta) -> None:
    async with stage.bot.services.store.engine.begin() as connection:
        for row in await connection.execute(select(paused_requests)):
            older = update(paused_requests).where(paused_requests.c.id == row.id)
            await connection.execute(older.values(paused_at=row.paused_at - by))


async def command(stage: Stage) -> InteractionResult:
    return await stage.ask("a fox")


async def form(stage: Stage) -> InteractionResult:
    shown = await stage.alice.slash(stage.channel, "video")
    return await stage.submit(shown, {"prompt": "a fox", "images": [picture()]})


async def menu(stage: Stage) -> InteractionResult:
    message = await stage.alice.send(stage.channel, "look", attachments=[picture()])
    return await stage.submit(
        await stage.alice.context_menu(stage.channel, "Make a video", message), {"prompt": "a fox"}
    )


@pytest.mark.parametrize("way", [command, form, menu])
async def test_every_refusal_can_be_fixed_or_says_here_why_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    answers: list[Any] = [
        *(
            Denial(code=code, limit=Limit.PER_DAY, figure=1, ids=(stage.channel.id,), names=("5",))
            for code in DenialCode
        ),
        *(Denial(code=DenialCode.LIMIT, limit=limit, figure=1) for limit in Limit),
        *(Refusal(code=code, number=1, count=2, limit=1, names=("x",), name="x", option="x") for code in RefusalCode),
        *(Refusal(code=RefusalCode.IMAGE, number=1, fault=fault) for fault in ImageFault),
    ]
    judge = Gate.judge
    for answer in answers:

        async def gate(self: Gate, asked: Asked, *, answer: Any = answer) -> Verdict | Denial:
            # Before a form is opened nothing is written yet, and nothing is wrong.
            return answer if asked.texts and isinstance(answer, Denial) else await judge(self, asked)

        async def read(*given: Any, answer: Any = answer) -> Any:
            return answer if isinstance(answer, Refusal) else await read_wish(*given)

        monkeypatch.setattr(Gate, "judge", gate)
        monkeypatch.setattr("cogs.requests.asking.read_wish", read)
        refused = await way(stage)
        assert (answer, buttons(refused.response)) == (answer, [] if answer.code in NOT_TO_FIX else [FIX])
        assert len(await kept(stage)) <= 5
    assert await stage.jobs() == []


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_was_refused_is_made_once_it_is_fixed_with_the_images_that_were_given(
    stage: Stage, boot: Boot, restarted: bool
) -> None:
    refused = await stage.ask(
        "@Image3 waves",
        image1=picture("a.png"),
        image2=picture("b.jpg"),
        duration=10,
        aspect_ratio="9:16",
        spoiler=True,
    )
    if restarted:
        await stage.env.restart_bot(await boot())
    shown = await fix(stage, refused)
    assert field(shown, "prompt")["value"] == "@Image3 waves"
    assert about_images(shown) == "Leave this empty to keep: a.png, b.jpg"
    accepted = await stage.submit(shown, {"prompt": "@Image2 waves"})
    [card] = accepted.followups
    assert not card.ephemeral
    [job] = await stage.jobs()
    request = job.request
    assert job.card_message_id == card.id
    assert (request.prompt, request.duration, request.options.aspect_ratio) == ("@Image2 waves", 10, "9:16")
    assert [each.filename for each in request.references] == ["a.png", "b.jpg"]
    assert request.handling.spoiler_asked
    assert stage.driven == [job]
    assert buttons(accepted.response) == []  # of the refusal
    assert await kept(stage) == []


async def test_where_the_command_on_a_message_is_refused_its_images_are_kept(stage: Stage) -> None:
    message = await stage.alice.send(stage.channel, "look", attachments=[picture(f"{name}.png") for name in "abcdefg"])
    await stage.set(paused=True)
    refused = await stage.alice.context_menu(stage.channel, "Make a video", message)
    assert refused.modal is None
    await stage.set(paused=False)
    shown = await fix(stage, refused)
    assert about_images(shown).startswith("Leave this empty to keep: a.png, b.png")
    await stage.submit(shown, {"prompt": "a fox"})
    [job] = await stage.jobs()
    assert len(job.request.references) == 7


@pytest.mark.parametrize("way", [form, menu])
async def test_a_form_that_was_refused_can_be_fixed_again_and_again(stage: Stage, way: Way) -> None:
    await stage.set(durations=frozenset({10}))
    refused = await way(stage)
    for _ in range(2):
        shown = await fix(stage, refused)
        assert field(shown, "prompt")["value"] == "a fox"
        refused = await stage.submit(shown, {})
        assert answer_in(refused).content.startswith("This length isn't allowed here.")
    await stage.submit(await fix(stage, refused), {"duration": "10"})
    [job] = await stage.jobs()
    assert [each.filename for each in job.request.references] == ["keeper.png"]


async def test_of_several_images_only_the_one_that_was_refused_has_to_be_given_again(stage: Stage) -> None:
    refused = await stage.ask(image2=picture("small.png", size=(10, 10)), image3=picture("c.png"))
    shown = await fix(stage, refused)
    assert about_images(shown) == "Add one to replace @Image2, or add all again. Kept: keeper.png, small.png, c.png"
    await stage.submit(shown, {"images": [picture("large.png")]})
    [job] = await stage.jobs()
    assert [each.filename for each in job.request.references] == ["keeper.png", "large.png", "c.png"]


async def test_new_images_take_the_place_of_all_that_were_given(stage: Stage) -> None:
    refused = await stage.ask("@Image3 waves", image2=picture("b.png"))
    await stage.submit(await fix(stage, refused), {"prompt": "a fox", "images": [picture("c.png")]})
    [job] = await stage.jobs()
    assert [each.filename for each in job.request.references] == ["c.png"]


async def test_images_with_a_gap_between_them_are_kept_without(stage: Stage) -> None:
    refused = await stage.ask("@Image2 waves", image3=picture("c.png"))
    await stage.submit(await fix(stage, refused), {})
    [job] = await stage.jobs()
    assert [each.filename for each in job.request.references] == ["keeper.png", "c.png"]


async def test_a_character_that_is_not_there_is_left_out_of_the_form(stage: Stage) -> None:
    refused = await stage.ask("a fox", cast1="nobody")
    await stage.submit(await fix(stage, refused), {})
    assert len(await stage.jobs()) == 1


async def test_images_without_a_prompt_open_the_form_and_are_kept(stage: Stage) -> None:
    shown = await stage.alice.slash(stage.channel, "video", image1=picture("a.png"), duration=10)
    assert "value" not in field(shown, "prompt")
    assert about_images(shown) == "Leave this empty to keep: a.png"
    await stage.submit(shown, {"prompt": "a fox"})
    [job] = await stage.jobs()
    assert ([each.filename for each in job.request.references], job.request.duration) == (["a.png"], 10)


@pytest.mark.parametrize(
    ("filename", "prompt"),
    [
        ("a.png", "a fox"),
        ("とても長い名前の写真" * 10 + ".png", "灯台守が港を歩く"),
        ("long_" * 40 + ".png", LONG),
        ("صورة_الحارس.png", "الحارس يمشي على الرصيف"),
    ],
    ids=["short", "Japanese", "long", "right to left"],
)
async def test_whatever_was_given_fits_the_form(stage: Stage, filename: str, prompt: str) -> None:
    images = {f"image{number}": picture(filename) for number in range(1, 8)}
    await stage.set(durations=frozenset({10}))
    shown = await fix(stage, await stage.ask(prompt, **images))
    assert shown.modal is not None
    check_modal(shown.modal)
    assert field(shown, "prompt")["value"] == prompt
    assert about_images(shown).count(",") == 6
    await stage.submit(shown, {"prompt": prompt[:2_500], "duration": "10"})
    [job] = await stage.jobs()
    assert (job.request.prompt, len(job.request.references)) == (prompt[:2_500], 7)


async def test_a_prompt_that_no_form_can_hold_is_cut_there_and_whole_in_its_file(stage: Stage) -> None:
    refused = await stage.ask("x" * 5_000)
    assert [await each.read() for each in answer_in(refused).attachments] == [b"x" * 5_000]
    assert field(await fix(stage, refused), "prompt")["value"] == "x" * 4_000


async def test_what_is_kept_expires_after_15_minutes_and_says_what_to_do(stage: Stage) -> None:
    refused = await stage.ask("@Image2 waves")
    shown = await fix(stage, refused)
    await age(stage, timedelta(minutes=15, seconds=1))
    expired = unlinked(answer_in(await fix(stage, refused)).content)
    assert expired == "This request expired after 15 minutes, or was already sent. Use `/video` to start again."
    late = await stage.submit(shown, {"prompt": "a fox"})  # what was typed meanwhile is kept once more
    assert buttons(answer_in(late)) == [FIX]
    shown = await fix(stage, late)
    assert (field(shown, "prompt")["value"], field(shown, "images")["required"]) == ("a fox", True)
    await stage.submit(shown, {"images": [picture()]})
    assert len(await stage.jobs()) == 1


async def test_what_expired_is_deleted(stage: Stage) -> None:
    await stage.ask("@Image2 waves")
    paused = stage.bot.services.paused
    [row] = await kept(stage)
    assert await paused.thin(row.paused_at + timedelta(minutes=15)) == 0
    assert await paused.thin(row.paused_at + timedelta(minutes=15, seconds=1)) == 1


async def test_it_is_for_its_member_alone_and_goes_with_their_data(stage: Stage) -> None:
    refused = await stage.ask("@Image2 waves")
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    [row] = await kept(stage)
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label=FIX, custom_id=f"reelcast:fix:video:{row.id}"))
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    forged = await there.send("look", view=view)
    assert answer_in(await bob.click(forged, label=FIX)).content.startswith("This request expired")
    await forget_member(stage.bot.services, stage.alice.id)
    assert await kept(stage) == []
    assert answer_in(await fix(stage, refused)).content.startswith("This request expired")


async def test_a_button_of_another_kind_of_form_opens_nothing(stage: Stage) -> None:
    await stage.ask("@Image2 waves")
    [row] = await kept(stage)
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label=FIX, custom_id=f"reelcast:fix:cast:{row.id}"))
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    answer = await stage.alice.click(await there.send("look", view=view), label=FIX)
    assert answer_in(answer).content.startswith("This character expired")


async def test_a_button_of_version_0_1_opens_the_form(stage: Stage) -> None:
    await stage.ask("@Image2 waves")
    [row] = await kept(stage)
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label="Add images", custom_id=f"reelcast:images:{row.id}"))
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    shown = await stage.alice.click(await there.send("look", view=view), label="Add images")
    assert field(shown, "prompt")["value"] == "@Image2 waves"


@pytest.mark.parametrize(
    ("prompt", "filename", "words", "images"),
    [
        ("a cat sleeps", "dog.png", "", "Leave this empty to keep: dog.png"),
        ("a dog sleeps", "my_cat.png", "a dog sleeps", None),
        ("@Image2, a cat", "my_cat.png", "", None),  # refused for something else
    ],
    ids=["words", "name", "both"],
)
async def test_no_text_that_the_servers_rules_block_is_kept(
    stage: Stage, prompt: str, filename: str, words: str, images: str | None
) -> None:
    make_rule(stage, keywords=["cat*"])
    refused = await stage.ask(prompt, image1=picture(filename))
    assert prompt in answer_in(refused).content  # which nobody else sees
    assert all("cat" not in str(row.facts) for row in await kept(stage))
    shown = await fix(stage, refused)
    assert field(shown, "prompt").get("value", "") == words
    assert about_images(shown) == (images or about_images(await stage.alice.slash(stage.channel, "video")))


async def test_where_the_channel_is_closed_meanwhile_the_form_stays_shut_and_nothing_is_lost(stage: Stage) -> None:
    refused = await stage.ask("@Image2 waves")
    await stage.set(paused=True)
    paused = await fix(stage, refused)
    assert answer_in(paused).content.startswith("This server's moderators have paused new videos here.")
    await stage.set(paused=False)
    assert field(await fix(stage, paused), "prompt")["value"] == "@Image2 waves"
