"""Each model is described whole, and its body is what Segmind takes."""

import pytest

from bot.catalogue.model import ElementInput, Inputs, Span, VideoModel
from bot.catalogue.models import DEFAULT, MODELS
from bot.catalogue.options import options_of

FRAMES = MODELS["kling-o1-image-to-video"]
IMAGES = ["https://cdn.example/1.png", "https://cdn.example/2.png"]
MIRA = ElementInput(frontal_url="https://cdn.example/front.png", reference_urls=["https://cdn.example/side.png"])


def inputs(images: list[str], *elements: ElementInput) -> Inputs:
    return Inputs(prompt="a fox", image_urls=images, elements=elements, options=options_of("", 10, "9:16"))


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.slug)
def test_a_model_is_described_without_contradictions(model: VideoModel) -> None:
    assert 0 < model.images.least <= model.images.most <= model.most_inputs
    assert set(model.prices_usd) == set(model.durations)
    assert all(price > 0 for price in model.prices_usd.values())
    assert model.typical_seconds > 0
    assert 0 < model.prompt_limit <= 4_000  # what a modal takes
    assert model.images.most <= 17  # a command has 25 options
    assert list(model.durations) == sorted(model.durations)
    assert 0 < len(model.title) <= 80


def test_references_are_sent_with_their_options() -> None:
    assert DEFAULT.body(inputs(IMAGES)) == {
        "prompt": "a fox",
        "image_urls": IMAGES,
        "duration": 10,
        "aspect_ratio": "9:16",
    }


def test_elements_are_sent_beside_the_images() -> None:
    body = DEFAULT.body(inputs(IMAGES[:1], MIRA))
    assert body["elements"] == [
        {"frontal_image_url": "https://cdn.example/front.png", "reference_image_urls": ["https://cdn.example/side.png"]}
    ]


def test_where_there_is_no_image_the_first_element_lends_its_own() -> None:
    assert DEFAULT.body(inputs([], MIRA))["image_urls"] == [MIRA.frontal_url]


def test_frames_are_the_first_and_the_last_image() -> None:
    assert FRAMES.body(inputs(IMAGES)) == {
        "prompt": "a fox",
        "start_image_url": IMAGES[0],
        "end_image_url": IMAGES[1],
        "duration": 10,
    }


def test_one_frame_is_where_a_film_begins() -> None:
    assert "end_image_url" not in FRAMES.body(inputs(IMAGES[:1]))


def test_only_some_models_take_saved_characters() -> None:
    assert DEFAULT.takes_elements
    assert not FRAMES.takes_elements


def test_a_span_has_both_its_ends() -> None:
    assert [count in Span(least=1, most=3) for count in range(5)] == [False, True, True, True, False]
