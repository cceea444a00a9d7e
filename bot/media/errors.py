"""What can go wrong with a file from elsewhere, told by what its caller can do about it.

URLs of attachments are signed in their query and end in a file's name: `where` is a host and a folder, never more.
"""

from enum import StrEnum

from bot.media.rules import ImageFault


class FetchRefusal(StrEnum):
    """Why a fetch was refused by our own rules."""

    HOST_NOT_ALLOWED = "the host isn't allowed"
    PRIVATE_ADDRESS = "the host name leads to an address that isn't public"
    REDIRECTED_ELSEWHERE = "redirected to a host that isn't allowed"
    TOO_MANY_REDIRECTS = "redirected too often"
    TOO_LARGE = "larger than allowed"


class MediaError(Exception):
    """A file can't be fetched or used."""


class FetchError(MediaError):
    """A URL did not give its file."""

    def __init__(self, where: str, *details: object) -> None:
        super().__init__(where, *details)
        self.where = where


class FetchRefused(FetchError):
    """We will not fetch it, now or later."""

    def __init__(self, where: str, refusal: FetchRefusal) -> None:
        super().__init__(where, refusal)
        self.refusal = refusal

    def __str__(self) -> str:
        return f"{self.where}: {self.refusal}"


class FetchGone(FetchError):
    """The server says permanently that there is nothing at this URL, or not for us."""

    def __init__(self, where: str, status: int) -> None:
        super().__init__(where, status)
        self.status = status

    def __str__(self) -> str:
        return f"{self.where}: HTTP {self.status}"


class FetchFailed(FetchError):
    """Network or server failed, after retries; the same URL may well work later."""

    def __init__(self, where: str, cause: str) -> None:
        super().__init__(where, cause)
        self.cause = cause

    def __str__(self) -> str:
        return f"{self.where}: {self.cause}"


class ImageRefused(MediaError):
    """The file cannot serve as a reference image."""

    def __init__(self, fault: ImageFault) -> None:
        super().__init__(fault)
        self.fault = fault


class ChildFailed(MediaError):
    """The process that worked on one file ended without an answer, most likely because of that file.

    `how` names the end and is the same each time it ends that way: "SIGKILL", "timeout", "status 1". `image` is the
    number of the reference image, 1 for `@Image1`, where it was one. A process that cannot be started is an OSError.
    """

    def __init__(self, how: str, image: int | None = None) -> None:
        super().__init__(how, image)
        self.how = how
        self.image = image

    def __str__(self) -> str:
        return f"the process that read the file ended: {self.how}"


class NotAVideo(MediaError):
    """The file does not open as a video with a picture."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class VideoCut(NotAVideo):
    """The file ends before what it says of itself does: the same URL may well have all of it."""


class CannotFit(MediaError):
    """No version of the video of that size can be made, or is worth showing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def image_fault(error: FetchError) -> ImageFault:
    """Say what an image's failed fetch means to the member who sent it."""
    match error:
        case FetchRefused(refusal=FetchRefusal.TOO_LARGE):
            return ImageFault.TOO_LARGE
        case FetchRefused():
            return ImageFault.FORBIDDEN_HOST
        case FetchGone():
            return ImageFault.GONE
        case _:
            return ImageFault.UNREACHABLE
