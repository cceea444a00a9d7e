"""A request and its failure in Segmind's terms: the body of a run, and whose problem a refusal is."""

from collections.abc import Sequence

from bot.catalogue.model import ElementInput, Inputs, VideoModel
from bot.jobs.model import Problem, ProblemCode, VideoRequest
from bot.jobs.prompt import as_sent
from bot.segmind.refusals import is_about_inputs, is_moderation, lacks_credits


def request_body(model: VideoModel, request: VideoRequest, image_urls: Sequence[str]) -> dict[str, object]:
    """Build the body; `image_urls` are the references' addresses, in order."""
    elements = request.elements
    most = model.element_references.most if model.element_references else 0
    return model.body(
        Inputs(
            prompt=as_sent(request.prompt, [element.name for element in elements]) if elements else request.prompt,
            image_urls=image_urls,
            elements=[
                ElementInput(frontal_url=element.frontal_url, reference_urls=element.reference_urls[:most])
                for element in elements
            ],
            options=request.options,
        )
    )


def problem_in_words(words: str, *, otherwise: ProblemCode, moderation: bool = False) -> Problem:
    """Return the problem of a run that Segmind refused or could not make, `otherwise` where its words tell no more.

    `moderation` is what Segmind's whole text said; `words` may be clipped.
    """
    if moderation or is_moderation(words):
        code = ProblemCode.MODERATED
    elif lacks_credits(words):
        code = ProblemCode.SERVICE
    elif is_about_inputs(words):
        code = ProblemCode.INPUTS
    else:
        code = otherwise
    return Problem(code=code, detail=words)
