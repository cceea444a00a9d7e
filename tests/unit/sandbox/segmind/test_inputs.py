from collections.abc import Mapping

import pytest

from sandbox.segmind.catalogue import IMAGE_TO_VIDEO, REFERENCE_TO_VIDEO
from sandbox.segmind.inputs import read_inputs
from sandbox.segmind.refusals import RefusalError

URL = "https://example.org/a.png"
ELEMENT = {"frontal_image_url": URL, "reference_image_urls": [URL]}


def body(**changes: object) -> dict[str, object]:
    filled: dict[str, object] = {"prompt": "@Image1 waves", "image_urls": [URL], **changes}
    return {name: value for name, value in filled.items() if value is not None}


def refusal(given: Mapping[str, object]) -> tuple[int, str]:
    with pytest.raises(RefusalError) as caught:
        read_inputs(REFERENCE_TO_VIDEO, given)
    return caught.value.status, str(caught.value.body["error"])


def test_what_is_left_out_takes_the_documented_defaults() -> None:
    inputs = read_inputs(REFERENCE_TO_VIDEO, body())
    assert (inputs.seconds, inputs.aspect_ratio) == (5, "16:9")
    assert inputs.images == (("image_urls[0]", URL),)


@pytest.mark.parametrize(("duration", "seconds"), [(5, 5), ("5", 5), (10, 10), ("10", 10)])
def test_a_duration_is_taken_as_a_number_and_as_text(duration: object, seconds: int) -> None:
    assert read_inputs(REFERENCE_TO_VIDEO, body(duration=duration)).seconds == seconds


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"prompt": None}, 400, "Missing required field: prompt"),
        ({"prompt": "  "}, 400, "prompt must be a non-empty string"),
        ({"prompt": "x" * 2501}, 400, "at most 2500 characters"),
        ({"image_urls": None}, 400, "Missing required field: image_urls"),
        ({"image_urls": URL}, 400, "image_urls must be a list"),
        ({"image_urls": []}, 400, "must not be empty"),
        ({"image_urls": ["ftp://example.org/a.png"]}, 400, "image_urls[0] must be an http(s) URL"),
        ({"image_urls": [URL] * 8}, 400, "Too many inputs"),
        ({"image_urls": [URL] * 6, "elements": [ELEMENT] * 2}, 400, "Too many inputs"),
        ({"aspect_ratio": "4:3"}, 406, "Invalid value for aspect_ratio"),
        ({"duration": 7}, 406, "Invalid value for duration"),
        ({"duration": True}, 400, "duration must be an integer"),
        ({"duration": 5.5}, 400, "duration must be an integer"),
        ({"elements": "mira"}, 400, "elements must be a list"),
        ({"elements": ["mira"]}, 400, "elements[0] must be an object"),
        ({"elements": [{"frontal_image_url": URL}]}, 400, "elements[0].reference_image_urls must be a list"),
        ({"elements": [{**ELEMENT, "reference_image_urls": [URL] * 4}]}, 400, "1 to 3 images"),
        ({"elements": [{"reference_image_urls": [URL]}]}, 400, "elements[0].frontal_image_url"),
    ],
)
def test_a_body_that_the_model_does_not_take_is_refused_in_words(
    changes: dict[str, object], status: int, words: str
) -> None:
    refused_with, error = refusal(body(**changes))
    assert refused_with == status
    assert words in error


def test_the_images_of_elements_are_fetched_after_the_others_and_named_by_their_place() -> None:
    places = [place for place, _ in read_inputs(REFERENCE_TO_VIDEO, body(elements=[ELEMENT])).images]
    assert places == [
        "image_urls[0]",
        "elements[0].frontal_image_url",
        "elements[0].reference_image_urls[0]",
    ]


def test_seven_inputs_are_allowed_however_many_images_their_elements_have() -> None:
    full = {**ELEMENT, "reference_image_urls": [URL] * 3}
    assert len(read_inputs(REFERENCE_TO_VIDEO, body(image_urls=[URL] * 4, elements=[full] * 3)).images) == 16


def test_another_model_is_only_another_entry() -> None:
    inputs = read_inputs(IMAGE_TO_VIDEO, {"prompt": "dawn", "start_image_url": URL, "duration": "10"})
    assert (inputs.seconds, inputs.images) == (10, (("start_image_url", URL),))
    assert inputs.aspect_ratio == ""  # the image has one
    with pytest.raises(RefusalError, match="start_image_url"):
        read_inputs(IMAGE_TO_VIDEO, {"prompt": "dawn", "end_image_url": URL})


def test_a_second_frame_follows_the_first() -> None:
    frames = {"start_image_url": URL, "end_image_url": URL + "?last"}
    inputs = read_inputs(IMAGE_TO_VIDEO, {"prompt": "dawn", **frames})
    assert (inputs.seconds, inputs.images) == (5, tuple(frames.items()))


@pytest.mark.parametrize(
    ("wrong", "status"), [({"duration": 7}, 406), ({"end_image_url": "fox.png"}, 400), ({"prompt": ""}, 400)]
)
def test_frames_are_held_to_their_own_rules(wrong: dict[str, object], status: int) -> None:
    with pytest.raises(RefusalError) as refused:
        read_inputs(IMAGE_TO_VIDEO, {"prompt": "dawn", "start_image_url": URL, **wrong})
    assert refused.value.status == status
