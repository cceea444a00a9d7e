"""What kind of file some bytes are, whatever their name and declared type say."""

from typing import Final

from bot.media.rules import ImageFault

HEAD: Final = 4_096  # bytes that tell the kind

_SIGNATURES: Final = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"II+\0": "image/tiff",
    b"MM\0+": "image/tiff",
    b"\xff\x0a": "image/jxl",
    b"\0\0\0\x0cJXL \r\n\x87\n": "image/jxl",
    b"\0\0\0\x0cjP  \r\n\x87\n": "image/jp2",
    b"\xff\x4f\xff\x51": "image/jp2",
    b"%PDF-": "application/pdf",
    b"8BPS": "image/vnd.adobe.photoshop",
    b"\0\0\1\0": "image/x-icon",
    b"\0\0\2\0": "image/x-icon",
    b"\x1aE\xdf\xa3": "video/webm",
    b"OggS": "video/ogg",
    b"FLV\1": "video/x-flv",
    b"\0\0\1\xba": "video/mpeg",
    b"\0\0\1\xb3": "video/mpeg",
}
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_STILL_BRANDS: Final = frozenset({b"mif1", b"msf1", b"miaf", b"heif"})  # a still image, of a codec that others name
_FIRST_BOXES: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})  # of films without `ftyp`

USABLE: Final = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp", "image/avif", "image/heic"),
        *("image/gif", "image/bmp", "image/tiff"),
    }
)
_FAULTS: Final = {
    "image/svg+xml": ImageFault.SVG,
    "image/jxl": ImageFault.JXL,
    "image/jp2": ImageFault.JP2,
    "application/pdf": ImageFault.PDF,
    "image/vnd.adobe.photoshop": ImageFault.PSD,
    "image/x-icon": ImageFault.ICO,
}


def sniff(head: bytes) -> str | None:
    """Return the content type that the first `HEAD` bytes of a file show, or None for what we don't know."""
    for signature, content_type in _SIGNATURES.items():
        if head.startswith(signature):
            return content_type
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}.get(head[8:12])
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "image/bmp"
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head[4:8] in _FIRST_BOXES:
        return "video/quicktime"
    return _of_text(head)


def fault_of(content_type: str | None) -> ImageFault | None:
    """Say why a kind of file can't be a reference image; None if it can."""
    if content_type is None:
        return ImageFault.NOT_AN_IMAGE
    if content_type in USABLE:
        return None
    if content_type.startswith("video/"):
        return ImageFault.VIDEO
    return _FAULTS[content_type]


def _of_brands(head: bytes) -> str:
    """Tell still images from films by the brands of an ISO base media file."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    major, others = head[8:12], {head[at : at + 4] for at in range(16, end - 3, 4)}
    for brands in ({major}, others) if major in _STILL_BRANDS else ({major},):
        if brands & _AVIF_BRANDS:
            return "image/avif"
        if brands & _HEIF_BRANDS:
            return "image/heic"
    return "image/heic" if major in _STILL_BRANDS else "video/mp4"


def _of_text(head: bytes) -> str | None:
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    text = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n").lower()
    return "image/svg+xml" if text.startswith("<") and "<svg" in text else None
