"""The settings: read once, here and nowhere else, from the environment and from `.env`."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError
from sqlalchemy import make_url

from bot.catalogue.models import DEFAULT, MODELS
from bot.catalogue.offer import Offer
from bot.config_values import (
    MOST_SHARDS,
    Hosts,
    Prices,
    Secret,
    WebAddress,
    checked_database,
    read_models,
    read_prices,
    read_shards,
)
from bot.media.hosts import AllowedHosts

READABLE: Final = 0o044  # the rights of others than its owner to read a file
QUOTED: Final = "quoted"
QUOTES: Final = "\"'`\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
FORMER_NAMES: Final = {"SEGMIND_MODEL": "SEGMIND_MODELS"}
# How close an unknown name must be to one of ours to be taken for a slip of it, and what is another program's.
CLOSE: Final = 0.84
OTHERS: Final = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"})


class SettingsError(Exception):
    """The settings cannot be used; `problems` has one sentence for each wrong one, with no secret in any."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseModel):
    """What an operator sets.

    `title` says what a setting is for, in `.env.example` and in the operators' guide; `description` says what a value
    should be, there and in the answer to a wrong one.
    """

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
        arbitrary_types_allowed=True,
    )

    discord_token: Secret = Field(
        title="The bot's token. In Discord's developer portal, open the **Bot** page and use **Reset Token**.",
        description="the bot's token (developer portal, Bot page), without spaces",
    )
    discord_api_url: WebAddress = Field(
        "https://discord.com/api/v10", title="Address of Discord's API.", description="a web address (http or https)"
    )
    segmind_api_key: Secret = Field(
        title="An API key from Segmind's console.", description="an API key from Segmind's console, without spaces"
    )
    segmind_api_url: WebAddress = Field(
        "https://api.segmind.com", title="Address of Segmind's API.", description="a web address (http or https)"
    )
    segmind_history_url: WebAddress = Field(
        "https://api.spotprod.segmind.com",
        title="Address of Segmind's request history.",
        description="a web address (http or https)",
    )
    segmind_storage_url: WebAddress = Field(
        "https://workflows-api.segmind.com",
        title="Address of Segmind's storage.",
        description="a web address (http or https)",
    )
    segmind_output_hosts: Hosts = Field(
        AllowedHosts.parse(["images.segmind.com"]),
        title="Hosts that finished videos can be downloaded from.",
        description="comma-separated host names, with or without a port",
    )
    segmind_models: Annotated[tuple[str, ...], BeforeValidator(read_models)] = Field(
        (DEFAULT.slug,),
        title=(
            "Models that members can choose from. The first is the default. With more than one, `/video` gets the "
            "option `model`."
        ),
        description=f"one or more of these, comma-separated: {', '.join(MODELS)}",
    )
    segmind_requests_per_minute: int = Field(
        60,
        ge=1,
        le=10_000,
        title="Requests per minute in your Segmind plan (Free 5, Flexible 60, Pro 120, Business 500, Scale 1000).",
        description="a whole number from 1 to 10000",
    )
    segmind_max_in_flight: int = Field(
        20,
        ge=1,
        le=10_000,
        title=(
            "Generations in progress at Segmind, or fewer if your requests per minute can't follow that many. The rest "
            "wait in the bot's queue."
        ),
        description="a whole number from 1 to 10000",
    )
    prices_usd: Annotated[Prices, BeforeValidator(read_prices)] = Field(
        {},
        title=(
            "Prices of one video by length. If it's empty, Segmind's usual prices apply, which are upper bounds. "
            "Once the bot has seen real costs, it reserves those."
        ),
        description=(
            "dollars for each length of the first model, like 5=1.35,10=2.70, then a semicolon, the name, and the "
            "prices of each other model, like ;some-model:5=0.92,10=1.84, or nothing for Segmind's usual prices"
        ),
    )
    spend_limit_usd_per_day: Decimal = Field(
        Decimal(20),
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        title="Spending limit of all servers per UTC day. At the limit, `/video` says so and nothing is spent.",
        description="dollars, from 0 (no videos) to 1000000",
    )
    spend_limit_usd_per_month: Decimal | None = Field(
        None,
        ge=0,
        le=100_000_000,
        allow_inf_nan=False,
        title="Spending limit of all servers per UTC month. If it's empty, only the daily limit applies.",
        description="dollars, from 0 to 100000000, or nothing",
    )
    operator_credits_low_usd: Decimal = Field(
        Decimal(10),
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        title="The bot messages its owner once when your Segmind credits drop below this.",
        description="dollars, from 0 (never) to 1000000",
    )
    attachment_hosts: Hosts = Field(
        AllowedHosts.parse(["cdn.discordapp.com", "media.discordapp.net"]),
        title="Hosts that reference images can be downloaded from.",
        description="comma-separated host names, with or without a port",
    )
    database_url: Annotated[str, AfterValidator(checked_database)] = Field(
        "sqlite:///data/reelcast.db",
        repr=False,
        title="A file for one process, or PostgreSQL for many (see docs/scaling.md).",
        description=(
            "sqlite:/// and a file path (sqlite://// for an absolute one), or postgresql://user:password@host/database "
            "with %40 for an @ in the password"
        ),
    )
    shard_count: int | None = Field(
        None,
        ge=1,
        le=MOST_SHARDS,
        title="Shards of all processes together. If it's empty, Discord decides.",
        description="a whole number from 1, or nothing",
    )
    shard_ids: Annotated[tuple[int, ...], BeforeValidator(read_shards)] = Field(
        (),
        title="The shards that this process connects. If it's empty, it connects all of them.",
        description="shards like 0-3,7, each below SHARD_COUNT (set that, too), or nothing for all",
    )
    operator_server_id: int | None = Field(
        None,
        ge=1,
        lt=2**63,
        title=(
            "The only server where `/operator` is offered. If it's empty, administrators of every server see the "
            "command. Only you can use it either way."
        ),
        description="a server's ID (Copy Server ID), or nothing for every server",
    )
    cast_limit: int = Field(
        20,
        ge=0,
        le=100,
        title="Characters that one member can save with `/cast`. Each takes up to 3.2 MB in the database.",
        description="a whole number from 0 (no one can save any) to 100",
    )
    keep_jobs_days: int = Field(
        180,
        ge=2,
        le=36_500,
        title="Days until a finished job and its prompt are deleted from the database.",
        description="a whole number of days from 2 to 36500",
    )
    data_dir: Path = Field(
        Path("data"),
        title="A folder for images and videos in progress.",
        description="a path",
    )
    http_host: str = Field(
        "127.0.0.1",
        title="The address of `/healthz`, `/readyz`, and `/metrics`.",
        description="an IP address or host name of this machine",
    )
    http_port: int = Field(
        8080,
        ge=0,
        le=65535,
        title="The port of `/healthz`, `/readyz`, and `/metrics`. Use 0 to turn them off.",
        description="a port from 1 to 65535, or 0",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", title="The lowest level that the bot logs.", description="DEBUG, INFO, WARNING, or ERROR"
    )
    log_format: Literal["console", "json"] = Field(
        "console", title="`console` for people, `json` for machines.", description="console or json"
    )
    log_prompts: bool = Field(
        False,
        title="Include each request's prompt in the log. Prompts are personal data.",
        description="true or false",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        """Return a value without the spaces around it. `docker --env-file` keeps those, and quotes: refuse them."""
        if not isinstance(value, str):
            return value
        value = value.strip()
        if value and (value[0] in QUOTES or value[-1] in QUOTES):
            raise PydanticCustomError(QUOTED, "in quotes")
        return value

    @property
    def offer(self) -> Offer:
        """The models that members can ask for, at the prices that count here."""
        models = [MODELS[slug] for slug in self.segmind_models]
        prices = self.prices_usd
        return Offer(
            models=tuple(
                replace(model, prices_usd=prices[model.slug]) if model.slug in prices else model for model in models
            )
        )

    @property
    def database_file(self) -> Path | None:
        """Where SQLite keeps the database; None where a server does."""
        return file_of(self.database_url)

    @property
    def secrets(self) -> list[str]:
        """What must never be shown."""
        password = make_url(self.database_url).password
        return [
            self.discord_token.get_secret_value(),
            self.segmind_api_key.get_secret_value(),
            *([password] if password else []),
        ]


def file_of(database_url: str) -> Path | None:
    """Return where SQLite keeps a database; None for one on a server."""
    url = make_url(database_url)
    return Path(url.database) if url.database and url.drivername == "sqlite" else None


def _written_in(env_file: Path | None) -> dict[str, str]:
    """Read what is set in the environment, else in the file, by fields; what is empty there counts as not set."""
    # Some editors begin a file with a mark that would become part of the first name.
    in_file = dotenv_values(env_file, encoding="utf-8-sig") if env_file is not None and env_file.is_file() else {}
    written = [*in_file.items(), *os.environ.items()]
    return {field: value for name, value in written if value and (field := name.lower()) in Settings.model_fields}


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings; raises `SettingsError` with a sentence for every wrong one at once."""
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # `env_file_troubles` says it
    try:
        return Settings.model_validate(_written_in(env_file))
    except ValidationError as error:
        # The chain would carry pydantic's report with the values in it.
        raise SettingsError([_sentence(detail) for detail in error.errors(include_input=False)]) from None
    except PermissionError:
        raise SettingsError([f"{env_file} can't be read by this user. Give the file to the bot's user."]) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError([f"{env_file} can't be read. It should be a text file in UTF-8."]) from None


def env_file_troubles(env_file: Path = Path(".env")) -> list[str]:
    """Say what is wrong with `.env` itself, whatever is in it: what stands in its place, lines that cannot be read."""
    if env_file.is_dir():
        return [f"{env_file.name} is a folder, so it holds no settings. Replace it with a file, or remove it"]
    if env_file.is_symlink() and not os.access(env_file, os.F_OK):
        return [f"{env_file.name} is a link to a file that isn't there, so it holds no settings. Correct the link"]
    if env_file.exists() and not env_file.is_file():
        return [f"{env_file.name} is a pipe or a device, so it holds no settings. Replace it with a file, or remove it"]
    lines: list[int] = []
    with suppress(OSError, UnicodeDecodeError):  # which the settings themselves are refused for
        if env_file.is_file():
            text = env_file.read_text(encoding="utf-8-sig")
            lines = [binding.original.line for binding in parse_stream(StringIO(text)) if binding.error]
    return [f"line {line} of {env_file.name} can't be read. Write NAME=value, and close every quote" for line in lines]


def unknown_names(env_file: Path = Path(".env")) -> Mapping[str, str]:
    """Find names that look like settings and are none, in the environment and in `.env`, each with what was meant."""
    known = [name.upper() for name in Settings.model_fields]
    written: set[str] = set()
    with suppress(OSError, UnicodeDecodeError):  # which the settings themselves are refused for
        if env_file.is_file():
            written = {name.upper() for name in dotenv_values(env_file, encoding="utf-8-sig")}
    found: dict[str, str] = {}
    for name in sorted({*written, *(name.upper() for name in os.environ)} - {*known, *OTHERS}):
        meant = FORMER_NAMES.get(name) or next(iter(get_close_matches(name, known, n=1, cutoff=CLOSE)), None)
        if meant is not None:
            found[name] = meant
    return found


def service_manager() -> tuple[str, float | None]:
    """Return the socket at which systemd hears of this process, and the seconds after which it wants a sign of life."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return os.environ.get("NOTIFY_SOCKET", ""), int(microseconds) / 1e6 if microseconds.isdecimal() else None


def ignored_proxy() -> str | None:
    """Name the variable of the environment that asks for a proxy, which the bot does not use; None without one."""
    names = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
    return next((name for name in names if os.environ.get(name)), None)


def _sentence(detail: Mapping[str, Any]) -> str:
    name = str(detail["loc"][0])
    field = Settings.model_fields[name]
    if detail["type"] == QUOTED:
        return f"{name.upper()} is in quotes. Remove the quotes."
    if detail["type"] == "missing":
        return f"{name.upper()} is missing. Set it to {field.description}."
    return f"{name.upper()} isn't valid. Set it to {field.description}."
