"""A connection to the user's own database that can only read, and why there is none.

The driver's text may hold secrets or values and is never printed: the cause follows from the kind
of error, from what the driver did, and from whether anything answers at the address.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tingbjerg_eval.data.formats.findings import Findings

if TYPE_CHECKING:
    import lazy_loader
    import sqlalchemy as sa
else:
    import lazy_loader

    sa = lazy_loader.load("sqlalchemy")

PATIENCE = 10
"""Seconds to wait for a server to answer."""
LONGEST_STATEMENT = 900
"""Seconds after which a server that can ends a query; it then does not run on when nobody waits."""
POSTGRES_PORT = 5432
ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A minute after which a network that is gone is noticed, whatever the system's own limit."""
WATCHED = (
    "SELECT set_config(name, '10s', false) FROM pg_settings"
    " WHERE name = 'client_connection_check_interval'"
)
"""Asks a server that can (PostgreSQL 14) to end a query whose asker was killed."""
WORD_AFTER = 5
"""Seconds after which it is said what is waited for."""

logger = logging.getLogger(__name__)

MENDS = {
    "no driver": "Write the URL as postgresql+psycopg://..., and install tingbjerg-eval[database].",
    "no file": "Correct the path; a database that is not there is not made.",
    "no server": "Check host and port, the network, and whether the server runs.",
    "no password": "The server wants one: put it in the password file (~/.pgpass) or PGPASSWORD.",
    "wrong password": "Check the user's name and the password in the password file.",
    "no database": "The server answers: check the database's name, and that the user may enter it.",
    "lost": "The connection was lost while the query ran: give the command again.",
    "too long": "The server ended a query that ran too long: ask for an index, or for a view of"
    " counted cells.",
    "no right": "Ask the database's keeper for read access to the view.",
}
"""What to do, by what happened."""


def connected(url: str, found: Findings) -> sa.Connection:
    """A connection to the database at ``url``; a problem in ``found`` where there is none."""
    try:
        parsed = sa.make_url(url)
        engine = _engine(parsed)
    except (sa.exc.SQLAlchemyError, ImportError, ValueError):
        _refuse("no driver", url.partition(":")[0], found)
    if engine is None:
        _refuse("no file", parsed.drivername, found)
    try:
        connection = engine.connect()
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text(WATCHED))
        return connection
    except (sa.exc.SQLAlchemyError, OSError) as error:
        _refuse(_cause(parsed, error), parsed.drivername, found)


def _refuse(cause: str, driver: str, found: Findings) -> NoReturn:
    found.refuse("database-unreachable", found=f"{cause} ({driver})", mend=MENDS[cause])
    raise AssertionError("refuse raises")


def _engine(url: sa.URL) -> sa.Engine | None:
    """An engine that only reads; ``None`` for a SQLite file that is not there."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            return None
        return sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    given = {}
    if url.get_driver_name() == "psycopg":
        limit = f"-c statement_timeout={LONGEST_STATEMENT * 1000}"
        asked = url.query.get("options", "")
        read_only = "-c default_transaction_read_only=on"
        given = ALIVE | {"connect_timeout": PATIENCE,
                         "options": f"{limit} {read_only} {asked}".strip()}  # fmt: skip
    return sa.create_engine(url, connect_args=given)


@contextmanager
def waiting_for(table: str) -> Iterator[None]:
    """Say, where it takes its time, that the database is waited for, and how long at most."""
    word = (
        f"Waiting for the database to count {table}. It ends a query after "
        f"{LONGEST_STATEMENT // 60} minutes; Ctrl-C ends it now, here and there."
    )
    timer = threading.Timer(WORD_AFTER, logger.info, [word])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cause(url: sa.URL, error: Exception) -> str:
    """Why a connection was not made."""
    driver = getattr(getattr(error, "orig", None), "pgconn", None)
    if getattr(driver, "needs_password", False):
        return "no password"
    if getattr(driver, "used_password", False):
        return "wrong password"
    return "no database" if _answers(url) else "no server"


def _answers(url: sa.URL) -> bool:
    """Whether anything listens where ``url`` leads."""
    host = str(url.query.get("host") or url.host or "localhost")
    port = url.port or POSTGRES_PORT
    try:
        if host.startswith("/"):
            with socket.socket(socket.AF_UNIX) as asked:
                asked.settimeout(PATIENCE)
                asked.connect(f"{host}/.s.PGSQL.{port}")
        else:
            socket.create_connection((host, port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True


def query_cause(error: Exception) -> str:
    """Why a query gave nothing: ``lost``, ``too long`` or ``no right``."""
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None) or ""
    if state == "57014":
        return "too long"
    lost = getattr(error, "connection_invalidated", False) or state[:2] in ("08", "57")
    return "lost" if lost else "no right"
