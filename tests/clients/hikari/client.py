"""A bot in hikari: answers /clip with a button, then puts the picture that came with it into its answer."""

import json
import os

import hikari

bot = hikari.GatewayBot(os.environ["TOKEN"], rest_url=os.environ["API_URL"], banner=None, logs=None)


@bot.listen()
async def on_started(_event: hikari.StartedEvent) -> None:
    application = await bot.rest.fetch_application()
    guilds = [guild async for guild in bot.rest.fetch_my_guilds()]
    for guild in guilds:
        await bot.rest.fetch_guild_channels(guild.id)
    clip = bot.rest.slash_command_builder("clip", "Make a clip")
    for name, kind in (("prompt", hikari.OptionType.STRING), ("image", hikari.OptionType.ATTACHMENT)):
        clip.add_option(hikari.CommandOption(type=kind, name=name, description=name, is_required=True))
    await bot.rest.set_application_commands(application.id, [clip])
    print(json.dumps({"guilds": [guild.name for guild in guilds]}), flush=True)  # noqa: T201 - how the test hears of it


@bot.listen()
async def on_interaction(event: hikari.InteractionCreateEvent) -> None:
    interaction = event.interaction
    if isinstance(interaction, hikari.ComponentInteraction):
        await interaction.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, "pressed", components=[])
        return
    prompt = next(option.value for option in interaction.options if option.name == "prompt")
    picture = next(iter(interaction.resolved.attachments.values()))
    row = bot.rest.build_message_action_row()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "press", label="Press")
    await interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, f"making {prompt}", component=row)
    file = hikari.Bytes(await picture.read(), "clip.png")
    await interaction.edit_initial_response(f"made of {picture.width} pixels", attachment=file)
    await interaction.execute("only you see this", flags=hikari.MessageFlag.EPHEMERAL)
    post = await bot.rest.create_message(interaction.channel_id, "a post", attachment=file)
    await post.edit("an edited post")
    await post.respond("a reply", reply=True)


bot.run()
