"""What stands in a message that Discord gives back: which buttons, which pictures."""

from collections.abc import Iterable, Iterator

import discord


def button_ids(components: Iterable[discord.Component]) -> Iterator[str]:
    """Yield the custom id of every button in a layout."""
    for component in components:
        if isinstance(component, discord.Container | discord.ActionRow):
            yield from button_ids(component.children)
        elif isinstance(component, discord.Button) and component.custom_id:
            yield component.custom_id


def pictures_in(components: Iterable[discord.Component]) -> Iterator[str]:
    """Yield the address of everything in a layout's galleries."""
    for component in components:
        if isinstance(component, discord.Container):
            yield from pictures_in(component.children)
        elif isinstance(component, discord.MediaGalleryComponent):
            yield from (item.media.url for item in component.items)
