"""A member's own videos and data, with the bot as a process: told when done, found again, deleted without a trace."""

from tests.end_to_end.stage import Stage, replied, shows

SECRET = "the-lighthouse-keeper-of-inis-mor"


async def test_a_member_is_told_finds_the_video_again_and_deletes_everything(stage: Stage) -> None:
    mira = stage.member()
    async with stage.bot() as bot:
        listed = await mira.slash("videos")
        assert listed.message is not None
        await mira.click(listed.message, "DM me when done")
        card = await stage.ask(mira, f"{SECRET} in @Image1")
        video = await replied(mira, card)
        await shows(mira, card, "Done")
        await bot.reached("DELIVERED", stage.job_of(card))
        found = await mira.slash("videos")
        assert found.message is not None
        assert str(video.id) in str(found.message.data)
        assert SECRET.encode() in stored(stage)

        helped = await mira.slash("help")
        assert helped.message is not None
        told = await mira.click(helped.message, "Your data")
        assert told.message is not None
        question = await mira.click(told.message, "Delete my data")
        assert question.message is not None
        await mira.click(question.message, "Delete my data")
        await shows(mira, card, "had their data deleted")
        await bot.logged("member_forgotten", requests=1)
        assert SECRET.encode() not in stored(stage)
    await mira.at_direct_messages()
    [word] = await mira.messages()
    assert str(video.id) in word.text
    assert SECRET not in word.text


def stored(stage: Stage) -> bytes:
    """Give everything that the database's files hold."""
    return b"".join(path.read_bytes() for path in stage.database.parent.glob(f"{stage.database.name}*"))
