"""Statements of the hot path: compiled once, then straight to the driver.

SQLAlchemy's own way to a result costs 60 µs a statement, several times what SQLite needs to answer it; this one costs
10. What a statement says, and how values are converted, stays SQLAlchemy's, so both databases get what they would.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Date, Delete, Dialect, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from bot.store.tables import Moment

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]
REMEMBERED = 1024
"""So many days, and so many moments, are remembered."""
_REMEMBERING: dict[tuple[str, type[object]], Convert] = {}
"""How days and moments are converted, by database and type."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement as one driver takes it, for lists of certain lengths."""

    sql: str
    fixed: dict[str, Any]
    """Values that the compiler brings (SQLite's ``OFFSET 0``)."""
    slots: tuple[tuple[str, Convert | None], ...]
    """The values in the driver's order, and how each is converted."""
    positional: bool
    given: int
    """So many values each call brings."""
    lists: Mapping[str, Sequence[str]]
    """What the items of each list are called."""
    row: Callable[[Sequence[Any]], Any]
    columns: tuple[tuple[int, Convert], ...]
    """The columns of the result that are converted."""

    def arguments(self, values: Values) -> Sequence[Any] | Mapping[str, Any]:
        """The values as the driver takes them; a list is filled up with its last item, which changes no ``IN``.

        Raises:
            ValueError: more or fewer values than the statement was compiled for.
        """
        if len(values) != self.given:
            message = f"other values than at the first call: {', '.join(values)}"
            raise ValueError(message)
        known = {**self.fixed, **values}
        for key, names in self.lists.items():
            items = values[key]
            known.update(zip(names, (*items, *items[-1:] * (len(names) - len(items))), strict=True))
        if self.positional:
            return [known[name] if convert is None else convert(known[name]) for name, convert in self.slots]
        return {name: known[name] if convert is None else convert(known[name]) for name, convert in self.slots}

    def read(self, raw: Sequence[Any]) -> Any:  # noqa: ANN401 - a row with the names of these columns
        """A row of the driver's with its values converted."""
        if not self.columns:
            return self.row(raw)
        values = list(raw)
        for at, convert in self.columns:
            values[at] = convert(values[at])
        return self.row(values)


class Prepared:
    """One statement. Lists are given to parameters that are ``expanding``; every call names the same parameters."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        """Nothing is compiled before the first call, when the database is known."""
        self._statement = visitors.cloned_traverse(statement, {}, {"bindparam": _spell_out})
        parameters = [each for each in visitors.iterate(statement) if isinstance(each, BindParameter)]
        self._lists = tuple(sorted({each.key for each in parameters if each.expanding and each.required}))
        self.asks = frozenset(each.key for each in parameters if each.required)
        """The parameters that are named in it."""
        self._ready: dict[tuple[object, ...], _Ready] = {}

    def all(self, connection: Connection, values: Values) -> list[Any]:
        """Every row."""
        ready = self._for(connection, values)
        rows, _ = _run(connection, ready.sql, ready.arguments(values))
        return list(map(ready.read if ready.columns else ready.row, rows))

    def first(self, connection: Connection, values: Values) -> Any:  # noqa: ANN401 - a row, or None
        """The first row of few, or None."""
        ready = self._for(connection, values)
        rows, _ = _run(connection, ready.sql, ready.arguments(values))
        return ready.read(rows[0]) if rows else None

    def scalar(self, connection: Connection, values: Values) -> Any:  # noqa: ANN401 - a value of a column, or None
        """The first value of the first row, or None."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def run(self, connection: Connection, values: Values) -> int:
        """How many rows it changed."""
        ready = self._for(connection, values)
        return _run(connection, ready.sql, ready.arguments(values))[1]

    def each(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Run it for each of these, which name the same values."""
        if rows:
            ready = self._for(connection, rows[0])
            _run(connection, ready.sql, [ready.arguments(values) for values in rows], many=True)

    def _for(self, connection: Connection, values: Values) -> _Ready:
        # Lists grow in doubles, so that few statements stand for all lengths.
        sizes = [1 << (len(values[key]) - 1).bit_length() if values[key] else 0 for key in self._lists]
        known = (connection.dialect.name, *sizes)
        ready = self._ready.get(known)
        if ready is None:
            lists = {key: [None] * size for key, size in zip(self._lists, sizes, strict=True)}
            ready = self._ready[known] = _compiled(self._statement, connection.dialect, {**values, **lists})
        return ready


def plain(connection: Connection, sql: str) -> None:
    """A statement without values, such as a savepoint's."""
    _run(connection, sql, ())


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """What is done within is undone when it fails. It is plain SQL: SQLAlchemy has a costlier one."""
    plain(connection, "SAVEPOINT part")
    try:
        yield
    except BaseException:
        plain(connection, "ROLLBACK TO SAVEPOINT part")
        plain(connection, "RELEASE SAVEPOINT part")
        raise
    plain(connection, "RELEASE SAVEPOINT part")


def begun(connection: Connection, sql: str) -> None:
    """Say to the driver what begins the transaction that SQLAlchemy is beginning."""
    _say(connection, sql, ())


def _compiled(statement: Select[Any] | Insert | Update | Delete, dialect: Dialect, values: Values) -> _Ready:
    compiled = statement.compile(dialect=dialect, column_keys=list(values))
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - for the type checker
    if forgotten := [*compiled.insert_prefetch, *compiled.update_prefetch]:
        message = f"columns whose default is made in Python are to be named: {', '.join(map(str, forgotten))}"
        raise ValueError(message)
    state = compiled.construct_expanded_state(values)
    parent = {name: key for key, names in state.parameter_expansion.items() for name in names}
    converts = {
        name: _convert(compiled.binds[parent.get(name, name)].type, dialect, out=False) for name in state.parameters
    }
    given = {*values, *parent}
    order = state.parameters if state.positiontup is None else state.positiontup
    columns = list(statement.exported_columns)
    row = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]  # noqa: PYI024 - its names are known only here
    return _Ready(
        state.statement,
        {name: value for name, value in state.parameters.items() if name not in given},
        tuple((name, converts[name]) for name in order),
        state.positiontup is not None,
        len(values),
        {key: names for key, names in state.parameter_expansion.items() if key in values},
        row._make,
        tuple(
            (n, convert) for n, column in enumerate(columns) if (convert := _convert(column.type, dialect, out=True))
        ),
    )


def _spell_out(parameter: BindParameter[Any]) -> None:
    """Write a constant into the statement: SQLite plans anew, at every call, what is compared with an index's own."""
    if not parameter.required:
        parameter.literal_execute = True


def _convert(kind: TypeEngine[Any], dialect: Dialect, *, out: bool) -> Convert | None:
    impl = kind.dialect_impl(dialect)
    if out:
        return impl.result_processor(dialect, None)
    convert = impl.bind_processor(dialect)
    if convert is None or not isinstance(kind, (Moment, Date)):
        return convert
    # A turn asks of few days and moments, and of each of them in many statements.
    return _REMEMBERING.setdefault((dialect.name, type(kind)), _remembering(convert))


def _remembering(convert: Convert) -> Convert:
    """The same, at once for a value that it converted before."""

    @lru_cache(maxsize=REMEMBERED)
    def known(value: Any, _fold: int) -> Any:  # noqa: ANN401 - whatever the driver takes
        return convert(value)

    # Of an hour that comes twice two moments are equal, and are not the same.
    return lambda value: known(value, getattr(value, "fold", 0))  # a day has none


def _run(connection: Connection, sql: str, values: Any, *, many: bool = False) -> tuple[list[Any], int]:  # noqa: ANN401 - as the driver takes them
    if not connection.in_transaction():
        connection.begin()
    return _say(connection, sql, values, many=many)


def _say(connection: Connection, sql: str, values: Any, *, many: bool = False) -> tuple[list[Any], int]:  # noqa: ANN401 - as the driver takes them
    """The rows, all read so that no lock stays, and how many were changed; whoever listens hears of it."""
    raw = connection.connection.dbapi_connection
    assert raw is not None  # noqa: S101 - for the type checker
    cursor = raw.cursor()
    for listen in connection.engine.dispatch.before_cursor_execute:
        listen(connection, cursor, sql, values, None, many)
    try:
        if many:
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values)
        rows = [] if many or cursor.description is None else list(cursor.fetchall())
    except Exception as why:
        raise _told(connection, raw, sql, why) from why
    changed = cursor.rowcount
    cursor.close()
    return rows, changed


def _told(connection: Connection, raw: DBAPIConnection, sql: str, why: Exception) -> BaseException:
    """The driver's error as SQLAlchemy's, without the values: they may be what a person said."""
    dialect = connection.dialect
    if not isinstance(why, dialect.loaded_dbapi.Error):
        return why
    lost = dialect.is_disconnect(why, raw, None)
    if lost:
        connection.invalidate(why)
    return DBAPIError.instance(
        sql, None, why, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
