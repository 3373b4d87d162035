"""Why there is no connection is told by what happened, and never in the driver's words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.incidents.connection import MENDS, connected, query_cause
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.study.rules.sources import _has_password


def refused(url: str) -> str:
    """What is said of a database that cannot be reached: the cause."""
    with pytest.raises(InputRefused) as raised:
        connected(url, Findings(file="people"))
    (problem,) = raised.value.problems
    cause = problem.found.partition(" (")[0]
    assert (problem.code, problem.mend) == ("database-unreachable", MENDS[cause])
    assert "not-this" not in str(raised.value)
    return cause


@pytest.fixture(scope="module")
def guarded(postgres):
    """A URL of a user from whom the server wants a password."""
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
        rules = Path(connection.execute(sa.text("SHOW hba_file")).scalar_one())
        rules.write_text("local all guarded scram-sha-256\n" + rules.read_text("utf-8"), "utf-8")
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    engine.dispose()
    url = postgres.replace("tester@", "guarded@")
    while _enters(url):  # until the server has read its rules again
        pass
    return url


def _enters(url: str) -> bool:
    try:
        sa.create_engine(url).connect().close()
    except sa.exc.OperationalError:
        return False
    return True


def test_a_password_that_is_wanted_or_wrong(guarded, monkeypatch):
    monkeypatch.delenv("PGPASSWORD", raising=False)
    assert refused(guarded) == "no password"
    monkeypatch.setenv("PGPASSWORD", "not-this")
    assert refused(guarded) == "wrong password"
    monkeypatch.setenv("PGPASSWORD", "right")
    connected(guarded, Findings(file="people")).close()


def test_a_server_that_lacks_the_database_and_one_that_is_not_there(postgres):
    assert refused(postgres.replace("/postgres?", "/absent?")) == "no database"
    assert refused("postgresql+psycopg://tester@/postgres?host=/tmp/nowhere") == "no server"
    assert refused("postgresql+psycopg://127.0.0.1:9/nothing") == "no server"


@pytest.mark.parametrize("url", ["postgres://somebody@host/db", "nonsense", "strange://x/y"])
def test_a_url_that_no_driver_takes(url):
    assert refused(url) == "no driver"


def test_nothing_can_be_written_and_no_query_runs_for_ever(postgres):
    with connected(postgres, Findings(file="people")) as connection:
        limit = connection.execute(sa.text("SHOW statement_timeout")).scalar_one()
        assert limit == "15min"
        with pytest.raises(sa.exc.DBAPIError) as raised:
            connection.execute(sa.text("CREATE TABLE anything (x int)"))
        assert query_cause(raised.value) == "no right"
        connection.rollback()
        connection.execute(sa.text("SET statement_timeout = 1"))
        with pytest.raises(sa.exc.DBAPIError) as raised:
            connection.execute(sa.text("SELECT count(*) FROM generate_series(1, 100000000)"))
        assert query_cause(raised.value) == "too long"


def test_a_connection_that_is_lost_is_not_taken_for_a_missing_right(postgres):
    other = sa.create_engine(postgres).connect()
    with connected(postgres, Findings(file="people")) as connection:
        number = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        other.execute(sa.text(f"SELECT pg_terminate_backend({number}, 60000)"))
        with pytest.raises(sa.exc.DBAPIError) as raised:
            connection.execute(sa.text("SELECT 1"))
        assert query_cause(raised.value) == "lost"
    other.close()


def test_a_sqlite_file_is_read_and_never_made(tmp_path):
    path = tmp_path / "figures.db"
    assert refused(f"sqlite:///{path}") == "no file"
    assert not path.exists()
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE people (area text)")
    reading = connected(f"sqlite:///{path}", Findings(file="people"))
    with closing(reading), pytest.raises(sa.exc.OperationalError):
        reading.execute(sa.text("INSERT INTO people VALUES ('A')"))


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("postgresql+psycopg://me@host/db", False),
        ("postgresql+psycopg://host/db?sslmode=require", False),
        ("postgresql+psycopg://me:se/cret@host/db", True),
        ("postgresql+psycopg://host/db?pass%77ord=x", True),
        ("postgresql+psycopg://host/db?sslpassword=x", True),
        ("postgresql+psycopg://me:@host/db", True),
    ],
)
def test_a_secret_is_found_however_it_is_written(url, secret):
    assert _has_password(url) is secret
