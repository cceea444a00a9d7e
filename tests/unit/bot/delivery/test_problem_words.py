"""Every reason has its sentence, and each sentence says what to do or what was done."""

import re
from decimal import Decimal

import pytest

from bot.catalogue.offer import Offer
from bot.delivery.problem_words import problem_sentence, undelivered_notice, withdrawn_notice
from bot.delivery.state_looks import LOOKS
from bot.jobs.decisions import Pause
from bot.jobs.model import Problem, ProblemCode
from bot.jobs.states import State
from bot.media.rules import ImageFault, ImageRules
from bot.members.words import not_cancellable_sentence
from bot.requests.reading import Refusal, RefusalCode
from bot.requests.refusal_words import image_sentence, refusal_sentence
from bot.ui.formats import dollars, lasted, listed, mebibytes, megabytes
from tests.support.jobs import a_job

RULES = ImageRules()
# What a member can do, or whom it lies with.
WHAT_TO_DO = re.compile(
    r"\b(Try|Write|Upload|[Aa]sk|has been notified|request (?:it again|something else)|Look|Describe"
    r"|[Ss]horten|[Uu]se|Choose|Add|Mention|fill|be at (?:least|most))\b"
)
BLAME = re.compile(
    r"\b(error|invalid|failed|illegal|forbidden|you must|your fault|exception|HTTP|Segmind)\b", re.IGNORECASE
)

PROBLEMS = [
    *[
        Problem(code=code, detail="secret words of a server", image=2)
        for code in ProblemCode
        if code not in {ProblemCode.IMAGE, ProblemCode.PAUSED}
    ],
    *[Problem(code=ProblemCode.PAUSED, detail=pause.value) for pause in Pause],
    *[Problem(code=ProblemCode.IMAGE, detail=fault.value, image=2) for fault in ImageFault],
]
REFUSALS = [
    *[
        Refusal(code=code, number=3, count=2, names=("Attach Files",))
        for code in RefusalCode
        if code is not RefusalCode.IMAGE
    ],
    *[Refusal(code=RefusalCode.IMAGE, number=2, fault=fault) for fault in ImageFault],
]


def named(reason: Problem | Refusal) -> str:
    return f"{reason.code} {getattr(reason, 'fault', None) or getattr(reason, 'detail', '')}"


def check_words(sentence: str) -> None:
    assert WHAT_TO_DO.search(sentence)
    assert not BLAME.search(sentence)
    assert sentence[0].isupper() or sentence.startswith("`image2` ")
    assert sentence.endswith(".")
    assert len(sentence) < 250


@pytest.mark.parametrize("problem", PROBLEMS, ids=named)
def test_every_problem_is_told_in_a_members_words_with_what_to_do(problem: Problem) -> None:
    sentence = problem_sentence(problem, RULES)
    check_words(sentence)
    assert "secret words" not in sentence


@pytest.mark.parametrize("refusal", REFUSALS, ids=named)
def test_every_refusal_is_told_in_a_members_words_with_what_to_do(refusal: Refusal) -> None:
    check_words(refusal_sentence(refusal))


@pytest.mark.parametrize(
    "code",
    [
        *(ProblemCode.REFUSED, ProblemCode.MODERATED, ProblemCode.RUN_FAILED, ProblemCode.SERVICE),
        *(ProblemCode.UNREACHABLE, ProblemCode.NEVER_ARRIVED),
    ],
)
def test_a_run_that_cost_nothing_says_so(code: ProblemCode) -> None:
    assert "Nothing was charged." in problem_sentence(Problem(code=code), RULES)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (ProblemCode.OUTPUT_GONE, "still charged"),
        (ProblemCode.OUTPUT_UNUSABLE, "still charged"),
        (ProblemCode.CLOSED, "still charged"),
        (ProblemCode.REVIEW_OVER, "still charged"),
        (ProblemCode.RECORD_GONE, "might still charge"),
        (ProblemCode.UNSETTLED, "If it did, the video is charged"),
    ],
)
def test_a_run_that_cost_something_or_may_have_says_so(code: ProblemCode, said: str) -> None:
    sentence = problem_sentence(Problem(code=code), RULES)
    assert said in sentence
    assert "Nothing was charged" not in sentence
    assert "You can request it again" not in sentence


@pytest.mark.parametrize("problem", PROBLEMS, ids=named)
def test_a_member_who_can_request_it_again_knows_that_nothing_was_charged(problem: Problem) -> None:
    for unpaid in (False, True):
        sentence = problem_sentence(problem, RULES, unpaid=unpaid)
        assert "request it again" not in sentence or "Nothing was charged." in sentence


def test_an_image_is_named_as_its_option_with_the_limit_it_passed() -> None:
    rules = ImageRules(max_bytes=8_500_000, min_side=400, max_ratio=2)
    assert "`image7`" in image_sentence(ImageFault.TOO_SMALL, "image7", rules)
    assert "400 pixels" in image_sentence(ImageFault.TOO_SMALL, "image7", rules)
    assert "8.5 MB" in image_sentence(ImageFault.TOO_LARGE, "image7", rules)
    assert "2 times" in image_sentence(ImageFault.TOO_OBLONG, "image7", rules)
    assert "64 megapixels" in image_sentence(ImageFault.TOO_MANY_PIXELS, "image7", rules)
    assert "49 megapixels" in image_sentence(ImageFault.TOO_MANY_HEIC_PIXELS, "image7", rules)
    assert "25 megapixels" in image_sentence(ImageFault.TOO_MANY_OTHER_PIXELS, "image7", rules)
    assert "JPEG XL format" in image_sentence(ImageFault.JXL, "image7", rules)


def test_an_image_that_is_not_there_is_told_with_how_many_there_are() -> None:
    def told(count: int) -> str:
        refusal = Refusal(code=RefusalCode.UNKNOWN_IMAGE, number=4, count=count)
        return refusal_sentence(refusal)

    assert "`@Image4`, but there's only `@Image1`" in told(1)
    assert "`@Image4`, but there are only 3 images" in told(3)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_title_and_its_own_emoji(state: State) -> None:
    look = LOOKS[state]
    assert look.title[0].isupper()
    assert not look.emoji.isascii()
    assert state.value not in look.title
    assert look.meaning == "" or look.meaning.endswith(".")


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED, State.REJECTED, State.WITHHELD, State.UNCONFIRMED])
def test_a_state_that_leaves_a_question_answers_it(state: State) -> None:
    assert LOOKS[state].meaning


@pytest.mark.parametrize(
    ("state", "said"),
    [(State.CANCELLED, "canceled"), (State.POSTING, "charged"), (State.DELIVERED, "finished"), (None, "finished")],
)
def test_what_can_no_longer_be_cancelled_says_why(state: State | None, said: str) -> None:
    assert said in not_cancellable_sentence(state)


def test_a_member_is_told_where_a_video_is_that_was_not_posted() -> None:
    job = a_job(State.UNDELIVERED).evolve(problem=Problem(code=ProblemCode.CHANNEL))
    notice = undelivered_notice(job, Offer())
    assert "<#20>" in notice
    assert "*Post here* in `/videos`" in notice


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (dollars(Decimal("1.3")), "$1.30"),
        (megabytes(10_000_000), "10 MB"),
        (mebibytes(10_485_760), "10 MiB"),
        (lasted(59.4), "59 s"),
        (lasted(59.6), "1 min 0 s"),
        (lasted(194), "3 min 14 s"),
        (listed(["a"]), "a"),
        (listed(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_figures_and_lists_read_as_people_write_them(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    "code", [ProblemCode.LEFT, ProblemCode.BLOCKED, ProblemCode.TIMED_OUT, ProblemCode.NOT_ALLOWED]
)
def test_what_ended_before_it_was_paid_for_says_so_and_speaks_of_no_video_that_is_kept(code: ProblemCode) -> None:
    sentence = problem_sentence(Problem(code=code), RULES, unpaid=True)
    check_words(sentence)
    assert sentence.endswith("Nothing was charged.")
    assert "/send-again" not in sentence
    assert "posted" not in sentence


@pytest.mark.parametrize("code", [ProblemCode.CLOSED, ProblemCode.REVIEW_OVER, ProblemCode.REMOVED])
def test_a_member_reads_once_that_a_video_that_will_not_be_posted_is_charged(code: ProblemCode) -> None:
    notice = withdrawn_notice(a_job(State.WITHHELD).evolve(problem=Problem(code=code)), Offer())
    assert notice.count("charged") == 1
