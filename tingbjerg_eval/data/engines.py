"""Where single reports lie and are counted: DuckDB here, or the user's own database.

The queries are written once as SQLAlchemy expressions. DuckDB understands the PostgreSQL form
of them, so a file and a database table are checked and counted by the same statement.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tingbjerg_eval.data.findings import SHOWN_PLACES, Findings
from tingbjerg_eval.data.raw import RawTable

MEMORY = "400MB"
TEN_DIGITS = "[0-9]{6}[- ]?[0-9]{4}"
TEN_DIGITS_MASKED = ("%000000-0000%", "%0000000000%", "%000000 0000%")
VIEW = "delivered"
PLACE = "_place"


class Engine(Protocol):
    """What answers queries about one delivered table of reports."""

    table: sa.TableClause
    headings: list[str]

    def run(self, query: sa.Select) -> pd.DataFrame:
        """The rows of ``query``."""

    def ten_digits(self, text: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """Whether ``text`` may hold ten digits as a CPR number does."""

    def short(self, text: sa.ColumnElement[str]) -> sa.ColumnElement:
        """What stands for ``text`` where only equality matters."""

    def places(self, condition: sa.ColumnElement[bool], rows: int) -> str:
        """In words, where the ``rows`` rows are for which ``condition`` holds."""


class DuckEngine:
    """An embedded database over a file or a frame; spills to a folder that is then removed."""

    def __init__(
        self, connection, headings: list[str], *, place_word: str, typed: bool, explain=None
    ):
        self.connection = connection
        self.explain = explain
        self.headings = headings
        self.place_word = place_word
        self.typed = typed
        self.table = sa.table(VIEW, *[sa.column(one) for one in headings])

    def run(self, query: sa.Select) -> pd.DataFrame:
        """The rows of ``query`` as a frame."""
        return self.fetch(duckdb_text(query))

    def fetch(self, text: str) -> pd.DataFrame:
        """The rows of an SQL text; an error of the file's is told in its own words."""
        import duckdb

        try:
            return self.connection.execute(text).df()
        except duckdb.Error:
            if self.explain is None:
                raise
            self.explain()
            raise

    def ten_digits(self, text: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """By a regular expression."""
        return sa.func.regexp_matches(text, TEN_DIGITS, type_=sa.Boolean())

    def short(self, text: sa.ColumnElement[str]) -> sa.ColumnElement:
        """Its hash: two texts with one hash only cost an exact second look."""
        return sa.func.hash(text)

    def places(self, condition: sa.ColumnElement[bool], rows: int) -> str:
        """The first lines (or rows) where ``condition`` holds."""
        place = sa.literal_column(PLACE)
        query = sa.select(place).select_from(self.table).where(condition).order_by(place)
        text = duckdb_text(query.limit(SHOWN_PLACES))
        shown = self.fetch(
            re.sub(rf"FROM {VIEW}\b", f"FROM {VIEW}_numbered AS {VIEW}", text, count=1)
        )
        word = self.place_word + ("" if rows == 1 else "s")
        left = rows - len(shown)
        places = ", ".join(map(str, shown[PLACE]))
        return f"{word} {places}" + (f" and {left} more" if left > 0 else "")


def duckdb_text(query: sa.Select) -> str:
    """``query`` as DuckDB reads it."""
    dialect = postgresql.dialect(paramstyle="named")
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


@contextmanager
def duckdb_session() -> Iterator:
    """A connection with bounded memory, its own spill folder and no way to the network."""
    import duckdb

    with tempfile.TemporaryDirectory() as spill:
        settings = {
            "memory_limit": MEMORY,
            "temp_directory": spill,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        connection = duckdb.connect(":memory:", config=settings)
        try:
            yield connection
        finally:
            connection.close()


def frame_engine(connection, raw: RawTable) -> DuckEngine:
    """An engine over a table that is already read as text."""
    frame = raw.frame.assign(**{PLACE: raw.places})
    connection.register(VIEW, raw.frame)
    connection.register(VIEW + "_numbered", frame)
    return DuckEngine(
        connection, list(raw.frame.columns), place_word=raw.place_word, typed=raw.typed
    )


def relation_engine(
    connection,
    relation: str,
    headings: Sequence[str],
    *,
    first: int,
    place_word: str,
    typed: bool,
    explain: Callable[[], None],
) -> DuckEngine:
    """An engine over ``relation``, a table function or table of the DuckDB connection.

    ``first`` is the line or row number of the first record; numbers are only worked out when a
    problem has to be placed. ``explain`` raises what is wrong with a file that DuckDB refuses.
    """
    import duckdb

    numbers = f"row_number() OVER () + {first - 1} AS {PLACE}"
    try:
        connection.execute(f"CREATE TEMP VIEW {VIEW} AS SELECT * FROM {relation}")
        connection.execute(
            f"CREATE TEMP VIEW {VIEW}_numbered AS SELECT *, {numbers} FROM {relation}"
        )
    except duckdb.Error:
        explain()
        raise
    return DuckEngine(
        connection, list(headings), place_word=place_word, typed=typed, explain=explain
    )


class DatabaseEngine:
    """The user's own database: only counts travel, and nothing is written there."""

    typed = True

    def __init__(
        self, connection: sa.Connection, table: sa.TableClause, headings: list[str], found: Findings
    ):
        self.connection = connection
        self.found = found
        self.table = table
        self.headings = headings

    def run(self, query: sa.Select) -> pd.DataFrame:
        """The rows of ``query`` as a frame."""
        try:
            result = self.connection.execute(query)
        except sa.exc.SQLAlchemyError as error:
            self.found.refuse("database-query", found=_kind_of(error))
        return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def ten_digits(self, text: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """By masking digits, for not every database has regular expressions."""
        digits = sa.func.translate(text, "123456789", "000000000")
        return sa.or_(*[digits.like(pattern) for pattern in TEN_DIGITS_MASKED])

    def short(self, text: sa.ColumnElement[str]) -> sa.ColumnElement:
        """The text itself."""
        return text

    def places(self, condition: sa.ColumnElement[bool], rows: int) -> str:  # noqa: ARG002
        """How many rows: a database table has no line numbers."""
        return f"{rows} rows"


@contextmanager
def database_session(url: str, table: str, found: Findings) -> Iterator[DatabaseEngine]:
    """Read-only access to ``table`` (``schema.table``) of the database at ``url``."""
    schema, _, name = table.rpartition(".")
    try:
        engine = sa.create_engine(url)
        connection = engine.connect()
    except (sa.exc.SQLAlchemyError, ImportError, ValueError) as error:
        found.refuse(
            "database-unreachable", found=f"{_kind_of(error)} from {url.partition(':')[0]}"
        )
    with connection:
        try:
            columns = sa.inspect(connection).get_columns(name, schema=schema or None)
        except sa.exc.NoSuchTableError:
            found.refuse("database-table", found=f"no table or view {table!r}")
        headings = [column["name"] for column in columns]
        selectable = sa.table(name, *map(sa.column, headings), schema=schema or None)
        yield DatabaseEngine(connection, selectable, headings, found)
    engine.dispose()


def _kind_of(error: Exception) -> str:
    """The kind of error without the driver's text, which may hold secrets or values."""
    return type(getattr(error, "orig", None) or error).__name__


def large_csv(path: Path, separator: str, headings: list[str], encoding: str) -> str:
    """DuckDB's reader for a delimited file: all text, strict, nothing skipped or padded."""
    columns = ", ".join(f"{quoted_text(one)}: 'VARCHAR'" for one in headings)
    return (
        f"read_csv({quoted_text(str(path))}, auto_detect=false, header=true, "
        f"delim={quoted_text(separator)}, quote='\"', escape='\"', strict_mode=true, "
        f"null_padding=false, ignore_errors=false, encoding={quoted_text(encoding)}, "
        f"columns={{{columns}}})"
    )


def quoted_text(text: str) -> str:
    """``text`` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
