"""`python -m scripts.settings_docs`: write the settings into `.env.example` and the guides, from the code."""

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

from pydantic.fields import FieldInfo

from bot.config import Settings
from bot.settings.entries import BlockedWords, Choice, IdList, LimitSet, Number, OneChannel, Setting, Subset, Switch
from bot.settings.entries import entries as entries_of
from bot.settings.model import ChannelSettings, GuildSettings, Limits
from bot.settings.panel.ids import TITLES
from bot.ui.formats import dollars, number

ROOT: Final = Path(__file__).parents[1]
EXAMPLE: Final = ROOT / ".env.example"
GUIDE: Final = ROOT / "docs" / "operators.md"
MODERATORS: Final = ROOT / "docs" / "moderators.md"
BEGIN, END = "<!-- settings: python -m scripts.settings_docs -->", "<!-- settings end -->"
WIDTH: Final = 119

# Every setting, in the order in which an operator thinks of them.
GROUPS: Final = {
    "Secrets": ("discord_token", "segmind_api_key"),
    "Money": ("spend_limit_usd_per_day", "spend_limit_usd_per_month", "prices_usd", "operator_credits_low_usd"),
    "Segmind": (
        *("segmind_requests_per_minute", "segmind_max_in_flight", "segmind_models"),
        *("segmind_api_url", "segmind_history_url", "segmind_storage_url", "segmind_output_hosts"),
    ),
    "Discord": ("discord_api_url", "attachment_hosts", "shard_count", "shard_ids", "operator_server_id"),
    "This machine": (
        *("database_url", "keep_jobs_days", "cast_limit", "data_dir", "http_host", "http_port"),
        *("log_level", "log_format", "log_prompts"),
    ),
}
INTRODUCTION: Final = """\
# Reelcast's settings. Copy this file to .env and fill in the two secrets. Everything else has a good default.
# A value in the environment takes precedence over one in .env.
"""


def written(field: FieldInfo) -> str:
    """Return a setting's default the way it is written in `.env`; empty without one."""
    default: object = field.get_default()
    if field.is_required() or default is None or default == {}:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(cast("tuple[str, ...]", default)) if isinstance(default, tuple) else str(default)


def example() -> str:
    """Return `.env.example`."""

    def lines() -> Iterator[str]:
        for group, names in GROUPS.items():
            yield ""
            yield f"# --- {group} ".ljust(WIDTH, "-")
            for name in names:
                field = Settings.model_fields[name]
                value = "" if field.is_required() else f" Value: {field.description}."
                told = f"{field.title}{value}".replace("`", "").replace("**", "")
                yield from textwrap.wrap(
                    told, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
                )
                yield f"{name.upper()}={written(field)}"

    return INTRODUCTION + "\n".join(lines()) + "\n"


def table() -> str:
    """Return the table of settings in the operators' guide."""

    def rows() -> Iterator[str]:
        yield "| setting | default | what it does | value |"
        yield "|---|---|---|---|"
        for names in GROUPS.values():
            for name in names:
                field = Settings.model_fields[name]
                default = f" `{written(field)}`" if written(field) else ""
                yield f"| `{name.upper()}` |{default} | {field.title} | {field.description} |"

    return "\n".join(rows())


def values(entry: Setting[Any]) -> str:
    """Return what a setting of servers can be."""
    match entry:
        case Number():
            least, most = (
                dollars(Decimal(each)) if entry.dollars else number(each) for each in (entry.least, entry.most)
            )
            return f"{least} to {most}" + (", or no limit" if entry.optional else "")
        case Switch():
            return "on, off"
        case Choice():
            return ", ".join(f"*{each.label}*" for each in entry.options.values())
        case Subset():
            return "some of " + ", ".join(cast("Subset[Any]", entry).options)
        case OneChannel():
            return "a channel, or none"
        case IdList() | BlockedWords():
            return "a list"
        case LimitSet():
            return " · ".join(f"{each.label}: {values(each)}" for each in entries_of(Limits).values())
        case _:
            return "as above, by role or channel"


def server_table(settings: type[GuildSettings] = GuildSettings) -> str:
    """Return the table of server settings in the moderators' guide."""

    def rows() -> Iterator[str]:
        yield "| page | setting | what it does | default | can be | channels can differ |"
        yield "|---|---|---|---|---|---|"
        for page, title in TITLES.items():
            for name, entry in entries_of(settings).items():
                if entry.page is page:
                    own = "yes" if name in entries_of(ChannelSettings) else ""
                    default = entry.words(entry.default).rstrip(".")
                    yield f"| {title} | {entry.label} | {entry.help} | {default} | {values(entry)} | {own} |"

    return "\n".join(rows())


def guide(text: str, rows: str) -> str:
    """Return a guide with the table of today's settings."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{rows}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
    for path, rows in ((GUIDE, table()), (MODERATORS, server_table())):
        path.write_text(guide(path.read_text(encoding="utf-8"), rows), encoding="utf-8")
