"""What CONTRIBUTING.md says about adding a model is done here, word for word: its model makes a video."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import ModuleType

from bot.catalogue.model import VideoModel
from bot.catalogue.offer import Offer
from bot.catalogue.options import Options, options_of
from bot.delivery.post_view import post_text
from bot.jobs.states import State
from bot.records.export import records_csv
from bot.records.store import Record, RecordStore, Search
from bot.records.words import facts_line
from bot.requests.forms import edit_modal
from bot.requests.reading import Read, Refusal, RefusalCode, Upload, read_options, read_request
from bot.requests.wish import wish_in, wish_of
from bot.ui.forms import Submission
from cogs.requests.video import video_command
from sandbox.segmind import catalogue
from tests.support.guide import GUIDE, code_of
from tests.support.jobs import a_request
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
    offer = Offer(models=(model,))
    assert read_options(offer, Options()) == options_of(model.slug, 4)
    assert read_options(offer, Options(values={"seed": 42})) == options_of(model.slug, 4, "", {"seed": 42})
    assert read_options(offer, Options(values={"seed": -1})) == Refusal(
        code=RefusalCode.OPTION, name="Paper Theatre", names=("0-4294967295",), option="Seed"
    )
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
    assert options == {"prompt": [], "image1": [], "duration": [4, 8], "seed": [], "spoiler": []}


def test_the_form_asks_for_what_the_example_takes_and_edit_keeps_it() -> None:
    offer = Offer(models=(described(),))
    request = replace(a_request(), options=options_of("paper-theatre-image-to-video", 8, "", {"seed": 42}))
    asked = str(edit_modal(1, request, offer).to_dict())
    assert "'label': 'Seed'" in asked
    assert "'value': '42'" in asked
    wish = wish_in(Submission.read({}), offer, [], before=request.options)
    assert wish.options.values == {"duration": 8, "seed": 42}
    assert wish_of(wish.facts()).options == wish.options
    old = {"prompt": "a fox", "images": [], "duration": 8, "aspect_ratio": None, "model": "m"}  # as 0.1 wrote it
    assert wish_of(old).options == Options(model="m", values={"duration": 8})


async def test_a_job_of_the_example_becomes_a_video(tmp_path: Path) -> None:
    model = described()
    async with open_stage(tmp_path, models=[model], served=[served()]) as stage:
        await stage.segmind.configure(queue_seconds=10.0, run_seconds=60.0, sigma=0.0)
        begun = await stage.begin(State.PREPARING, model=model, chosen={"seed": 42})
        done = await stage.drive(begun)
        assert (done.state, done.cost_usd) == (State.DELIVERED, Decimal("0.20"))
        [request] = (await stage.segmind.state())["requests"]
        assert request["model"] == model.slug
        body = dict(request["body"])
        assert str(body.pop("image_url")).endswith("/image1.png")  # the clean copy on the card
        assert body == {"prompt": "a fox", "duration": 4, "seed": 42}
        assert done.request.options == options_of(model.slug, 4, "", {"seed": 42})
        assert "4 s · Seed 42" in post_text(done, stage.engine.offer)
        [record], _count = await RecordStore(stage.store.engine).page(Search(guild_id=10), first=0, at_most=9)
        assert isinstance(record, Record)
        assert "seed 42" in facts_line(record)
        assert b",4,,seed=42," in records_csv([record])[0]
