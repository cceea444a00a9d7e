"""What members and moderators are told about reports, takedowns and blocks."""

from datetime import datetime

from bot.jobs.model import Job
from bot.jobs.states import State
from bot.ui.formats import countdown, date
from bot.ui.language import _


def length_name(length: str) -> str:
    """Name how long a block lasts."""
    match length:
        case "1h":
            return _("1 hour")
        case "1d":
            return _("1 day")
        case "7d":
            return _("7 days")
        case "30d":
            return _("30 days")
        case _:
            return _("for good")


def reported_answer(*, heard: bool) -> str:
    """Thank who reported; `heard` is whether the server has a place where moderators read it."""
    if heard:
        return _("Thank you. The moderators of this server have been told.")
    return _("Thank you. Your report is noted for the moderators of this server.")


def reported_before() -> str:
    return _("You have reported this video already. The moderators of this server know of it.")


def not_reportable(job: Job) -> str:
    """Say why there is nothing to report."""
    if job.state is State.TAKEN_DOWN:
        return _("This video was removed already.")
    return _("This video is not posted, so there is nothing to report.")


def own_video() -> str:
    return _("This video is yours. Use *Delete* to remove it.")


def no_video_here() -> str:
    return _("There is no video of this bot in that message. Use this on one that the bot posted.")


def not_a_link() -> str:
    return _("That is not the address of a message in this server. Copy it with *Copy Message Link*.")


def not_a_moderator_here() -> str:
    return _("Only who may manage messages where the video stands can do that.")


def not_a_moderator_of_server() -> str:
    return _("Only who may manage messages or time out members in the whole server can do that.")


def not_removable() -> str:
    """Say why there is nothing to take down now."""
    return _("It is over already: nothing of it is posted.")


def not_all_removed() -> str:
    return _("Discord did not remove everything yet; the bot keeps trying.")


def taken_down_answer(job: Job) -> str:
    """Say what a takedown has done to the video."""
    match job.state:
        case State.TAKEN_DOWN:
            return _(
                "Taken down. The video service keeps its own copy until {date}, which nobody can delete; its address"
                " is no longer shown."
            ).format(date=date(job.output_ends_at or job.state_since))
        case State.REJECTED:
            return _("Taken back before it was made. Nothing was charged.")
        case State.WITHHELD:
            return _("Taken back before it was posted. It is paid for all the same.")
        case State.COMPLETED | State.POSTING:
            return _("The video is already made, so it's still charged. It won't be posted.")
        case _:
            return _("The run cannot be stopped and is paid for; its video will not be posted.")


def given_back(*, counted: bool) -> str:
    if counted:
        return _("It no longer counts for the member's limits.")
    return _("It did not count for the member's limits.")


def put_back_answer() -> str:
    return _("It is being put back.")


def dismissed_answer() -> str:
    return _("The reports are dismissed.")


def blocked_answer(member_id: int, until: datetime | None) -> str:
    """Say for how long a member is blocked."""
    if until is None:
        told = _("{member} can ask for no videos here from now on, until somebody uses `/unblock`.")
        return told.format(member=f"<@{member_id}>")
    told = _("{member} can ask for no videos here until {date} ({countdown}).")
    return told.format(member=f"<@{member_id}>", date=date(until), countdown=countdown(until))


def unblocked_answer(member_id: int) -> str:
    return _("{member} can ask for videos here again.").format(member=f"<@{member_id}>")


def not_blocked(member_id: int) -> str:
    return _("{member} is not blocked here.").format(member=f"<@{member_id}>")


def cannot_block() -> str:
    return _("Bots ask for no videos, and you cannot block yourself. Name somebody else.")


def too_plain() -> str:
    return _("This picture is too plain to be known again, so it cannot be blocked. Use one that shows more.")


def image_allowed(count: int) -> str:
    if count:
        return _("This picture can be used here again.")
    return _("This picture is not blocked here.")
