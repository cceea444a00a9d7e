"""The bot: these modules open, wire, and run the rooms."""
