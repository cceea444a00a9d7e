"""A bot that starts takes up what is unfinished before anything else."""

from tests.end_to_end.stage import LONG, Stage, shows


async def test_jobs_are_resumed_before_discord_takes_the_commands(stage: Stage) -> None:
    await stage.sandbox.admin.fault(method="PUT", route="/commands", status=429, retry_after=0.1)
    async with stage.bot(anew=True) as bot:
        await bot.logged("ready")
        lines = bot.child.lines
        resumed = next(number for number, line in enumerate(lines) if "jobs_resumed" in line)
        refused = next(number for number, line in enumerate(lines) if "rate limited" in line)
    assert resumed < refused


async def test_a_member_is_answered_while_discord_makes_the_commands_wait(stage: Stage) -> None:
    async with stage.bot() as bot:
        await bot.logged("ready")
    await stage.sandbox.admin.fault(method="PUT", route="/commands", status=429, retry_after=LONG)
    async with stage.bot() as bot:
        await bot.logged("commands_not_taken_yet")
        await bot.logged("ready")
        member = stage.member()
        await shows(member, await stage.ask(member), "Done")


async def test_a_discord_in_trouble_is_asked_again_to_take_the_commands(stage: Stage) -> None:
    await stage.sandbox.admin.fault(method="PUT", route="/commands", status=503)
    async with stage.bot() as bot:
        await bot.logged("commands_not_taken")
        await bot.logged("ready")


async def test_commands_that_discord_refuses_keep_no_member_waiting(stage: Stage) -> None:
    async with stage.bot() as bot:
        await bot.logged("ready")
    await stage.sandbox.admin.fault(method="PUT", route="/commands", status=400)
    async with stage.bot() as bot:
        await bot.logged("commands_not_taken")
        await bot.logged("ready")
        member = stage.member()
        await shows(member, await stage.ask(member), "Done")
