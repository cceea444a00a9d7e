"""Commands in what members read are links, in their language."""

from types import SimpleNamespace
from typing import Any

import pytest
from discord import AppCommandType

from bot.ui.commands import CommandLinks
from bot.ui.language import speaking


@pytest.fixture
def links() -> CommandLinks:
    known: list[Any] = [
        SimpleNamespace(name=name, id=number, type=AppCommandType.chat_input)
        for number, name in enumerate(("video", "videos", "mod"), start=1)
    ]
    links = CommandLinks()
    menu: Any = SimpleNamespace(name="My videos", id=9, type=AppCommandType.user)
    links.learn([*known, menu])
    return links


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Use `/video` or `/videos`.", "Use </video:1> or </videos:2>."),
        ("Use `/mod unblock`.", "Use </mod unblock:3>."),
        ("`/elsewhere`, `video`, /video, \\`/video\\`", "`/elsewhere`, `video`, /video, \\`/video\\`"),
        ("Use `/video`.\n```\nuse `/video`\n```\n`/video`", "Use </video:1>.\n```\nuse `/video`\n```\n</video:1>"),
    ],
)
def test_commands_become_links_but_for_what_members_typed(links: CommandLinks, text: str, linked: str) -> None:
    assert links.linked(text) == linked


def test_a_link_has_the_name_that_its_reader_sees(links: CommandLinks) -> None:
    with speaking("de"):
        assert links.linked("Nutze `/meine-videos` oder `/mod entsperren`.") == (
            "Nutze </meine-videos:2> oder </mod entsperren:3>."
        )


def test_until_discord_has_told_the_ids_names_stay() -> None:
    assert CommandLinks().linked("Use `/video`.") == "Use `/video`."
