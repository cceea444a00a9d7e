"""Log lines of our own and of libraries: structured, and without a secret wherever it came from."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, Literal

import aiohttp
import psycopg
import pytest
import structlog
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import OperationalError

from bot.observing.logs import MASK, OURS, configure_logging

TOKEN = 'MTIz.abc"def\\ghi'  # quotes and backslashes, which JSON writes otherwise
KEY = "SG_0123456789abcdef"
INTERACTION_TOKEN = "aW50ZXJhY3Rpb246MTIz"
BUSY = sqlite3.OperationalError("database is locked")
BUSY.sqlite_errorname = "SQLITE_BUSY"
LOCKED = OperationalError("SELECT 1", None, BUSY)
Form = Literal["console", "json"]
FORMS: tuple[Form, ...] = ("console", "json")
Configure = Callable[[Form], None]


@pytest.fixture
def configure() -> Iterator[Configure]:
    """Give what configures logging, and put back what was configured before."""
    root = logging.getLogger()
    before = (root.handlers, root.level, structlog.get_config())

    def configure(form: Form) -> None:
        configure_logging(level="DEBUG", form=form, secrets=[TOKEN, KEY, ""])

    yield configure
    root.handlers, level, config = before
    root.setLevel(level)
    for ours in OURS:
        logging.getLogger(ours).setLevel(logging.NOTSET)
    structlog.configure(**config)


def lines(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def break_down() -> None:
    cause = ValueError(f"inner {KEY}")
    raise RuntimeError(f"outer {TOKEN} /interactions/123/{INTERACTION_TOKEN}/callback") from cause


def log_everywhere() -> None:
    """Log the secrets in every way that a line can come to hold them."""
    ours, theirs = structlog.get_logger("bot.test"), logging.getLogger("discord.http")
    ours.info(f"event {TOKEN}", key=KEY, nested={"list": [TOKEN, KEY]})
    theirs.warning("sent %s with %r", KEY, {"Authorization": f"Bot {TOKEN}"})
    theirs.info("POST https://discord.com/api/v10/interactions/123/%s/callback", INTERACTION_TOKEN)
    theirs.info("PATCH https://discord.com/api/v10/webhooks/123/%s/messages/@original", INTERACTION_TOKEN)
    theirs.info("WebSocket Event: %s", {"t": "INTERACTION_CREATE", "d": {"token": INTERACTION_TOKEN, "id": "1"}})
    theirs.info("WebSocket Event: %s", json.dumps({"d": {"token": INTERACTION_TOKEN}}))
    try:
        break_down()
    except RuntimeError:
        ours.exception("broke", token=TOKEN)
        theirs.exception("broke with %s", KEY)


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_is_in_any_line(configure: Configure, capsys: pytest.CaptureFixture[str], form: Form) -> None:
    configure(form)
    log_everywhere()
    shown = lines(capsys)
    assert shown.count(MASK) >= 12
    for secret in ("MTIz", "ghi", KEY, INTERACTION_TOKEN):
        assert secret not in shown
    assert "interactions/123/[secret]/callback" in shown
    assert "RuntimeError: outer" in shown
    assert "ValueError: inner" in shown


def test_a_line_of_json_can_be_read_by_a_machine(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    log_everywhere()
    events: list[dict[str, Any]] = [json.loads(line) for line in lines(capsys).splitlines()]
    assert len(events) == 8
    for event in events:
        assert {"event", "level", "logger", "timestamp"} <= set(event)
    assert events[0]["nested"] == {"list": [MASK, MASK]}
    assert "Traceback" in events[-1]["exception"]


@pytest.mark.parametrize("form", FORMS)
def test_lines_below_the_level_are_left_out(
    configure: Configure, capsys: pytest.CaptureFixture[str], form: Form
) -> None:
    configure(form)
    configure_logging(level="WARNING", form=form, secrets=[])
    structlog.get_logger("bot.quiet").info("small talk")
    logging.getLogger("discord.client").info("small talk")
    logging.getLogger("discord.client").warning("worth reading")
    assert "small talk" not in (shown := lines(capsys))
    assert "worth reading" in shown


HOSTILE = "red \x1b[31m back\rspace\x08 nul\x00 c1\x9b bidi\u202e\nnew line"


@pytest.mark.parametrize("form", FORMS)
def test_no_value_can_steer_a_terminal(configure: Configure, capsys: pytest.CaptureFixture[str], form: Form) -> None:
    configure(form)
    ours, theirs = structlog.get_logger("bot.test"), logging.getLogger("discord.http")
    ours.info("event", value=HOSTILE, inside={"list": [HOSTILE]})
    ours.info(HOSTILE)
    theirs.warning("said %s", HOSTILE)
    shown = lines(capsys)
    assert set("\x1b\r\x08\x00\x9b\u202e").isdisjoint(shown)
    assert len(shown.splitlines()) == 3
    broken = RuntimeError(HOSTILE)
    ours.error("broke", exc_info=broken)
    theirs.error("broke", exc_info=broken)
    shown = lines(capsys)
    assert set("\x1b\r\x08\x00\x9b\u202e").isdisjoint(shown)
    assert "RuntimeError" in shown


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "error",
    [ConnectionResetError("gone"), TimeoutError("late"), aiohttp.ClientConnectionError("no way"), LOCKED],
    ids=lambda error: type(error).__name__,
)
def test_what_a_library_met_outside_of_the_code_is_one_line(
    configure: Configure, capsys: pytest.CaptureFixture[str], form: Form, error: Exception
) -> None:
    configure(form)
    try:
        raise error
    except type(error):
        logging.getLogger("discord.client").exception("Attempting a reconnect in %.2fs", 2.5)
    shown = lines(capsys)
    assert len(shown.splitlines()) == 1
    assert type(error).__name__ in shown
    assert "Attempting a reconnect in 2.50s" in shown


@pytest.mark.parametrize("form", FORMS)
def test_what_the_work_queue_met_is_one_line_of_ours_and_none_of_its_own(
    configure: Configure, capsys: pytest.CaptureFixture[str], form: Form
) -> None:
    configure(form)
    lost = ConnectorException("\n    Database error.\n    ")
    lost.__cause__ = psycopg.OperationalError("Connection refused\n\tIs the server running?")
    logging.getLogger("psycopg.pool").warning("error connecting in 'pool-1': %s", lost.__cause__)
    logging.getLogger("procrastinate.utils").error("listener error: %r", lost, exc_info=lost)
    assert lines(capsys) == ""
    structlog.get_logger("bot.jobs").error("worker_ended", exc_info=lost)
    [line] = lines(capsys).splitlines()
    assert "ConnectorException: Connection refused" in line
    wrong = ConnectorException("\n    Database error.\n    ")
    wrong.__cause__ = psycopg.errors.UndefinedTable("no such table")
    logging.getLogger("procrastinate.utils").error("listener error: %r", wrong, exc_info=wrong)
    assert "listener error" in lines(capsys)


@pytest.mark.parametrize("form", FORMS)
def test_a_bug_of_a_library_or_of_ours_keeps_its_traceback(
    configure: Configure, capsys: pytest.CaptureFixture[str], form: Form
) -> None:
    configure(form)
    for name, error in (("discord.client", KeyError("d")), ("bot.jobs", ConnectionResetError("gone"))):
        try:
            raise error
        except (KeyError, ConnectionResetError):
            logging.getLogger(name).exception("broke")
        assert "Traceback" in lines(capsys)


def test_at_debug_our_own_lines_come_and_those_of_libraries_do_not(
    configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("json")
    for name in (
        "bot.jobs",
        "cogs.requests.video",
        "sqlalchemy.engine",
        "discord.http",
        "aiohttp.client",
        "procrastinate",
        "x",
    ):
        logging.getLogger(name).debug("a line of %s", name)
    shown = [json.loads(line)["event"] for line in lines(capsys).splitlines()]
    assert shown == ["a line of bot.jobs", "a line of cogs.requests.video"]


@pytest.mark.parametrize("log_prompts", [True, False])
def test_what_a_member_wrote_and_words_that_may_repeat_it_are_logged_only_where_the_operator_wants_it(
    configure: Configure, capsys: pytest.CaptureFixture[str], *, log_prompts: bool
) -> None:
    configure("json")
    configure_logging(level="INFO", form="json", secrets=[], log_prompts=log_prompts)
    structlog.get_logger("bot.test").info("told", prompt="a fox", words="HTTP 400: a fox is not allowed", status=400)
    [line] = lines(capsys).splitlines()
    assert ("a fox" in line, json.loads(line)["status"]) == (log_prompts, 400)
