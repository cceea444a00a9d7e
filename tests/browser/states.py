"""`python -m tests.browser.states`: the card in each of its states, and each form, as the page draws them.

The layouts are the bot's own; a puppet in the bot's place posts them, so that states that last a moment stand still.
"""

import asyncio
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from discord import ui
from PIL import Image
from playwright.async_api import Locator, expect

from bot.cast.view import cast_add_modal
from bot.catalogue.offer import Offer
from bot.catalogue.options import options_of
from bot.delivery.card_view import status_card
from bot.delivery.post_view import post_controls, post_text
from bot.delivery.private_answers import details_view
from bot.jobs.decisions import Decided, Decision, decision_on
from bot.jobs.model import Element, Handling, Job, Problem, ProblemCode, Reference, ReviewMode, VideoRequest
from bot.jobs.states import REVIEWED, State
from bot.moderation.history import MemberRecord
from bot.moderation.modals import block_modal, reject_modal, report_modal, takedown_modal
from bot.moderation.report_card import case_card, owners_card
from bot.moderation.review_card import decided_card, review_card
from bot.moderation.store import Report
from bot.moderation.waiting import waiting_page
from bot.moderation.words import why_reviewed
from bot.operator import panel
from bot.requests.forms import edit_modal, pictures_modal, video_modal
from bot.requests.wish import Wish, numbered
from bot.settings.check import check
from bot.settings.entries import Page
from bot.settings.findings import AutomodFacts, ChannelFacts, Purpose, ServerFacts
from bot.settings.model import UNSET, ChannelSettings, GuildSettings
from bot.settings.panel.ids import PanelAction, PanelId
from bot.settings.panel.modals import RefusedForm, numbers_modal, setup_modal, typed_numbers, words_modal
from bot.settings.panel.panel import settings_panel
from bot.settings.panel.parts import PanelState
from bot.ui.custom_ids import fix_id
from bot.ui.language import speaking
from sandbox.member import Upload
from sandbox.sample import sample_images
from tests.browser.pictures import PICTURES, seek, take
from tests.browser.puppet import MODAL, Puppet, button, channel, open_puppet, row, text
from tests.browser.visit import Visitor, visiting
from tests.support.films import Film
from tests.support.jobs import MODEL, a_job, a_request

CHANNEL: Final = (760, 1300)
OFFER: Final = Offer()
PROMPT: Final = "The keeper of @Image1 lifts his lamp and walks along the quay of @Image2 at dusk"
NOTHING_KNOWN: Final = ServerFacts(
    channels={},
    roles=frozenset(),
    automod=AutomodFacts(readable=False),
    prices_usd={5: Decimal("1.35"), 10: Decimal("2.70")},
)
NAMES: Final = ("The_keeper_of_the_old_lighthouse", "Ein_sehr_langer_Name_am_Ende_ist")  # as long as they can be
LONG_FILENAMES: Final = [f"{number} {'a very long name of an image ' * 3}.png" for number in range(1, 8)]
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
        with tempfile.TemporaryDirectory() as home:
            await cards(puppet, noor, now)
            await awkward_requests(puppet, noor, now, Path(home))
            await moderators_cards(puppet, noor, now, Path(home))
        await forms(puppet, noor, now)
        await noor.page.set_viewport_size({"width": 760, "height": 2_000})
        await settings_pages(puppet, noor)


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
        await take(noor, f"states/{state.value.lower()}", of=await _seen(noor, message))


async def awkward_requests(puppet: Puppet, noor: Visitor, now: datetime, folder: Path) -> None:
    """Draw the card and the post of requests that are hard to lay out, at work, done, and in private details."""
    for name, request in awkward(puppet).items():
        job = work(State.PROCESSING, request, now).evolve(submitted_at=now)
        files = [picture(each.card_name or "") for each in request.references]
        needed = files[:1]
        message = await puppet.show(*layout(status_card(job, OFFER, now=now)), files=needed, where="videos")
        await take(noor, f"states/{name}-working", of=await _seen(noor, message))
        done = replace(job, state=State.DELIVERED).evolve(post_message_id=int(message), cost_usd=job.reserved_usd)
        line = await puppet.show(*layout(status_card(done, OFFER, now=now)), where="videos")
        with speaking(request.guild_locale):
            words, controls = post_text(done, OFFER), post_controls(done)
        post = await puppet.post(words, controls, film(folder, request), reply_to=line)
        await take(noor, f"states/{name}-post", of=await _seen(noor, post))
        images = [(f"attachment://{each.filename}", f"@Image{number}") for number, each in enumerate(files, start=1)]
        with speaking(request.guild_locale):
            view = details_view(done, OFFER, images=images)
        details = await puppet.show(*layout(view), files=files, where="videos")
        await take(noor, f"states/{name}-details", of=await _seen(noor, details))


async def moderators_cards(puppet: Puppet, noor: Visitor, now: datetime, folder: Path) -> None:
    """Draw what moderators see of such requests: in review, reported, decided, and in lists."""
    mira = member_id(puppet)
    base = f"{puppet.origin}/embed/avatars/1.png"
    record = MemberRecord(videos=12, rejected=1, taken_down=0, reports=0, blocks=0, joined_at=now, avatar=base)
    report = Report(member_id=mira, reason="I am in it, and **nobody** asked @everyone", at=now)
    found: list[Job] = []
    for name, asked in awkward(puppet).items():
        if name in {"one-word", "arabic", "lines"}:  # no other than those beside them
            continue
        request = replace(asked, handling=Handling(review=ReviewMode.BEFORE_POSTING))
        job = work(State.REVIEW, request, now)
        found.append(job)
        files = [picture(each.card_name or "") for each in request.references]
        names, video = [each.filename for each in files], film(folder, request)
        with speaking(request.guild_locale):
            why = why_reviewed(job, is_new=False)
        for kind, view in {
            "review": review_card(job, OFFER, record, names, video=video.filename, why=why),
            "report": case_card(
                replace(job, state=State.DELIVERED),
                *(OFFER, [report] * 3, 3, record),
                video=video.filename,
                pictures=names,
            ),
        }.items():
            needed = [each for each in (*files, video) if f"attachment://{each.filename}" in str(layout(view))]
            message = await puppet.show(*layout(view), files=needed, where="videos")
            await take(noor, f"states/{name}-{kind}", of=await _seen(noor, message))
        line = await puppet.show(*layout(decided_card(job, [approved(job, now)])), where="videos")
        await take(noor, f"states/{name}-approved", of=await _seen(noor, line))
    no = replace(found[0], state=State.REJECTED, reason="Too loud, and it shows someone who did not agree")
    for name, view in {
        "decided-rejected": decided_card(no, [replace(approved(no, now), kind=Decided.REJECTED)]),
        "report-owner": owners_card(replace(found[0], state=State.DELIVERED), OFFER, [report], 1, record),
        "waiting-list": waiting_page(found, {mira: "Mira"}, [found[0].id, found[1].id]),
    }.items():
        message = await puppet.show(*layout(view), where="videos")
        await take(noor, f"states/{name}", of=await _seen(noor, message))


def work(state: State, request: VideoRequest, now: datetime) -> Job:
    """Make a job of a request that was made three minutes ago, at what it costs."""
    price = OFFER.default.prices_usd[request.duration]
    return replace(a_job(state, request=request, at=now, price=price), created_at=now - timedelta(minutes=3))


def approved(job: Job, now: datetime) -> Decision:
    return decision_on(job, Decided.APPROVED, now, by_id=job.request.member_id)


async def _seen(noor: Visitor, message: str) -> Locator:
    """Return a message once its pictures are drawn."""
    shown = noor.messages.locator(f"[data-message='{message}']")
    await expect(shown).to_be_visible()
    for each in await shown.locator("img").all():
        await each.evaluate("(img) => img.decode()")
    for each in await shown.locator("video[controls]").all():
        await seek(each, 0.5)
    return shown


def awkward(puppet: Puppet) -> Mapping[str, VideoRequest]:
    """Make requests with what is hard to lay out: long words, other scripts, mentions, many images, other shapes."""
    member, where = member_id(puppet), int(channel(puppet.sandbox, "videos").id)
    many = tuple(_reference(f"image{number}.png") for number in range(1, 8))
    prompts = {
        "long": ("A keeper walks along the quay and looks at the sea, where a storm comes up. " * 40)[:2_500],
        "names": f"@{NAMES[0]} and @{NAMES[1]} walk along the quay of @Image1 and meet @{NAMES[0]} at @Image2",
        "one-word": "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 8,
        "mentions": "<@123456789012345678> and @everyone **dance** on <#42> while @Image1 looks at https://example.com",
        "hebrew": "שומר המגדלור @Image1 הולך לאורך הרציף לים (5 שניות)\n@Image2!",
        "arabic": "حارس المنارة @Image1 يمشي على الرصيف ويلوح للبحر عند الغروب ثم يعود إلى بيته",
        "japanese": "@Image1の灯台守がランプを掲げ、夕暮れの@Image2の岸壁をゆっくりと歩き、海に向かって手を振る。" * 3,
        "lines": "First a fox.\n\nThen a second fox, and after that a third one that is larger than both.\nThen none.",
    }
    requests = {
        name: a_request(prompt=prompt, references=many[:2], member_id=member, channel_id=where)
        for name, prompt in prompts.items()
    }
    seven = a_request(prompt=PROMPT, references=many, member_id=member, channel_id=where)
    square = replace(seven, references=many[:1], options=options_of(MODEL, 10, "1:1"))
    tall = replace(seven, options=options_of(MODEL, 10, "9:16"))
    characters = tuple(Element(cast_id=number, owner_id=member, name=name) for number, name in enumerate(NAMES))
    in_japanese = replace(requests["japanese"], guild_locale="ja")
    return {
        **requests,
        "names": replace(requests["names"], elements=characters),
        "japanese": in_japanese,
        "seven-tall": tall,
        "one-square": square,
    }


def picture(name: str) -> Upload:
    buffer = io.BytesIO()
    number = int(name.removeprefix("image").removesuffix(".png"))
    Image.new("RGB", (400, 300 + 60 * number), (30 * number, 90, 220 - 25 * number)).save(buffer, "PNG")
    return Upload(buffer.getvalue(), name, "image/png")


def film(folder: Path, request: VideoRequest) -> Upload:
    """Make a video of the shape that a request asks for."""
    size = {"16:9": (640, 360), "9:16": (360, 640), "1:1": (480, 480)}[request.options.aspect_ratio or "16:9"]
    path = Film(name="reelcast.mp4", size=size).write(folder)
    return Upload(path.read_bytes(), path.name, "video/mp4")


async def settings_pages(puppet: Puppet, noor: Visitor) -> None:
    """Draw the panel where there is much to fit: long names, many channels, everything wrong, and Japanese."""
    names = ("reference-images-and-videos-" * 4)[:97]
    channels = [await puppet.control.admin.add_channel(f"{names}-{number:02}") for number in range(30)]
    await noor.page.reload()
    known = dict.fromkeys(channels, ChannelFacts(missing={Purpose.REQUESTS: ("View Channel", "Send Messages")}))
    facts = replace(
        NOTHING_KNOWN, channels=known, automod=AutomodFacts(readable=True, bad_patterns=(("Links", "(?-u:x)"),))
    )
    chosen = GuildSettings(
        channels=frozenset(channels[:12]),
        output_channel_id=channels[12],
        ai_label=False,
        trusted_roles=frozenset({404}),
        channel_settings={each: ChannelSettings(review=ReviewMode.BEFORE_POSTING, per_day=3) for each in channels},
    )
    typed = typed_numbers("server_limits", {"at_once": "9", "spend_per_day_usd": "2O", "spend_per_month_usd": "300"})
    refused = RefusedForm(
        form=PanelId(action=PanelAction.FORM, name="server_limits"),
        typed=typed,
        sentence="“2O” isn't a dollar amount. For *Spending limit per day, in US dollars*, enter one like `20`.",
    )
    for name, page, settings, locale, kept in (
        ("settings-first", Page.OVERVIEW, UNSET, "en-US", None),
        ("settings-places-long", Page.PLACES, chosen, "en-US", None),
        ("settings-channels-long", Page.CHANNELS, chosen, "en-US", None),
        ("settings-posts", Page.POSTS, chosen, "en-US", None),
        ("settings-check", Page.CHECK, replace(chosen, channels=frozenset(channels[:2])), "en-US", None),
        ("settings-check-ja", Page.CHECK, replace(chosen, channels=frozenset(channels[:2])), "ja", None),
        ("settings-review-ja", Page.REVIEW, chosen, "ja", None),
        ("settings-overview-ja", Page.OVERVIEW, chosen, "ja", None),
        ("settings-typo", Page.LIMITS, chosen, "en-US", refused),
    ):
        state = PanelState(settings=settings, facts=facts, findings=check(settings, facts))
        with speaking(locale):
            view = settings_panel(page, state, refused=kept)
        message = await puppet.show(*layout(view), where="videos")
        panel = noor.messages.locator(f"[data-message='{message}']")
        await expect(panel).to_be_visible()
        await take(noor, f"states/{name}", of=panel)


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
    yield "video", video_modal(OFFER)
    yield "edit", edit_modal(job.id, job.request, OFFER)
    draft = Wish(prompt=job.request.prompt, images=numbered(job.request.references))
    yield "pictures", pictures_modal(1, replace(draft, prompt=""), OFFER)
    named = [_reference(name) for name in LONG_FILENAMES]
    yield "fix", video_modal(OFFER, fix_id("video", 1), replace(draft, images=numbered(named)))
    yield "images-once-more", video_modal(OFFER, fix_id("video", 1), replace(draft, images=(), gone=True))
    yield "cast-add", cast_add_modal()
    yield "report", report_modal(job.id)
    yield "reject", reject_modal(job.id)
    yield "takedown", takedown_modal(job.id, may_block=True)
    yield "block", block_modal(job.request.member_id, job.id)
    yield "limits", numbers_modal("member_limits", GuildSettings())
    yield "words", words_modal("add_words")
    yield "setup", setup_modal("reelcast:setup", UNSET, NOTHING_KNOWN)
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
        job = job.evolve(cost_usd=Decimal("1.35"), completed_at=now, post_message_id=1)
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
