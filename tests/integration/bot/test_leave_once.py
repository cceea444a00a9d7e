"""A post leaves once: what may have been made is looked for before anything is sent again."""

import time
from pathlib import Path

import pytest

from bot.delivery.posts import PostDesk
from bot.jobs.ports import OutcomeUnclear, Video
from bot.jobs.states import State
from bot.media.videos import inspect_video
from tests.support.channel import open_channel
from tests.support.files import mp4


def a_video(folder: Path) -> Video:
    path = folder / "video.mp4"
    path.write_bytes(mp4())
    return Video(path=path, facts=inspect_video(path))


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_post_that_may_have_been_made_is_not_repeated_before_anybody_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    async with open_channel(tmp_path, monkeypatch) as channel:
        desk = PostDesk(channel.client)
        await channel.sandbox.admin.set_nonce_memory(0)
        job = await channel.job(State.POSTING)
        before = len(channel.requests("POST"))
        await channel.sandbox.admin.fault(method="POST", route="/messages", status=status, moment="after")
        with pytest.raises(OutcomeUnclear):
            await desk.post(job, a_video(tmp_path), leave_by=time.monotonic() + 60)
        assert len(channel.requests("POST")) == before + 1
        assert await desk.find(job) is not None


async def test_a_post_that_was_refused_for_its_rate_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_channel(tmp_path, monkeypatch) as channel:
        desk = PostDesk(channel.client)
        job = await channel.job(State.POSTING)
        await channel.sandbox.admin.fault(method="POST", route="/messages", status=429, retry_after=0.01)
        posted = await desk.post(job, a_video(tmp_path), leave_by=time.monotonic() + 60)
        assert posted == await desk.find(job)
