"""What the bot says when it comes to a server: that nothing is open yet, and how to begin."""

from bot.ui.language import _


def greeting() -> str:
    """Write the one message to a server that has decided nothing; it addresses everybody and pings nobody."""
    return "\n".join(
        [
            _("🎬 **Hello! Here members turn their reference images into videos.**"),
            _(
                "Nothing is open to members yet. Who has Manage Server chooses the channels in the panel that"
                " `/settings show` opens, or with `/settings channels add`; until then nobody else can ask for a video."
            ),
            _("`/settings check` tells which permissions are missing and what contradicts."),
        ]
    )
