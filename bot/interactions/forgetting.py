"""What a member has saved and left waiting, deleted at their wish."""

from bot.services import Services


async def forget_member(services: Services, member_id: int) -> None:
    """Delete a member's characters, wherever they are shared, and the requests that wait for an answer of theirs.

    That they accepted the notice about pictures, and when, stays on record: it is what the operator answers for.
    """
    await services.cast.forget_member(member_id)
    await services.paused.forget_member(member_id)
