"""All tables there are: whoever goes through every one takes `metadata` from here."""

from bot.database import record_tables
from bot.database.tables import metadata

__all__ = ["metadata", "record_tables"]
