"""What goes wrong in an answer, by whose fault it is."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.ui.failures import answer_broken


async def test_an_answer_that_the_stop_of_the_bot_cuts_off_is_no_fault() -> None:
    session = aiohttp.ClientSession()
    await session.close()
    with pytest.raises(RuntimeError) as caught:
        await session.get("http://127.0.0.1:1")
    interaction: Any = SimpleNamespace(id=1)
    with capture_logs() as logged:
        await answer_broken(interaction, "ForgetButton", caught.value)
    assert [(line["event"], line["log_level"]) for line in logged] == [("answer_unclear", "warning")]
