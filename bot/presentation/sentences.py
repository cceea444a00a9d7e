"""The one place where a reason becomes the sentence a person reads.

Sentences say what is wrong and what to do; they blame nobody and carry nothing that Segmind or Discord said.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import IN_FLIGHT, State
from bot.media.rules import ImageFault, ImageRules
from bot.policy.request import MAX_IMAGES, PROMPT_LIMIT, Refusal, RefusalCode
from bot.presentation.text import clip

_PROBLEMS: Final = {
    ProblemCode.REFUSED: "The video service did not accept this request. Nothing was charged. Try another prompt or other images.",
    ProblemCode.MODERATED: "The video service's content rules stopped this video. Nothing was charged. Try another prompt or other images.",
    ProblemCode.RUN_FAILED: "The video service could not make this video. Nothing was charged. You can ask for it again.",
    ProblemCode.SERVICE: "Videos cannot be made right now; whoever runs this bot has been told. Nothing was charged. Try again later.",
    ProblemCode.UNREACHABLE: "The video service could not be reached. Nothing was charged. Try again later.",
    ProblemCode.NEVER_ARRIVED: "The request was lost on its way to the video service and is not sent again by itself. You can ask for it again.",
    ProblemCode.UNSETTLED: "Whether the video service got the request could not be found out; whoever runs this bot has been told. If it did, the video still comes.",
    ProblemCode.RECORD_GONE: "The video service no longer knows this video; whoever runs this bot has been told. You can ask for it again.",
    ProblemCode.OUTPUT_GONE: "The video was made, but could not be fetched; whoever runs this bot has been told.",
    ProblemCode.OUTPUT_UNUSABLE: "The video service delivered a file that is not a video; whoever runs this bot has been told.",
    ProblemCode.CHANNEL: "The bot can no longer post here: it must view the channel, send messages, attach files and read the history. Ask a moderator to allow that.",
    ProblemCode.CARD_GONE: "The status message was deleted, so no video is posted. You can ask for it again.",
    ProblemCode.POST_UNKNOWN: "The video may be posted already; the bot cannot tell, and does not post it twice. Look for it below this message.",
}


def problem_sentence(problem: Problem, rules: ImageRules) -> str:
    """Say why a job did not end in a posted video."""
    if problem.code is ProblemCode.IMAGE:
        sentence = image_sentence(ImageFault(problem.detail), f"image{problem.image}", rules)
        return f"{sentence} Nothing was charged."
    return _PROBLEMS[problem.code]


def image_sentence(fault: ImageFault, name: str, rules: ImageRules) -> str:
    """Say what is wrong with the image given as `name`, such as `image2`, and what would be right."""
    kinds = "a JPEG, PNG or WebP picture"
    match fault:
        case ImageFault.NOT_AN_IMAGE | ImageFault.WRONG_TYPE:
            return f"`{name}` is not a picture that can be used. Upload {kinds}."
        case ImageFault.BROKEN:
            return f"`{name}` cannot be opened: the file is damaged or not really a picture. Upload {kinds}."
        case ImageFault.TOO_LARGE:
            return f"`{name}` is too large a file. Upload {kinds} of at most {megabytes(rules.max_bytes)}."
        case ImageFault.TOO_MANY_PIXELS:
            return f"`{name}` has too many pixels. Upload one of at most {rules.max_pixels // 1_000_000} megapixels."
        case ImageFault.TOO_SMALL:
            return f"`{name}` is too small. Upload one of at least {rules.min_side} pixels on its shorter side."
        case ImageFault.TOO_OBLONG:
            return f"`{name}` is too long and narrow. Its longer side may be at most {rules.max_ratio:g} times the shorter."
        case ImageFault.GONE | ImageFault.FORBIDDEN_HOST | ImageFault.UNREACHABLE:
            return f"`{name}` could not be fetched from Discord. Upload it again."


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:.3g} MB"


def mebibytes(size: int) -> str:
    return f"{size / 1_048_576:.3g} MiB"


def dollars(amount: Decimal) -> str:
    return f"${amount:.2f}"


def countdown(moment: datetime) -> str:
    """Write a moment so that the reader's client counts it by itself, such as "in 3 minutes"."""
    return f"<t:{int(moment.timestamp())}:R>"


def clock_time(moment: datetime) -> str:
    """Write a moment as the time of day where the reader is."""
    return f"<t:{int(moment.timestamp())}:t>"


def date(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:D>"


def lasted(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def refusal_sentence(refusal: Refusal, rules: ImageRules, *, spending_resets_at: datetime) -> str:
    """Say why a request was not taken, and what to do."""
    match refusal.code:
        case RefusalCode.BLANK_PROMPT:
            return "The prompt is empty. Describe what should happen in the video."
        case RefusalCode.LONG_PROMPT:
            return f"The prompt has {refusal.number:,} characters; at most {PROMPT_LIMIT:,} are possible. Shorten it."
        case RefusalCode.IMAGE_COUNT:
            return _image_count_sentence(refusal.count)
        case RefusalCode.IMAGE:
            return image_sentence(refusal.fault or ImageFault.NOT_AN_IMAGE, f"image{refusal.number}", rules)
        case RefusalCode.UNKNOWN_IMAGE:
            return f"The prompt names `@Image{refusal.number}`, but {_present(refusal.count)}. Add that image or change the prompt."
        case RefusalCode.GAP:
            return f"The prompt names images, so fill `image1` to `image{refusal.count}` without a gap: then `@Image2` is `image2`."
        case RefusalCode.OUTSIDE_SERVER:
            return "Videos are made in servers. Use this command in a server's channel."
        case RefusalCode.PERMISSIONS:
            return missing_permissions_sentence(refusal.names)
        case RefusalCode.SPEND_LIMIT:
            return f"Today's spending limit for videos is reached. Try again {countdown(spending_resets_at)}."


def _image_count_sentence(count: int) -> str:
    if count == 0:
        return "There is no reference image. Add at least one."
    return f"There are {count} reference images; at most {MAX_IMAGES} are possible. Use fewer."


def listed(names: Sequence[str]) -> str:
    """Write names one after another: "a, b and c"."""
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def _present(count: int) -> str:
    return "there is only `@Image1`" if count == 1 else f"there are only {count} images"


def missing_permissions_sentence(names: Sequence[str]) -> str:
    """Say what the bot is not allowed in a channel, in Discord's words for it."""
    missing = listed([f"**{name}**" for name in names])
    noun = "permission" if len(names) == 1 else "permissions"
    return f"The bot cannot post a video here: it lacks the {noun} {missing}. Ask a moderator to allow that, or use another channel."


def cancelled_sentence(job: Job) -> str:
    """Say what became of a wish to take a request back."""
    if job.state in IN_FLIGHT:
        return "The video is being made already, and the run is paid for all the same. It will not be posted."
    return f"Cancelled. Nothing was charged; {dollars(job.reserved_usd)} of the day's limit are free again."


def not_cancellable_sentence(state: State | None) -> str:
    """Say why a request can no longer be taken back."""
    if state is State.CANCELLED:
        return "It is cancelled already."
    if state in {State.COMPLETED, State.POSTING, State.REVIEW, State.UNDELIVERED}:
        return "The video is made already, and paid for: it can no longer be taken back."
    return "It is over already."


def not_yours_sentence(deed: str) -> str:
    """Refuse a stranger what only who asked or a moderator may do, such as "cancel it"."""
    return f"Only the member who asked for this video, or who may manage messages here, can {deed}."


def not_repeatable_sentence(state: State) -> str:
    """Say why a request cannot be made again."""
    if state in {State.REJECTED, State.WITHHELD, State.TAKEN_DOWN}:
        return "This video was withheld or removed, so it is not made again. Use `/studio` or `/video` for another."
    return "It is not over yet. When it is, you can make it again."


def references_gone_sentence(*, unreadable: bool = False) -> str:
    """Say that a request cannot be made again as it was, for its images are nowhere any more."""
    if unreadable:
        return (
            "Discord does not give out the images of this video right now. Nothing was charged. Try again in a minute."
        )
    return (
        "The images of this video are gone with its status message. Use `/studio` or `/video`, and upload them again."
    )


def sent_again_sentence(channel_id: int) -> str:
    return f"The video is being sent to <#{channel_id}>."


def send_again_choice(job: Job) -> str:
    """Name a video in a list of choices: at most 100 characters."""
    return clip(f"{job.created_at:%d %b %H:%M} UTC · {' '.join(job.request.prompt.split())}", 100)


def undelivered_notice(job: Job, rules: ImageRules) -> str:
    """Tell the member who asked, in private, why a finished video is not in the channel, and what can be done."""
    why = problem_sentence(job.problem, rules) if job.problem else ""
    ends = f" until {date(job.output_ends_at)}" if job.output_ends_at else ""
    return (
        f"Your video for <#{job.request.channel_id}> was made, but not posted. {why}\n"
        f"It is kept{ends}: use `/send-again` in any channel of that server where the bot may post."
    )
