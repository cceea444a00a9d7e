"""What is wrong with a database: trouble that passes, told from faults of the code, and told in a sentence."""

import os
import re
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

# SQLite's names for trouble outside of our code: another process, the disk, the file's permissions.
_SQLITE_AWAY: Final = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")
# The same of PostgreSQL's client.
_PSYCOPG_AWAY: Final = frozenset({"OperationalError", "InternalError", "InterfaceError"})
# Those that may be over in a while without anyone doing anything.
_SQLITE_PASSING: Final = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR")
_SQLITE_SAID: Final = {
    "SQLITE_BUSY": "another program keeps it locked. Stop that program",
    "SQLITE_CANTOPEN": "the file can't be opened. Let the bot's user read and write it and its folder",
    "SQLITE_CORRUPT": "the file is damaged. Restore a backup",
    "SQLITE_FULL": "the disk is full. Free some space",
    "SQLITE_IOERR": "the disk can't be read or written. Check whether it's full or damaged",
    "SQLITE_NOTADB": "the file isn't an SQLite database. Name another file",
    "SQLITE_PERM": "the file can't be opened. Let the bot's user read and write it",
    "SQLITE_READONLY": "the file isn't writable. Give it and its folder to the bot's user",
}
# What PostgreSQL and its client say where a connection fails: it has no code for us to go by.
_PASSING: Final = (
    (
        ("refused", "no such file or directory", "is the server running"),
        "nothing answers at its host and port. Start PostgreSQL, or correct the URL",
    ),
    (("starting up", "shutting down", "in recovery"), "PostgreSQL is starting or stopping. Wait a moment"),
    (("too many", "remaining connection slots"), "PostgreSQL has no connections left. Raise its max_connections"),
    (
        ("resolve", "translate host name", "name or service not known", "name resolution"),
        "its host can't be found. Correct the host name",
    ),
    (("timeout", "timed out"), "its host doesn't answer. Check the host name, the port, and the firewall"),
)
MAY_NOT_CREATE: Final = "can't create tables in that database. Make it the owner: ALTER DATABASE ... OWNER TO ..."
_LASTING: Final = (
    (("password authentication failed", "no password supplied"), "its password or user is wrong. Correct them"),
    (("no pg_hba.conf entry",), "PostgreSQL allows no connections from here. Allow this host in its pg_hba.conf"),
    (("permission denied for database",), "its user can't connect to that database. Grant it CONNECT"),
    (("permission denied for schema", "no schema has been selected"), f"its user {MAY_NOT_CREATE}"),
    (('role ".*" does not exist',), "its user doesn't exist. Create it, or name another"),
    (('database ".*" does not exist',), "the database doesn't exist there. Create it, or name another"),
    (("invalid response to ssl", "authentication request"), "another program answers there. Correct the port"),
    (("invalid connection option", "invalid uri"), "its URL has an unknown option. Check the part after the `?`"),
    (("unsupported startup parameter",), "a pooler like PgBouncer answers there. Name PostgreSQL itself"),
    (("ssl", "certificate"), "PostgreSQL and the URL disagree about encryption. Check the URL's sslmode"),
)


class DatabaseUnfit(Exception):
    """The database cannot be used as it is; the text says what is wrong, and what to do."""


def is_away(error: BaseException) -> bool:
    """Return whether an error isn't the code's: server or file was out of reach, or kept us waiting too long."""
    if isinstance(error, NoConnection):
        return True
    if met := _met_by_queue(error):
        return any(kind.__name__ in _PSYCOPG_AWAY for kind in type(met).__mro__)
    if not isinstance(error, OperationalError | InternalError | InterfaceError):
        return False
    return type(error.orig).__module__.startswith("psycopg") or _sqlite_name(error).startswith(_SQLITE_AWAY)


def may_pass(error: BaseException) -> bool:
    """Return whether an error may pass by itself, as when a server starts; false where someone has to correct it."""
    if not is_away(error) or not isinstance(error, DBAPIError):
        return isinstance(error, NoConnection)
    if name := _sqlite_name(error):
        return name.startswith(_SQLITE_PASSING)
    return _found(error, _LASTING) is None


def words(error: BaseException) -> str:
    """Say in a line what the database said."""
    said = str(_met_by_queue(error) or (error.orig if isinstance(error, DBAPIError) else None) or error)
    return f"{type(error).__name__}: {said.strip().partition(chr(10))[0]}"


def explained(error: BaseException, address: str) -> str:
    """Say in a sentence or two what is wrong with the database at an address, and what to do; no secret is in it."""
    url = make_url(address)
    return f"the database of DATABASE_URL ({shown(url)}) can't be used: {reason(error, url)}"


def shown(url: URL) -> str:
    """Return an address to be shown, which has no password in it, and no parameter."""
    return url.database or "" if url.get_backend_name() == "sqlite" else f"{url.host or 'socket'}/{url.database}"


def is_known(error: BaseException) -> bool:
    """Return whether it is SQLite's word on the file, for which there is a sentence."""
    return isinstance(error, DBAPIError) and _sqlite_name(error).startswith(tuple(_SQLITE_SAID))


def reason(error: BaseException, url: URL | None = None) -> str:
    """Say in a sentence what is wrong with a database, and what to do; no secret is in it."""
    file = url.database if url is not None and url.get_backend_name() == "sqlite" else None
    if file and os.path.isdir(file):  # noqa: PTH112 - `Path.is_dir` raises where a folder may not be entered
        return "it's a folder. Name a file in it"
    match error:
        case DatabaseUnfit():
            return str(error)
        case DBAPIError():
            if name := _sqlite_name(error):
                return next((said for start, said in _SQLITE_SAID.items() if name.startswith(start)), words(error))
            return _found(error, _LASTING) or _found(error, _PASSING) or words(error)
        case OSError():
            return f"{error.filename or 'it'}: {error.strerror}. Let the bot's user read and write there"
        case _:
            return words(error)


def _met_by_queue(error: BaseException) -> BaseException | None:
    """Return what the work queue's library met, from the error that it raises for it; None for another's error."""
    # By name: a bot on SQLite never loads that library.
    return error.__cause__ if type(error).__name__ == "ConnectorException" else None


def _found(error: DBAPIError, known: tuple[tuple[tuple[str, ...], str], ...]) -> str | None:
    said = str(error.orig).lower()
    return next((sentence for parts, sentence in known if any(re.search(part, said) for part in parts)), None)


def _sqlite_name(error: DBAPIError) -> str:
    """Give SQLite's own name of an error, empty for what comes from elsewhere."""
    return getattr(error.orig, "sqlite_errorname", None) or ""
