"""What CONTRIBUTING.md says about adding a model is done here, word for word: its model makes a video."""

from decimal import Decimal
from pathlib import Path
from types import ModuleType

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.jobs.states import State
from bot.requests.reading import Options, Read, Refusal, RefusalCode, Upload, read_options, read_request
from cogs.requests.video import video_command
from sandbox.segmind import catalogue
from tests.support.guide import GUIDE, code_of
from tests.support.stage import open_stage
from tests.unit.bot.catalogue.test_models import test_a_model_is_described_without_contradictions as check_model


def pieces() -> tuple[str, str]:
    """Return the code of the section: the bot's module, and the local Segmind's entry."""
    described, served = code_of("Adding a model")
    return described, served


def described() -> VideoModel:
    module = ModuleType("paper_theatre")
    exec(compile(pieces()[0], str(GUIDE), "exec"), vars(module))  # noqa: S102 - our own guide
    return module.MODEL


def served() -> catalogue.Model:
    names = dict(vars(catalogue))
    exec(compile(pieces()[1], str(GUIDE), "exec"), names)  # noqa: S102 - our own guide
    return names["PAPER_THEATRE"]


def test_the_example_is_described_without_contradictions() -> None:
    check_model(described())


def test_a_request_to_the_example_is_judged_by_its_limits() -> None:
    model = described()
    options = read_options(Offer(models=(model,)), model="", duration=None, aspect_ratio=None)
    assert options == Options(model=model, duration=4, aspect_ratio="")
    small = Upload(option=1, size=1_000, width=400, height=400)
    refusal = read_request("a fox", [small], model)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.rules.min_side) == (RefusalCode.IMAGE, 512)
    large = Upload(option=1, size=1_000, width=600, height=600)
    assert isinstance(read_request("a fox", [large], model), Read)


async def test_the_command_offers_what_the_example_makes() -> None:
    async def nothing(_interaction: object, _given: object) -> None: ...

    command = video_command(Offer(models=(described(),)), nothing)
    options = {option.name: [choice.value for choice in option.choices] for option in command.parameters}
    assert options == {"prompt": [], "image1": [], "duration": [4, 8], "spoiler": []}


async def test_a_job_of_the_example_becomes_a_video(tmp_path: Path) -> None:
    model = described()
    async with open_stage(tmp_path, models=[model], served=[served()]) as stage:
        await stage.segmind.configure(queue_seconds=10.0, run_seconds=60.0, sigma=0.0)
        done = await stage.drive(await stage.begin(State.PREPARING, model=model))
        assert (done.state, done.cost_usd) == (State.DELIVERED, Decimal("0.20"))
        [request] = (await stage.segmind.state())["requests"]
        assert request["model"] == model.slug
        body = dict(request["body"])
        assert str(body.pop("image_url")).endswith("/image1.png")  # the clean copy on the card
        assert body == {"prompt": "a fox", "duration": 4}
