"""What the bot operator is told, wherever they read it."""

from collections.abc import Mapping
from typing import Final

from bot.gate.spend_warnings import NEAR
from bot.operator.notices import NoticeKind, OperatorNotice
from bot.ui.formats import percent
from bot.ui.language import N_, _
from bot.ui.text import clip, plain

DETAIL_LIMIT: Final = 200  # characters

_TOLD: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.KEY: N_(
        "🔑 Segmind rejected the API key, so no videos can be made. Set a new `SEGMIND_API_KEY` and "
        "restart the bot. Jobs in progress will then resume."
    ),
    NoticeKind.CREDITS: N_("💵 Segmind credits are running low: ${detail} left. Buy more before they run out."),
    NoticeKind.MODEL: N_(
        "🎬 Segmind's catalog no longer offers the model {detail}, so its videos might fail. Remove it "
        "from `SEGMIND_MODELS`."
    ),
    NoticeKind.SCHEMA: N_(
        "🧩 Segmind changed the inputs of a model, so its videos might fail. {detail}. Update the bot or "
        "remove the model from `SEGMIND_MODELS`."
    ),
    NoticeKind.PRICE: N_(
        "🏷️ Segmind charges a different price than configured, and the bot now reserves that one. {detail}. Set "
        "`PRICES_USD` to match."
    ),
    NoticeKind.ANOTHER_BOT: N_(
        "👥 Another process with this bot's token is answering members. Each request goes to the one that "
        "answers first. Stop the other one, or reset the token."
    ),
    NoticeKind.SERVICE: N_(
        "⚠️ Segmind is refusing to make videos. Check your account in Segmind's console. Its message: {detail}"
    ),
    NoticeKind.DAY_NEAR: N_(
        "💸 {percent} of the bot's ${detail} spending limit for today is spent or reserved. It resets at "
        "midnight UTC. The limit is set by `SPEND_LIMIT_USD_PER_DAY`."
    ),
    NoticeKind.DAY_SPENT: N_(
        "🛑 The bot has reached its ${detail} spending limit for today. No new videos are accepted until "
        "midnight UTC. The limit is set by `SPEND_LIMIT_USD_PER_DAY`."
    ),
    NoticeKind.MONTH_NEAR: N_(
        "💸 {percent} of the bot's ${detail} spending limit for this month is spent or reserved. The "
        "limit is set by `SPEND_LIMIT_USD_PER_MONTH`."
    ),
    NoticeKind.MONTH_SPENT: N_(
        "🛑 The bot has reached its ${detail} spending limit for this month. No new videos are accepted "
        "until next month. The limit is set by `SPEND_LIMIT_USD_PER_MONTH`."
    ),
    NoticeKind.CHARGE: N_(
        "❓ Segmind charged for a generation that no one requested from this bot: request {detail}. Find "
        "out who else uses the key."
    ),
    NoticeKind.ODD_COST: N_(
        "🧾 Segmind reported a cost that can't be right, so the reserved price still counts. {detail}. Check the "
        "charge in Segmind's console."
    ),
    NoticeKind.LATE_REQUEST: N_(
        "⏰ Job {detail} was closed because its request seemed lost, but Segmind has it. It counts as "
        "charged, and the bot delivers the video if it can."
    ),
    NoticeKind.INPUTS: N_(
        "🧩 Segmind rejected the inputs that the bot sends, so videos with this model fail: {detail}. Update the bot "
        "or remove the model from `SEGMIND_MODELS`."
    ),
    NoticeKind.BROKEN: N_(
        "🧱 A job kept failing before it was charged, so the bot ended it: {detail}. Look for `gave_up` in the log."
    ),
    NoticeKind.UNSETTLED: N_(
        "❓ The bot couldn't confirm that job {detail} reached Segmind, so its cost stays reserved. Look "
        "for it in Segmind's console."
    ),
}


def notice_sentence(notice: OperatorNotice) -> str:
    """Say what is wrong, and what to do; with no secret and no one's prompt in it."""
    return _(_TOLD[notice.kind]).format(detail=plain(clip(notice.detail, DETAIL_LIMIT)), percent=percent(NEAR / 100))
