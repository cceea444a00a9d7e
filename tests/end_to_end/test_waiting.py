"""The bot waits for Discord and the database instead of ending, and follows what is paid for meanwhile."""

import signal
import sqlite3

from tests.end_to_end.stage import Stage, replied, shows


async def test_a_paid_run_is_followed_while_cloudflare_keeps_the_bot_out(stage: Stage) -> None:
    await stage.hold()
    member = stage.member()
    async with stage.bot() as bot:
        card = await stage.ask(member)
        job = stage.job_of(card)
        await bot.reached("QUEUED", job)
        await bot.end(signal.SIGKILL)
    await stage.let_on()
    await stage.let_on()
    await stage.sandbox.admin.fault(method="GET", route="/users/@me$", cloudflare="1015", retry_after=1, times=2)
    async with stage.bot() as bot:
        waited = await bot.logged("discord_not_reached")
        assert waited["error"] == "Cloudflare answers 429"
        events = [entry.get("event") for entry in bot.log("jobs_resumed", "job_state", "discord_not_reached", "ready")]
        assert events.index("discord_not_reached") < events.index("jobs_resumed")
        followed = bot.log("job_state")
        assert followed[0]["job"] == job
        await bot.logged("discord_reached")
        await shows(member, card, "Done")
        await replied(member, card)
        assert not [line for line in bot.child.lines if "Traceback" in line]
    assert await stage.charged() == (1, 1.35)


async def test_a_database_that_is_locked_for_a_while_is_two_lines(stage: Stage) -> None:
    async with stage.bot() as bot:
        await bot.logged("ready")
        held = sqlite3.connect(stage.database, isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        try:
            await bot.logged("database_away")
        finally:
            held.execute("ROLLBACK")
            held.close()
        member = stage.member()
        await shows(member, await stage.ask(member), "Done")
        await bot.logged("database_back")
        assert len(bot.log("database_away")) == 1
        assert not [line for line in bot.child.lines if "Traceback" in line or '"exception"' in line]
