"""A file that appears under its name only when it is whole."""

import hashlib
import os
import tempfile
from pathlib import Path
from threading import Lock


class PartFile:
    """The bytes so far of a file to be, in a temporary file beside it.

    Its methods block, so they run in threads, one at a time: a cancelled task leaves its thread running,
    and `discard` waits for that. After `discard` nothing is written.
    """

    def __init__(self, destination: Path) -> None:
        self._destination = destination
        self._lock = Lock()
        self._hash = hashlib.sha256()
        self.size = 0  # bytes
        handle, name = tempfile.mkstemp(prefix=f".{destination.name}.", suffix=".part", dir=destination.parent)
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb")

    def write(self, chunk: bytes | bytearray) -> None:
        """Append a chunk; OSError if the disk does not take it."""
        with self._lock:
            self._file.write(chunk)
            self._hash.update(chunk)
            self.size += len(chunk)

    def commit(self) -> str:
        """Make the file lasting, name and all, and return its SHA-256 in hex."""
        with self._lock:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._path.replace(self._destination)
            _sync_folder(self._destination.parent)
            return self._hash.hexdigest()

    def discard(self) -> None:
        """Remove what is there so far; what `commit` has finished stays."""
        with self._lock:
            try:
                self._file.close()
            finally:
                self._path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a rename within a folder lasting, as fsync(2) asks for."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
