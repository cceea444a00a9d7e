"""What the tests of saved characters do over and over."""

from dataclasses import replace
from typing import Any

import simcord
from simcord.results import InteractionResult

from bot.settings.model import CastSharing
from tests.unit.cogs.stage import Stage, picture


async def saved(
    stage: Stage, name: str = "Mira", *, who: simcord.MemberActor | None = None, **others: Any
) -> InteractionResult:
    """Have a member save a character, Alice unless said otherwise."""
    actor = who or stage.alice
    opened = await actor.slash(stage.channel, "cast add")
    values = {"name": name, "frontal": [picture("face.png")], "others": [picture("side.jpg")], **others}
    return await stage.submit(opened, values, who=who)


async def cast(stage: Stage, command: str, *, who: simcord.MemberActor | None = None, **options: Any) -> str:
    return said(await (who or stage.alice).slash(stage.channel, f"cast {command}", **options))


def said(result: InteractionResult) -> str:
    """Return what only the member sees."""
    assert result.response is not None
    assert result.ephemeral
    return result.response.content


async def allow(stage: Stage, sharing: CastSharing) -> None:
    services = stage.bot.services
    await services.guild_settings.change(
        stage.guild.id, lambda before: replace(before, cast_sharing=sharing), services.clock.now()
    )


async def shared(stage: Stage, name: str = "Mira", *, who: simcord.MemberActor | None = None) -> None:
    await allow(stage, CastSharing.MEMBERS)
    await saved(stage, name, who=who)
    assert (await cast(stage, "share", who=who, character=name)).startswith("Everyone in this server")


async def id_of(stage: Stage, name: str = "Mira") -> str:
    """Return the id of one of Alice's characters, as autocomplete gives it."""
    [choice] = await stage.alice.autocomplete(stage.channel, "cast remove", "character", name)
    return choice["value"]
