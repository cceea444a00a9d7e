"""What the bot keeps of a member, deleted at their wish."""

from bot.members.forgetting import Forgotten
from bot.services import Services


async def forget_member(services: Services, member_id: int) -> None:
    """Delete a member's characters, wherever they are shared, and the requests that wait for an answer of theirs.

    That they accepted the notice about pictures, and when, stays on record: it is what the operator answers for.
    """
    await services.cast.forget_member(member_id)
    await services.paused.forget_member(member_id)


async def forget_everything(services: Services, member_id: int, *, remove_messages: bool) -> Forgotten:
    """Delete all that can be deleted, in every server; to be called again where it broke off.

    The messages that show something of it are emptied, or removed, afterwards: see `bot.members.emptying`.
    """
    await forget_member(services, member_id)
    await services.preferences.forget_member(member_id)
    forgotten = await services.forgetting.forget(member_id, remove_messages=remove_messages)
    await services.forgetting.erase()
    return forgotten
