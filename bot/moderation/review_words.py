"""What moderators are told, and what they are answered."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.delivery.state_looks import LOOKS
from bot.discord_api.reasons import moderator_reason
from bot.gate.denial import Denial
from bot.gate.words import denial_sentence
from bot.jobs.decisions import Decided, Decision, Pause
from bot.jobs.model import Job, ProblemCode
from bot.jobs.states import State
from bot.ui.formats import number
from bot.ui.language import N_, _, ngettext

REASON_SHOWN: Final = 500  # characters

# By what a second moderator is told that the first one did, or the bot.
_DONE: Final[Mapping[Decided, str]] = {
    Decided.APPROVED: N_("{who} has approved it."),
    Decided.APPROVED_AS_SPOILER: N_("{who} has approved it as a spoiler."),
    Decided.REJECTED: N_("{who} has rejected it."),
    Decided.TAKEN_DOWN: N_("{who} has taken it down."),
    Decided.DELETED: N_("{who} has deleted it."),
    Decided.PUT_BACK: N_("{who} has put it back."),
    Decided.DISMISSED: N_("{who} has dismissed the reports."),
}
_OBJECTIONS: Final[Mapping[ProblemCode, str]] = {
    ProblemCode.LEFT: N_(
        "{member} is no longer in the server: the video that they asked for in {channel} is withheld."
    ),
    ProblemCode.BLOCKED: N_("{member} is blocked by now: what they asked for in {channel} is withheld."),
    ProblemCode.TIMED_OUT: N_(
        "{member} is in a time-out: the video that they asked for in {channel} is not posted, and kept for them."
    ),
    ProblemCode.NOT_ALLOWED: N_(
        "{member} may no longer ask for videos in {channel}: the one that they asked for there is not posted, and kept."
    ),
    ProblemCode.AGE_RESTRICTED: N_(
        "The video that {member} asked for in {channel} is not posted, and kept: that channel was age-restricted, "
        "and the one that the video goes to is not."
    ),
    ProblemCode.BLOCKED_IMAGE: N_("{member} asked in {channel} for a video with a blocked picture. It is refused."),
}


def decided_sentence(decision: Decision) -> str:
    """Say who decided what about a job."""
    who = f"<@{decision.by_id}>" if decision.by_id else _("Nobody in time: the bot")
    return _(_DONE[decision.kind]).format(who=who)


def outcome_sentence(job: Job, made: Sequence[Decision]) -> str:
    """Say what became of what moderators were shown: their last decision, else where the job has come."""
    last = next((each for each in reversed(made) if each.kind in _DONE), None)
    if last is not None:
        return decided_sentence(last)
    if job.state is State.CANCELLED:
        return _("Who asked has cancelled it.")
    return _("There is nothing to decide any more: {state}.").format(state=LOOKS[job.state].title)


def objection_told(job: Job, code: ProblemCode) -> str | None:
    """Tell moderators why something of a member is not posted; None where that is nothing for them."""
    if code in _OBJECTIONS:
        told = _(_OBJECTIONS[code])
    elif reason := moderator_reason(code):
        told = _("The video that {member} requested in {channel} is ready but couldn't be posted.") + f" {reason}"
    else:
        return None
    return told.format(member=f"<@{job.request.member_id}>", channel=f"<#{job.request.channel_id}>")


def cannot_approve(code: ProblemCode) -> str:
    """Say why a moderator cannot approve something now."""
    match code:
        case ProblemCode.LEFT:
            return _("Who asked is no longer in the server. Reject it, or let it run out.")
        case ProblemCode.BLOCKED:
            return _("Who asked is blocked by now. Reject it, or use `/unblock` first.")
        case ProblemCode.TIMED_OUT:
            return _("Who asked is in a time-out. Approve it when that is over, or reject it.")
        case ProblemCode.AGE_RESTRICTED:
            return _(
                "It was asked for in an age-restricted channel, and the channel that the video goes to is none. "
                "Reject it, or make that channel age-restricted again."
            )
        case _:
            return _("Who asked may no longer ask for videos there. Reject it, or allow it again in `/settings`.")


def paused_sentence(pause: Pause) -> str:
    """Say why a request cannot be approved while new videos are paused, and who resumes them."""
    match pause:
        case Pause.BOT:
            return _("Whoever runs this bot has paused it. Approve it when the bot goes on, or reject it.")
        case Pause.SERVER:
            return _("Videos are paused in this server. Resume with `/settings`, then approve it; or reject it.")
        case Pause.CHANNEL:
            return _(
                "Videos are paused in the channel where it was asked for. Resume with `/settings` under *Channels*, "
                "then approve it; or reject it."
            )


def no_room_sentence(denial: Denial) -> str:
    """Say why there is no money today for a request of an earlier day."""
    if denial.again_at is None:
        return _("It costs more than this server's spending limit is. Raise that in `/settings`, or reject it.")
    return denial_sentence(denial)


def not_a_moderator() -> str:
    return _("Only who may manage messages in the moderators' channel can decide here.")


def not_yet() -> str:
    return _("It is not ready to be decided on. Press again in a moment.")


def discord_unclear() -> str:
    return _("Discord did not answer clearly. Nothing was changed. Press again in a moment.")


def approved_answer(*, spoiler: bool) -> str:
    return _("Approved, to be shown as a spoiler.") if spoiler else _("Approved.")


def rejected_answer(job: Job, *, blocked: int | None) -> str:
    """Say what a no has done; `blocked` is how many pictures were blocked with it, None where that was not asked."""
    if job.state is State.REJECTED:
        told = _("Rejected. Nothing was charged.")
    elif job.state is State.WITHHELD:
        told = _("Rejected. It is paid for all the same.")
    else:
        told = _("Rejected. The run cannot be stopped and is paid for; its video will not be posted.")
    return told if blocked is None else f"{told} {images_blocked_sentence(blocked)}"


def images_blocked_sentence(count: int) -> str:
    if count == 0:
        return _("None of its pictures was blocked: they are blocked already, or too plain to be known again.")
    return ngettext(
        "{count} picture is blocked in this server from now on.",
        "{count} pictures are blocked in this server from now on.",
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
    """Tell whoever reads the log channel that what was asked for behind an age gate waits unseen."""
    told = _(
        "Videos asked for in an age-restricted channel wait for a moderator, but the review channel {channel} is not"
        " age-restricted, so they are not shown there. Make it age-restricted, or choose another with `/settings`; what"
        " waits is shown there then."
    )
    return told.format(channel=f"<#{channel_id}>")


def review_closed_told(channel_id: int | None, problem: ProblemCode) -> str:
    """Tell readers of the log channel that moderators cannot see what waits for them, and what to do about it."""
    if channel_id is None:
        return _("Videos wait for a moderator, but no review channel is chosen. Choose one with `/settings`.")
    told = _("Videos are waiting for review, but the bot can't post in the review channel {channel}.")
    other = _("You can also choose another channel with `/settings`. Everything that waits is then shown there.")
    return " ".join(filter(None, [told.format(channel=f"<#{channel_id}>"), moderator_reason(problem), other]))
