"""A worker's own client for REST: its posts, too, leave in time or not at all."""

from pathlib import Path

import pytest

from bot.delivery.posts import PostSender
from bot.jobs.clock import monotonic
from bot.jobs.ports import OutcomeUnclear, Video
from bot.jobs.states import State
from bot.media.videos.fitting import VideoFitter
from bot.media.videos.inspecting import inspect_video
from bot.observing.metrics import Metrics
from bot.worker import worker_client
from tests.support.channel import OFFER, open_channel
from tests.support.files import mp4


async def test_a_workers_post_that_could_not_leave_in_time_does_not_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(mp4())
    video = Video(path=path, facts=inspect_video(path))
    async with open_channel(tmp_path, monkeypatch) as channel, worker_client(Metrics()) as client:
        await client.login(channel.sandbox.description["token"])
        job = await channel.job(State.POSTING)
        sent = channel.requests("POST")
        desk = PostSender(client, OFFER, VideoFitter())
        with pytest.raises(OutcomeUnclear, match="in time"):
            await desk.post(job, video, leave_by=monotonic() - 1)
        assert channel.requests("POST") == sent
