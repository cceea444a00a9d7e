"""What moderators and members are told about reviews, reports, takedowns, and blocks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.delivery.state_looks import LOOKS
from bot.discord_api.reasons import AWAY, moderator_reason
from bot.gate.denial import Denial
from bot.gate.words import denial_sentence
from bot.jobs.decisions import Decided, Decision, Pause
from bot.jobs.model import Job, ProblemCode, ReviewMode
from bot.jobs.ports import NotTaken, PortError
from bot.jobs.states import State
from bot.moderation.store import Reached
from bot.ui.formats import countdown, date, number
from bot.ui.language import N_, _, ngettext

REASON_SHOWN: Final = 500  # characters

# What a moderator can reject something for with one choice; kept and shown as a reason that they typed.
READY_REASONS: Final[Mapping[str, str]] = {
    "person": N_("Shows a real person without consent"),
    "sexual": N_("Sexual content"),
    "violence": N_("Violence or cruelty"),
    "hate": N_("Harassment or hate"),
    "copyright": N_("Protected characters or brands"),
    "rules": N_("Against this server's rules"),
}
# By what a second moderator is told that the first one did, or the bot.
_DONE: Final[Mapping[Decided, str]] = {
    Decided.APPROVED: N_("{who} approved it."),
    Decided.APPROVED_AS_SPOILER: N_("{who} approved it as a spoiler."),
    Decided.REJECTED: N_("{who} rejected it."),
    Decided.TAKEN_DOWN: N_("{who} took it down."),
    Decided.DELETED: N_("{who} deleted it."),
    Decided.PUT_BACK: N_("{who} restored it."),
    Decided.DISMISSED: N_("{who} dismissed the reports."),
}
_OBJECTIONS: Final[Mapping[ProblemCode, str]] = {
    ProblemCode.LEFT: N_("{member} is no longer in the server, so the video they requested in {channel} isn't posted."),
    ProblemCode.BLOCKED: N_("{member} is blocked now, so their request in {channel} was stopped."),
    ProblemCode.TIMED_OUT: N_(
        "{member} is timed out, so the video they requested in {channel} isn't posted. It's kept for them."
    ),
    ProblemCode.NOT_ALLOWED: N_(
        "{member} can no longer make videos in {channel}, so the one they requested there isn't posted. It's kept."
    ),
    ProblemCode.AGE_RESTRICTED: N_(
        "The video that {member} requested in {channel} isn't posted, but it's kept. That channel was "
        "age-restricted, and the one it would be posted in isn't."
    ),
    ProblemCode.BLOCKED_IMAGE: N_(
        "{member} requested a video with a blocked image in {channel}. The request was blocked."
    ),
}


def decided_sentence(decision: Decision) -> str:
    """Say who decided what about a job."""
    who = f"<@{decision.by_id}>" if decision.by_id else _("No one decided in time, so the bot")
    return _(_DONE[decision.kind]).format(who=who)


def last_decision(made: Sequence[Decision]) -> Decision | None:
    """Return the newest of the decisions that end a case, if there is one."""
    return next((each for each in reversed(made) if each.kind in _DONE), None)


def outcome_sentence(job: Job, made: Sequence[Decision]) -> str:
    """Say how a case ended: the last decision, or else the job's state."""
    if (last := last_decision(made)) is not None:
        return decided_sentence(last)
    if job.state is State.CANCELLED or job.cancel_requested:
        return _("The member canceled this request.")
    return _("Nothing left to decide: {state}.").format(state=LOOKS[job.state].title)


def objection_told(job: Job, code: ProblemCode) -> str | None:
    """Tell moderators why something of a member is not posted; None where that is nothing for them."""
    if code in _OBJECTIONS:
        told = _(_OBJECTIONS[code])
    elif reason := moderator_reason(code):
        told = _("The video that {member} requested in {channel} is ready but couldn't be posted.") + f" {reason}"
    else:
        return None
    return told.format(member=f"<@{job.request.member_id}>", channel=f"<#{job.request.channel_id}>")


def cannot_approve(code: ProblemCode, state: State) -> str:
    """Say why a moderator cannot approve something in `state` now."""
    match code:
        case ProblemCode.CHANNEL_GONE if state is State.REVIEW:
            return _(
                "The channel this would be posted in was deleted. Choose in `/settings` where videos are "
                "posted, then approve it. Or reject it."
            )
        case ProblemCode.LEFT:
            return _("This member is no longer in the server. Reject the request, or let it expire.")
        case ProblemCode.BLOCKED:
            return _("The member who requested this is blocked now. Reject it, or use `/mod unblock` first.")
        case ProblemCode.TIMED_OUT:
            return _("The member who requested this is timed out. Approve it when the timeout ends, or reject it.")
        case ProblemCode.AGE_RESTRICTED:
            return _(
                "This was requested in an age-restricted channel, but would be posted in one that isn't. Reject "
                "it, or make the other channel age-restricted again."
            )
        case ProblemCode.CHANNEL_GONE:
            return _("The channel this would be posted in was deleted. Reject the request, or let it expire.")
        case _ if (reason := moderator_reason(code)) is not None:
            return reason
        case _:
            return _(
                "The member who requested this can no longer make videos there. Reject it, or allow it again in "
                "`/settings`."
            )


def paused_sentence(pause: Pause) -> str:
    """Say why a request cannot be approved while new videos are paused, and who resumes them."""
    match pause:
        case Pause.BOT:
            return _("The bot operator has paused new videos. Approve it when the bot resumes, or reject it.")
        case Pause.SERVER:
            return _("Videos are paused in this server. Resume them with `/settings` and approve it, or reject it.")
        case Pause.CHANNEL:
            return _(
                "Videos are paused in the channel where this was requested. Resume them with `/settings` under "
                "*Channels* and approve it, or reject it."
            )


def no_room_sentence(denial: Denial) -> str:
    """Say why there is no money today for a request of an earlier day."""
    if denial.again_at is None:
        return _(
            "This costs more than this server's whole spending limit. Raise the limit in `/settings`, or "
            "reject the request."
        )
    return denial_sentence(denial)


def not_a_moderator() -> str:
    return _("You need Manage Messages in the moderators' channel to decide here.")


def not_listed() -> str:
    return _(
        "You can't decide about it here. If it's age-restricted, make the review channel age-restricted, too. "
        "If it isn't, wait until it's in the review channel."
    )


def no_review_channel() -> str:
    return _("There's no review channel. Choose one with `/settings`.")


def review_channel_gone() -> str:
    return _("The review channel was deleted. Choose another one with `/settings`.")


def why_reviewed(job: Job, *, is_new: bool) -> str:
    """Say why moderators look at a job."""
    if job.request.handling.review is ReviewMode.BEFORE_POSTING:
        return _("why: every video is reviewed")
    return _("why: new member") if is_new else _("why: every request is reviewed")


def not_yet() -> str:
    return _("It isn't ready for a decision yet. Press the button again in a moment.")


def discord_unclear() -> str:
    return _("Discord didn't give a clear answer. Nothing was changed. Press the button again in a moment.")


def approved_answer(*, spoiler: bool, channel_id: int | None) -> str:
    """Say that something was approved, and where it's posted if the channel that it was meant for was deleted."""
    told = _("Approved as a spoiler.") if spoiler else _("Approved.")
    if channel_id is None:
        return told
    other = _("The channel it was requested for was deleted, so it's posted in {channel}.")
    return f"{told} {other.format(channel=f'<#{channel_id}>')}"


def rejected_answer(job: Job, *, blocked: int | None) -> str:
    """Say what a no has done; `blocked` is how many images were blocked with it, None where that was not asked."""
    if job.state is State.REJECTED:
        told = _("Rejected. Nothing was charged.")
    elif job.state is State.WITHHELD:
        told = _("Rejected. It's still charged.")
    else:
        told = _("Rejected. It can't be stopped and is still charged, but the video won't be posted.")
    return told if blocked is None else f"{told} {images_blocked_sentence(blocked)}"


def images_blocked_sentence(count: int) -> str:
    if count == 0:
        return _("No images were blocked. They're already blocked, or too plain to recognize again.")
    return ngettext(
        "{count} image is now blocked in this server.",
        "{count} images are now blocked in this server.",
        count,
    ).format(count=number(count))


def review_exposed_told(channel_id: int) -> str:
    """Tell readers of the log channel that requests are shown to no one, as everyone would see them."""
    told = _(
        "Videos are waiting for review, but everyone can see the review channel {channel}, so nothing is shown there."
        " Hide it from members, or choose another channel with `/settings`."
    )
    return told.format(channel=f"<#{channel_id}>")


def review_unrestricted_told(channel_id: int) -> str:
    """Tell readers of the log channel that requests from behind an age gate wait unseen."""
    told = _(
        "Videos requested in an age-restricted channel are waiting for review. The review channel "
        "{channel} isn't age-restricted, so they aren't shown there. Make it age-restricted, or choose "
        "another channel with `/settings`. Everything that's waiting is then shown there."
    )
    return told.format(channel=f"<#{channel_id}>")


def review_closed_told(channel_id: int | None, problem: ProblemCode) -> str:
    """Tell readers of the log channel that moderators cannot see what waits for them, and what to do about it."""
    if channel_id is None:
        return _("Videos are waiting for review, but there's no review channel. Choose one with `/settings`.")
    told = _("Videos are waiting for review, but the bot can't post in the review channel {channel}.")
    other = _("You can also choose another channel with `/settings`. Everything that's waiting is then shown there.")
    return " ".join(filter(None, [told.format(channel=f"<#{channel_id}>"), moderator_reason(problem), other]))


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


def reported_answer(reached: Reached) -> str:
    """Tell who reported a video whom the report has reached."""
    match reached:
        case Reached.MODERATORS:
            return _("Thanks for the report. This server's moderators have been notified.")
        case Reached.OWNER:
            return _("Thanks for the report. This server's owner has been notified.")
        case Reached.NO_ONE:
            return _(
                "Your report is saved, but no one could be notified yet. Contact a moderator of this server directly."
            )


def reported_before(reached: Reached) -> str:
    match reached:
        case Reached.MODERATORS:
            return _("You've already reported this video. This server's moderators know about it.")
        case Reached.OWNER:
            return _("You've already reported this video. This server's owner knows about it.")
        case Reached.NO_ONE:
            return _(
                "You've already reported this video, but no one could be notified yet. Contact a moderator of this "
                "server directly."
            )


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


def unseen_sentence(error: PortError) -> str:
    """Say why Discord doesn't show the bot a message that may be there."""
    reason = moderator_reason(error.problem) if isinstance(error, NotTaken) else None
    return reason or AWAY.member_sentence()


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
        told = _("{member} can't make videos here until someone uses `/mod unblock`.")
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
