"""Where single reports lie and are counted: DuckDB here, or the user's own database.

The queries are written once as SQLAlchemy expressions. DuckDB understands the PostgreSQL form
of them, so a file and a database table are checked and counted by the same statement.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Protocol

import lazy_loader
import numpy as np
import pandas as pd

from tingbjerg_eval.data.formats.findings import SHOWN_PLACES, Findings
from tingbjerg_eval.data.formats.headings import plain_heading
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.incidents.connection import MENDS, connected, query_cause, waiting_for
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.study.sources import Source

if TYPE_CHECKING:
    import sqlalchemy as sa
    from duckdb import DuckDBPyConnection
else:
    sa = lazy_loader.load("sqlalchemy")

Connect = Callable[[], "DuckDBPyConnection"]
MEMORY = "400MB"
DAY_MONTH = "(0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])(0[1-9]|1[0-2])"
BEFORE, AFTER = "(^|[^0-9.,]|(^|[^0-9])[.,])", "($|[^0-9.,]|[.,]($|[^0-9]))"
SEPARATED_MASKS = ("%000000-0000%", "%000000 0000%")
JOINED_MASK = "%0000000000%"
VIEW = "delivered"
PLACE = "_place"
TEN_DIGITS_ANYWHERE = r"\p{Nd}{6}[- ]?\p{Nd}{4}"
ZERO_LOST = "(^|[^0-9.,])[1-9](0[1-9]|1[0-2])[0-9]{2}[- ]?[0-9]{4}($|[^0-9.,])"


class Engine(Protocol):
    """What answers queries about one delivered table of reports."""

    headings: list[str]
    typed: bool

    @property
    def table(self) -> sa.TableClause:
        """The delivered table, for queries."""

    def run(self, query: sa.Select[*tuple[Any, ...]]) -> pd.DataFrame:
        """The rows of ``query``."""

    def ten_digits(
        self, text: sa.ColumnElement[str], *, separated_only: bool
    ) -> sa.ColumnElement[bool]:
        """Whether ``text`` may hold ten digits as a CPR number does."""

    def hashed(self, text: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
        """What tells texts apart at less cost, if anything does; nearly always exactly."""

    def check_rows(self, rows: int) -> None:
        """Hold the number of rows that were read against what is known of the table."""

    def places(self, condition: sa.ColumnElement[bool], rows: int) -> str:
        """In words, where the ``rows`` rows are for which ``condition`` holds."""


class DuckEngine:
    """An embedded database over a file or a frame; spills to a folder that is then removed.

    It is opened by ``connect`` when the first question is asked.
    """

    def __init__(
        self,
        connect: Connect,
        headings: list[str],
        *,
        place_word: str,
        typed: bool,
        explain: Callable[[], None] | None = None,
    ):
        self._connect = connect
        self._explain = explain
        self.headings = headings
        self.place_word = place_word
        self.typed = typed
        self.expected_rows: int | None = None

    @cached_property
    def table(self) -> sa.TableClause:
        """The delivered table, for queries."""
        return sa.table(VIEW, *[sa.column(one) for one in self.headings])

    @cached_property
    def connection(self) -> DuckDBPyConnection:
        """The open database, in which the table is known."""
        return self._connect()

    def run(self, query: sa.Select[*tuple[Any, ...]]) -> pd.DataFrame:
        """The rows of ``query`` as a frame."""
        return self.fetch(duckdb_text(query))

    def fetch(self, text: str) -> pd.DataFrame:
        """The rows of an SQL text; an error of the file's is told in its own words."""
        with self._explained():
            return self.connection.execute(text).df()

    def arrays(self, text: str) -> dict[str, np.ndarray]:
        """The rows of an SQL text as an array of each column."""
        with self._explained():
            return self.connection.execute(text).fetchnumpy()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.Error:
            if self._explain is not None:
                self._explain()
            raise

    def ten_digits(
        self, text: sa.ColumnElement[str], *, separated_only: bool
    ) -> sa.ColumnElement[bool]:
        """By a regular expression that only CPR-shaped texts match."""
        pattern = cpr_pattern(separated_only=separated_only)
        return sa.or_(
            sa.func.regexp_matches(text, pattern, type_=sa.Boolean()),
            sa.and_(
                sa.func.strlen(text) > sa.func.length(text),
                sa.func.regexp_matches(text, TEN_DIGITS_ANYWHERE, type_=sa.Boolean()),
            ),
        )

    def hashed(self, text: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
        """The text itself: see :class:`.file_queries.FileQueries`."""
        return text

    def check_rows(self, rows: int) -> None:
        """Every line of a file must be a row: DuckDB skips blank ones in silence."""
        if self._explain is not None and self.expected_rows not in (None, rows):
            self._explain()

    def check_headings(self, texts: set[object]) -> None:
        """A text file that repeats its headings among the rows is parted by the thorough reader."""
        if self._explain is not None and self.expected_rows and texts & set(self.headings):
            self._explain()

    def places(self, condition: sa.ColumnElement[bool], rows: int) -> str:
        """The first lines (or rows) where ``condition`` holds."""
        place: sa.ColumnElement[int] = sa.literal_column(PLACE)
        query = sa.select(place).select_from(self.table).where(condition).order_by(place)
        text = duckdb_text(query.limit(SHOWN_PLACES))
        shown = self.fetch(
            re.sub(rf"FROM {VIEW}\b", f"FROM {VIEW}_numbered AS {VIEW}", text, count=1)
        )
        word = self.place_word + ("" if rows == 1 else "s")
        left = rows - len(shown)
        places = ", ".join(map(str, shown[PLACE]))
        return f"{word} {places}" + (f" and {left} more" if left > 0 else "")


def cpr_pattern(*, separated_only: bool) -> str:
    """A regular expression for ten digits that begin with a date; RE2 has no look-behind."""
    separator = "[- ]" if separated_only else "[- ]?"
    return f"{BEFORE}{DAY_MONTH}[0-9]{{2}}{separator}[0-9]{{4}}{AFTER}"


def duckdb_text(query: sa.Select[*tuple[Any, ...]]) -> str:
    """``query`` as DuckDB reads it."""
    from sqlalchemy.dialects import postgresql

    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


@contextmanager
def duckdb_session() -> Iterator[Connect]:
    """Opens, when asked, a database of bounded memory, with a spill folder and no network."""
    with ExitStack() as stack:

        @cache
        def connect() -> DuckDBPyConnection:
            import duckdb

            settings: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": MEMORY,
                "temp_directory": stack.enter_context(tempfile.TemporaryDirectory()),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
            connection = duckdb.connect(":memory:", config=settings)
            stack.callback(connection.close)
            return connection

        yield connect


def frame_engine(connect: Connect, raw: RawTable) -> DuckEngine:
    """An engine over a table that is already read as text."""

    def prepared() -> DuckDBPyConnection:
        connection = connect()
        connection.register(VIEW, raw.frame)
        connection.register(VIEW + "_numbered", raw.frame.assign(**{PLACE: raw.places}))
        return connection

    return DuckEngine(prepared, list(raw.frame.columns), place_word=raw.place_word, typed=raw.typed)


def relation_engine(
    connect: Connect,
    relation: str,
    headings: Sequence[str],
    *,
    first: int,
    place_word: str,
    typed: bool,
    explain: Callable[[], None],
    held: bool = False,
) -> DuckEngine:
    """An engine over ``relation``, a table function or table of the DuckDB connection.

    What is ``held`` is parted once and kept in memory, not anew for each question. ``first`` is the
    line or row number of the first record; numbers are only worked out when a problem has to be
    placed. ``explain`` raises what is wrong with a file that DuckDB refuses.
    """
    numbers = f"row_number() OVER () + {first - 1} AS {PLACE}"

    def prepared() -> DuckDBPyConnection:
        connection = connect()
        kind = "TABLE" if held else "VIEW"
        connection.execute(f"CREATE TEMP {kind} {VIEW} AS SELECT * FROM {relation}")
        connection.execute(
            f"CREATE TEMP VIEW {VIEW}_numbered AS SELECT *, {numbers} FROM {relation}"
        )
        return connection

    return DuckEngine(prepared, list(headings), place_word=place_word, typed=typed, explain=explain)


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

    def run(self, query: sa.Select[*tuple[Any, ...]]) -> pd.DataFrame:
        """The rows of ``query`` as a frame."""
        try:
            result = self.connection.execute(query)
        except sa.exc.SQLAlchemyError as error:
            cause = query_cause(error)
            self.found.refuse("database-query", found=f"{cause} ({_kind_of(error)})",
                              mend=MENDS[cause])  # fmt: skip
        return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def ten_digits(
        self, text: sa.ColumnElement[str], *, separated_only: bool
    ) -> sa.ColumnElement[bool]:
        """By a regular expression; by masking digits where a database has none."""
        if self._is_postgres:
            separator = "[- ]" if separated_only else "[- ]?"
            return text.regexp_match(f"[0-9]{{6}}{separator}[0-9]{{4}}")
        digits = sa.func.translate(text, "123456789", "000000000")
        masks = SEPARATED_MASKS if separated_only else (*SEPARATED_MASKS, JOINED_MASK)
        return sa.or_(*[digits.like(mask) for mask in masks])

    def hashed(self, text: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
        """64 bits of a text, where the server has a function that gives them."""
        return sa.func.hashtextextended(text, 0) if self._is_postgres else text

    @property
    def _is_postgres(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    def check_rows(self, rows: int) -> None:
        """Nothing more is known of a database table."""

    def places(self, condition: sa.ColumnElement[bool], rows: int) -> str:  # noqa: ARG002
        """How many rows: a database table has no line numbers."""
        return f"{rows} rows"


@contextmanager
def database_session(
    source: Source, found: Findings, *, mapped: Iterable[str]
) -> Iterator[DatabaseEngine]:
    """Read-only access to the table (``schema.table``) that ``source`` names.

    ``mapped`` headings are read; a moment with a time zone among them is refused.
    """
    url, table = given(source.database), given(source.query_table)
    schema, _, name = table.rpartition(".")
    with waiting_for(table), connected(url, found) as connection:
        try:
            columns = sa.inspect(connection).get_columns(name, schema=schema or None)
        except sa.exc.NoSuchTableError:
            found.refuse("database-table", found=f"no table or view {table!r}")
        _refuse_time_zones(columns, mapped, found)
        headings = [column["name"] for column in columns]
        selectable = sa.table(name, *map(sa.column, headings), schema=schema or None)
        yield DatabaseEngine(connection, selectable, headings, found)
    connection.engine.dispose()


def _refuse_time_zones(
    columns: Sequence[Mapping[str, Any]], mapped: Iterable[str], found: Findings
) -> None:
    """Which day such a moment falls on would be the session's choice."""
    read = {plain_heading(one) for one in mapped}
    for column in columns:
        kind = column["type"]
        zoned = getattr(kind, "timezone", False) or "OFFSET" in type(kind).__name__
        if zoned and plain_heading(column["name"]) in read:
            found.add("time-zone", column=column["name"], found="moments with a time zone")
    found.stop_if_refused()


def _kind_of(error: Exception) -> str:
    """The kind of error without the driver's text, which may hold secrets or values."""
    return type(getattr(error, "orig", None) or error).__name__


def quoted_text(text: str) -> str:
    """``text`` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
