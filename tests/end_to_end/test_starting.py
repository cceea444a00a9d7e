"""A bot that starts takes up what is unfinished before anything else."""

from tests.end_to_end.stage import Stage


async def test_jobs_are_resumed_before_discord_takes_the_commands(stage: Stage) -> None:
    await stage.sandbox.admin.fault(method="PUT", route="/commands", status=429, retry_after=0.1)
    async with stage.bot() as bot:
        await bot.logged("ready")
        lines = bot.child.lines
        resumed = next(number for number, line in enumerate(lines) if "jobs_resumed" in line)
        refused = next(number for number, line in enumerate(lines) if "rate limited" in line)
    assert resumed < refused
