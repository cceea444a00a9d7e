"""What a member is answered when they press a button of a card or a post."""

from decimal import Decimal

from bot.jobs.model import Job
from bot.jobs.states import IN_FLIGHT, State
from bot.ui.formats import dollars
from bot.ui.language import _


def cancelled_sentence(job: Job) -> str:
    """Say what became of a wish to take a request back."""
    if job.state in IN_FLIGHT:
        return _("The video is already being made, so it's still charged. It won't be posted.")
    sentence = _("Canceled. Nothing was charged, and {amount} of the day's limit is free again.")
    return sentence.format(amount=dollars(job.reserved_usd))


def not_cancellable_sentence(state: State | None) -> str:
    """Say why a request can no longer be taken back."""
    if state is State.CANCELLED:
        return _("It's already canceled.")
    if state in {State.COMPLETED, State.POSTING, State.REVIEW, State.UNDELIVERED}:
        return _("The video is already made and charged, so you can't cancel it anymore.")
    return _("It's already finished.")


def stop_question() -> str:
    return _("It's already charged. Stop it from being posted?")


def delete_question() -> str:
    return _("Delete the card and the video?")


def again_question(price_usd: Decimal) -> str:
    """Ask before a price is spent that the pressed button doesn't show."""
    return _("Another video with the same request costs {price} now.").format(price=dollars(price_usd))


def not_yours_to_cancel() -> str:
    return _("Only the member who requested this video, or someone with Manage Messages here, can cancel it.")


def not_yours_to_delete() -> str:
    return _("Only the member who requested this video, or someone with Manage Messages here, can delete it.")


def not_yours_to_send() -> str:
    return _("Only the member who requested this video, or someone with Manage Messages here, can send it.")


def not_repeatable_sentence(state: State) -> str:
    """Say why a request cannot be made again."""
    if state in {State.REJECTED, State.WITHHELD, State.TAKEN_DOWN}:
        return _("This video was kept back or taken down, so you can't make it again. Use `/video` for a new one.")
    return _("It's still in progress. You can make it again once it's finished.")


def references_unreadable_sentence() -> str:
    """Say that a request cannot be made again right now, for its images cannot be read."""
    return _("Couldn't get this video's images from Discord right now. Nothing was charged. Try again in a minute.")


def sent_again_sentence(channel_id: int, *, reviewed: bool = False) -> str:
    if reviewed:
        told = _("A moderator reviews the video first. Once approved, it's posted in {channel}.")
        return told.format(channel=f"<#{channel_id}>")
    return _("The video is being sent to {channel}.").format(channel=f"<#{channel_id}>")
