"""Where messages stand."""


def message_address(guild_id: int, channel_id: int, message_id: int) -> str:
    """Give the address of a message in a server, which opens it in Discord for whoever may see it."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"
