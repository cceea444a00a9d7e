"""The files of reported videos: what was taken off its post, and what moderators are shown of it.

A hidden video is on this machine, on the moderators' message, or at Segmind.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import discord

from bot.discord_api.errors import translated
from bot.jobs.kept_files import Files
from bot.jobs.model import Job
from bot.jobs.ports import CardGone, ChannelClosed, PortError, reference_name
from bot.media.errors import MediaError
from bot.moderation.store import Case
from bot.ui.custom_ids import files_of

POST_FILE: Final = "reelcast.mp4"  # as `posts` names it
VIDEO_SUFFIX: Final = ".mp4"
KEPT_NAME: Final = "video"
MOST_BYTES: Final = 512 * 1024 * 1024


class HiddenVideos:
    def __init__(self, client: discord.Client, files: Files) -> None:
        self._client = client
        self._kept = files.hidden
        self._folder = files.work
        self._attachments = files.attachments
        self._outputs = files.outputs

    async def keep(self, job: Job, message: discord.Message) -> None:
        """Keep what a post shows, before it is taken off."""
        if not message.attachments:
            return
        part = self._part_of(job)
        try:
            await message.attachments[0].save(part)
            await self._kept.keep(job.id, {KEPT_NAME: part})
        finally:
            part.unlink(missing_ok=True)

    async def find(self, job: Job, case: Case) -> Path:
        """Find the bytes of a hidden video: here, on the moderators' message, or where Segmind keeps them.

        Raises `ChannelClosed`, `OutcomeUnclear` or `MediaError` where they are nowhere.
        """
        with suppress(PortError, MediaError):
            if (kept := await self.find_for_moderators(job, case)) is not None:
                return kept
        if job.output_url is None:
            raise ChannelClosed("the video no longer exists anywhere")
        path = self._part_of(job)
        await self._outputs.fetch(job.output_url, path, max_bytes=MOST_BYTES, lasting=True)
        return path

    async def find_for_moderators(self, job: Job, case: Case) -> Path | None:
        """Find a hidden video for moderators: here, or on their message, which may have the only copy.

        What is found there is kept here: the message is written again with it. Raises `OutcomeUnclear` or `MediaError`
        where it may be there but can't be fetched now.
        """
        if (kept := await self._here(job)) is not None:
            return kept
        with suppress(CardGone, ChannelClosed):
            if (url := await self._shown_video(job, case)) is not None:
                part = self._part_of(job)
                try:
                    await self._attachments.fetch(url, part, max_bytes=MOST_BYTES, lasting=True)
                    await self._kept.keep(job.id, {KEPT_NAME: part})
                finally:
                    part.unlink(missing_ok=True)
        return await self._here(job)

    @asynccontextmanager
    async def shown(self, job: Job, case: Case) -> AsyncGenerator[tuple[Path | None, Mapping[str, Path]]]:
        """Bring what moderators are to see of a reported video here: the video, and its images by their names.

        What can't be fetched now is left out. Raises as `find_for_moderators`, of a video that is hidden.
        """
        folder = self._folder / f"reported-{job.id}"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        try:
            seen = await self._files_in(job, case.channel_id, case.message_id)
            if job.hidden:
                video = await self.find_for_moderators(job, case)
            else:
                posted = await self._files_in(job, job.video_channel_id, job.post_message_id)
                url = next((each for name, each in posted.items() if name.endswith(VIDEO_SUFFIX)), None)
                video = await self._fetched(url or seen.get(POST_FILE), folder / KEPT_NAME)
            on_card = await self._files_in(job, job.request.channel_id, job.card_message_id)
            pictures: dict[str, Path] = {}
            for number, reference in enumerate(job.request.references, start=1):
                name = reference_name(number)
                url = on_card.get(reference.card_name or "") or next(
                    (each for file, each in seen.items() if file.partition(".")[0] == name), None
                )
                if (picture := await self._fetched(url, folder / name)) is not None:
                    pictures[name] = picture
            yield video, pictures
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _files_in(self, job: Job, channel_id: int | None, message_id: int | None) -> Mapping[str, str]:
        """Read fresh addresses of what is attached to a message, by name; none where it can't be read."""
        if channel_id is None or message_id is None:
            return {}
        channel = self._client.get_partial_messageable(channel_id, guild_id=job.request.guild_id)
        with suppress(PortError), translated():
            return files_of(await channel.fetch_message(message_id))
        return {}

    async def _fetched(self, url: str | None, path: Path) -> Path | None:
        with suppress(MediaError):
            if url is not None:
                await self._attachments.fetch(url, path, max_bytes=MOST_BYTES, lasting=True)
                return path
        return None

    async def forget(self, job_id: int) -> None:
        await self._kept.forget(job_id)

    async def jobs(self) -> Sequence[int]:
        """Return the ids of the jobs whose videos are kept here."""
        return await self._kept.jobs()

    async def _here(self, job: Job) -> Path | None:
        return (await self._kept.get(job.id)).get(KEPT_NAME)

    async def _shown_video(self, job: Job, case: Case) -> str | None:
        """Read a fresh address of the video on the moderators' message."""
        if case.message_id is None or case.channel_id is None:
            return None
        channel = self._client.get_partial_messageable(case.channel_id, guild_id=job.request.guild_id)
        with translated():
            return files_of(await channel.fetch_message(case.message_id)).get(POST_FILE)

    def _part_of(self, job: Job) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"hidden-{job.id}"
