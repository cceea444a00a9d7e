"""Who presses, types or sends what is not for them: each is told so alone, and nothing is changed."""

from typing import Any

from bot.settings.model import ReviewMode
from sandbox.discord.world.permissions import Permission
from sandbox.member import Member
from tests.end_to_end.moderation import DECISIONS, forged_buttons, set_up, shown, told_alone
from tests.end_to_end.stage import Stage, photo, replied, shows

# What a decision could have changed, by table: not when somebody looked at it last, or who was told of it.
DECIDED = {
    **dict.fromkeys(("guild_settings", "reports", "blocks", "blocked_images", "spending", "usage"), "*"),
    **dict.fromkeys(("operator_blocks", "wishes", "member_preferences", "consents"), "*"),
    "jobs": "id, state, prompt, handling",
    "decisions": "id, kind, by_id",
}
OF_JOBS = (
    *("review:approve", "review:spoiler", "review:reject"),
    *("case:takedown", "case:putback", "case:dismiss", "case:block"),
)
OF_SERVERS = (
    *("settings:put:paused:0:on", "settings:put:everywhere:0:on", "settings:do:tidy:0", "settings:do:reset:0"),
    *("settings:do:show:0", "settings:do:check:0", "settings:do:words:0", "settings:turn:page:0:limits"),
    *("settings:form:member_limits:0", "settings:form:add_words:0"),
    *("blocks:1", "blocks:2", "records:0:0:", "records:5:0:fox"),
)
OF_OPERATORS = (
    *("overview", "stuck", "servers", "blocks", "pause", "resume", "look", "give-up", "send", "close"),
    *("block", "unblock-server", "unblock-member"),
)


OF_MEMBERS = ("cancel", "resend", "again", "edit", "report")
NOT_THEIRS = ("You need Manage ", "Only the bot operator ")
SECRET = "A walk in @Image1 that nobody has seen yet"
NOT_HERE = {
    "This video is no longer in the records.",
    "This video is no longer waiting to be sent.",
    "Only the member who requested this video, or someone with Manage Messages here, can send it.",
    "That isn't a message link from this server. Use *Copy Message Link*.",
    "No records in this server match that. Try fewer words or another spelling.",
}


GONE = (
    "The chosen channels no longer exist, so members can't make videos",
    "The roles that can make videos no longer exist",
    "The channel this server posts videos in no longer exists",
    "The review channel no longer exists",
    "The log channel no longer exists",
    "6 channels or roles in the settings no longer exist",
)


def operator_ids(target: int) -> list[str]:
    return [f"operator:{verb}:{target}" for verb in OF_OPERATORS]


def decided(stage: Stage) -> dict[str, Any]:
    """Read everything that a decision could have changed."""
    with stage._reading() as connection:
        return {
            table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()  # noqa: S608 - our own
            for table, columns in DECIDED.items()
        }


async def refused(member: Member) -> str:
    """Have a member ask for a video; return the sentence that only they see."""
    return await told_alone(member, await member.slash("video", prompt="A walk in @Image1", image1=photo()))


async def seen(member: Member, *channels: str) -> dict[str, list[tuple[int, str]]]:
    """Read what stands in channels, but for what only this member sees."""
    return {
        channel: [(each.id, each.text) for each in await member.messages(channel) if not each.ephemeral]
        for channel in channels
    }


async def test_a_member_who_presses_every_button_of_moderators_and_operators_changes_nothing(stage: Stage) -> None:
    mira, noor, mo = stage.member(), stage.member("noor", guild="Film Club"), stage.member("mo", channel="review")
    await mo.messages()
    async with stage.bot() as bot:
        await set_up(stage)
        made = await stage.ask(mira)
        post = await replied(mira, made)
        await shows(mira, made, "Done")
        form = (await noor.message_command("Report video", post)).modal
        assert form is not None
        await noor.submit(form, {"reason": "I am in it"})
        await shown(mo, "I am in it", "Take down", "Dismiss", "Block", "History")
        await set_up(stage, review=ReviewMode.BEFORE_SPENDING)
        card = await stage.ask(mira, "Nobody has seen @Image1 yet")
        await shows(mira, card, "Waiting for review")
        await shown(mo, "why: every request", *DECISIONS)
        before, messages = decided(stage), await seen(mo, "review", "videos")

        jobs = list(stage.jobs())
        ids = [*(f"{each}:{job}" for each in OF_JOBS for job in jobs), *OF_SERVERS, *operator_ids(jobs[0])]
        pressed = [f"reelcast:{each}" for each in ids]
        for message, custom_id in await forged_buttons(stage, noor, pressed):
            words = await told_alone(noor, await noor.click(message, custom_id=custom_id))
            assert words.startswith(NOT_THEIRS), (custom_id, words)
        for custom_id in pressed:
            result = await noor.click(card, custom_id=custom_id, forge=True)
            assert await told_alone(noor, result) == "That message doesn't have this button or menu. Nothing was done."
        assert decided(stage) == before
        now = await seen(mo, "review", "videos")
        assert {name: [each for each in found if each[1] != "forged"] for name, found in now.items()} == messages
        assert len(bot.log("stray_press")) == len(pressed)


async def test_a_moderator_of_one_server_finds_nothing_of_anothers_video(stage: Stage) -> None:
    mira, noor = stage.member(), stage.member("noor", guild="Animation Guild")
    await noor.messages()
    async with stage.bot():
        await set_up(stage)
        await set_up(stage, "Animation Guild", review_channel_id=int(noor.channel_id))
        card = await stage.ask(mira, SECRET)
        post = await replied(mira, card)
        await shows(mira, card, "Done")
        await set_up(stage, review=ReviewMode.BEFORE_SPENDING)
        await shows(mira, await stage.ask(mira, SECRET), "Waiting for review")
        before, messages = decided(stage), await seen(mira, "videos")

        ids = [f"reelcast:{each}:{job}" for each in (*OF_JOBS, *OF_MEMBERS) for job in stage.jobs()]
        ids += [f"reelcast:details:{place}:{job}:1" for place in ("card", "post") for job in stage.jobs()]
        for message, custom_id in await forged_buttons(stage, noor, ids):
            words = await told_alone(noor, await noor.click(message, custom_id=custom_id))
            assert words in NOT_HERE, custom_id
        for job in stage.jobs():
            [(message, custom_id)] = await forged_buttons(stage, noor, [f"reelcast:post-here:{job}"])
            assert await told_alone(noor, await noor.click(message, custom_id=custom_id)) in NOT_HERE
        guild_id = stage.sandbox.admin.guild_id("Film Club")
        for message in (card, post):
            link = f"https://discord.com/channels/{guild_id}/{message.channel_id}/{message.id}"
            assert await told_alone(noor, await noor.slash("takedown", link=link)) in NOT_HERE
            assert await told_alone(noor, await noor.slash("records search", message=link)) in NOT_HERE
        assert await told_alone(noor, await noor.slash("records search", text="nobody")) in NOT_HERE
        deletes = [f"reelcast:delete:{job}" for job in stage.jobs()]
        for message, custom_id in await forged_buttons(stage, noor, deletes):
            assert await told_alone(noor, await noor.click(message, custom_id=custom_id)) in NOT_HERE
        assert decided(stage) == before
        assert await seen(mira, "videos") == messages


async def test_a_review_channel_that_goes_is_told_of_and_another_has_at_once_what_waits_to_decide_together(
    stage: Stage,
) -> None:
    ada, mira, mo = stage.member("ada"), stage.member(), stage.member("mo", channel="review")
    general = int(stage.sandbox.admin.channel_id("general"))
    await mo.messages()
    async with stage.bot() as bot:
        await set_up(stage, review=ReviewMode.BEFORE_POSTING, log_channel_id=general)
        finished = await stage.ask(mira, SECRET)
        await bot.reached("REVIEW", stage.job_of(finished))
        await shown(mo, "why: every video", *DECISIONS)
        await set_up(stage, review=ReviewMode.BEFORE_SPENDING)
        held = await stage.ask(mira, "Another walk in @Image1")
        await shown(mo, "why: every request", *DECISIONS)

        await stage.sandbox.admin.delete_channel("review")
        await hidden(stage, "general")
        mo.at("general")
        await shown(mo, "post in the review channel")
        panel = (await ada.slash("settings", page="review")).message
        assert panel is not None
        panel = (await ada.select(panel, "reelcast:settings:point:review_channel_id:0", [general])).message
        assert panel is not None
        video = await shown(mo, "why: every video", *DECISIONS)
        request = await shown(mo, "why: every request", *DECISIONS)
        assert {video.channel_id, request.channel_id} == {general}
        listed = (await mo.slash("mod review")).message
        assert listed is not None
        both = [str(stage.job_of(each)) for each in (finished, held)]
        listed = (await mo.select(listed, "reelcast:waiting:choose", both)).message
        assert listed is not None
        assert "**2 waiting for review**\n2 chosen. Approving can spend $1.35." in listed.text
        await mo.click(listed, "Approve")
        await shown(mo, "Nothing is waiting for review.")
        await replied(mira, finished)
        await replied(mira, held)
    assert await stage.charged() == (2, 2.70)


async def hidden(stage: Stage, channel: str) -> None:
    """Have moderators, the bot and a server's owner alone see a channel."""
    admin, seen = stage.sandbox.admin, int(Permission.VIEW_CHANNEL)
    await admin.set_overwrite(channel, role="Moderators", allow=seen)
    await admin.set_overwrite(channel, member="reelcast", allow=seen)
    await admin.set_overwrite(channel, role="@everyone", deny=seen)


async def test_settings_with_channels_and_roles_that_are_gone_open_nothing_and_break_nothing(stage: Stage) -> None:
    admin = stage.sandbox.admin
    ada, mira, noor = stage.member("ada"), stage.member(), stage.member("noor", guild="Film Club", channel="general")

    def channel(name: str) -> int:
        return int(admin.channel_id(name))

    trusted, moderators = (int(admin._id("roles", each, "Film Club")) for each in ("Trusted", "Moderators"))
    await stage.hold()
    async with stage.bot() as bot:
        await set_up(
            stage,
            channels=frozenset({channel("general")}),
            roles=frozenset({trusted}),
            trusted_roles=frozenset({moderators}),
            log_channel_id=channel("announcements"),
            output_channel_id=channel("late-night"),
        )
        card = await stage.ask(noor)
        job = stage.job_of(card)
        await bot.reached("QUEUED", job)
        await admin.delete_role("Trusted")
        await admin.delete_channel("late-night")
        await stage.let_on()
        await bot.reached("PROCESSING", job)
        await stage.let_on()
        await bot.reached("UNDELIVERED", job)
        await shows(noor, card, "Not posted: the member who requested it can no longer make videos here")
        assert (await refused(noor)).startswith("Only members with certain roles can make videos here.")
    for name in ("general", "review", "announcements"):
        await admin.delete_channel(name)
    await admin.delete_role("Moderators")
    async with stage.bot() as bot:
        await set_up(stage, review=ReviewMode.BEFORE_POSTING)
        assert (await refused(mira)).startswith("You don't have access to a channel where videos are allowed.")
        check = (await ada.slash("settings", page="check")).message
        assert check is not None
        assert [finding for finding in GONE if finding not in check.text] == []
        await set_up(stage, channels=frozenset({channel("videos")}))
        assert (await refused(mira)).startswith("Only members with certain roles can make videos here.")
        await set_up(stage, roles=frozenset())
        assert (await refused(mira)).startswith("The channel this server posts videos in no longer exists.")
        await set_up(stage, output_channel_id=None)
        card = await stage.ask(mira)
        await bot.reached("FAILED", stage.job_of(card))
        await shows(mira, card, "the bot can't reach the review channel. Nothing was charged.")
    assert await stage.charged() == (1, 1.35)
