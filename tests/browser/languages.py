"""`python -m tests.browser.languages`: cards and a post in all languages, side by side in one picture of the guides."""

import asyncio
import base64
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from playwright.async_api import expect

from bot.delivery.card_view import status_card
from bot.delivery.post_view import post_controls, post_text
from bot.jobs.states import State
from bot.ui.language import speaking
from sandbox.member import Upload
from sandbox.sample import sample_images
from tests.browser.pictures import take
from tests.browser.puppet import Puppet, open_puppet
from tests.browser.states import OFFER, a_card, layout
from tests.browser.visit import Visitor, visiting
from tests.support.films import Film

CHANNEL: Final = (560, 1300)
MOST_BYTES: Final = 500_000
STATES: Final = (State.WAITING, State.PROCESSING, State.HELD, State.FAILED, State.UNDELIVERED, State.DELIVERED)
LANGUAGES: Final[Mapping[str, tuple[str, str]]] = {
    "en-US": ("English", "The keeper of @Image1 lifts his lamp and walks along the quay of @Image2"),
    "de": ("Deutsch", "Der Wärter aus @Image1 hebt seine Lampe und geht am Kai von @Image2 entlang"),
    "es-ES": ("Español", "El guardián de @Image1 alza su farol y camina por el muelle de @Image2"),
    "fr": ("Français", "Le gardien de @Image1 lève sa lampe et marche le long du quai de @Image2"),
    "pt-BR": ("Português (Brasil)", "O guardião de @Image1 ergue o lampião e caminha pelo cais de @Image2"),
    "ja": ("日本語", "@Image1の灯台守がランプを掲げ、夕暮れの@Image2の岸壁をゆっくりと歩く"),
}
STYLE: Final = """
    body { margin: 0; padding: 12px; background: #1a1a1e; color: #fff; width: max-content; font-family: sans-serif }
    main { display: grid; grid-template-columns: repeat(3, max-content); gap: 12px }
    h2 { font-size: 22px; margin: 8px 12px } img { display: block }
"""


async def main() -> None:
    """Draw the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = [Upload(each.read_bytes(), each.name, "image/png") for each in sample_images(folder)[:2]]
        film = Upload(
            Film(name="reelcast.mp4", size=(320, 180)).write(folder).read_bytes(), "reelcast.mp4", "video/mp4"
        )
    async with open_puppet() as puppet:
        columns = [await column(puppet, locale, images, film) for locale in LANGUAGES]
        page = await puppet.browser.new_page()
        await page.set_content(f"<style>{STYLE}</style><main>{''.join(columns)}</main>")
        await take(Visitor(page), "languages", of=page.locator("body"), most=MOST_BYTES)


async def column(puppet: Puppet, locale: str, images: Sequence[Upload], film: Upload) -> str:
    """Show some requests as members of a server in a language see them, as HTML with a picture of each message."""
    size, shown = CHANNEL, [f"<h2>{LANGUAGES[locale][0]}</h2>"]
    async with visiting(puppet.browser, puppet.origin, "noor", size=size, color_scheme="dark", locale=locale) as noor:
        async for message in messages(puppet, locale, images, film):
            found = noor.messages.locator(f"[data-message='{message}']")
            await expect(found).to_be_visible()
            for each in await found.locator("img").all():
                await each.evaluate("(img) => img.decode()")
            shot = await found.screenshot(animations="disabled")
            shown.append(f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}">')
    return f"<section>{''.join(shown)}</section>"


async def messages(puppet: Puppet, locale: str, images: Sequence[Upload], film: Upload) -> AsyncIterator[str]:
    """Post a card in each of the states, the last with its video below it, and yield their ids."""
    now = datetime.now(UTC)
    for state in STATES:
        job = a_card(state, puppet, now)
        job = replace(job, request=replace(job.request, prompt=LANGUAGES[locale][1], guild_locale=locale))
        card = layout(status_card(job, OFFER, now=now, position=3))
        files = [each for each in images if f"attachment://{each.filename}" in str(card)]
        message = await puppet.show(*card, files=files, where="videos")
        yield message
        if state is State.DELIVERED:
            with speaking(locale):
                words, controls = post_text(job, OFFER), post_controls(job)
            yield await puppet.post(words, controls, film, reply_to=message)


if __name__ == "__main__":
    asyncio.run(main())
