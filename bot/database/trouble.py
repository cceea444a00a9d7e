"""What it looks like when PostgreSQL is away for a moment, or keeps a process waiting: no fault of the code."""

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection


def is_away(error: BaseException) -> bool:
    """Tell whether the server was lost, ended the session, or let a lock or a connection be waited for too long."""
    if isinstance(error, NoConnection):
        return True
    from_server = isinstance(error, OperationalError | InternalError | InterfaceError)
    return from_server and type(error.orig).__module__.startswith("psycopg")


def words(error: BaseException) -> str:
    """Say in a line what the database said."""
    said = str(error.orig if isinstance(error, DBAPIError) and error.orig is not None else error)
    return f"{type(error).__name__}: {said.strip().partition(chr(10))[0]}"
