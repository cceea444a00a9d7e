"""What Segmind's words say about a job that it refused or that failed: whose problem it is."""

from bot.jobs.model import Problem, ProblemCode
from bot.segmind.refusals import is_about_inputs, is_moderation, lacks_credits


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
