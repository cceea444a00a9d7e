"""Why a job did not end in a posted video: a sentence for each reason.

Sentences say what is wrong and what to do. They blame no one, and repeat nothing that Segmind or Discord said.
"""

from typing import Final

from bot.catalogue.offer import Offer
from bot.discord_api.reasons import BY_PROBLEM
from bot.jobs.decisions import Pause
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.media.rules import ImageFault, ImageRules
from bot.requests.refusal_words import image_sentence
from bot.ui.formats import date
from bot.ui.language import N_, _
from bot.ui.text import quoted

_PROBLEMS: Final = {
    ProblemCode.ELEMENT_GONE: N_(
        "A saved character in this request was removed before the video started. Nothing was charged. "
        "You can request it again."
    ),
    ProblemCode.STORAGE: N_("The images couldn't be sent to the video service. Nothing was charged. Try again later."),
    ProblemCode.BROKEN: N_(
        "This request couldn't be prepared. Nothing was charged. The bot operator has been notified. Try "
        "different images."
    ),
    ProblemCode.REFUSED: N_(
        "The video service didn't accept this request. Nothing was charged. Try a different prompt or images."
    ),
    ProblemCode.MODERATED: N_(
        "Blocked by the video service's content filter. Nothing was charged. Try a different prompt or images."
    ),
    ProblemCode.RUN_FAILED: N_(
        "The video service couldn't make this video. Nothing was charged. You can request it again."
    ),
    ProblemCode.MODEL_GONE: N_(
        "This model is no longer available. Nothing was charged. Use *Fix it* to choose another."
    ),
    ProblemCode.INPUTS: N_(
        "The video service rejected how the bot sent this request. The bot operator has been notified. Nothing was charged."
    ),
    ProblemCode.SERVICE: N_(
        "Videos aren't available right now. The bot operator has been notified. Nothing was charged. Try again later."
    ),
    ProblemCode.NO_ROOM: N_(
        "The spending limit is reached, so this request waits until there's room. Use *Cancel* to stop it at no charge."
    ),
    ProblemCode.UNREACHABLE: N_("The video service couldn't be reached. Nothing was charged. Try again later."),
    ProblemCode.NEVER_ARRIVED: N_(
        "The request didn't reach the video service and won't be resent automatically. Nothing was charged. "
        "You can request it again."
    ),
    ProblemCode.UNSETTLED: N_(
        "The bot couldn't confirm that the video service got this request. The bot operator has been "
        "notified. If it did, the video is charged and will still arrive."
    ),
    ProblemCode.RECORD_GONE: N_(
        "The video service no longer has this video, but might still charge for it. The bot operator has been "
        "notified. A new request is charged separately."
    ),
    ProblemCode.OUTPUT_GONE: N_(
        "The video was made but couldn't be downloaded. It's still charged. The bot operator has been notified."
    ),
    ProblemCode.OUTPUT_UNUSABLE: N_(
        "The video service returned a file that isn't a video. It's still charged. The bot operator has been notified."
    ),
    ProblemCode.LINKS_OFF: N_(
        "The video can't be posted as a file here, and this server doesn't allow links to it. Ask a moderator, or use *Post here* in `/videos` elsewhere."
    ),
    ProblemCode.REVIEW_CLOSED: N_(
        "Videos here need review, but the bot can't reach the review channel. Nothing was charged. Ask a "
        "moderator to choose it again."
    ),
    ProblemCode.NOT_APPROVED: N_("A moderator didn't approve this. Use `/video` to request something else."),
    ProblemCode.REMOVED: N_("A moderator took this video down. Ask the moderators if you don't know why."),
    ProblemCode.CLOSED: N_("The bot operator closed this request. It's still charged. Ask the bot operator about it."),
    ProblemCode.REVIEW_OVER: N_("No moderator reviewed it in time. It's still charged. Ask a moderator about it."),
    ProblemCode.LEFT: N_(
        "Not posted: the member who requested it is no longer in the server. Ask a moderator there about it."
    ),
    ProblemCode.BLOCKED: N_("Stopped: moderators blocked the member who requested it. Ask a moderator about it."),
    ProblemCode.TIMED_OUT: N_(
        "Not posted yet: the member who requested it is timed out. Use *Post here* in `/videos` when the timeout ends."
    ),
    ProblemCode.NOT_ALLOWED: N_(
        "Not posted: the member who requested it can no longer make videos here. Use *Post here* in "
        "`/videos`, in a channel where they can."
    ),
    ProblemCode.AGE_RESTRICTED: N_(
        "Not posted: it was requested in an age-restricted channel, but would be posted in one that "
        "isn't. Use *Post here* in `/videos`, in a channel that is."
    ),
    ProblemCode.POST_UNKNOWN: N_(
        "The video might already be posted. The bot can't tell, and won't post it twice. Look for it below this message."
    ),
}

# Of videos that won't be posted, those whose sentence says that they're charged.
_SAY_CHARGED: Final = frozenset({ProblemCode.CLOSED, ProblemCode.REVIEW_OVER})
# The same where it was known before anything was charged.
_UNPAID: Final = {
    ProblemCode.CARD_GONE: N_("The card was deleted, so this request was stopped. Use `/video` to request it again."),
    ProblemCode.LEFT: N_("The member who requested this video left the server. Ask a moderator there about it."),
    ProblemCode.BLOCKED: N_("Moderators blocked the member who requested this video. Ask a moderator about it."),
    ProblemCode.TIMED_OUT: N_(
        "The member who requested this video is timed out. Use `/video` again when the timeout ends."
    ),
    ProblemCode.NOT_ALLOWED: N_(
        "The member who requested this video can no longer make videos here. Use `/video` in a channel where they can."
    ),
    ProblemCode.AGE_RESTRICTED: N_(
        "It was requested in an age-restricted channel, but would be posted in one that isn't. Ask a moderator about it."
    ),
    ProblemCode.REMOVED: N_("A moderator took this request down. Ask the moderators if you don't know why."),
    ProblemCode.NOT_APPROVED: N_("A moderator didn't approve this. Use `/video` to request something else."),
    ProblemCode.REVIEW_OVER: N_("No moderator reviewed it in time. You can request it again."),
}
# The same of a run that failed, and was charged.
_CHARGED: Final = {
    ProblemCode.MODERATED: N_(
        "Blocked by the video service's content filter. It's still charged. Try a different prompt or images."
    ),
}
_FAILED_AT_COST: Final = N_(
    "The video service couldn't make this video. It's still charged. Ask the bot operator about it."
)

_PAUSED: Final = {
    Pause.BOT: N_("The bot operator paused the bot, so this request is waiting. Use *Cancel* to stop it at no charge."),
    Pause.SERVER: N_(
        "Moderators paused videos in this server, so this request is waiting. Use *Cancel* to stop it at no charge."
    ),
    Pause.CHANNEL: N_(
        "Moderators paused videos in this channel, so this request is waiting. Use *Cancel* to stop it at no charge."
    ),
}


def problem_sentence(problem: Problem, rules: ImageRules, *, unpaid: bool = False, charged: bool = False) -> str:
    """Say why a job did not end in a posted video.

    `unpaid` is for one that ended before anything was charged, `charged` for one whose run failed at a cost.
    """
    if charged:
        return _(_CHARGED.get(problem.code, _FAILED_AT_COST))
    if unpaid and problem.code in _UNPAID:
        return f"{_(_UNPAID[problem.code])} {_('Nothing was charged.')}"
    if problem.code is ProblemCode.PAUSED:
        return _(_PAUSED[Pause(problem.detail)])
    broken = problem.code is ProblemCode.BROKEN and problem.image is not None
    if broken or problem.code is ProblemCode.IMAGE:
        fault = ImageFault.UNUSABLE if broken else ImageFault(problem.detail)
        sentence = image_sentence(fault, f"image{problem.image}", rules)
        return f"{sentence} {_('Nothing was charged.')}"
    if problem.code is ProblemCode.BLOCKED_IMAGE and problem.image is None:
        return _(
            "A saved character in this request shows something moderators don't allow here. Nothing was "
            "charged. Use a different one."
        )
    if problem.code is ProblemCode.BLOCKED_IMAGE:
        sentence = _(
            "`{name}` shows something moderators don't allow here. Nothing was charged. Use a different image."
        )
        return sentence.format(name=f"image{problem.image}")
    return objection_sentence(problem.code)


def objection_sentence(code: ProblemCode) -> str:
    """Say why a video is not posted as its member, the channel, or the bot stands now."""
    reason = BY_PROBLEM.get(code)
    return _(_PROBLEMS[code]) if reason is None else reason.member_sentence()


def withdrawn_notice(job: Job, offer: Offer) -> str:
    """Write the direct message on a request that was rejected, or a video that was taken down, with the reason."""
    match job.state:
        case State.REJECTED:
            told = _("Your video request in {channel} was stopped. Nothing was charged.")
        case State.TAKEN_DOWN:
            told = _("Your video in {channel} was taken down.")
        case State.FAILED:
            told = _("There's no video for your request in {channel}.")
        case _ if job.problem is not None and job.problem.code in _SAY_CHARGED:
            told = _("Your video for {channel} was made but won't be posted.")
        case _:
            told = _("Your video for {channel} was made and charged, but won't be posted.")
    lines = [told.format(channel=f"<#{job.request.channel_id}>")]
    if job.problem is not None:
        unpaid = job.state is State.REJECTED and job.problem.code in _UNPAID
        rules = offer.image_rules(job.request.model)
        why = problem_sentence(job.problem, rules, charged=job.failed_at_cost)
        lines.append(_(_UNPAID[job.problem.code]) if unpaid else why)
        if job.state is State.FAILED and job.problem.code in BY_PROBLEM and not job.committed_usd:
            lines.append(_("Nothing was charged."))
    if words := quoted(job.reason, limit=500, lines=6):
        lines.append(f"{_('A moderator wrote:')}\n{words}")
    return "\n".join(lines)


def done_notice(job: Job, link: str) -> str:
    """Write the direct message that says where a finished video is; it repeats nothing of the request."""
    told = _("Your video in {channel} is ready: {link}").format(channel=f"<#{job.request.channel_id}>", link=link)
    return f"{told}\n-# {_('You turned on these DMs. You can change that in `/videos`.')}"


def undelivered_notice(job: Job, offer: Offer) -> str:
    """Tell the requester, in private, why a finished video is not in the channel, and what can be done."""
    why = problem_sentence(job.problem, offer.image_rules(job.request.model)) if job.problem else ""
    told = _("Your video for {channel} was made but couldn't be posted.").format(channel=f"<#{job.request.channel_id}>")
    if job.output_ends_at is None:
        kept = _("It's kept. Use *Post here* in `/videos`, in any channel of that server where the bot can post.")
    else:
        kept = _(
            "It's kept until {date}. Use *Post here* in `/videos`, in any channel of that server where the bot can post."
        )
        kept = kept.format(date=date(job.output_ends_at))
    return f"{told} {why}\n{kept}"
