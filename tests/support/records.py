"""A request on record."""

from decimal import Decimal
from typing import Final

from bot.catalogue.options import options_of
from bot.jobs.states import State
from bot.records.store import Record
from tests.support.jobs import MODEL, NOON

RECORD: Final = Record(
    job_id=1_300_000_000_000_000_001,
    guild_id=10,
    channel_id=20,
    member_id=30,
    asked_at=NOON,
    options=options_of(MODEL, 5, "16:9"),
    prompt="a fox, “red”\nand quick",
    fingerprints=("00ff", "11ee"),
    state=State.DELIVERED,
    state_since=NOON,
    problem=None,
    request_id="r-1",
    cost_usd=Decimal("1.35"),
    card_message_id=7,
    video_channel_id=21,
    video_message_id=8,
    open=True,
)
