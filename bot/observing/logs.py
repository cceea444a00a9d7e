"""Logging: structured lines for our own events and for the libraries', with every secret taken out."""

import io
import json
import logging
import re
import socket
import ssl
import sys
from collections.abc import Callable, Iterable
from typing import Final, Literal, TextIO, cast

import aiohttp
import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from bot.database.outages import is_away, words

MASK: Final = "[secret]"
OURS: Final = ("bot", "cogs")  # the packages whose lines are ours
WORDS: Final = frozenset({"prompt", "words"})  # the fields of a line that may have what a member wrote
# Everyone with an interaction's token can answer in the bot's name for 15 minutes. Tokens stand in paths, and in the
# payloads that discord.py logs at DEBUG, as a dict's repr or JSON, which may be quoted once more.
_PATH_TOKEN: Final = re.compile(r"((?:interactions|webhooks)/\d+/)[\w.=~%-]+")
_FIELD_TOKEN: Final = re.compile(r"""(\\*["']token\\*["']\s*:\s*\\*["'])[^"'\\]+""")


_NETWORK: Final = (aiohttp.ClientError, ConnectionError, TimeoutError, socket.gaierror, ssl.SSLError)
_DISCORD: Final = frozenset({"ConnectionClosed", "DiscordServerError", "GatewayNotFound", "RateLimited"})
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def configure_logging(
    *, level: str, form: Literal["console", "json"], secrets: Iterable[str], log_prompts: bool = False
) -> None:
    """Send every log line of the process to standard error, as `form`, without any of `secrets`.

    What members wrote is left out unless `log_prompts`, and so are Segmind's words, which may repeat it.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = structlog.processors.JSONRenderer() if form == "json" else _console()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *([] if log_prompts else [_without_words]),
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_traceback_of_trouble,
                *([structlog.processors.format_exc_info] if form == "json" else []),
                masked(renderer, secrets),
            ],
        )
    )
    handler.addFilter(_is_not_said_by_us)
    root = logging.getLogger()
    root.handlers = [handler]
    # At DEBUG the libraries' lines hold what members wrote: parameters of SQL, bodies of requests, events.
    root.setLevel(max(logging.getLevelNamesMapping()[level], logging.INFO))
    for ours in OURS:
        logging.getLogger(ours).setLevel(level)
    # What these say is said by our own lines.
    for noisy in ("alembic", "aiohttp.access", "procrastinate"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A WARNING for each request, or connection to PostgreSQL, that is tried again.
    for noisy in ("stamina", "psycopg.pool"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _is_not_said_by_us(record: logging.LogRecord) -> bool:
    """Return whether to keep a library's line: `bot.database.engine` logs a database that's away."""
    error = record.exc_info[1] if record.exc_info else None
    return error is None or not record.name.startswith("procrastinate") or not is_away(error)


def without_traceback_of_trouble(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Say in a line what a library, or the database, met outside of the code: a traceback tells of bugs."""
    given = event.get("exc_info")
    error: object = (
        sys.exc_info()[1]
        if given is True
        else cast("tuple[object, ...]", given)[1]
        if isinstance(given, tuple)
        else given
    )
    by_us = str(event.get("logger", "")).startswith((*OURS, "sandbox"))
    if isinstance(error, BaseException) and is_trouble(error, ours=by_us):
        del event["exc_info"]
        event["error"] = words(error)
    return event


def is_trouble(error: BaseException, *, ours: bool) -> bool:
    """Return whether an error is the network's, Discord's or the database's.

    Our own code says itself what it met of the first two.
    """
    if is_away(error):
        return True
    return not ours and (isinstance(error, _NETWORK) or type(error).__name__ in _DISCORD)


def _without_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key not in WORDS}


def masked(
    renderer: Callable[[WrappedLogger, str, EventDict], str | bytes], secrets: Iterable[str]
) -> Callable[[WrappedLogger, str, EventDict], str]:
    """Wrap a renderer so that no secret is in what it renders, wherever in the event it came from."""
    hidden = {form for secret in secrets if secret for form in _spellings(secret)}

    def render(logger: WrappedLogger, name: str, event: EventDict) -> str:
        line = renderer(logger, name, event)
        text = line.decode() if isinstance(line, bytes) else line
        for secret in hidden:
            text = text.replace(secret, MASK)
        return _FIELD_TOKEN.sub(rf"\1{MASK}", _PATH_TOKEN.sub(rf"\1{MASK}", text))

    return render


def _spellings(secret: str) -> set[str]:
    """Return a secret as it stands in text, in a value's repr, and in JSON made of either."""
    spoken = {secret, repr(secret)[1:-1]}
    return spoken | {json.dumps(text)[1:-1] for text in spoken}


def _console() -> Callable[[WrappedLogger, str, EventDict], str]:
    """Render for a terminal, which no value of an event can steer: control characters are written out."""
    render = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_escaped_traceback)

    def escape(logger: WrappedLogger, name: str, event: EventDict) -> str:
        return render(logger, name, {key: _escaped_value(value) for key, value in event.items()})

    return escape


def _escaped_value(value: object) -> object:
    return escaped(value).replace("\n", "\\n") if isinstance(value, str) else value


def escaped(text: str) -> str:
    """Write out the control characters of a text, but for its line ends and tabs."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _escaped_traceback(out: TextIO, exc_info: ExcInfo) -> None:
    rendered = io.StringIO()
    structlog.dev.plain_traceback(rendered, exc_info)
    out.write(escaped(rendered.getvalue()))
