"""`python -m scripts.settings_docs`: write the settings into `.env.example` and the operators' guide, from the code."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

from pydantic.fields import FieldInfo

from bot.config import Settings

ROOT: Final = Path(__file__).parents[1]
EXAMPLE: Final = ROOT / ".env.example"
GUIDE: Final = ROOT / "docs" / "operators.md"
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
    "Discord": ("discord_api_url", "attachment_hosts", "shard_count", "shard_ids"),
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


def guide(text: str) -> str:
    """Return the operators' guide with the table of today's settings."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
    GUIDE.write_text(guide(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
