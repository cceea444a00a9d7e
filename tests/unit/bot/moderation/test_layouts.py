"""Whatever members and moderators have typed, what moderators see is taken by Discord and pings nobody."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.catalogue.models import MODELS
from bot.catalogue.offer import Offer
from bot.catalogue.options import options_of
from bot.gate.denial import Denial, DenialCode
from bot.gate.limits import Limit
from bot.jobs.decisions import Decided, Decision, Pause
from bot.jobs.model import Handling, Job, ProblemCode, ReviewMode
from bot.jobs.states import REVIEWED, State
from bot.moderation.blocks import PER_PAGE, Block, blocks_list
from bot.moderation.history import LAST, MemberRecord, history_card
from bot.moderation.modals import block_modal, reject_modal, report_modal, takedown_modal
from bot.moderation.report_card import case_card, owners_card
from bot.moderation.review_card import PROMPT_FILE, PROMPT_LIMIT, decided_card, review_card
from bot.moderation.store import Report
from bot.moderation.waiting import MOST, Outcome, waiting_page
from bot.moderation.words import (
    cannot_approve,
    discord_unclear,
    no_room_sentence,
    not_a_moderator,
    not_listed,
    not_yet,
    outcome_sentence,
    paused_sentence,
)
from bot.records.store import Record
from bot.ui.commands import CommandLinks
from bot.ui.language import LANGUAGES, speaking
from bot.ui.pressed_item import NO_RECORD
from sandbox.discord.messages.components import walk
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, FileFacts, check_message
from tests.support.jobs import NOON, a_job, a_reference, a_request

OFFER = Offer()
UPLOAD_LIMIT = 10 * 1024 * 1024
RECORD = MemberRecord(
    videos=10**6,
    rejected=10**6,
    taken_down=10**6,
    reports=10**6,
    blocks=10**6,
    joined_at=NOON,
    avatar="https://cdn.discordapp.com/embed/avatars/1.png",
)
NOTHING = MemberRecord(videos=0, rejected=0, taken_down=0, reports=0, blocks=0)
REPORT = Report(member_id=9, reason="mine", at=NOON)
HOSTILE = ["*" * 2_500, "@everyone " * 200, "\n" * 2_000, "```\n> # <@1> <#2> [a](b)\n" * 80]
ANYTHING = st.text(max_size=2_500)


def a_reviewed_job(state: State, prompt: str, reason: str = "") -> Job:
    mode = ReviewMode.BEFORE_SPENDING if state is State.HELD else ReviewMode.BEFORE_POSTING
    request = a_request(prompt=f"x{prompt}", references=[a_reference() for _ in range(7)])
    return a_job(state, request=replace(request, handling=Handling(review=mode))).evolve(reason=reason)


def check(view: discord.ui.LayoutView, *names: str) -> str:
    """Hold a layout to Discord's rules as the sandbox knows them; returns all that is written in it."""
    files = [FileFacts(filename=name, size=1_000, content_type="image/png") for name in names]
    payload = {"flags": IS_COMPONENTS_V2, "components": view.to_components(), "allowed_mentions": {"parse": []}}
    check_message(payload, files=files, upload_limit=UPLOAD_LIMIT)
    return "\n".join(texts(view.to_components()))


def texts(components: Sequence[Any]) -> list[str]:
    found: list[str] = []
    for component in components:
        found += [component["content"]] if "content" in component else []
        found += texts(component.get("components", ()))
    return found


def decided(kind: Decided) -> Decision:
    return Decision(guild_id=10, member_id=30, kind=kind, at=NOON, by_id=99)


@given(prompt=ANYTHING)
@example(HOSTILE[0])
@example(HOSTILE[1])
@example(HOSTILE[3])
@settings(max_examples=500)
def test_a_request_is_shown_whatever_the_prompt(prompt: str) -> None:
    job = a_reviewed_job(State.HELD, prompt)
    names = [f"image{number}.png" for number in range(1, 8)]
    cut = len(job.request.prompt) > PROMPT_LIMIT
    shown = check(review_card(job, OFFER, RECORD, names, cut=cut), *names, *([PROMPT_FILE] if cut else []))
    assert "@everyone" not in shown.replace(r"\@everyone", "")


@given(prompt=ANYTHING, reason=st.text(max_size=400))
@example(HOSTILE[0], "*" * 400)
@example(HOSTILE[2], "\n" * 400)
@settings(max_examples=500)
def test_a_decided_video_is_shown_whatever_the_reason(prompt: str, reason: str) -> None:
    job = a_reviewed_job(State.WITHHELD, prompt, reason)
    shown = check(decided_card(job, [decided(Decided.REJECTED)]))
    assert len(shown.splitlines()) == 1


def test_the_line_of_a_decided_case_is_as_short_in_a_wide_script() -> None:
    narrow, wide = (check(decided_card(a_reviewed_job(State.REVIEW, each * 60), [])) for each in ("a", "灯"))
    assert narrow.count("a" * 30) == 1
    assert wide.count("灯") == narrow.count("a" * 30) * 15


@pytest.mark.parametrize("pictures", [0, 1, 7])
def test_a_finished_video_is_shown_with_the_images_of_its_request(pictures: int) -> None:
    names = [f"image{number}.png" for number in range(1, pictures + 1)]
    job, video = a_reviewed_job(State.REVIEW, "a fox"), "video.mp4"
    reported = replace(job, state=State.DELIVERED)
    for shown in (
        review_card(job, OFFER, RECORD, names, video=video, why="why: new"),
        case_card(reported, OFFER, [REPORT], 1, RECORD, video=video, pictures=names),
    ):
        check(shown, video, *names)
        assert all(str(shown.to_components()).count(f"attachment://{name}") == 1 for name in names)
        # One by itself is small, beside the words: in a gallery it would be as large as the video.
        galleries = [each for each in walk(shown.to_components()) if each["type"] == 12]
        assert len(galleries) == (2 if pictures > 1 else 1)


@given(prompt=ANYTHING, reasons=st.lists(st.text(max_size=400), min_size=1, max_size=5))
@example(HOSTILE[0], ["*" * 400] * 5)
@example(HOSTILE[3], ["@everyone <@1>"] * 5)
@settings(max_examples=500)
def test_a_reported_video_is_shown_whatever_was_reported(prompt: str, reasons: list[str]) -> None:
    job = replace(a_reviewed_job(State.DELIVERED, prompt), post_message_id=5, hidden=True)
    reports = [Report(member_id=10**18 + number, reason=each, at=NOON) for number, each in enumerate(reasons)]
    names = [f"image{number}.png" for number in range(1, 8)]
    card = case_card(job, OFFER, reports, 10**6, RECORD, video="reelcast.mp4", pictures=names)
    shown = check(card, "reelcast.mp4", *names)
    check(owners_card(job, OFFER, reports, 10**6, RECORD))
    assert "<@1>" not in shown


@given(reasons=st.lists(st.text(max_size=400), min_size=1, max_size=PER_PAGE))
@example(["*" * 400] * PER_PAGE)
@example(["@everyone"] * PER_PAGE)
@settings(max_examples=500)
def test_a_page_of_blocks_fits_a_message_whatever_the_reasons(reasons: list[str]) -> None:
    blocks = [
        Block(guild_id=1, member_id=10**18 + number, until=NOON, by_id=10**18, reason=each, at=NOON)
        for number, each in enumerate(reasons)
    ]
    page = blocks_list(blocks, page=10**5, pages=10**5, count=10**6)
    assert len(page) <= 2_000
    assert "@everyone" not in page.replace(r"\@everyone", "")


@pytest.mark.parametrize("state", [State.HELD, State.REVIEW, State.PROCESSING, State.CANCELLED, State.FAILED])
def test_every_state_has_its_card(state: State) -> None:
    job = a_reviewed_job(state, "a fox")
    check(review_card(job, OFFER, RECORD, []))
    check(review_card(job, OFFER, NOTHING, [], link="https://images.segmind.com/a.mp4"))
    check(decided_card(job, []))


def test_the_modals_are_within_discords_limits() -> None:
    modals = [reject_modal(1), report_modal(1), takedown_modal(1, may_block=True), block_modal(1, 1)]
    for modal in modals:
        payload: Any = modal.to_dict()
        assert len(payload["title"]) <= 45
        assert 1 <= len(payload["components"]) <= 5
        assert all(len(label["label"]) <= 45 for label in payload["components"])
        assert all(len(label.get("description") or "") <= 100 for label in payload["components"])


def test_moderators_read_which_model_it_is_where_there_are_several() -> None:
    job = a_reviewed_job(State.DELIVERED, "a fox")
    title = OFFER.default.title
    for offer, told in ((OFFER, False), (Offer(models=tuple(MODELS.values())), True)):
        cards = [
            review_card(job, offer, RECORD, []),
            case_card(job, offer, [REPORT], 1, RECORD),
            owners_card(job, offer, [REPORT], 1, RECORD),
        ]
        assert [title in str(card.to_components()) for card in cards] == [told] * 3


def test_what_is_zero_is_left_out_of_what_moderators_read_of_a_member() -> None:
    shown = check(review_card(a_reviewed_job(State.HELD, "a fox"), OFFER, NOTHING, []))
    assert shown.splitlines()[0] == "✋ **<@30>**"
    some = replace(NOTHING, videos=12, rejected=1)
    shown = check(review_card(a_reviewed_job(State.HELD, "a fox"), OFFER, some, []))
    assert shown.splitlines()[0] == "✋ **<@30>** · 12 videos, 1 rejected"


def test_each_outcome_has_a_color_and_an_emoji_that_fits_it() -> None:
    job = a_reviewed_job(State.WITHHELD, "a fox")
    looks = {
        kind: decided_card(job, [decided(kind)]).to_components()[0] for kind in (Decided.APPROVED, Decided.REJECTED)
    }
    assert looks[Decided.APPROVED]["accent_color"] != looks[Decided.REJECTED]["accent_color"]
    assert "✅" in str(looks[Decided.APPROVED])
    assert "✅" not in str(looks[Decided.REJECTED])


def test_the_owner_reads_the_reasons_and_not_who_gave_them() -> None:
    job = a_reviewed_job(State.DELIVERED, "a fox")
    shown = check(owners_card(job, OFFER, [REPORT], 1, RECORD))
    assert "mine" in shown
    assert f"<@{REPORT.member_id}>" not in shown
    assert "a fox" not in shown


def a_record(number: int, prompt: str, reason: str, state: State = State.DELIVERED) -> Record:
    made = replace(decided(Decided.REJECTED), reason=reason)
    return Record(
        job_id=10**18 + number,
        guild_id=10**18,
        channel_id=10**18,
        member_id=30,
        asked_at=NOON,
        options=options_of("kling-o1-reference-to-video", 5),
        prompt=prompt,
        fingerprints=(),
        state=state,
        state_since=NOON,
        problem=None,
        request_id=None,
        cost_usd=None,
        card_message_id=10**18,
        video_channel_id=10**18,
        video_message_id=10**18,
        open=True,
        decisions=(made,),
    )


@given(prompt=ANYTHING, reason=st.text(max_size=400))
@example(HOSTILE[0], "*" * 400)
@example(HOSTILE[1], "@everyone " * 40)
@example("\N{HEBREW LETTER ALEF}" * 400, "\N{HEBREW LETTER ALEF}" * 400)
@settings(max_examples=200)
def test_a_members_history_fits_a_message_whatever_they_typed(prompt: str, reason: str) -> None:
    last = [a_record(number, prompt, reason) for number in range(LAST)]
    images = {each.job_id: "https://cdn.discordapp.com/a.png" for each in last}
    shown = check(history_card(30, replace(RECORD, avatar="https://cdn.discordapp.com/b.png"), last, images))
    assert "@everyone" not in shown.replace(r"\@everyone", "")


def test_a_members_history_shows_outcome_date_and_link_and_no_prompt_from_behind_an_age_gate() -> None:
    last = [a_record(1, "a fox", "", State.DELIVERED), a_record(2, "an owl", "too loud", State.REJECTED)]
    shown = check(history_card(30, NOTHING, last))
    assert "✅ **Done** · <t:" in shown
    assert "[Video](https://discord.com/channels/" in shown
    assert "> an owl\n-# too loud" in shown
    assert "a fox" not in check(history_card(30, NOTHING, last, unshown=[10**18]))
    assert "No requests" in check(history_card(30, NOTHING, []))


@given(prompts=st.lists(ANYTHING, min_size=1, max_size=40), name=st.text(max_size=40))
@example(HOSTILE[:1] * 30, "*" * 32)
@settings(max_examples=200)
def test_all_that_waits_is_listed_whatever_was_typed(prompts: list[str], name: str) -> None:
    waiting = [replace(a_reviewed_job(State.HELD, prompt), id=number) for number, prompt in enumerate(prompts)]
    outcomes = [Outcome(job_id=job.id, told="Approved.", done=job.id % 2 == 0) for job in waiting[:25]]
    check(waiting_page(waiting, {30: name}, [0, 1], outcomes))
    check(waiting_page([], {}))


def failures() -> list[str]:
    """Return every sentence that tells why a decision took no effect, the longest first."""
    limits = [Denial(code=DenialCode.LIMIT, limit=limit, again_at=NOON) for limit in Limit]
    told = {
        *(cannot_approve(code, state) for code in ProblemCode for state in REVIEWED),
        *(paused_sentence(pause) for pause in Pause),
        *(no_room_sentence(denial) for denial in [Denial(code=DenialCode.LIMIT, limit=Limit.PER_DAY), *limits]),
        *(outcome_sentence(a_reviewed_job(state, "a fox"), []) for state in State),
        *(outcome_sentence(a_reviewed_job(State.HELD, "a fox"), [decided(kind)]) for kind in Decided),
        *(discord_unclear(), not_yet(), not_a_moderator(), not_listed(), NO_RECORD),
    }
    return sorted(told, key=len, reverse=True)


@pytest.mark.parametrize("language", ["en-US", *LANGUAGES])
def test_what_came_of_many_decisions_fits_a_message_whatever_it_is(language: str) -> None:
    commands: Any = [
        SimpleNamespace(name=name, id=10**19, type=discord.AppCommandType.chat_input)
        for name in ("video", "videos", "settings", "mod")
    ]
    links = CommandLinks()
    links.learn(commands)
    waiting = [replace(a_reviewed_job(State.HELD, "*" * 100), id=number) for number in range(40)]
    with speaking(language):
        longest = failures()
        for told in ([longest[0]] * MOST, longest[:MOST]):
            outcomes = [Outcome(job_id=number, told=each, done=False) for number, each in enumerate(told)]
            page = waiting_page(waiting, {30: "*" * 32}, range(MOST), outcomes, unlisted=10**6)
            links.within({"view": page})
            shown = check(page)
            assert f"⚠️ {MOST if told[0] == told[-1] else 1}: {links.linked(told[0])}" in shown


def test_alike_outcomes_are_counted_and_what_took_effect_comes_first() -> None:
    told = [("Gone.", False), ("Approved.", True), ("Gone.", False), ("Approved.", True), ("Paused.", False)]
    outcomes = [Outcome(job_id=number, told=words, done=done) for number, (words, done) in enumerate(told)]
    assert check(waiting_page([], {}, outcomes=outcomes)).startswith("✅ 2: Approved.\n⚠️ 2: Gone.\n⚠️ 1: Paused.\n")


def test_what_is_not_listed_is_counted() -> None:
    assert check(waiting_page([], {}, unlisted=2)).startswith("-# 2 aren't listed. They're age-restricted, or not")
    shown = check(waiting_page([a_reviewed_job(State.HELD, "a fox")], {}, unlisted=1))
    assert "**1 waiting for review**\n-# 1 isn't listed." in shown


def test_in_a_history_images_that_are_spoilers_elsewhere_are_spoilers() -> None:
    last = [a_record(number, "a fox", "") for number in range(2)]
    images = {each.job_id: "https://cdn.discordapp.com/a.png" for each in last}
    card = history_card(30, RECORD, last, images, spoilers={last[1].job_id})
    thumbnails = [each for each in walk(card.to_components()) if each["type"] == discord.ComponentType.thumbnail.value]
    assert [each["spoiler"] for each in thumbnails] == [False, False, True]  # the first is the avatar


def test_moderators_find_the_card_and_the_video_while_it_is_there() -> None:
    job = replace(a_reviewed_job(State.DELIVERED, "a fox"), card_message_id=4, post_message_id=5)
    place = f"https://discord.com/channels/{job.request.guild_id}/{job.request.channel_id}"
    shown = check(case_card(job, OFFER, [REPORT], 1, RECORD))
    assert f"[Card]({place}/4) · [Video]({place}/5)" in shown
    shown = check(case_card(replace(job, state=State.TAKEN_DOWN), OFFER, [], 0, RECORD))
    assert f"[Card]({place}/4)" in shown
    assert "[Video]" not in shown
