"""What a member is answered on SimCord's Discord, for that member alone."""

from collections.abc import Mapping

from simcord.results import InteractionResult, ResponseMessage

from tests.support.settings_panel import components
from tests.unit.cogs.stage import texts, unlinked


def answer_of(result: InteractionResult) -> ResponseMessage:
    """Give the one answer that there is, an edited one included; only who asked sees it."""
    said = [
        each for each in (result.response, *result.followups) if each is not None and (each.content or each.components)
    ]
    assert len(said) == 1, said
    assert said[0].ephemeral
    return said[0]


def words_of(result: InteractionResult) -> str:
    answer = answer_of(result)
    return unlinked(answer.content or texts(answer))


def buttons_of(result: InteractionResult) -> Mapping[str, str]:
    """Give custom ids, or addresses, by label."""
    return {
        each["label"]: each.get("custom_id") or each["url"]
        for each in components(answer_of(result))
        if each["type"] == 2
    }
