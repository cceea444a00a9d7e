"""What the bot needs to be allowed in a channel, checked before anything is spent there.

Posting without Read Message History could not be told from posting twice.
"""

from typing import Final

# discord.py's names of the permissions, and Discord's words for them.
NEEDED: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
NEEDED_IN_THREADS: Final = {
    "view_channel": "View Channel",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
INVITED_WITH: Final = {**NEEDED, **NEEDED_IN_THREADS}


def missing_permissions(granted: object, *, thread: bool) -> tuple[str, ...]:
    """Name, in Discord's words, what a channel's permissions (attributes by discord.py's names) lack for the bot."""
    needed = NEEDED_IN_THREADS if thread else NEEDED
    return tuple(words for name, words in needed.items() if not getattr(granted, name))
