"""A model, a duration and a ratio: what is not chosen is filled in, and what cannot be made is told."""

from dataclasses import replace

from bot.catalogue.models import DEFAULT, MODELS
from bot.catalogue.offer import Offer
from bot.catalogue.options import Options, options_of
from bot.requests.reading import Refusal, RefusalCode, read_options

FRAMES = MODELS["kling-o1-image-to-video"]
BOTH = Offer(models=(DEFAULT, FRAMES))


def read(
    offer: Offer = BOTH, *, model: str = "", duration: int | None = None, ratio: str | None = None
) -> Options | Refusal:
    chosen = {"duration": duration, "aspect_ratio": ratio}
    return read_options(offer, Options(model=model, values={k: v for k, v in chosen.items() if v is not None}))


def test_who_chooses_nothing_gets_the_first_of_everything() -> None:
    assert read() == options_of(DEFAULT.slug, 5, "16:9")
    assert read(Offer(models=(FRAMES, DEFAULT))) == options_of(FRAMES.slug, 5)


def test_what_is_chosen_is_kept() -> None:
    assert read(model=FRAMES.slug, duration=10) == options_of(FRAMES.slug, 10)
    assert read(duration=10, ratio="1:1") == options_of(DEFAULT.slug, 10, "1:1")


def test_a_model_that_is_known_but_not_offered_is_told_by_its_title() -> None:
    gone = Refusal(code=RefusalCode.MODEL_GONE, name=FRAMES.title, names=(DEFAULT.title,))
    assert read(Offer(), model=FRAMES.slug) == gone


def test_a_model_that_nobody_knows_is_told_as_it_was_named() -> None:
    gone = Refusal(code=RefusalCode.MODEL_GONE, name="kling-o9", names=(DEFAULT.title, FRAMES.title))
    assert read(model="kling-o9") == gone


def test_what_the_model_does_not_make_is_refused_with_what_it_does() -> None:
    short = Offer(models=(replace(DEFAULT, durations=(5,)),))
    assert read(short, duration=10) == Refusal(code=RefusalCode.DURATION, name=DEFAULT.title, names=("5",))
    ratios = Refusal(code=RefusalCode.ASPECT_RATIO, name=DEFAULT.title, names=DEFAULT.aspect_ratios)
    assert read(ratio="4:3") == ratios


def test_a_ratio_is_refused_where_the_first_image_decides() -> None:
    assert read(model=FRAMES.slug, ratio="1:1") == Refusal(code=RefusalCode.ASPECT_RATIO, name=FRAMES.title)
