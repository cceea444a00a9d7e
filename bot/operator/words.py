"""What whoever runs the bot is told, wherever they read it."""

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
        "🔑 Segmind does not take the API key any more, so no videos are made. Put a new one into `SEGMIND_API_KEY` "
        "and start the bot again; what is under way goes on then."
    ),
    NoticeKind.CREDITS: N_("💵 Credits at Segmind run low: ${detail} are left. Buy more before they are gone."),
    NoticeKind.MODEL: N_(
        "🎬 Segmind's catalog no longer offers the model {detail}, so its videos may fail. Remove it from "
        "`SEGMIND_MODELS`."
    ),
    NoticeKind.SCHEMA: N_(
        "🧩 Segmind changed the inputs of a model, so its videos may fail. {detail}. Update the bot or remove the "
        "model from `SEGMIND_MODELS`."
    ),
    NoticeKind.PRICE: N_(
        "🏷️ Segmind charges a different price than configured, and the bot now reserves that one. {detail}. Set "
        "`PRICES_USD` to match."
    ),
    NoticeKind.ANOTHER_BOT: N_(
        "👥 Another process with this bot's token answers members. Each request goes to the one that answers first. "
        "Stop the other one, or reset the token."
    ),
    NoticeKind.SERVICE: N_("⚠️ Segmind refuses to make videos, in these words: {detail}"),
    NoticeKind.DAY_NEAR: N_(
        "💸 {percent} of what the whole bot may spend today, ${detail}, is spent or reserved. The day ends at midnight "
        "UTC; `SPEND_LIMIT_USD_PER_DAY` is the limit."
    ),
    NoticeKind.DAY_SPENT: N_(
        "🛑 What the whole bot may spend today, ${detail}, is used up: no more videos are taken until midnight UTC. "
        "`SPEND_LIMIT_USD_PER_DAY` is the limit."
    ),
    NoticeKind.MONTH_NEAR: N_(
        "💸 {percent} of what the whole bot may spend this month, ${detail}, is spent or reserved. "
        "`SPEND_LIMIT_USD_PER_MONTH` is the limit."
    ),
    NoticeKind.MONTH_SPENT: N_(
        "🛑 What the whole bot may spend this month, ${detail}, is used up: no more videos are taken until the next. "
        "`SPEND_LIMIT_USD_PER_MONTH` is the limit."
    ),
    NoticeKind.CHARGE: N_(
        "❓ Segmind charged a run that nobody asked this bot for: request {detail}. Find out who else uses the key."
    ),
    NoticeKind.ODD_COST: N_(
        "🧾 Segmind reported a cost that can't be right, so the reserved price still counts. {detail}. Check the "
        "charge in Segmind's console."
    ),
    NoticeKind.LATE_REQUEST: N_(
        "⏰ Job {detail} was closed as never arrived, but Segmind has its request. It counts as charged, and the bot "
        "delivers its video if it can."
    ),
    NoticeKind.INPUTS: N_(
        "🧩 Segmind rejected the inputs that the bot sends, so videos with this model fail: {detail}. Update the bot "
        "or remove the model from `SEGMIND_MODELS`."
    ),
    NoticeKind.BROKEN: N_(
        "🧱 A job kept breaking before it was paid for, so it was ended: {detail}. Look for `gave_up` in the log."
    ),
    NoticeKind.UNSETTLED: N_(
        "❓ Whether job {detail} reached Segmind could not be found out, so what it costs stays reserved. Look for it "
        "in Segmind's console."
    ),
}


def notice_sentence(notice: OperatorNotice) -> str:
    """Say what is wrong, and what to do; with no secret and nobody's prompt in it."""
    return _(_TOLD[notice.kind]).format(detail=plain(clip(notice.detail, DETAIL_LIMIT)), percent=percent(NEAR / 100))
