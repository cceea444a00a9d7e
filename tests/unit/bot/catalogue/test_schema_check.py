"""What Segmind's catalog says of a model's inputs, held against what is sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.models import DEFAULT, MODELS
from bot.catalogue.schema_check import unmet
from sandbox.segmind import catalogue

SLUGS = sorted(MODELS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["prompt", "image_urls", "duration", "aspect_ratio", "elements", "seed", "type", "required"])


def schema(**changes: Any) -> dict[str, Any]:
    """Write what the default model takes, with other fields."""
    fields: dict[str, Any] = {
        "prompt": {"type": "string"},
        "image_urls": {"type": "array"},
        "duration": {"type": "integer", "enum": [5, 10]},
        "aspect_ratio": {"enum": ["16:9", "9:16", "1:1", "4:3"]},
        "elements": {"type": "string"},
    }
    return {"properties": {name: field for name, field in {**fields, **changes}.items() if field is not None}}


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug in catalogue.MODELS])
def test_what_the_local_segmind_takes_is_what_is_sent(slug: str) -> None:
    assert unmet(MODELS[slug], catalogue.parameters_schema(catalogue.MODELS[slug])) == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (schema(), []),
        (schema(duration={"enum": ["5", "10"]}), []),
        (schema(duration={"options": [{"label": "5 s", "value": "5"}, {"value": 10}]}), []),
        (schema(duration={"minimum": 5, "maximum": 10}), []),
        (schema(seed={"type": "integer"}), []),
        (schema(prompt={}), []),
        (schema() | {"required": ["prompt", "image_urls"]}, []),
        (schema(seed={"default": 7}) | {"required": ["seed"]}, []),
        ([{"name": name, **field} for name, field in schema()["properties"].items()], []),
        (schema()["properties"], []),
        (schema(duration=None), ["`duration` is no longer taken"]),
        (schema(duration={"enum": [5]}), ["`duration` no longer takes 10"]),
        (schema(duration={"enum": [4, 8]}), ["`duration` no longer takes 5", "`duration` no longer takes 10"]),
        (schema(duration={"maximum": 8}), ["`duration` no longer takes 10"]),
        (schema(aspect_ratio={"enum": ["16:9", "9:16"]}), ["`aspect_ratio` no longer takes 1:1"]),
        (schema(image_urls={"type": "array", "maxItems": 4}), ["`image_urls` takes 4 at most, not 7"]),
        (schema(image_urls={"type": "number"}), ["`image_urls` is no longer a list"]),
        (schema(prompt={"type": "array"}), ["`prompt` is a list now"]),
        (schema(prompt={"maxLength": 500}), ["`prompt` takes 500 characters, not 2500"]),
        (schema() | {"required": ["prompt", "mode"]}, ["`mode` is required"]),
        (schema(mode={"required": True}), ["`mode` is required"]),
        (schema() | {"required": ["elements"]}, ["`elements` is required"]),
    ],
)
def test_a_change_that_concerns_what_is_sent_is_named(written: Any, found: list[str]) -> None:
    assert unmet(DEFAULT, written) == found


@pytest.mark.parametrize("written", [None, {}, [], "a schema", 7, {"properties": {}}, {"properties": 7}, [[], 7]])
def test_a_schema_of_an_unknown_shape_tells_nothing(written: Any) -> None:
    assert unmet(DEFAULT, written) == []


@given(JSON | st.dictionaries(NAMES, JSON) | st.dictionaries(NAMES, JSON).map(lambda inner: {"properties": inner}))
def test_no_schema_breaks_the_comparison(written: Any) -> None:
    for slug in SLUGS:
        assert all(isinstance(each, str) for each in unmet(MODELS[slug], written))
