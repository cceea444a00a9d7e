"""The bot: these modules open, wire, and run the rooms."""

from typing import Final

VERSION: Final = "0.2.0"
