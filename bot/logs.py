"""Logging: structured lines for our own events and for the libraries', with every secret taken out."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from typing import Final, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK: Final = "[secret]"
# Whoever has an interaction's token can answer in the bot's name for 15 minutes. Tokens stand in paths, and in the
# payloads that discord.py logs at DEBUG, as a dict's repr or JSON, which may be quoted once more.
_PATH_TOKEN: Final = re.compile(r"((?:interactions|webhooks)/\d+/)[\w.=~%-]+")
_FIELD_TOKEN: Final = re.compile(r"""(\\*["']token\\*["']\s*:\s*\\*["'])[^"'\\]+""")


def configure_logging(*, level: str, form: Literal["console", "json"], secrets: Iterable[str]) -> None:
    """Send every log line of the process to standard error, as `form`, without any of `secrets`."""
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
                *([structlog.processors.format_exc_info] if form == "json" else []),
                masked(renderer, secrets),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # What these say at INFO is said by our own lines.
    for noisy in ("alembic", "aiohttp.access", "procrastinate"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


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
    """Give a secret as it stands in text, in a value's repr, and in JSON made of either."""
    spoken = {secret, repr(secret)[1:-1]}
    return spoken | {json.dumps(text)[1:-1] for text in spoken}


def _console() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
