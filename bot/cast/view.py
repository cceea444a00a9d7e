"""What `/cast` tells its member: a sentence for each outcome, names in choices, and the form that adds a character."""

from collections.abc import Sequence
from typing import Final

import discord
from discord import ui

from bot.cast.model import Character
from bot.catalogue.models import CHARACTER_REFERENCES
from bot.jobs.prompt import NAME_LIMIT
from bot.ui.commands import ImageUpload
from bot.ui.formats import number
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
REMOVED: Final = N_(
    "`@{name}` and its images are deleted here. Videos made with it stay. The bot can't delete "
    "what's in Segmind's storage."
)
CAST_ADD_ID: Final = "reelcast:cast-add"
NAME: Final = "name"
FRONTAL: Final = "frontal"
OTHERS: Final = "others"


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
    modal.add_item(_images_field(OTHERS, _("More images"), more, filenames[1:], (least, most)))
    modal.stop()
    return modal


def _images_field(
    custom_id: str, text: str, description: str, kept: Sequence[str], amount: tuple[int, int]
) -> ui.Label[ui.Modal]:
    least, most = amount
    return ui.Label(
        text=text,
        description=kept_images(kept) if kept else description,
        component=ImageUpload(custom_id=custom_id, required=not kept, min_values=0 if kept else least, max_values=most),
    )
