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
            return _("Permanent")


def reported_answer(*, heard: bool) -> str:
    """Thank who reported; `heard` is whether the server has a place where moderators read it."""
    if heard:
        return _("Thanks for the report. This server's moderators have been notified.")
    return _("Thanks for the report. It's been saved for this server's moderators.")


def reported_before() -> str:
    return _("You've already reported this video. This server's moderators know about it.")


def not_reportable(job: Job) -> str:
    """Say why there is nothing to report."""
    if job.state is State.TAKEN_DOWN:
        return _("This video was already taken down.")
    return _("This video isn't posted, so there's nothing to report.")


def own_video() -> str:
    return _("This video is yours. Use *Delete* instead.")


def no_video_here() -> str:
    return _("There's no video from this bot in that message. Use this on a video that the bot posted.")


def not_a_link() -> str:
    return _("That isn't a message link from this server. Use *Copy Message Link*.")


def not_a_moderator_here() -> str:
    return _("You need Manage Messages in the video's channel to do that.")


def not_a_moderator_of_server() -> str:
    return _("You need Manage Messages or Time Out Members in the whole server to do that.")


def not_removable() -> str:
    """Say why there is nothing to take down now."""
    return _("It's already finished, and nothing from it is posted.")


def not_all_removed() -> str:
    return _("Discord hasn't removed everything yet. The bot keeps trying.")


def taken_down_answer(job: Job) -> str:
    """Say what a takedown has done to the video."""
    match job.state:
        case State.TAKEN_DOWN:
            return _(
                "Taken down. The video service keeps a copy until {date} that no one can delete. Its link is no "
                "longer shown."
            ).format(date=date(job.output_ends_at or job.state_since))
        case State.REJECTED:
            return _("Stopped before it was made. Nothing was charged.")
        case State.WITHHELD:
            return _("Stopped before it was posted. It's still charged.")
        case State.COMPLETED | State.POSTING:
            return _("The video is already made, so it's still charged. It won't be posted.")
        case _:
            return _("It can't be stopped and is still charged, but the video won't be posted.")


def given_back(*, counted: bool) -> str:
    if counted:
        return _("It no longer counts toward the member's limits.")
    return _("It didn't count toward the member's limits.")


def put_back_answer() -> str:
    return _("It's being restored.")


def dismissed_answer() -> str:
    return _("Reports dismissed.")


def blocked_answer(member_id: int, until: datetime | None) -> str:
    """Say for how long a member is blocked."""
    if until is None:
        told = _("{member} can't make videos here until someone uses `/unblock`.")
        return told.format(member=f"<@{member_id}>")
    told = _("{member} can't make videos here until {date} ({countdown}).")
    return told.format(member=f"<@{member_id}>", date=date(until), countdown=countdown(until))


def unblocked_answer(member_id: int) -> str:
    return _("{member} can make videos here again.").format(member=f"<@{member_id}>")


def not_blocked(member_id: int) -> str:
    return _("{member} isn't blocked here.").format(member=f"<@{member_id}>")


def cannot_block() -> str:
    return _("You can't block a bot or yourself. Choose someone else.")


def too_plain() -> str:
    return _("This image is too plain to recognize again, so it can't be blocked. Use one with more detail.")


def image_allowed(count: int) -> str:
    if count:
        return _("This image can be used here again.")
    return _("This image isn't blocked here.")
