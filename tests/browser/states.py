"""`python -m tests.browser.states`: the card in each of its states, and each form, as the page draws them.

The layouts are the bot's own; a puppet in the bot's place posts them, so that states that last a moment stand still.
"""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from discord import ui
from playwright.async_api import expect

from bot.cast.view import cast_add_modal
from bot.catalogue.offer import Offer
from bot.delivery.card_view import status_card
from bot.jobs.model import Handling, Job, Problem, ProblemCode, Reference, ReviewMode
from bot.jobs.states import REVIEWED, State
from bot.moderation.modals import block_modal, reject_modal, report_modal, takedown_modal
from bot.operator import panel
from bot.requests.forms import edit_modal, images_modal, pictures_modal, studio_modal
from bot.settings.model import GuildSettings
from bot.settings.panel.modals import numbers_modal, words_modal
from sandbox.member import Upload
from sandbox.sample import sample_images
from tests.browser.pictures import PICTURES, take
from tests.browser.puppet import MODAL, Puppet, button, open_puppet, row, text
from tests.browser.visit import Visitor, visiting
from tests.support.jobs import a_job, a_request

CHANNEL: Final = (760, 900)
OFFER: Final = Offer()
PROMPT: Final = "The keeper of @Image1 lifts his lamp and walks along the quay of @Image2 at dusk"
WHY: Final[Mapping[State, ProblemCode]] = {
    State.UNDELIVERED: ProblemCode.CHANNEL,
    State.FAILED: ProblemCode.MODERATED,
    State.REJECTED: ProblemCode.NOT_APPROVED,
    State.TAKEN_DOWN: ProblemCode.REMOVED,
}


async def main() -> None:
    """Draw all of them anew."""
    folder = PICTURES / "states"
    folder.mkdir(exist_ok=True)
    async with open_puppet() as puppet, _visit(puppet) as noor:
        now = datetime.now(UTC)
        await cards(puppet, noor, now)
        await forms(puppet, noor, now)


def _visit(puppet: Puppet) -> AbstractAsyncContextManager[Visitor]:
    """Look on as somebody else than who asked, whose own mentions would be marked."""
    return visiting(puppet.browser, puppet.origin, "noor", size=CHANNEL, color_scheme="dark")


async def cards(puppet: Puppet, noor: Visitor, now: datetime) -> None:
    with tempfile.TemporaryDirectory() as name:
        keeper, harbour, _ = sample_images(Path(name))
        files = [
            Upload(keeper.read_bytes(), keeper.name, "image/png"),
            Upload(harbour.read_bytes(), harbour.name, "image/jpeg"),
        ]
    for state in State:
        view = status_card(a_card(state, puppet, now), OFFER, now=now, position=3)
        shown = layout(view)
        needed = [file for file in files if f"attachment://{file.filename}" in str(shown)]
        message = await puppet.show(*shown, files=needed, where="videos")
        card = noor.messages.locator(f"[data-message='{message}']")
        await expect(card).to_be_visible()
        for picture in await card.locator("img").all():
            await picture.evaluate("(img) => img.decode()")
        await take(noor, f"states/{state.value.lower()}", of=card)


async def forms(puppet: Puppet, noor: Visitor, now: datetime) -> None:
    for name, modal in modals(a_card(State.DELIVERED, puppet, now)):
        message = await puppet.show(text(name), row(button("Open", name)), where="videos")
        await noor.messages.locator(f"[data-message='{message}']").get_by_role("button", name="Open").click()
        await puppet.hear(MODAL, modal.to_dict())
        dialog = noor.page.get_by_role("dialog")
        await expect(dialog).to_be_visible()
        await take(noor, f"states/form-{name}", of=dialog)
        await noor.page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()


def modals(job: Job) -> Iterator[tuple[str, ui.Modal]]:
    pictures = list(enumerate(job.request.references, start=1))
    yield "studio", studio_modal(OFFER)
    yield "edit", edit_modal(job.id, job.request, OFFER)
    yield "pictures", pictures_modal(1, pictures, OFFER)
    yield "images-once-more", images_modal(1, 7)
    yield "cast-add", cast_add_modal()
    yield "report", report_modal(job.id)
    yield "reject", reject_modal(job.id)
    yield "takedown", takedown_modal(job.id, may_block=True)
    yield "block", block_modal(job.request.member_id, job.id)
    yield "limits", numbers_modal("member_limits", GuildSettings())
    yield "words", words_modal("add_words")
    yield "block-everywhere", panel.block_modal()


def a_card(state: State, puppet: Puppet, now: datetime) -> Job:
    """Make a job that has been in a state for a minute, of a member of the sandbox."""
    began = now - timedelta(minutes=3)
    references = [_reference("keeper.png"), _reference("harbour.jpg")]
    request = replace(a_request(prompt=PROMPT, references=references), member_id=member_id(puppet))
    if state in REVIEWED:
        request = replace(request, handling=Handling(review=ReviewMode.BEFORE_SPENDING))
    job = replace(a_job(state, request=request, at=now - timedelta(minutes=1)), created_at=began)
    if state in {State.QUEUED, State.PROCESSING, State.UNCONFIRMED}:
        job = job.evolve(submitted_at=now - timedelta(seconds=97))
    if state in {State.DELIVERED, State.UNDELIVERED, State.TAKEN_DOWN, State.WITHHELD}:
        job = job.evolve(cost_usd=Decimal("1.35"), completed_at=now)
    code = WHY.get(state)
    return job if code is None else job.evolve(problem=Problem(code=code))


def member_id(puppet: Puppet) -> int:
    return next(user.id for user in puppet.sandbox.world.users.values() if user.username == "mira")


def layout(view: ui.LayoutView) -> Sequence[Mapping[str, Any]]:
    return view.to_components()


def _reference(name: str) -> Reference:
    return Reference(
        url=f"attachment://{name}",
        filename=name,
        content_type="image/png",
        size=1_000,
        width=1024,
        height=768,
        card_name=name,
    )


if __name__ == "__main__":
    asyncio.run(main())
