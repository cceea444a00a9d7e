"""Transport compression: one context for the life of a connection, flushed after each message.

https://docs.discord.com/developers/events/gateway#transport-compression
"""

import sys
import zlib
from collections.abc import Callable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    import zstandard

Compress = Callable[[bytes], bytes]


def zlib_stream() -> Compress:
    """Return a compressor whose every message ends in zlib's four bytes of a sync flush."""
    context = zlib.compressobj()
    return lambda raw: context.compress(raw) + context.flush(zlib.Z_SYNC_FLUSH)


def zstd_stream() -> Compress:
    """Return a compressor whose every message is one or more whole blocks of one endless frame."""
    if sys.version_info >= (3, 14):
        standard = zstd.ZstdCompressor()
        return lambda raw: standard.compress(raw, zstd.ZstdCompressor.FLUSH_BLOCK)
    context = zstandard.ZstdCompressor().compressobj()
    return lambda raw: context.compress(raw) + context.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


STREAMS: dict[str, Callable[[], Compress]] = {"zlib-stream": zlib_stream, "zstd-stream": zstd_stream}
