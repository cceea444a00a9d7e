"""The main job as a story: a member asks, the channel changes, and a film is there at the end."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from sandbox.demo.film_check import Film, check_film
from sandbox.demo.reading import size
from sandbox.demo.running import DemoFailed
from sandbox.demo.screen import Screen
from sandbox.member import Member, Message, accepts, past_notice

PROMPT: Final = "The keeper of @Image1 lifts his lamp and walks along the quay of @Image2 at dusk"
SECONDS: Final = 5
PATIENCE: Final = 120.0  # seconds for the whole story


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the member has at the end."""

    card: Message
    post: Message
    data: bytes
    film: Film


async def ask_for_video(member: Member, images: Sequence[Path], screen: Screen) -> Delivery:
    """Send `/video` with two images and watch the channel until the card says that it is done.

    `member` has Manage Server: nobody else may ask before somebody has chosen the channels.
    Raises `DemoFailed`.
    """
    await member.messages()  # from here on her client is connected and misses nothing
    watching = asyncio.create_task(_watch(member, screen), name="watching the channel")
    try:
        screen.act(member.name, *_command(images))
        result = await member.slash("video", prompt=PROMPT, image1=images[0], image2=images[1], duration=SECONDS)
        if result.message is not None and accepts(result.message):
            screen.act(member.name, "accepts the notice about images")
            result = await past_notice(member, result)
        if result.message is None:
            raise DemoFailed("the bot didn't answer /video within 3 seconds")
        if result.message.ephemeral:
            raise DemoFailed(f"the bot refused /video: {result.message.text}")
        card, post = await asyncio.wait_for(watching, PATIENCE)
    except TimeoutError:
        raise DemoFailed(f"no video arrived within {PATIENCE:.0f} seconds") from None
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    data = await member.download(post.attachments[0])
    return Delivery(card=card, post=post, data=data, film=_checked(member, card, post, data))


async def _watch(member: Member, screen: Screen) -> tuple[Message, Message]:
    """Show every change until the card has its last one; return the card and the reply with the film."""
    card: Message | None = None
    post: Message | None = None
    async for event in member.events():
        if event.name not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
            continue
        message = Message(event.data)
        screen.show(message)
        if message.reference is not None:
            post = message
        else:
            card = message
        if card is not None:
            title = card.text.partition("\n")[0]
            if "Done" in title and post is not None:
                return card, post
            if _has_failed(title):
                raise DemoFailed(f"the card says: {card.text}")
    raise DemoFailed("the local Discord stopped")


def _has_failed(title: str) -> bool:
    return any(words in title for words in ("Failed", "not posted", "Expired", "Canceled"))


def _checked(member: Member, card: Message, post: Message, data: bytes) -> Film:
    """Look at the post as a sceptic would."""
    if post.reference != card.id:
        raise DemoFailed("the video isn't a reply to the card")
    if post.mentions != [member.id]:
        raise DemoFailed("the video's message doesn't notify only the member who requested it")
    try:
        film = check_film(data)
    except ValueError as error:
        raise DemoFailed(f"{post.attachments[0].filename} isn't a video: {error}") from error
    if abs(film.seconds - SECONDS) > 0.2:
        raise DemoFailed(f"the video has {film.seconds:.1f} s, not {SECONDS} s")
    return film


def _command(images: Sequence[Path]) -> list[str]:
    told = ["uses /video", f"prompt:   {PROMPT}"]
    for number, path in enumerate(images[:2], start=1):
        with Image.open(path) as image:
            width, height = image.size
        told.append(f"image{number}:   {path.name} ({width} × {height}, {size(path.stat().st_size)})")  # noqa: RUF001
    return [*told, f"duration: {SECONDS} s"]
