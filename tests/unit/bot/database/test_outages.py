"""What PostgreSQL says of a connection that fails becomes a sentence with the next step; the texts are its own."""

import psycopg
import psycopg_pool
import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.database.outages import explained, is_away, may_pass, words

ADDRESS = "postgresql://reelcast:hidden@db.example.com/reelcast"
LASTING = {
    'FATAL:  password authentication failed for user "reelcast"': "its password or user is wrong",
    "connection failed: fe_sendauth: no password supplied": "its password or user is wrong",
    'FATAL:  no pg_hba.conf entry for host "127.0.0.1", user "x", database "y", no encryption': "pg_hba.conf",
    'FATAL:  role "reelcast" does not exist': "its user doesn't exist",
    'FATAL:  database "reelcast" does not exist': "the database doesn't exist there",
    'FATAL:  permission denied for database "reelcast"': "can't connect to that database",
    "permission denied for schema public": "can't create tables in that database",
    "FATAL:  unsupported startup parameter in options: idle_in_transaction_session_timeout": "a pooler like PgBouncer",
    "connection failed: server does not support SSL, but SSL was required": "disagree about encryption",
    "connection failed: received invalid response to SSL negotiation: H": "another program answers there",
    "expected authentication request from server, but received H": "another program answers there",
}
PASSING = {
    'FATAL:  too many connections for role "reelcast"': "PostgreSQL has no connections left",
    'FATAL:  too many connections for database "reelcast"': "PostgreSQL has no connections left",
    "FATAL:  sorry, too many clients already": "PostgreSQL has no connections left",
    "FATAL:  the database system is starting up": "PostgreSQL is starting or stopping",
    'connection to server at "127.0.0.1", port 5432 failed: Connection refused': "nothing answers at its host and port",
    "[Errno -2] Name or service not known": "its host can't be found",
    "connection timeout expired": "its host doesn't answer",
}


def met(said: str) -> OperationalError:
    return OperationalError("SELECT 1", {}, psycopg.OperationalError(said))


@pytest.mark.parametrize(("said", "words"), {**LASTING, **PASSING}.items())
def test_what_is_wrong_is_said_with_what_to_do(said: str, words: str) -> None:
    sentence = explained(met(said), ADDRESS)
    assert sentence.startswith("the database of DATABASE_URL (db.example.com/reelcast) can't be used: ")
    assert words in sentence
    assert "hidden" not in sentence


@pytest.mark.parametrize("said", LASTING)
def test_what_has_to_be_put_right_is_not_waited_for(said: str) -> None:
    assert not may_pass(met(said))


@pytest.mark.parametrize("said", PASSING)
def test_what_may_pass_is_waited_for(said: str) -> None:
    assert may_pass(met(said))


@pytest.mark.parametrize(
    ("met", "away"),
    [
        (psycopg_pool.PoolTimeout("couldn't get a connection after 30.00 sec"), True),
        (psycopg.errors.AdminShutdown("terminating connection"), True),
        (psycopg.OperationalError("connection failed: Connection refused\n\tIs the server running?"), True),
        (psycopg.errors.ForeignKeyViolation("no such worker"), False),
        (psycopg.errors.UndefinedTable("no such table"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_work_queue_met_is_told_apart(met: Exception, away: bool) -> None:
    error = ConnectorException()
    error.__cause__ = met
    assert is_away(error) is away
    assert words(error) == f"ConnectorException: {str(met).partition(chr(10))[0]}"


def test_an_unknown_part_of_the_address_is_named() -> None:
    error = ProgrammingError("SELECT 1", {}, psycopg.ProgrammingError('invalid connection option "nonsense"'))
    assert "Check the part after the `?`" in explained(error, ADDRESS)
