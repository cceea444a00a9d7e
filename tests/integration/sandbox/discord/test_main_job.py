"""A real discord.py bot logs in to the local Discord and does the product's main job there."""

import asyncio
import io
from collections.abc import AsyncIterator

import discord
import pytest
from discord import app_commands, ui
from discord.ext import commands

from sandbox.discord.server import DiscordSandbox
from sandbox.member import Member, NotOffered, Upload
from tests.integration.sandbox.discord.discord_lab import online, png


class Card(ui.LayoutView):
    def __init__(self, state: str, *, picture: str | None = None) -> None:
        super().__init__(timeout=None)
        box: ui.Container[Card] = ui.Container(ui.TextDisplay(state), accent_colour=0x00AA88)
        if picture is not None:
            box.add_item(ui.MediaGallery(discord.MediaGalleryItem(picture, description="first")))
        button: ui.Button[Card] = ui.Button(label="Cancel", custom_id="cancel:1")
        box.add_item(ui.ActionRow(button))
        self.add_item(box)


class FilmBot(commands.AutoShardedBot):
    """Answers /video with a card, edits it by channel and message id, and replies with a file."""

    def __init__(self) -> None:
        super().__init__(command_prefix="!", intents=discord.Intents.default(), guild_ready_timeout=0.1)
        self.seen: list[discord.Attachment] = []
        self.ready = asyncio.Event()
        self.tree.add_command(app_commands.Command(name="video", description="Make", callback=self.video))

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.ready.set()

    async def video(
        self,
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, 2500],
        image1: discord.Attachment,
        duration: app_commands.Range[int, 5, 10] = 5,
    ) -> None:
        self.seen.append(image1)
        picture = await image1.to_file()
        view = Card(f"WAITING {prompt} {duration}", picture=f"attachment://{picture.filename}")
        response = await interaction.response.send_message(view=view, file=picture)
        assert response.message_id is not None
        assert isinstance(interaction.channel, discord.TextChannel)
        card = interaction.channel.get_partial_message(response.message_id)
        await card.edit(view=Card("DONE"), attachments=[])
        video = discord.File(io.BytesIO(png()), "video.png")
        await card.reply(
            f"{interaction.user.mention} @everyone",
            file=video,
            nonce="1-post-1",
            allowed_mentions=discord.AllowedMentions(users=[interaction.user], replied_user=False),
        )


@pytest.fixture
async def bot(local_discord: DiscordSandbox) -> AsyncIterator[FilmBot]:
    bot = FilmBot()
    async with online(bot, local_discord.world.token, bot.ready):
        yield bot


async def test_the_bot_sees_both_guilds_and_itself(bot: FilmBot) -> None:
    assert {guild.name for guild in bot.guilds} == {"Film Club", "Animation Guild"}
    assert bot.user is not None
    assert bot.user.name == "reelcast"
    limits = {guild.name: guild.filesize_limit for guild in bot.guilds}
    assert limits == {"Film Club": 10 * 1024 * 1024, "Animation Guild": 50 * 1024 * 1024}


async def test_a_member_sends_a_picture_and_gets_a_card_that_is_edited_and_a_reply(bot: FilmBot, mira: Member) -> None:
    result = await mira.slash("video", prompt="a fox", image1=Upload(png(), "fox.png"))
    assert result.acknowledged
    assert result.message is not None
    card = await mira.wait_for(lambda message: "DONE" in message.text)
    assert card.id == result.message.id
    assert [button.label for button in card.buttons] == ["Cancel"]
    video = await mira.wait_for(lambda message: message.reference == card.id)
    assert video.mentions == [mira.id]
    assert not video.data["mention_everyone"]
    assert await mira.download(video.attachments[0]) == png()
    [reference] = bot.seen
    assert (reference.width, reference.height, reference.content_type) == (320, 400, "image/png")


@pytest.mark.usefixtures("bot")
async def test_a_client_offers_only_what_is_registered_and_complete(mira: Member) -> None:
    with pytest.raises(NotOffered, match="prompt, image1 must be given"):
        await mira.slash("video")
    with pytest.raises(NotOffered, match="between 5 and 10"):
        await mira.slash("video", prompt="x", image1=Upload(png(), "a.png"), duration=11)
    with pytest.raises(NotOffered, match="no command"):
        await mira.slash("vidoe")
