"""`/cast`: what it tells its member, the form that adds a character, and the panel of a member's characters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

import discord
from discord import ui

from bot.cast.model import Character
from bot.catalogue.models import CHARACTER_REFERENCES
from bot.jobs.prompt import NAME_LIMIT
from bot.ui.commands import ImageUpload
from bot.ui.custom_ids import ID_PATTERN, layout_of, stopped
from bot.ui.formats import date, number
from bot.ui.forms import kept_images
from bot.ui.language import N_, _, ngettext
from bot.ui.text import ELLIPSIS, clip, isolated, plain

CHOICE_LIMIT: Final = 100  # characters; Discord's

NAME_TAKEN: Final = N_(
    "You already have a character named `@{name}`. Use another name, or delete that one in `/cast` first."
)
UPLOADS_GONE: Final = N_(
    "Thanks, you're all set. Your images are no longer on Discord, so add the character in `/cast` again. "
    "You won't be asked again."
)
FIX_EXPIRED: Final = N_("This character expired after 15 minutes, or was already sent. Save it again with `/cast`.")
NOT_YOURS: Final = N_(
    "`@{name}` is shared by another member, so only they can change it. You can use it in prompts as it is."
)
SHARED: Final = N_("Everyone in this server can use `@{name}` now.")
SHARED_TWICE: Final = N_("Another `@{name}` is already shared with this server. Rename yours, then share it.")
UNSHARED: Final = N_("`@{name}` is no longer shared with this server. Videos made with it stay.")
SHARING_OFF: Final = N_("This server doesn't allow sharing characters. Ask someone with Manage Server to allow it.")
SHARING_MODERATORS: Final = N_(
    "Only moderators can share characters in this server. Ask one of them, or use yours on your own."
)
RENAMED: Final = N_("`@{before}` is now named `@{name}`. Use the new name in prompts.")
RENAMED_TWICE: Final = N_(
    "`@{name}` is already taken, either by another of your characters or where yours is shared. Use another name."
)
UNSHARED_ELSEWHERE: Final = N_(
    "A server where it was shared doesn't allow this name, so it isn't shared there anymore."
)
REMOVED: Final = N_(
    "`@{name}` and its images are deleted here. Videos made with it stay. The bot can't delete "
    "what's in Segmind's storage."
)
CAST_ADD_ID: Final = "reelcast:cast-add"
NAME: Final = "name"
FRONTAL: Final = "frontal"
OTHERS: Final = "others"
PER_PAGE: Final = 20  # of the 25 that a select takes
GONE: Final = N_("This character was deleted, or is no longer shared here. Use `/cast` to see yours.")
RENAME_PATTERN: Final = rf"reelcast:cast-rename:(?P<character>{ID_PATTERN})"


def saved_sentence(name: str) -> str:
    sentence = _(
        "`@{name}` is saved, only for you. Write `@{name}` in any prompt, or choose it as `cast1` in `/video`."
    )
    return sentence.format(name=name)


def bad_name_sentence(text: str) -> str:
    """Refuse a text as a name; it is shown as typed."""
    shown = plain(clip(" ".join(text.split()), NAME_LIMIT)) or ELLIPSIS
    sentence = _(
        "**{name}** can't be used as a name. Use up to {limit} letters, digits, -, and _, starting with "
        "a letter or digit. It can't be only a number, or look like `image1`."
    )
    return sentence.format(name=shown, limit=NAME_LIMIT)


def full_sentence(most: int) -> str:
    sentence = ngettext(
        "You have {count} saved character, which is your limit. Delete one in `/cast` to save another.",
        "You have {count} saved characters, which is your limit. Delete one in `/cast` to save another.",
        most,
    )
    return sentence.format(count=number(most))


def pictures_sentence() -> str:
    least, most = CHARACTER_REFERENCES.least, CHARACTER_REFERENCES.most
    sentence = _("A character needs a front image and {least} to {most} more. Add them.")
    return sentence.format(least=least, most=most)


def picture_name(place: int) -> str:
    """Name a picture of the modal in an answer; 1 is the frontal one."""
    return "frontal" if place == 1 else f"picture{place - 1}"


def choice_label(character: Character, member_id: int) -> str:
    """Name a character in a list of choices: at most 100 characters."""
    if character.owner_id == member_id:
        return clip(f"@{character.name}", CHOICE_LIMIT)
    return clip(_("@{name} (shared)").format(name=isolated(character.name)), CHOICE_LIMIT)


def cast_add_modal(custom_id: str = CAST_ADD_ID, *, name: str = "", filenames: Sequence[str] = ()) -> ui.Modal:
    """Ask for a name and images; `filenames` are those of images that are kept, the frontal one first."""
    least, most = CHARACTER_REFERENCES.least, CHARACTER_REFERENCES.most
    modal = ui.Modal(title=_("Save a character"), custom_id=custom_id)
    modal.add_item(
        ui.Label(
            text=_("Name"),
            description=_("Letters, digits, -, and _. In a prompt, write it with an @ in front."),
            component=ui.TextInput(
                custom_id=NAME,
                style=discord.TextStyle.short,
                max_length=NAME_LIMIT,
                placeholder="mira",
                default=name or None,
            ),
        )
    )
    front = _("A person's face, or an object from the front (JPEG, PNG, WebP, HEIC, AVIF, or GIF)")
    modal.add_item(_images_field(FRONTAL, _("Front image"), front, filenames[:1], (1, 1)))
    more = _("1 to 3 images from other angles")
    return stopped(modal, _images_field(OTHERS, _("More images"), more, filenames[1:], (least, most)))


def _images_field(
    custom_id: str, text: str, description: str, kept: Sequence[str], amount: tuple[int, int]
) -> ui.Label[ui.Modal]:
    least, most = amount
    return ui.Label(
        text=text,
        description=kept_images(kept) if kept else description,
        component=ImageUpload(custom_id=custom_id, required=not kept, min_values=0 if kept else least, max_values=most),
    )


class CastVerb(StrEnum):
    """What a component of the panel does."""

    LIST = "list"  # the target is a page; the first is 0
    OPEN = "open"  # the character that is chosen
    # The target is a character.
    BACK = "back"
    RENAME = "rename"
    SHARE = "share"
    UNSHARE = "unshare"
    ASK = "ask"
    DELETE = "delete"


CAST_PATTERN: Final = rf"reelcast:cast:(?P<verb>{'|'.join(CastVerb)}):(?P<target>{ID_PATTERN})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CastId:
    verb: CastVerb
    target: int = 0

    def __str__(self) -> str:
        return f"reelcast:cast:{self.verb}:{self.target}"

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(verb=CastVerb(match["verb"]), target=int(match["target"]))


def cast_page(
    characters: Sequence[Character], member_id: int, most: int, *, page: int = 0, notice: str = ""
) -> ui.LayoutView:
    """List what a member can use in a server: their own, then what others share with it."""
    first = min(page, max(len(characters) - 1, 0) // PER_PAGE) * PER_PAGE
    shown = characters[first : first + PER_PAGE]
    own = [each for each in characters if each.owner_id == member_id]
    lines = [notice] if notice else []
    if not characters:
        lines.append(_("You don't have any saved characters yet. Add one, then use its name in any prompt."))
    else:
        count = _("{count} of {limit} saved").format(count=number(len(own)), limit=number(most))
        lines += [*([f"-# {count}"] if own else []), *(_line(each, member_id) for each in shown)]
    rows: list[ui.ActionRow[ui.LayoutView]] = []
    if shown:
        select: ui.Select[Any] = ui.Select(custom_id=str(CastId(verb=CastVerb.OPEN)), placeholder=_("Open a character"))
        for each in shown:
            select.add_option(label=f"@{each.name}", value=str(each.id))
        rows.append(ui.ActionRow(select))
    add = ui.Button[Any](label=_("Add a character"), style=discord.ButtonStyle.primary, custom_id=CAST_ADD_ID)
    turns: list[ui.Button[Any]] = []
    if first:
        turns.append(_button(_("Back"), CastVerb.LIST, first // PER_PAGE - 1))
    if first + PER_PAGE < len(characters):
        turns.append(_button(_("More"), CastVerb.LIST, first // PER_PAGE + 1))
    return _layout(f"### 🎭 {_('Your characters')}", lines, [*rows, ui.ActionRow(add, *turns)])


def character_page(
    character: Character, member_id: int, files: Sequence[discord.File], *, can: Sequence[CastVerb], notice: str = ""
) -> ui.LayoutView:
    """Show a character with its images, which are sent along as `files`, and a button for each thing it `can` have."""
    facts = [_("saved {date}").format(date=date(character.created_at))]
    if character.owner_id != member_id:
        facts.append(_("shared by {member}").format(member=f"<@{character.owner_id}>"))
    else:
        facts.append(_("shared with this server") if character.shared else _("only for you"))
    gallery = ui.MediaGallery[ui.LayoutView](
        *(discord.MediaGalleryItem(f"attachment://{each.filename}") for each in files)
    )
    labels = {
        CastVerb.RENAME: _("Rename"),
        CastVerb.SHARE: _("Share here"),
        CastVerb.UNSHARE: _("Stop sharing"),
        CastVerb.ASK: _("Delete"),
    }
    buttons = [_button(labels[verb], verb, character.id) for verb in can]
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow(*buttons, _button(_("Back"), CastVerb.LIST))
    lines = [*([notice] if notice else []), f"-# {' · '.join(facts)}"]
    return _layout(f"### {plain('@' + character.name)}", lines, [*([gallery] if files else []), row])


def delete_question(character: Character) -> ui.LayoutView:
    """Ask whether a character is really to be deleted."""
    sentence = _("Delete `@{name}` and its images? Videos made with it stay.").format(name=character.name)
    delete = _button(_("Delete"), CastVerb.DELETE, character.id, style=discord.ButtonStyle.danger)
    keep = _button(_("Keep"), CastVerb.BACK, character.id)
    return _layout(f"### {plain('@' + character.name)}", [sentence], [ui.ActionRow(delete, keep)])


def rename_modal(character: Character) -> ui.Modal:
    modal = ui.Modal(title=_("Rename a character"), custom_id=f"reelcast:cast-rename:{character.id}")
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id=NAME, style=discord.TextStyle.short, max_length=NAME_LIMIT, default=character.name
    )
    return stopped(
        modal,
        ui.Label(
            text=_("Name"),
            description=_("Letters, digits, -, and _. In a prompt, write it with an @ in front."),
            component=field,
        ),
    )


def _line(character: Character, member_id: int) -> str:
    name = f"**{plain('@' + character.name)}**"
    if character.owner_id != member_id:
        return _("- {name}, by {member}").format(name=name, member=f"<@{character.owner_id}>")
    return _("- {name}, shared with this server").format(name=name) if character.shared else f"- {name}"


def _layout(title: str, lines: Sequence[str], parts: Sequence[ui.Item[ui.LayoutView]]) -> ui.LayoutView:
    container: ui.Container[ui.LayoutView] = ui.Container()
    container.add_item(ui.TextDisplay("\n".join([title, *lines])))
    for part in parts:
        container.add_item(part)
    return layout_of(container)


def _button(
    label: str, verb: CastVerb, target: int = 0, *, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> ui.Button[Any]:
    return ui.Button(label=label, style=style, custom_id=str(CastId(verb=verb, target=target)))
