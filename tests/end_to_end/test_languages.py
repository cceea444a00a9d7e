"""What one member sees is in that member's language, what all see in the server's."""

from sandbox.member import past_notice
from tests.end_to_end.stage import Stage, photo, replied


async def test_a_german_in_a_japanese_server_is_refused_in_german_and_shown_a_card_in_japanese(stage: Stage) -> None:
    mira = stage.member()
    await stage.sandbox.admin.set_locale("mira", "de")
    await stage.sandbox.admin.set_guild_locale("ja")
    async with stage.bot():
        refused = await mira.slash("video", prompt="@Image3 winkt", image1=photo(1))
        assert refused.message is not None
        assert refused.message.text.startswith("Dein Prompt nennt `@Image3`, aber es gibt nur `@Image1`.")

        asked = await past_notice(mira, await mira.slash("video", prompt="@Image1 winkt", image1=photo(1)))
        assert asked.message is not None
        assert "順番待ち" in asked.message.text
        post = await replied(mira, asked.message)
        assert "AI生成" in post.text
        details = await mira.click(post, "詳細")
        assert details.message is not None
        assert "Kosten: " in details.message.text
