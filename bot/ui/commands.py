"""Commands as Discord lists them: names, descriptions, and choices in each language, and which files they take."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from discord import AppCommandOptionType, AppCommandType, Locale, app_commands, ui
from discord.app_commands import TranslationContextLocation as Location
from discord.ext import commands

from bot.ui.language import SOURCE, catalogue, language_of, spoken

NAME: Final = "name"  # the catalogs' context for names that are typed: Discord is strict about these
_NAMES: Final = frozenset({Location.command_name, Location.group_name, Location.parameter_name})
# What Discord counts as images, and what it does not: it looks at the extension alone. At most ten.
IMAGE_FILES: Final = ("image", ".heic", ".heif", ".hif", ".avif", ".bmp", ".tif", ".tiff", ".jfif", ".mpo")

_COMMAND: Final = re.compile(r"`/(?P<command>[-\w]+)(?P<rest>(?: [-\w]+)*)`")
_FENCE: Final = "```"


def context_of(context: app_commands.TranslationContextTypes) -> str | None:
    """Tell in which context of the catalogs a text of a command stands: `NAME` for what is typed."""
    menu = isinstance(context.data, app_commands.ContextMenu)  # in a menu no one types
    return NAME if context.location in _NAMES and not menu else None


def option_name(name: str) -> str:
    """Return the name of an option as Discord shows it in the language spoken."""
    return catalogue(spoken()).pgettext(NAME, name)


class CommandTranslator(app_commands.Translator):
    """Looks up in the catalogs what Discord shows of our commands; Discord calls them by their English names."""

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, context: app_commands.TranslationContext[Any, Any]
    ) -> str | None:
        language = language_of(locale.value)
        if language == SOURCE:
            return None
        text = string.message
        known = catalogue(language)
        found = known.gettext(text) if context_of(context) is None else known.pgettext(NAME, text)
        return None if found == text else found


class CommandLinks:
    """Makes links of the commands that a text names, once Discord has given them ids."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def learn(self, registered: Iterable[app_commands.AppCommand]) -> None:
        chat_input = AppCommandType.chat_input
        self._ids.update({each.name: each.id for each in registered if each.type is chat_input})

    def linked(self, text: str) -> str:
        """Return a text in the language spoken with its commands as links, but for what stands in code blocks."""
        if not self._ids or "`/" not in text:
            return text
        ids = {option_name(name): each for name, each in self._ids.items()}

        def link(match: re.Match[str]) -> str:
            found = ids.get(match["command"])
            return match[0] if found is None else f"</{match['command']}{match['rest']}:{found}>"

        parts = text.split(_FENCE)  # what members typed comes back in code blocks, to be copied as it is
        return _FENCE.join(_COMMAND.sub(link, part) if place % 2 == 0 else part for place, part in enumerate(parts))

    def within(self, parts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the parts of a message with the commands in its text or layout as links."""
        if isinstance(view := parts.get("view"), ui.LayoutView):
            for item in view.walk_children():
                if isinstance(item, ui.TextDisplay):
                    item.content = self.linked(item.content)
        return {name: self.linked(part) if name == "content" and part else part for name, part in parts.items()}


class MenuCog(commands.Cog):
    """A cog with a command in the menu of messages or members, in servers alone."""

    def __init__(self, tree: app_commands.CommandTree[Any], menu: app_commands.ContextMenu) -> None:
        self._tree = tree
        self._menu = menu
        menu.guild_only = True

    async def cog_load(self) -> None:
        self._tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self._tree.remove_command(self._menu.name, type=self._menu.type)


class ImageUpload(ui.FileUpload[Any]):
    """A field for image files in a modal."""

    def to_component_dict(self) -> Any:
        return {**super().to_component_dict(), "file_types": list(IMAGE_FILES)}


def with_file_types(commands: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Complete commands, as they are registered: every attachment that they take is an image."""
    return [_completed(command) for command in commands]


def _completed(option: Mapping[str, Any]) -> dict[str, Any]:
    completed = dict(option)
    if "options" in option:
        completed["options"] = with_file_types(option["options"])
    if _is_attachment(option):
        completed["file_types"] = list(IMAGE_FILES)
    return completed


def _is_attachment(option: Mapping[str, Any]) -> bool:
    # Commands have types of their own, of which none is this number, and no `required`.
    return option.get("type") == AppCommandOptionType.attachment.value and "required" in option
