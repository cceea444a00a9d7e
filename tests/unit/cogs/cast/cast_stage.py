"""What the tests of saved characters do over and over."""

from dataclasses import replace
from typing import Any

import simcord
from simcord.results import InteractionResult

from bot.settings.model import CastSharing
from tests.support.answers import answer_of, buttons_of, words_of
from tests.support.settings_panel import components
from tests.unit.cogs.stage import Stage, picture, press_id, texts, unlinked


async def saved(
    stage: Stage, name: str = "Mira", *, who: simcord.MemberActor | None = None, **others: Any
) -> InteractionResult:
    """Have a member save a character, Alice unless said otherwise."""
    actor = who or stage.alice
    opened = await actor.click(answer_of(await actor.slash(stage.channel, "cast")), label="Add a character")
    values = {"name": name, "frontal": [picture("face.png")], "others": [picture("side.jpg")], **others}
    return await stage.submit(opened, values, who=who)


async def listed(stage: Stage, *, who: simcord.MemberActor | None = None) -> str:
    """Return what the panel lists for a member."""
    return words_of(await (who or stage.alice).slash(stage.channel, "cast"))


async def opened(stage: Stage, name: str = "Mira", *, who: simcord.MemberActor | None = None) -> InteractionResult:
    """Have a member open a character that the panel lists."""
    actor = who or stage.alice
    panel = answer_of(await actor.slash(stage.channel, "cast"))
    return await actor.select(panel, [await id_of(stage, name, who=who)], custom_id="reelcast:cast:open:0")


async def pressed(stage: Stage, name: str, *labels: str, who: simcord.MemberActor | None = None) -> InteractionResult:
    """Have a member open a character and press one button after another."""
    shown = await opened(stage, name, who=who)
    for label in labels:
        shown = await (who or stage.alice).click(answer_of(shown), custom_id=buttons_of(shown)[label])
    return shown


async def forged(stage: Stage, verb: str, cast_id: str, *, who: simcord.MemberActor) -> str:
    """Have a member press a button that nobody showed them."""
    return words(await press_id(stage, f"reelcast:cast:{verb}:{cast_id}", who=who))


def words(result: InteractionResult) -> str:
    """Return what an answer says, also in the place of the message with a forged button."""
    [answer] = [each for each in (result.response, *result.followups) if each and (each.content or each.components)]
    return unlinked(answer.content or texts(answer))


async def renamed(stage: Stage, name: str, new: str, *, who: simcord.MemberActor | None = None) -> str:
    form = await pressed(stage, name, "Rename", who=who)
    return words_of(await stage.submit(form, {"name": new}, who=who))


def said(result: InteractionResult) -> str:
    """Return what only the member sees."""
    assert result.response is not None
    assert result.ephemeral
    return unlinked(result.response.content)


async def allow(stage: Stage, sharing: CastSharing) -> None:
    services = stage.bot.services
    await services.guild_settings.change(
        stage.guild.id, lambda before: replace(before, cast_sharing=sharing), services.clock.now()
    )


async def shared(stage: Stage, name: str = "Mira", *, who: simcord.MemberActor | None = None) -> None:
    await allow(stage, CastSharing.MEMBERS)
    await saved(stage, name, who=who)
    assert "Everyone in this server can use" in words_of(await pressed(stage, name, "Share here", who=who))


async def id_of(stage: Stage, name: str = "Mira", *, who: simcord.MemberActor | None = None) -> str:
    """Return the id of a character that the panel offers a member."""
    panel = answer_of(await (who or stage.alice).slash(stage.channel, "cast"))
    [select] = [each for each in components(panel) if each["type"] == 3]
    [found] = [each["value"] for each in select["options"] if each["label"].casefold() == f"@{name}".casefold()]
    return found
