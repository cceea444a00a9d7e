"""Everything that can be decided, or has to be told, has its sentence."""

import pytest

from bot.jobs.decisions import Decided, Decision
from bot.operator.notices import NoticeKind, OperatorNotice
from bot.operator.words import notice_sentence
from bot.records.store import Item
from bot.records.words import log_line
from tests.support.jobs import NOON


@pytest.mark.parametrize("kind", Decided)
def test_a_decision_is_told_without_a_ping_or_markdown_of_others(kind: Decided) -> None:
    made = Decision(guild_id=1, member_id=30, kind=kind, at=NOON, by_id=99, reason="**x** <@1>\n# loud " + "y" * 400)
    line = log_line(Item(at=NOON, guild_id=1, decision=made))
    assert "\n" not in line
    assert len(line) < 500
    assert kind is Decided.SETTINGS_CHANGED or "<@1>" not in line


def test_what_nobody_decided_the_bot_did() -> None:
    made = Decision(guild_id=1, member_id=30, kind=Decided.HIDDEN, at=NOON)
    assert log_line(Item(at=NOON, guild_id=1, decision=made)) == "🙈 The bot hid a video by <@30> because of reports."


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_notice_says_what_it_is_about_harmlessly(kind: NoticeKind) -> None:
    sentence = notice_sentence(OperatorNotice(name="n", kind=kind, detail="@everyone `x`" * 40, at=NOON))
    assert len(sentence) < 500 + 400
    assert "@everyone" not in sentence.replace(r"\@everyone", "")
